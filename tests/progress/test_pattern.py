"""Weeks of the month and weekdays that fall below somebody's own average."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.pattern import Part, Pattern, by_week, by_weekday
from progress.periods import Period, month_of
from tests.progress.tables import Row, calendar, cases, listed, optional, period

FEBRUARY = Period(date(2025, 2, 1), date(2025, 2, 28))


def daily_of(row: Row) -> dict[date, int]:
    counted = [tuple(map(int, part.split(": "))) for part in listed(str, row["counted"])]
    return {month.start.replace(day=day): amount for month in listed(period, row["months"]) for day, amount in counted}


def told(found: Pattern) -> str:
    return ", ".join(f"{part.number}: {part.slipped}/{part.judged}" for part in found.parts) or "-"


@cases("pattern", "Weeks of the month")
def test_weeks(row: Row) -> None:
    found = by_week(daily_of(row), listed(period, row["months"]), calendar(row["calendar"]))
    assert told(found) == row["weeks"]
    assert (found.weakest and found.weakest.number) == optional(int, row["weakest"])


@cases("pattern", "Weekdays")
def test_weekdays(row: Row) -> None:
    found = by_weekday(daily_of(row), listed(period, row["months"]), calendar(row["calendar"]))
    assert told(found) == row["weekdays"]
    assert (found.weakest and found.weakest.number) == optional(int, row["weakest"])


@cases("pattern", "When it is said")
def test_said(row: Row) -> None:
    parts = [re.fullmatch(r"(\d+): (\d+)/(\d+) at (\d+)", part) for part in listed(str, row["parts"])]
    numbers = [[int(number) for number in part.groups()] for part in parts if part]
    found = Pattern(
        tuple(Part(number, slipped, judged, Decimal(rate * 7), 7) for number, slipped, judged, rate in numbers), 8
    )
    assert len(found.parts) == len(parts)
    assert (found.weakest and found.weakest.number) == optional(int, row["said"])


@pytest.mark.parametrize(("months", "enough"), [(3, False), (4, True), (5, True)])
def test_months_that_are_enough(months: int, enough: bool) -> None:
    daily = {date(2025, month, 3): 1 for month in range(1, months + 1)}
    found = by_week(daily, [month_of(date(2025, month, 1)) for month in range(1, 7)])
    assert found.months == months
    assert found.enough is enough


def test_rates_are_by_day_that_counts() -> None:
    found = by_week({date(2025, 2, 3): Decimal("3.5"), date(2024, 1, 1): 99}, [FEBRUARY])
    assert found.rate == Fraction(7, 56)
    assert found.parts[0].rate == Fraction(1, 2)
    assert not found.enough


def test_without_months_there_is_nothing() -> None:
    assert by_weekday({}, []) == Pattern((), 0)
    assert by_weekday({}, []).rate is None


@given(st.dictionaries(st.dates(date(2025, 1, 1), date(2025, 6, 30)), st.integers(0, 20)))
def test_every_month_has_a_part_that_does_not_slip(daily: dict[date, int]) -> None:
    months = [month_of(date(2025, month, 1)) for month in range(1, 7)]
    for found in (by_week(daily, months), by_weekday(daily, months)):
        assert sum(part.actual for part in found.parts) == sum(daily.values())
        assert sum(part.judged - part.slipped for part in found.parts) >= found.months


@pytest.mark.parametrize(("amount", "error"), [(1.5, TypeError), (Decimal("NaN"), ValueError)])
def test_refuses_what_is_no_amount(amount: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        by_week({date(2025, 2, 3): amount}, [FEBRUARY])  # type: ignore[dict-item]
