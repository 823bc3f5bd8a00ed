"""A person's year: what was reached beside what was asked for, by month, quarter, half year or as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from progress.amounts import Amount
from progress.forecast import Forecast, Interval, forecast_over
from progress.pace import Phase, at
from progress.periods import Period, PeriodKind, WorkCalendar, following, period_of
from progress.rollup import Months, sum_months


@dataclass(frozen=True, slots=True)
class Month:
    """A month, and each channel's deals and target in it."""

    period: Period
    cells: tuple[tuple[Decimal, Amount | None], ...]

    @property
    def summed(self) -> Months:
        """The channels together: those with a target where there are such, else all."""
        return sum_months(self.cells)


@dataclass(frozen=True, slots=True)
class Bar:
    """One period of the year.

    actual is compared with target; elsewhere is what was reached where no target is set. set, of: how many of the
    months have a target. forecast: while the period runs, and something is expected by today.
    """

    period: Period
    actual: Amount
    target: Amount | None
    elsewhere: Amount
    set: int
    of: int
    phase: Phase
    forecast: Forecast | None


def bars(
    months: Sequence[Month],
    year: Period,
    frequency: PeriodKind,
    fiscal_start: int,
    today: date,
    calendar: WorkCalendar | None,
) -> tuple[Bar, ...]:
    """The year's periods in order; months that are not among `months` count as if they weren't there."""
    found = []
    period = period_of(year.start, frequency, fiscal_start)
    while period.start <= year.end:
        found.append(_bar(period, [month for month in months if month.period.start in period], today, calendar))
        period = following(period, frequency)
    return tuple(found)


def _bar(period: Period, months: list[Month], today: date, calendar: WorkCalendar | None) -> Bar:
    each = [(month, month.summed) for month in months]
    total = sum_months((part.actual, part.target) for _, part in each)
    phase = at(period, today).phase
    aims = [Interval(month.period, part.target) for month, part in each if part.target]
    return Bar(
        period=period,
        actual=total.actual,
        target=total.target,
        elsewhere=total.elsewhere + sum(part.elsewhere for _, part in each),
        set=total.set,
        of=total.of,
        phase=phase,
        forecast=forecast_over(aims, total.actual, today, calendar) if phase is Phase.RUNNING and aims else None,
    )
