"""Candles: day by day, where the running total stands beside the pace.

Source: docs/algorithms/candles.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from progress.amounts import EXACT, Amount, add_up, ratio, target_ratio
from progress.pace import at, one_decimal
from progress.periods import Period, WorkCalendar, require_day


@dataclass(frozen=True, slots=True)
class Candle:
    """One day of a period.

    expected: target x elapsed, the pace line at the day's end; the body runs from here to `actual`.
    before, actual: the running total at the end of the day before and of this one; the wick joins them. None on a
    future day, which has only the pace line.
    on_pace: True green, False red, None on a future day. Compared exactly.
    is_today: drawn hollow. is_off: the calendar has a day off, and expects nothing.
    """

    day: date
    expected: Fraction
    before: Decimal | None
    actual: Decimal | None
    on_pace: bool | None
    is_today: bool
    is_off: bool

    @property
    def gap(self) -> Fraction | None:
        """Actual less expected, negative when behind; None on a future day."""
        return None if self.actual is None else Fraction(self.actual) - self.expected

    @property
    def gap_shown(self) -> Decimal | None:
        """The gap to one decimal, signed. Any gap shows at least 0.1: 0.0 never stands beside a red candle."""
        gap = self.gap
        return gap if gap is None else one_decimal(gap.numerator, gap.denominator)


def candles(
    daily: Mapping[date, Amount],
    target: Amount | None,
    period: Period,
    today: date,
    calendar: WorkCalendar | None = None,
) -> tuple[Candle, ...]:
    """One candle for each day of a period, in order; none without a target above 0.

    daily: `{day: what was counted on it}`; a day may be missing, and those after today are not looked at.

    Raises ValueError for a day outside the period, NaN and a negative target; TypeError for a float.
    """
    require_daily(daily, period)
    aim = Fraction(*target_ratio(target)) if target is not None else Fraction(0)
    in_working_days = at(period, today, calendar).in_working_days
    if not aim:
        return ()
    found, total = list[Candle](), Decimal(0)
    for offset in range(period.days):
        day = period.start + timedelta(days=offset)
        moment = at(period, day, calendar)
        expected = aim * Fraction(moment.worked, moment.total)
        before, actual, on_pace = None, None, None
        if day <= today:
            before, actual = total, add_up([total, daily.get(day)], "actual")
            on_pace, total = Fraction(actual) >= expected, actual
        is_off = in_working_days and calendar is not None and not calendar.is_working(day)
        found.append(Candle(day, expected, before, actual, on_pace, is_today=day == today, is_off=is_off))
    return tuple(found)


def candles_over(
    channels: Iterable[tuple[Mapping[date, Amount], Amount | None]],
    period: Period,
    today: date,
    calendar: WorkCalendar | None = None,
) -> tuple[Candle, ...]:
    """The candles of several channels together, each as its `daily` and its target: like is compared with like.

    Only channels with a target above 0 are summed, actuals as well as targets. Raises as `candles`.
    """
    daily = defaultdict[date, Amount](int)
    aim: Amount = 0
    for counted, target in channels:
        require_daily(counted, period)
        if target is None or not target_ratio(target)[0]:
            continue
        with localcontext(EXACT):
            aim += target
            for day, amount in counted.items():
                daily[day] += amount
    return candles(daily, aim, period, today, calendar)


def require_daily(daily: Mapping[date, Amount], period: Period) -> None:
    """Raise ValueError for a day outside the period and NaN, TypeError for what is no day and for a float."""
    for day, amount in daily.items():
        require_day(day, "day")
        if day not in period:
            raise ValueError(f"{day} is outside the period {period.start} to {period.end}")
        ratio(amount, "actual")
