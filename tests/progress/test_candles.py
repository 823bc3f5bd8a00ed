"""Candles: the running total beside the pace, day by day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.candles import Candle, candles, candles_over
from progress.pace import elapsed, measure
from progress.periods import Period, WorkCalendar
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, calendar, cases, listed, optional, period

APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))
MIDDLE = date(2025, 4, 15)


def counted(text: str, month: Period) -> dict[date, Amount]:
    """`1: 2, 3: 1` as what was counted on days of the month."""
    pairs = [pair.split(": ") for pair in listed(str, text)]
    return {month.start.replace(day=int(day)): amount(value) for day, value in pairs}


def written(candle: Candle) -> str:
    """A candle as the tables write it."""
    expected = Decimal(candle.expected.numerator) / candle.expected.denominator
    if candle.actual is None:
        assert (candle.before, candle.on_pace, candle.is_today) == (None, None, False)
        return f"{expected}: -"
    assert candle.before is not None
    words = [f"{expected}: {candle.before.normalize()} to {candle.actual.normalize()}"]
    words.append("green" if candle.on_pace else "red")
    words += ["today"] * candle.is_today + ["off"] * candle.is_off
    return " ".join(words)


@cases("candles", "Day by day")
def test_candles(row: Row) -> None:
    month = period(row["period"])
    found = candles(
        counted(row["counted"], month),
        optional(amount, row["target"]),
        month,
        date.fromisoformat(row["today"]),
        calendar(row["calendar"]),
    )
    assert ", ".join(map(written, found)) == row["candles"].removeprefix("-")


@cases("candles", "All channels")
def test_candles_over(row: Row) -> None:
    month = period(row["period"])
    channels = [] if row["channels"] == "-" else [channel.split("; ") for channel in row["channels"].split(" / ")]
    found = candles_over(
        [(counted(daily, month), optional(amount, target)) for target, daily in channels],
        month,
        date.fromisoformat(row["today"]),
    )
    assert ", ".join(map(written, found)) == row["candles"].removeprefix("-")


def test_days_off_to_come_are_off_too() -> None:
    weekdays = WorkCalendar(frozenset(range(5)))
    found = candles({}, 22, APRIL, date(2025, 3, 31), weekdays)
    assert [candle.day.day for candle in found if candle.is_off] == [5, 6, 12, 13, 19, 20, 26, 27]
    assert {candle.is_off for candle in candles({}, 22, APRIL, MIDDLE)} == {False}


@pytest.mark.parametrize(
    ("counted", "gap", "shown"),
    [
        pytest.param("13.5", "-3/2", "-1.5", id="behind"),
        pytest.param("14.99", "-1/100", "-0.1", id="a-hair-behind-is-not-shown-as-even"),
        pytest.param("15", "0", "0.0", id="even"),
        pytest.param("17.25", "9/4", "2.3", id="ahead"),
    ],
)
def test_the_gap_of_a_candle(counted: str, gap: str, shown: str) -> None:
    found = candles({date(2025, 4, 3): Decimal(counted)}, 30, APRIL, MIDDLE)
    assert found[14].gap == Fraction(gap)
    assert str(found[14].gap_shown) == shown
    assert (found[15].gap, found[15].gap_shown) == (None, None)


def test_all_channels_use_the_pace_calendar() -> None:
    weekdays = WorkCalendar(frozenset(range(5)))
    found = candles_over([({}, 10), ({}, 12)], APRIL, MIDDLE, weekdays)
    assert found == candles({}, 22, APRIL, MIDDLE, weekdays)


@st.composite
def charts(draw: st.DrawFn) -> tuple[dict[date, Amount], Amount, Period, date, WorkCalendar | None]:
    """What was counted in a short period, with a target above 0."""
    start = draw(some.days)
    span = Period(start, start + timedelta(days=draw(st.integers(0, 35))))
    dates = st.dates(span.start, span.end)
    daily: dict[date, Amount] = dict(draw(st.dictionaries(dates, some.actuals, max_size=8)))
    target = draw(some.targets.filter(bool))
    assert target is not None
    today = span.start + timedelta(days=draw(st.integers(-3, span.days + 3)))
    return daily, target, span, today, draw(st.none() | some.calendars_near(span))


@given(charts())
def test_each_candle_is_that_days_pace(
    chart: tuple[dict[date, Amount], Amount, Period, date, WorkCalendar | None],
) -> None:
    daily, target, span, today, calendar = chart
    found = candles(*chart)
    assert [candle.day for candle in found] == [span.start + timedelta(days=offset) for offset in range(span.days)]
    assert found[-1].expected == Fraction(target)
    before = Decimal(0)
    for candle in found:
        assert candle.expected == Fraction(target) * elapsed(span, candle.day, calendar)
        assert candle.is_today == (candle.day == today)
        if candle.day > today:
            assert (candle.before, candle.actual, candle.on_pace) == (None, None, None)
            continue
        assert candle.actual is not None
        reached = sum((Fraction(value) for day, value in daily.items() if day <= candle.day), Fraction(0))
        assert (candle.before, Fraction(candle.actual)) == (before, reached)
        pace = measure(candle.actual, target, span, candle.day, calendar)
        assert (candle.on_pace, candle.gap, candle.gap_shown) == (pace.on_pace, pace.gap, pace.gap_shown)
        before = candle.actual


@given(charts(), st.integers(1, 5))
def test_the_callers_decimal_precision_changes_nothing(
    chart: tuple[dict[date, Amount], Amount, Period, date, WorkCalendar | None], precision: int
) -> None:
    daily, target, span, today, calendar = chart
    channels = [(daily, target), (daily, 3)]
    usual = candles(*chart), candles_over(channels, span, today, calendar)
    with localcontext(prec=precision):
        assert (candles(*chart), candles_over(channels, span, today, calendar)) == usual


@given(charts())
def test_channels_without_a_target_change_nothing_and_the_order_neither(
    chart: tuple[dict[date, Amount], Amount, Period, date, WorkCalendar | None],
) -> None:
    daily, target = chart[:2]
    assert candles_over([(daily, None), (daily, target), (daily, 0)], *chart[2:]) == candles(*chart)
    assert candles_over([(daily, target), ({}, 7)], *chart[2:]) == candles_over([({}, 7), (daily, target)], *chart[2:])


BAD: list[Any] = [
    pytest.param({date(2025, 4, 2): 1.5}, 10, TypeError, "actual must be Decimal or int, not float", id="a-float"),
    pytest.param({date(2025, 4, 2): Decimal("NaN")}, 10, ValueError, "actual must be a finite number", id="nan"),
    pytest.param(
        {date(2025, 5, 1): 1}, 10, ValueError, "2025-05-01 is outside the period 2025-04-01 to 2025-04-30", id="after"
    ),
    pytest.param({date(2025, 3, 31): 1}, None, ValueError, "2025-03-31 is outside the period", id="before"),
    pytest.param({datetime(2025, 4, 2, tzinfo=UTC): 1}, 10, TypeError, "day must be a date, not datetime", id="moment"),
    pytest.param({}, -1, ValueError, "target must not be negative", id="target-negative"),
    pytest.param({}, Decimal("NaN"), ValueError, "target must be a finite number", id="target-nan"),
    pytest.param({}, 0.0, TypeError, "target must be Decimal or int, not float", id="target-a-float-of-zero"),
]


@pytest.mark.parametrize(("daily", "target", "error", "message"), BAD)
def test_bad_charts_are_refused(daily: Any, target: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        candles(daily, target, APRIL, MIDDLE)
    with pytest.raises(error, match=message):
        candles_over([(daily, target)], APRIL, MIDDLE)


def test_today_is_a_day_even_without_a_target() -> None:
    moment: Any = datetime(2025, 4, 15, 12, tzinfo=UTC)
    with pytest.raises(TypeError, match="today must be a date, not datetime"):
        candles({}, None, APRIL, moment)
