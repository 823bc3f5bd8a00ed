"""Exceeding an aim: what is asked, and what saying yes does."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.exceed import Aims, exceeding, following_members, unallocated
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, cases, listed, optional

Shares = list[Amount | None]


def blank_or_amount(text: str) -> Amount | None:
    return optional(amount, text)


def intervals(text: str) -> tuple[list[Amount], list[Shares]]:
    """`50: 25 -, 50: 20` as the intervals' aims and their members' shares."""
    parts = [part.split(": ") for part in listed(str, text)]
    return [amount(aim) for aim, _ in parts], [[blank_or_amount(one) for one in shares.split()] for _, shares in parts]


def aims_then(row: Row) -> Aims | None:
    if row["goal then"] == "-":
        return None
    return Aims(Decimal(row["goal then"]), tuple(listed(Decimal, row["intervals then"])))


@cases("exceed", "Asking")
def test_exceeding(row: Row) -> None:
    found = exceeding(amount(row["goal"]), *intervals(row["intervals"]))
    assert found == aims_then(row)
    assert found is None or all(isinstance(aim, Decimal) for aim in (found.goal, *found.intervals))


@cases("exceed", "Unallocated")
def test_unallocated(row: Row) -> None:
    parts = [] if row["parts"] == "-" else [blank_or_amount(text.strip()) for text in row["parts"].split(",")]
    assert str(unallocated(amount(row["aim"]), parts)) == row["unallocated"]


@cases("exceed", "Activity goals")
def test_following_members(row: Row) -> None:
    assert following_members(intervals(row["intervals"])[1]) == aims_then(row)


aims = st.one_of(st.integers(0, 40), st.decimals(Decimal(0), Decimal("1e20"), places=2))
shares = st.one_of(st.none(), aims)


@st.composite
def goals(draw: st.DrawFn) -> tuple[Amount, list[Amount], list[Shares]]:
    """A goal's aim, its intervals' aims and their members' shares."""
    parts = draw(st.lists(st.tuples(aims, st.lists(shares, max_size=5)), max_size=5))
    return draw(aims.filter(bool)), [aim for aim, _ in parts], [list(given) for _, given in parts]


def total(values: list[Any]) -> Fraction:
    return sum((Fraction(value) for value in values if value is not None), Fraction(0))


@given(goals())
def test_saying_yes_settles_it_and_only_raises(goal: tuple[Amount, list[Amount], list[Shares]]) -> None:
    aim, by_interval, by_member = goal
    found = exceeding(*goal)
    fits = total(by_interval) <= Fraction(aim) and all(
        total(given) <= Fraction(interval) for interval, given in zip(by_interval, by_member, strict=True)
    )
    assert (found is None) == fits
    if found is not None:
        assert exceeding(found.goal, found.intervals, by_member) is None
        assert Fraction(found.goal) == max(Fraction(aim), total(list(found.intervals)))
        for now, before, given in zip(found.intervals, by_interval, by_member, strict=True):
            assert Fraction(now) == max(Fraction(before), total(given))


@given(goals(), st.integers(1, 5))
def test_the_callers_decimal_precision_changes_nothing(
    goal: tuple[Amount, list[Amount], list[Shares]], precision: int
) -> None:
    usual = exceeding(*goal), following_members(goal[2]), unallocated(goal[0], goal[1])
    with localcontext(prec=precision):
        assert (exceeding(*goal), following_members(goal[2]), unallocated(goal[0], goal[1])) == usual


@given(some.whole.filter(lambda value: value >= 0), st.lists(shares, max_size=6))
def test_what_is_unallocated_and_the_parts_make_the_aim_or_more(aim: int, parts: Shares) -> None:
    left = Fraction(unallocated(aim, parts))
    assert left == max(aim - total(parts), 0)


@given(goals())
def test_activity_aims_leave_nothing_unallocated_and_nothing_exceeded(
    goal: tuple[Amount, list[Amount], list[Shares]],
) -> None:
    found = following_members(goal[2])
    assert [unallocated(aim, given) for aim, given in zip(found.intervals, goal[2], strict=True)] == [0] * len(goal[2])
    assert not found.goal or exceeding(found.goal, found.intervals, goal[2]) is None


NAN = Decimal("NaN")


@pytest.mark.parametrize(
    ("goal", "error", "message"),
    [
        pytest.param((0, [1], [[1]]), ValueError, "goal aim must be above 0", id="goal-zero"),
        pytest.param((-1, [1], [[1]]), ValueError, "goal aim must not be negative: -1", id="goal-negative"),
        pytest.param((NAN, [1], [[1]]), ValueError, "goal aim must be a finite number", id="goal-nan"),
        pytest.param((1.0, [1], [[1]]), TypeError, "goal aim must be Decimal or int, not float", id="goal-a-float"),
        pytest.param((1, [-1], [[1]]), ValueError, "interval aim must not be negative", id="interval-negative"),
        pytest.param((1, [NAN], [[1]]), ValueError, "interval aim must be a finite number", id="interval-nan"),
        pytest.param((1, [None], [[1]]), TypeError, "interval aim must be Decimal or int", id="interval-blank"),
        pytest.param((1, [1], [[2, -1]]), ValueError, "share must not be negative: -1", id="share-negative"),
        pytest.param((1, [1], [[0.5]]), TypeError, "share must be Decimal or int, not float", id="share-a-float"),
        pytest.param(
            (1, [1, 2], [[1]]), ValueError, "2 intervals have aims, but 1 have members' shares", id="too-few-shares"
        ),
        pytest.param(
            (1, [1], [[1], []]), ValueError, "1 intervals have aims, but 2 have members' shares", id="too-many-shares"
        ),
    ],
)
def test_bad_aims_are_refused(goal: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        exceeding(*goal)


def test_bad_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="share must not be negative"):
        unallocated(10, [20, -15])
    with pytest.raises(ValueError, match="aim must not be negative"):
        unallocated(-10, [])
    with pytest.raises(ValueError, match="share must be a finite number"):
        following_members([[NAN]])
