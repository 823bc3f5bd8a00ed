"""Forecast of one period and of unequal intervals."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.forecast import Forecast, Interval, forecast, forecast_at, forecast_over
from progress.pace import at
from progress.periods import Period, WorkCalendar, split_into_months
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, calendar, cases, exactly, listed, period, yes

APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))


def interval(text: str) -> Interval:
    dates, aim = text.split()
    return Interval(period(dates), amount(aim))


@cases("forecast", "One period")
def test_forecast(row: Row) -> None:
    found = forecast(
        amount(row["actual"]), period(row["period"]), date.fromisoformat(row["today"]), calendar(row["calendar"])
    )
    assert exactly(found and found.value, row["forecast"])
    assert exactly(found and found.early, row["early"], yes)


@cases("forecast", "Unequal intervals")
def test_forecast_over(row: Row) -> None:
    intervals = listed(interval, row["intervals"])
    found = forecast_over(intervals, amount(row["actual"]), date.fromisoformat(row["today"]))
    assert exactly(found and found.value, row["forecast"])
    assert exactly(found and found.early, row["early"], yes)


def test_intervals_use_the_pace_calendar() -> None:
    parts = [Interval(APRIL, 22), Interval(Period(date(2025, 5, 1), date(2025, 5, 31)), 44)]
    weekdays = WorkCalendar(frozenset(range(5)))
    assert forecast_over(parts, 8, date(2025, 4, 6), weekdays) == Forecast(Fraction(132), early=True)


@pytest.mark.parametrize(
    ("target", "percent"),
    [
        pytest.param(32, 110, id="rounded-toward-zero"),
        pytest.param(Decimal("35.4375"), 100, id="exactly-the-target"),
        pytest.param(36, 98, id="almost-is-not-100"),
        pytest.param(None, None, id="no-target"),
        pytest.param(0, None, id="target-of-zero"),
    ],
)
def test_percent_of_the_target(target: Amount | None, percent: int | None) -> None:
    assert Forecast(Fraction(567, 16), early=False).percent_of(target) == percent


def test_a_goal_without_an_end_has_no_forecast() -> None:
    assert forecast_at(at(None, date(2025, 4, 15)), 12) is None


@given(some.settings_of_pace(), some.actuals)
def test_forecast_times_elapsed_is_the_actual(
    setting: tuple[Period, date, WorkCalendar | None], actual: Amount
) -> None:
    moment = at(*setting)
    found = forecast(actual, *setting)
    assert found == forecast_at(moment, actual)
    assert (found is None) == (moment.elapsed == 0)
    if found is not None:
        assert found.value * Fraction(moment.worked, moment.total) == Fraction(actual)
        assert found.early == (Fraction(moment.worked, moment.total) < Fraction(1, 10))


@given(some.settings_of_pace(), st.integers(0, 10**6), st.integers(1, 10**6))
def test_one_interval_forecasts_as_its_period(
    setting: tuple[Period, date, WorkCalendar | None], actual: int, aim: int
) -> None:
    assert forecast_over([Interval(setting[0], aim)], actual, *setting[1:]) == forecast(actual, *setting)


@given(some.settings_of_pace(), some.whole, st.randoms(use_true_random=False))
def test_the_order_of_intervals_never_matters(
    setting: tuple[Period, date, WorkCalendar | None], actual: int, random: Random
) -> None:
    whole, today, calendar = setting
    parts = [Interval(month, random.randrange(50)) for month in split_into_months(whole)]
    usual = forecast_over(parts, actual, today, calendar)
    random.shuffle(parts)
    assert forecast_over(parts, actual, today, calendar) == usual


@pytest.mark.parametrize(
    ("aim", "error", "message"),
    [
        pytest.param(-1, ValueError, "aim must not be negative", id="negative"),
        pytest.param(Decimal("NaN"), ValueError, "aim must be a finite number", id="nan"),
        pytest.param(1.5, TypeError, "aim must be Decimal or int, not float", id="a-float"),
    ],
)
def test_bad_aims_are_refused(aim: Amount, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Interval(APRIL, aim)


def test_a_bad_actual_is_refused_even_before_the_period() -> None:
    nan = Decimal("NaN")
    with pytest.raises(ValueError, match="actual must be a finite number"):
        forecast(nan, APRIL, date(2025, 3, 1))
    with pytest.raises(ValueError, match="actual must be a finite number"):
        forecast_over([], nan, date(2025, 3, 1))
    with pytest.raises(ValueError, match="target must not be negative"):
        Forecast(Fraction(1), early=False).percent_of(-1)
