"""Goals set per business day."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.business_days import effective_target
from progress.periods import Period, WorkCalendar, split_into_months
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, calendar, cases, exactly, optional, period

WEEKDAYS = WorkCalendar(frozenset(range(5)))


@cases("periods", "Per business day")
def test_effective_target(row: Row) -> None:
    counting = calendar(row["calendar"])
    assert counting is not None
    found = effective_target(optional(amount, row["daily"]), period(row["interval"]), counting)
    assert exactly(found, row["target"], Decimal)


@given(st.data(), some.periods, some.money.filter(lambda value: value >= 0))
def test_the_intervals_of_a_goal_add_up_to_the_whole(data: st.DataObject, whole: Period, daily: Decimal) -> None:
    counting = data.draw(some.calendars_near(whole))
    with localcontext(prec=3):
        parts = [effective_target(daily, month, counting) for month in split_into_months(whole)]
        found = effective_target(daily, whole, counting)
    assert found is not None
    assert sum(Fraction(part) for part in parts if part is not None) == Fraction(found)


@pytest.mark.parametrize(
    ("daily", "error", "message"),
    [
        pytest.param(0.5, TypeError, "daily value must be Decimal or int, not float", id="a-float"),
        pytest.param(-1, ValueError, "daily value must not be negative: -1", id="negative"),
        pytest.param(Decimal("NaN"), ValueError, "daily value must be a finite number", id="nan"),
    ],
)
def test_bad_daily_values_are_refused(daily: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        effective_target(daily, period("2025-04-01..2025-04-30"), WEEKDAYS)
