"""What some months in a row came to beside their own targets: a row of a report.

A report makes one `Stretch` for its period and asks it about each row. Each month has a target of its own, so that what
is due by today is summed month by month; for a single month everything here is what `rollup.Total` says of it.

Source: docs/algorithms/totals.md, "Pace over several months".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from progress.amounts import EXACT, Amount, ratio
from progress.forecast import Forecast, expected_by, forecast_at, forecast_of
from progress.pace import TENTHS, Moment, Pace, Phase, at, one_decimal
from progress.periods import Period, WorkCalendar, split_into_months
from progress.rollup import Months, sum_months


@dataclass(frozen=True, slots=True)
class Result:
    """What some months came to.

    months: actual and target summed over the months and cells with a target above 0, what was reached elsewhere, and
    how many months are set. pace: these two beside each other; its own status, gap and tick are of an even pace, so ask
    this.
    expected: what is due by today; None unless judged. on_pace: None also while nothing could be due yet.
    """

    pace: Pace
    months: Months
    expected: Fraction | None
    on_pace: bool | None
    forecast: Forecast | None

    @property
    def actual(self) -> Amount:
        """What is compared with the target; where there is none, everything."""
        return self.months.actual

    @property
    def target(self) -> Amount | None:
        """0 where nothing is expected, None where nothing is set."""
        return self.months.target

    @property
    def everything(self) -> Amount:
        """All that was reached, with a target or without."""
        return self.months.everything

    @property
    def variance(self) -> Amount | None:
        """Actual less target; None unless judged."""
        if self.target is None or not self.pace.judged:
            return None
        with localcontext(EXACT):
            return self.months.actual - self.target

    @property
    def percent_shown(self) -> int | None:
        """The actual in whole percent of the target, rounded toward zero."""
        return self.pace.percent_shown

    @property
    def gap(self) -> Fraction | None:
        """Actual less expected, negative when behind; None while upcoming."""
        if self.expected is None or self.pace.moment.phase is Phase.UPCOMING:
            return None
        return Fraction(*ratio(self.months.actual, "actual")) - self.expected

    @property
    def gap_shown(self) -> Decimal | None:
        """The gap to one decimal, signed; any gap shows at least 0.1."""
        gap = self.gap
        return gap if gap is None else one_decimal(gap.numerator, gap.denominator)

    @property
    def at_risk(self) -> bool:
        """Behind, but by no more than the band, in percent of what is expected; only while the period runs."""
        band = self.pace.moment.at_risk_percent
        if not band or self.on_pace is not False or self.expected is None:
            return False
        return 100 * Fraction(*ratio(self.months.actual, "actual")) >= (100 - band) * self.expected

    @property
    def tick(self) -> Decimal | None:
        """Where on the bar the pace mark stands, 0 to 100; None unless judged and running."""
        if self.expected is None or self.target is None or self.pace.moment.phase is not Phase.RUNNING:
            return None
        return TENTHS[1000 * self.expected // Fraction(*ratio(self.target, "target"))]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Months in a row at a day: the whole period's moment, and {first day: moment} of each month."""

    whole: Moment
    months: Mapping[date, Moment]

    @property
    def period(self) -> Period:
        """From the first month's first day to the last one's last."""
        assert self.whole.period is not None
        return self.whole.period

    def result(self, parts: Mapping[date, Months]) -> Result:
        """What {a month's first day: its sum} comes to; a month that is asked about and has nothing is `NOTHING`.

        Raises as `rollup.roll_up` does, KeyError for a month that is not of the stretch.
        """
        months = joined(parts.values())
        pace = self.whole.measure(months.actual, months.target)
        if not pace.judged:
            return Result(pace, months, None, None, forecast_at(self.whole, months.actual))
        aims = [(self.months[month], part.target) for month, part in parts.items() if part.target]
        expected = expected_by(aims)
        reached = Fraction(*ratio(months.actual, "actual"))
        begun = any(moment.phase is not Phase.UPCOMING for moment, _ in aims)
        return Result(
            pace,
            months,
            expected,
            reached >= expected if begun else None,
            forecast_of(aims, reached, early=self.whole.early),
        )


NOTHING = Months(0, None, 0, 0, 0)


def stretch(period: Period, today: date, calendar: WorkCalendar | None = None, *, at_risk_percent: int = 0) -> Stretch:
    """The months of a period at a day. Raises as `pace.at` does."""
    return Stretch(
        at(period, today, calendar, at_risk_percent=at_risk_percent),
        {month.start: at(month, today, calendar) for month in split_into_months(period)},
    )


def joined(parts: Iterable[Months]) -> Months:
    """Some sums as one: of a person's months, or of a team's people in a month.

    What one of them left out stays left out. `set` and `of` count the parts.
    """
    held = list(parts)
    found = sum_months((part.actual, part.target) for part in held)
    with localcontext(EXACT):
        return replace(found, elsewhere=found.elsewhere + sum((part.elsewhere for part in held), start=0))
