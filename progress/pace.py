"""Pace: how much is expected by today, and whether the actual is there.

A screen makes one `Moment` for its period with `at` and asks it about each cell; the days are counted once and the rest
is whole-number arithmetic. Exact results are Fraction (see amounts); the `_shown` ones, `fill` and `tick` are rounded
for a screen.

Source: docs/algorithms/pace.md.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from progress.amounts import Amount, ratio, require_whole, round_half_away, scaled, target_ratio
from progress.periods import Period, WorkCalendar, require_day

# 0.0, 0.1 .. 100.0: a bar has no finer steps, and looking a Decimal up is cheaper than making it.
TENTHS = tuple(scaled(step, 1) for step in range(1001))
# The widest "at risk" band, in percent of what is expected.
LARGEST_BAND = 20


class Status(StrEnum):
    """How a goal stands, in the order in which it is tested."""

    COMPLETE = "complete"
    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    BEHIND = "behind"


class Phase(StrEnum):
    """Where today is: before the period, in it (both ends included), or after it."""

    UPCOMING = "upcoming"
    RUNNING = "running"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Pace:
    """An actual beside its target, at a moment.

    A goal is judged if its target is above 0. Without a target, or with a deliberate 0, it is neutral: status, on_pace
    and everything derived from the target are None, and the bar is empty.

    `on_pace` is the colour: True green, False red, None grey (also while the period is upcoming, and for a goal without
    an end of which nothing is counted yet). In a closed period it says whether the target was reached.
    """

    moment: "Moment"
    actual: Amount
    target: Amount | None
    status: Status | None
    on_pace: bool | None

    @property
    def judged(self) -> bool:
        """Whether there is a target above 0."""
        return self.status is not None

    @property
    def at_risk(self) -> bool:
        """Behind pace, but by no more than the moment's band: `at_risk_percent` of what is expected by today.

        Only while the period runs, as the band is 0 outside; a kind of behind, so `on_pace` is False as well.
        """
        moment = self.moment
        if not moment.at_risk_percent or self.on_pace is not False or self.target is None:
            return False
        a, b = ratio(self.actual, "actual")
        t, u = ratio(self.target, "target")
        return 100 * a * u * moment.total >= (100 - moment.at_risk_percent) * t * b * moment.worked

    @property
    def overdue(self) -> bool:
        """Past its end and not complete."""
        return self.moment.phase is Phase.CLOSED and self.judged and self.status is not Status.COMPLETE

    @property
    def percent(self) -> Fraction | None:
        """The actual in percent of the target, uncapped."""
        share = self._share(100)
        return share and Fraction(*share)

    @property
    def percent_shown(self) -> int | None:
        """The percentage in whole percent, rounded toward zero: 100 is shown only once the target is reached."""
        share = self._share(100)
        return share and whole(*share)

    @property
    def fill(self) -> Decimal:
        """The bar's length, 0 to 100 in steps of 0.1, rounded down; never short of the tick when on pace."""
        share = self._share(1000)
        return TENTHS[min(max(whole(*share), 0), 1000)] if share else TENTHS[0]

    @property
    def tick(self) -> Decimal | None:
        """Where on the bar the pace mark stands, 0 to 100; None unless judged and running."""
        return self.moment.tick if self.judged else None

    @property
    def expected(self) -> Fraction | None:
        """What is due by today: target x elapsed. None without an end."""
        if self.target is None or not self.judged or not self.moment.total:
            return None
        numerator, denominator = ratio(self.target, "target")
        return Fraction(numerator * self.moment.worked, denominator * self.moment.total)

    @property
    def gap(self) -> Fraction | None:
        """Actual less expected, negative when behind; in a closed period, actual less target. None while upcoming."""
        gap = self._gap()
        return gap and Fraction(*gap)

    @property
    def gap_shown(self) -> Decimal | None:
        """The gap to one decimal, signed. Any gap shows at least 0.1: 0.0 never stands beside a red bar."""
        gap = self._gap()
        return gap and one_decimal(*gap)

    @property
    def gap_size(self) -> Decimal | None:
        """The shown gap without its sign, for beside an arrow."""
        gap = self.gap_shown
        return gap if gap is None else gap.copy_abs()

    @property
    def days_ahead(self) -> Fraction | None:
        """The gap in days of the target's pace, negative when behind; None unless running.

        In working days if the moment counts those.
        """
        days = self._days_ahead()
        return days and Fraction(*days)

    @property
    def days_ahead_shown(self) -> Decimal | None:
        """The same to one decimal, as the gap is shown."""
        days = self._days_ahead()
        return days and one_decimal(*days)

    @property
    def per_day(self) -> Fraction | None:
        """The rate so far: actual by days elapsed, with or without a target; None before the first counted day."""
        if not self.moment.worked:
            return None
        numerator, denominator = ratio(self.actual, "actual")
        return Fraction(numerator, denominator * self.moment.worked)

    @property
    def needed_per_day(self) -> Fraction | None:
        """The rate needed from here: what is missing by the days left, today counted; 0 when complete.

        None where no counted day is left, and without an end.
        """
        if self.target is None or not self.judged or not self.moment.left:
            return None
        if self.status is Status.COMPLETE:
            return Fraction(0)
        a, b = ratio(self.actual, "actual")
        t, u = ratio(self.target, "target")
        return Fraction(t * b - a * u, b * u * self.moment.left)

    def _share(self, whole: int) -> tuple[int, int] | None:
        """Actual / target x `whole`, as numerator and denominator."""
        if self.target is None or not self.judged:
            return None
        a, b = ratio(self.actual, "actual")
        t, u = ratio(self.target, "target")
        return a * u * whole, b * t

    def _gap(self) -> tuple[int, int] | None:
        moment = self.moment
        if self.target is None or not self.judged or not moment.total or moment.phase is Phase.UPCOMING:
            return None
        a, b = ratio(self.actual, "actual")
        t, u = ratio(self.target, "target")
        return a * u * moment.total - t * b * moment.worked, b * u * moment.total

    def _days_ahead(self) -> tuple[int, int] | None:
        share = self._share(self.moment.total)
        if share is None or not self.moment.total or self.moment.phase is not Phase.RUNNING:
            return None
        return share[0] - self.moment.worked * share[1], share[1]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day's place in a period: make it once with `at`, ask it about every cell of a page.

    worked: days from the period's start to today, both counted. total: days in the period; 0 for a goal without an end.
    left: days from today to the end, today counted. All in working days if `in_working_days`, else in calendar days.
    at_risk_percent: how far behind pace is still "at risk", in percent of what is expected. 0: nothing is, as
    before and after the period.
    """

    period: Period | None
    today: date
    phase: Phase
    worked: int
    total: int
    left: int
    in_working_days: bool
    at_risk_percent: int = 0

    @property
    def elapsed(self) -> Fraction | None:
        """The share of the period that has passed; None without an end."""
        return Fraction(self.worked, self.total) if self.total else None

    @property
    def tick(self) -> Decimal | None:
        """The elapsed share in percent, in steps of 0.1, rounded down; None unless the period is running."""
        return TENTHS[1000 * self.worked // self.total] if self.total and self.phase is Phase.RUNNING else None

    @property
    def early(self) -> bool:
        """Under 10 % elapsed: too soon to trust a forecast."""
        return 10 * self.worked < self.total

    def measure(self, actual: Amount, target: Amount | None) -> Pace:
        """How an actual stands against its target.

        Raises TypeError for a float, ValueError for NaN or a negative target.
        """
        a, b = ratio(actual, "actual")
        if target is None:
            return Pace(self, actual, None, None, None)
        t, u = target_ratio(target)
        if not t:
            return Pace(self, actual, target, None, None)
        reached, due = a * u, t * b
        reaches_pace = not self.total or reached * self.total >= due * self.worked
        if reached >= due:
            status = Status.COMPLETE
        elif not a:
            status = Status.NOT_STARTED
        else:
            status = Status.ON_TRACK if reaches_pace else Status.BEHIND
        neutral = self.phase is Phase.UPCOMING or (not self.total and not a)
        return Pace(self, actual, target, status, None if neutral else reaches_pace)


def at(period: Period | None, today: date, calendar: WorkCalendar | None = None, *, at_risk_percent: int = 0) -> Moment:
    """The place of a day in a period; None is a goal without an end, which can't be late.

    With a calendar, counts working days; where the period has none, falls back to calendar days. Raises ValueError for
    an `at_risk_percent` outside 0..20, TypeError for one that is no int.
    """
    require_day(today, "today")
    require_whole(at_risk_percent, "at_risk_percent")
    if not 0 <= at_risk_percent <= LARGEST_BAND:
        raise ValueError(f"at_risk_percent must be 0 to {LARGEST_BAND}, not {at_risk_percent}")
    if period is None:
        return Moment(None, today, Phase.RUNNING, worked=0, total=0, left=0, in_working_days=False)
    total = calendar.count(period) if calendar is not None else 0
    counting = calendar if total else None
    total = total or period.days
    if today < period.start:
        return Moment(period, today, Phase.UPCOMING, 0, total, total, counting is not None)
    if today > period.end:
        return Moment(period, today, Phase.CLOSED, total, total, 0, counting is not None)
    so_far, rest = Period(period.start, today), Period(today, period.end)
    if counting is not None:
        worked, left = counting.count(so_far), counting.count(rest)
        return Moment(period, today, Phase.RUNNING, worked, total, left, True, at_risk_percent)
    return Moment(period, today, Phase.RUNNING, so_far.days, total, rest.days, False, at_risk_percent)


def elapsed(period: Period, today: date, calendar: WorkCalendar | None = None) -> Fraction:
    """The share of a period that has passed, with today counted.

    0 before the period and 1 from its last day on. With a calendar, counts working days; where the period has none,
    falls back to calendar days. Raises TypeError for None, since what has no end has no share that has passed.
    """
    moment = at(period, today, calendar)
    if not moment.total:
        raise TypeError("period must be a Period, not None")
    return Fraction(moment.worked, moment.total)


def measure(
    actual: Amount,
    target: Amount | None,
    period: Period | None,
    today: date,
    calendar: WorkCalendar | None = None,
) -> Pace:
    """How one actual stands; for many of one period, make the moment once with `at`."""
    return at(period, today, calendar).measure(actual, target)


def goal_period(due: date | None, start: date | None, created: date) -> Period | None:
    """The period in which a goal is paced: from its start date, else from the day it was created, to its target date.

    None without a target date. A start after the target date leaves that one day: elapsed is 1 from the end on.
    """
    if due is None:
        return None
    return Period(min(start or created, due), due)


def whole(numerator: int, denominator: int) -> int:
    """A quotient's whole part, rounded toward zero; the denominator is positive."""
    return numerator // denominator if numerator >= 0 else -(-numerator // denominator)


def one_decimal(numerator: int, denominator: int) -> Decimal:
    """A quotient to one decimal, halves away from zero; what is not exactly 0 is never shown as 0.0."""
    steps = round_half_away(10 * numerator, denominator) or (numerator > 0) - (numerator < 0)
    if -len(TENTHS) < steps < len(TENTHS):
        return TENTHS[steps] if steps >= 0 else TENTHS[-steps].copy_negate()
    return scaled(steps, 1)
