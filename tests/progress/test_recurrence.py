"""Recurrence: which clones are due, and what they take over."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.periods import PeriodKind, period_of
from progress.recurrence import MOST, Due, aims_for, periods_due, shares_for
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, cases, listed, optional, period, yes


def held(text: str) -> dict[str, Amount | None]:
    """`Ada 5, Ben -` as what each has."""
    return {pair.split()[0]: optional(amount, pair.split()[1]) for pair in listed(str, text)}


@cases("recurrence", "Periods due")
def test_periods_due(row: Row) -> None:
    day = date.fromisoformat
    found = periods_due(
        day(row["last start"]),
        PeriodKind(row["kind"]),
        day(row["today"]),
        optional(day, row["until"]),
        int(row["fiscal start"]),
    )
    assert found == Due(tuple(listed(period, row["due"])), yes(row["stopped"]), yes(row["finished"]))


@cases("recurrence", "Members' shares")
def test_shares_for(row: Row) -> None:
    found = shares_for(held(row["goal"]), listed(str, row["team"]))
    assert str(found.values) == str(held(row["clone"]))
    assert found.review == tuple(listed(str, row["review"]))


@cases("recurrence", "Intervals by position")
def test_aims_for(row: Row) -> None:
    found = aims_for(listed(amount, row["goal"]), int(row["intervals"]))
    assert list(found.values.items()) == list(enumerate(listed(amount, row["clone"])))
    assert found.review == tuple(listed(int, row["review"]))


def test_sixty_are_made_at_most_and_the_run_says_so() -> None:
    first = periods_due(date(2020, 1, 1), PeriodKind.MONTH, date(2025, 2, 1))
    assert (len(first.periods), first.stopped, first.finished) == (MOST, True, False)
    assert MOST == 60
    rest = periods_due(first.periods[-1].start, PeriodKind.MONTH, date(2025, 2, 1))
    assert ([found.start for found in rest.periods], rest.stopped) == ([date(2025, 2, 1)], False)


def test_exactly_sixty_is_not_stopped() -> None:
    found = periods_due(date(2020, 1, 1), PeriodKind.MONTH, date(2025, 1, 31))
    assert (len(found.periods), found.stopped) == (MOST, False)


def test_sixty_that_finish_the_series_are_not_stopped() -> None:
    found = periods_due(date(2020, 1, 1), PeriodKind.MONTH, date(2026, 1, 1), date(2025, 1, 15))
    assert (len(found.periods), found.stopped, found.finished) == (MOST, False, True)


series = st.tuples(
    some.days,
    st.sampled_from(PeriodKind),
    st.integers(-40, 2500),
    st.none() | st.integers(-40, 2500),
    some.fiscal_starts,
)


@given(series)
def test_cloning_twice_equals_cloning_once(asked: tuple[date, PeriodKind, int, int | None, int]) -> None:
    last, kind, wait, until_after, fiscal_start = asked
    today = last + timedelta(days=wait)
    until = None if until_after is None else last + timedelta(days=until_after)
    found = periods_due(last, kind, today, until, fiscal_start)
    again = periods_due(found.periods[-1].start if found.periods else last, kind, today, until, fiscal_start)
    if found.stopped:
        assert len(found.periods) == MOST
        assert again.periods
    else:
        assert again == Due((), stopped=False, finished=found.finished)


@given(series)
def test_none_is_missed_and_none_is_too_early_or_too_late(asked: tuple[date, PeriodKind, int, int | None, int]) -> None:
    last, kind, wait, until_after, fiscal_start = asked
    today = last + timedelta(days=wait)
    until = None if until_after is None else last + timedelta(days=until_after)
    found = periods_due(last, kind, today, until, fiscal_start)
    upcoming = period_of(last, kind, fiscal_start).end + timedelta(days=1)
    for made in found.periods:
        assert made.start == upcoming <= today
        assert until is None or made.start <= until
        assert made == period_of(made.start, kind, fiscal_start)
        upcoming = made.end + timedelta(days=1)
    assert found.finished == (until is not None and upcoming > until)
    assert found.stopped == (upcoming <= today and not found.finished)


@given(series, st.lists(st.integers(0, 2500), max_size=4))
def test_running_daily_makes_what_running_late_makes(
    asked: tuple[date, PeriodKind, int, int | None, int], runs: list[int]
) -> None:
    last, kind, wait, until_after, fiscal_start = asked
    until = None if until_after is None else last + timedelta(days=until_after)
    starts = list[date]()
    for offset in [*sorted(run for run in runs if run < wait), wait, wait]:
        found = periods_due(starts[-1] if starts else last, kind, last + timedelta(days=offset), until, fiscal_start)
        starts += [made.start for made in found.periods]
    late, latest = list[date](), last
    for _ in range(3):
        latest = late[-1] if late else last
        late += [
            made.start for made in periods_due(latest, kind, last + timedelta(days=wait), until, fiscal_start).periods
        ]
    assert starts == late[: len(starts)]
    assert len(late) > MOST or starts == late


values = st.one_of(st.none(), st.integers(0, 3), st.decimals(Decimal(0), Decimal(9), places=1))


@given(st.dictionaries(st.integers(0, 9), values), st.frozensets(st.integers(0, 12)), st.randoms(use_true_random=False))
def test_shares_follow_the_team_in_any_order(
    existing: dict[int, Amount | None], team: frozenset[int], random: Random
) -> None:
    members = list(team)
    found = shares_for(existing, members)
    assert list(found.values) == members
    assert all(found.values[member] == existing[member] for member in team & existing.keys())
    new = team - existing.keys()
    stayed = {existing[member] for member in team & existing.keys()}
    assert set(found.review) == (new if len(stayed) != 1 else set())
    assert {found.values[member] for member in new} <= (stayed if len(stayed) == 1 else {0})
    random.shuffle(members)
    assert shares_for(existing, members).values == found.values


@given(st.dictionaries(st.integers(0, 9), values), st.frozensets(st.integers(0, 12)))
def test_a_clone_of_a_clone_is_the_same(existing: dict[int, Amount | None], team: frozenset[int]) -> None:
    once = shares_for(existing, team)
    assert shares_for(once.values, team).values == once.values
    assert shares_for(once.values, team).review == ()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        pytest.param({"today": "2025-05-01"}, TypeError, "today must be a date, not str", id="today-text"),
        pytest.param(
            {"until": datetime(2025, 5, 1, tzinfo=UTC)}, TypeError, "until must be a date, not datetime", id="until"
        ),
        pytest.param({"last_start": None}, TypeError, "day must be a date, not NoneType", id="no-last-start"),
        pytest.param({"fiscal_start": 13}, ValueError, "fiscal_start must be a month", id="fiscal-start"),
        pytest.param({"fiscal_start": 4.0}, TypeError, "fiscal_start must be int, not float", id="fiscal-float"),
        pytest.param({"kind": "week"}, ValueError, "'week' is not a valid PeriodKind", id="no-such-kind"),
        pytest.param({"last_start": date.max}, ValueError, "9999", id="the-calendar-ends"),
    ],
)
def test_a_bad_series_is_refused(change: dict[str, Any], error: type[Exception], message: str) -> None:
    asked: dict[str, Any] = {
        "last_start": date(2025, 4, 1),
        "kind": PeriodKind.MONTH,
        "today": date(2025, 4, 1),
        **change,
    }
    with pytest.raises(error, match=message):
        periods_due(**asked)


def test_the_quarter_is_the_calendars_unless_said_otherwise() -> None:
    assert periods_due(date(2025, 2, 1), PeriodKind.QUARTER, date(2025, 4, 1)).periods[0].start == date(2025, 4, 1)


def test_a_clone_may_have_no_intervals_but_not_less() -> None:
    assert aims_for([10, 20], 0).values == {}
    with pytest.raises(ValueError, match="count must not be negative: -1"):
        aims_for([10, 20], -1)
    with pytest.raises(TypeError, match="count must be int, not bool"):
        aims_for([10, 20], True)


@pytest.mark.parametrize(
    ("existing", "members", "error", "message"),
    [
        pytest.param({"ada": 1}, ["ada", "ada"], ValueError, "a member is listed twice", id="twice"),
        pytest.param({"ada": -1}, ["ada"], ValueError, "share must not be negative", id="negative"),
        pytest.param({"ada": Decimal("NaN")}, ["ben"], ValueError, "share must be a finite number", id="a-leavers-nan"),
        pytest.param({"ada": 1.5}, ["ada"], TypeError, "share must be Decimal or int, not float", id="a-float"),
    ],
)
def test_bad_shares_are_refused(existing: Any, members: list[str], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        shares_for(existing, members)
