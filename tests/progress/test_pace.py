"""Pace: elapsed, status, and what a screen shows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.pace import Moment, Phase, Status, at, elapsed, goal_period, measure, one_decimal, whole
from progress.periods import Period, WorkCalendar
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, calendar, cases, exactly, optional, period, period_or_none, yes

APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))
MIDDLE = date(2025, 4, 15)


@cases("pace", "Elapsed")
def test_elapsed(row: Row) -> None:
    share = elapsed(period(row["period"]), date.fromisoformat(row["today"]), calendar(row["calendar"]))
    assert exactly(share, row["elapsed"])


@cases("pace", "Status")
def test_status(row: Row) -> None:
    pace = measure(
        amount(row["actual"]),
        optional(amount, row["target"]),
        period_or_none(row["period"]),
        date.fromisoformat(row["today"]),
        calendar(row["calendar"]),
    )
    assert exactly(pace.status, row["status"], Status)
    assert exactly(pace.on_pace, row["on pace"], yes)
    assert exactly(pace.overdue, row["overdue"], yes)


@cases("pace", "At risk")
def test_at_risk(row: Row) -> None:
    span, today = period_or_none(row["period"]), date.fromisoformat(row["today"])
    moment = at(span, today, calendar(row["calendar"]), at_risk_percent=int(row["band"]))
    pace = moment.measure(amount(row["actual"]), optional(amount, row["target"]))
    assert exactly(pace.on_pace, row["on pace"], yes)
    assert pace.at_risk is yes(row["at risk"])


@pytest.mark.parametrize("band", [-1, 21])
def test_a_band_is_at_most_a_fifth(band: int) -> None:
    with pytest.raises(ValueError, match="at_risk_percent"):
        at(APRIL, MIDDLE, at_risk_percent=band)


@cases("pace", "What a screen shows")
def test_what_a_screen_shows(row: Row) -> None:
    pace = measure(
        amount(row["actual"]),
        optional(amount, row["target"]),
        period_or_none(row["period"]),
        date.fromisoformat(row["today"]),
        calendar(row["calendar"]),
    )
    assert exactly(pace.percent, row["percent"])
    assert exactly(pace.percent_shown, row["shown"], int)
    assert exactly(pace.fill, row["fill"], Decimal)
    assert exactly(pace.tick, row["tick"], Decimal)
    assert exactly(pace.expected, row["expected"])
    assert exactly(pace.gap, row["gap"])
    assert exactly(pace.gap_shown, row["gap shown"], Decimal)
    assert exactly(pace.gap_size, row["gap shown"].removeprefix("-") or "-", Decimal)
    assert exactly(pace.days_ahead, row["days ahead"])
    assert exactly(pace.per_day, row["per day"])
    assert exactly(pace.needed_per_day, row["needed per day"])


@cases("pace", "A goal's period")
def test_goal_period(row: Row) -> None:
    day = date.fromisoformat
    found = goal_period(optional(day, row["target date"]), optional(day, row["start"]), day(row["created"]))
    assert found == period_or_none(row["period"])


def test_a_moment_tells_the_page_what_day_it_is() -> None:
    october = Period(date(2026, 10, 1), date(2026, 10, 31))
    calendar = WorkCalendar(frozenset(range(5)), frozenset({date(2026, 10, 26)}))
    moment = at(october, date(2026, 10, 22), calendar)
    assert moment == Moment(
        october, date(2026, 10, 22), Phase.RUNNING, worked=16, total=21, left=6, in_working_days=True
    )
    assert (moment.elapsed, moment.tick, moment.early) == (Fraction(16, 21), Decimal("76.1"), False)


@pytest.mark.parametrize(
    ("today", "phase", "left"),
    [
        pytest.param(date(2025, 3, 31), Phase.UPCOMING, 30, id="before-all-is-left"),
        pytest.param(date(2025, 4, 1), Phase.RUNNING, 30, id="first-day-is-left"),
        pytest.param(date(2025, 4, 30), Phase.RUNNING, 1, id="last-day-is-left"),
        pytest.param(date(2025, 5, 1), Phase.CLOSED, 0, id="after-nothing-is-left"),
    ],
)
def test_the_days_left_count_today(today: date, phase: Phase, left: int) -> None:
    moment = at(APRIL, today)
    assert (moment.phase, moment.left, moment.in_working_days) == (phase, left, False)


def test_a_period_without_working_days_says_that_it_counts_calendar_days() -> None:
    assert at(APRIL, MIDDLE, WorkCalendar(frozenset())) == at(APRIL, MIDDLE)


def test_a_goal_without_an_end_has_no_elapsed_share() -> None:
    moment = at(None, MIDDLE)
    assert (moment.elapsed, moment.tick, moment.left, moment.in_working_days) == (None, None, 0, False)


def test_a_large_gap_keeps_its_decimal() -> None:
    pace = measure(10**15, 3, APRIL, MIDDLE)
    assert str(pace.gap_shown) == "999999999999998.5"
    assert str(measure(0, 10**6, APRIL, MIDDLE).gap_shown) == "-500000.0"


@pytest.mark.parametrize(
    ("numerator", "shown"),
    [(0, "0.0"), (1, "0.1"), (-1, "-0.1"), (2, "0.1"), (1000, "10.0"), (10010, "100.1"), (-10010, "-100.1")],
)
def test_only_nothing_is_shown_as_nothing(numerator: int, shown: str) -> None:
    assert str(one_decimal(numerator, 100)) == shown


def test_whole_parts_are_rounded_toward_zero() -> None:
    assert [whole(numerator, 3) for numerator in range(-4, 5)] == [-1, -1, 0, 0, 0, 0, 0, 1, 1]


@given(some.settings_of_pace())
def test_elapsed_rises_and_ends_at_one(setting: tuple[Period, date, WorkCalendar | None]) -> None:
    period, today, calendar = setting
    share = elapsed(period, today, calendar)
    assert 0 <= share <= elapsed(period, today + timedelta(days=1), calendar) <= 1
    assert elapsed(period, period.start - timedelta(days=1), calendar) == 0
    assert elapsed(period, period.end, calendar) == elapsed(period, period.end + timedelta(days=1), calendar) == 1


@given(some.settings_of_pace())
def test_the_days_so_far_and_the_days_left_share_only_today(
    setting: tuple[Period, date, WorkCalendar | None],
) -> None:
    period, today, calendar = setting
    moment = at(period, today, calendar)
    both = moment.worked + moment.left - moment.total
    counted = calendar is None or not moment.in_working_days or calendar.is_working(today)
    assert both == (today in period and counted)


@given(some.settings_of_pace(), some.actuals, some.targets)
def test_the_shortcuts_agree_with_the_definitions(
    setting: tuple[Period, date, WorkCalendar | None], actual: Amount, target: Amount | None
) -> None:
    period, today, calendar = setting
    pace = at(period, today, calendar).measure(actual, target)
    assert pace == measure(actual, target, period, today, calendar)
    if not target:
        assert {pace.status, pace.on_pace, pace.percent, pace.gap, pace.tick} == {None}
        assert pace.fill == 0
        return
    reached, due = Fraction(actual), Fraction(target) * elapsed(period, today, calendar)
    assert pace.expected == due
    assert pace.percent == reached / Fraction(target) * 100
    assert (pace.status is Status.COMPLETE) == (reached >= target)
    assert pace.overdue == (today > period.end and reached < target)
    assert pace.on_pace == (None if today < period.start else reached >= due)
    assert pace.gap == (None if today < period.start else reached - due)
    if pace.gap is not None and pace.gap_shown is not None:
        assert (pace.gap_shown >= 0) == pace.on_pace == (pace.gap >= 0)
        assert abs(Fraction(pace.gap_shown) - pace.gap) <= Fraction(1, 10)
        assert (pace.gap_shown == 0) == (pace.gap == 0)
    assert (pace.percent_shown is not None and pace.percent_shown >= 100) == (reached >= target)
    if pace.tick is not None:
        assert pace.fill >= pace.tick if pace.on_pace else pace.fill <= pace.tick
    if pace.days_ahead is not None and pace.gap is not None:
        assert pace.days_ahead * Fraction(target) / pace.moment.total == pace.gap
        assert pace.days_ahead_shown is not None
        assert (pace.days_ahead_shown >= 0) == pace.on_pace
    if pace.needed_per_day is not None:
        assert pace.needed_per_day == max(Fraction(target) - reached, Fraction(0)) / pace.moment.left


@given(some.settings_of_pace(), some.actuals, some.targets, st.integers(1, 5))
def test_the_callers_decimal_precision_changes_nothing(
    setting: tuple[Period, date, WorkCalendar | None], actual: Amount, target: Amount | None, precision: int
) -> None:
    def results() -> list[object]:
        pace = measure(actual, target, *setting)
        return [
            pace,
            pace.percent,
            pace.gap,
            pace.gap_shown,
            pace.gap_size,
            pace.fill,
            pace.tick,
            pace.days_ahead_shown,
        ]

    usual = results()
    with localcontext(prec=precision):
        assert results() == usual


@pytest.mark.parametrize(
    ("actual", "target", "error", "message"),
    [
        pytest.param(1.0, 2, TypeError, "actual must be Decimal or int, not float", id="actual-a-float"),
        pytest.param(1, 2.0, TypeError, "target must be Decimal or int, not float", id="target-a-float"),
        pytest.param(1, True, TypeError, "target must be Decimal or int, not bool", id="target-a-bool"),
        pytest.param(None, 2, TypeError, "actual must be Decimal or int, not NoneType", id="actual-missing"),
        pytest.param(1.0, None, TypeError, "actual must be", id="actual-a-float-without-a-target"),
        pytest.param(Decimal("NaN"), 2, ValueError, "actual must be a finite number, not NaN", id="actual-nan"),
        pytest.param(1, Decimal("sNaN"), ValueError, "target must be a finite number, not sNaN", id="target-nan"),
        pytest.param(Decimal("-Infinity"), 2, ValueError, "actual must be a finite number", id="actual-infinite"),
        pytest.param(1, -1, ValueError, "target must not be negative: -1", id="target-negative"),
        pytest.param(
            1, Decimal("-0.01"), ValueError, "target must not be negative: -0.01", id="target-a-cent-negative"
        ),
    ],
)
def test_bad_amounts_are_refused(actual: Amount, target: Amount, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        measure(actual, target, APRIL, MIDDLE)


@pytest.mark.parametrize("band", [2.5, True, Decimal(5)])
def test_a_band_is_a_whole_number(band: Any) -> None:
    with pytest.raises(TypeError, match="at_risk_percent must be int, not"):
        at(APRIL, MIDDLE, at_risk_percent=band)


def test_what_has_no_end_has_no_share_that_has_passed() -> None:
    endless: Any = None
    with pytest.raises(TypeError, match="period must be a Period, not None"):
        elapsed(endless, MIDDLE)


def test_today_is_a_day_and_not_a_moment() -> None:
    with pytest.raises(TypeError, match="today must be a date, not datetime"):
        at(APRIL, datetime(2025, 4, 15, 12, tzinfo=UTC))
