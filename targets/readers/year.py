"""A person's year: what was reached beside what was asked for, by month, quarter, half year or as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from progress.amounts import Amount
from progress.forecast import Forecast
from progress.pace import Phase
from progress.periods import Period, PeriodKind, WorkCalendar, following, period_of
from progress.results import stretch
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

    actual is compared with target; elsewhere is what was reached where no target is set. percent: whole percent of the
    target, None unless it is above 0. set, of: how many of the months have a target. forecast: while the period runs,
    and something is expected by today.
    """

    period: Period
    actual: Amount
    target: Amount | None
    elsewhere: Amount
    percent: int | None
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
    found = stretch(period, today, calendar).result({month.period.start: month.summed for month in months})
    phase = found.pace.moment.phase
    return Bar(
        period=period,
        actual=found.actual,
        target=found.target,
        elsewhere=found.months.elsewhere,
        percent=found.percent_shown,
        set=found.months.set,
        of=found.months.of,
        phase=phase,
        forecast=found.forecast if phase is Phase.RUNNING and found.pace.judged else None,
    )
