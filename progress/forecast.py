"""Forecast: where the actual ends if it goes on at the rate so far. Proposed deals never enter it.

Source: docs/algorithms/forecast.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from progress.amounts import Amount, ratio, target_ratio
from progress.pace import Moment, Phase, at, whole
from progress.periods import Period, WorkCalendar


@dataclass(frozen=True, slots=True)
class Forecast:
    """An expected result, exact; `early` marks one made with under 10 % of the period elapsed."""

    value: Fraction
    early: bool

    def percent_of(self, target: Amount | None) -> int | None:
        """In whole percent of a target, rounded toward zero; None without a target above 0."""
        if target is None:
            return None
        numerator, denominator = target_ratio(target)
        if not numerator:
            return None
        return whole(100 * self.value.numerator * denominator, self.value.denominator * numerator)


@dataclass(frozen=True, slots=True)
class Interval:
    """One part of a goal: its period and what is aimed at in it, not negative (ValueError)."""

    period: Period
    aim: Amount

    def __post_init__(self) -> None:
        target_ratio(self.aim, "aim")


def forecast_at(moment: Moment, actual: Amount) -> Forecast | None:
    """Actual / elapsed. None before the first counted day and without an end; the actual once the period is over."""
    numerator, denominator = ratio(actual, "actual")
    if not moment.worked:
        return None
    return Forecast(Fraction(numerator * moment.total, denominator * moment.worked), moment.early)


def forecast(actual: Amount, period: Period, today: date, calendar: WorkCalendar | None = None) -> Forecast | None:
    """One forecast; for many of one period, make the moment once with `pace.at`."""
    return forecast_at(at(period, today, calendar), actual)


def forecast_over(
    intervals: Iterable[Interval], actual: Amount, today: date, calendar: WorkCalendar | None = None
) -> Forecast | None:
    """Aim x actual / expected to date, for a goal whose intervals, in any order, have unequal aims.

    The aim is the intervals' sum; expected to date is the finished ones' aims and the elapsed part of the current
    one's. None where nothing is expected yet; the actual once all are over. Early by days, from the first start to the
    last end.
    """
    intervals = list(intervals)
    reached = Fraction(*ratio(actual, "actual"))
    found = [(at(interval.period, today, calendar), interval.aim) for interval in intervals]
    if not intervals:
        return None
    span = Period(min(i.period.start for i in intervals), max(i.period.end for i in intervals))
    return forecast_of(found, reached, early=at(span, today, calendar).early)


def forecast_of(aims: Sequence[tuple[Moment, Amount]], reached: Fraction, *, early: bool) -> Forecast | None:
    """The same of aims whose moments are known, of which there is one at least; `early` unless all are over."""
    if all(moment.phase is Phase.CLOSED for moment, _ in aims):
        return Forecast(reached, early=False)
    expected = expected_by(aims)
    if not expected:
        return None
    aim = sum((Fraction(*ratio(aim, "aim")) for _, aim in aims), Fraction(0))
    return Forecast(aim * reached / expected, early)


def expected_by(aims: Iterable[tuple[Moment, Amount]]) -> Fraction:
    """What is due by the day of some moments: the aims of those that are over and the elapsed part of the others'."""
    found = Fraction(0)
    for moment, aim in aims:
        numerator, denominator = ratio(aim, "aim")
        found += Fraction(numerator * moment.worked, denominator * moment.total)
    return found
