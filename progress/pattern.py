"""Patterns: in which week of the month and on which weekday somebody falls below their own average.

Source: docs/algorithms/pattern.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from progress.amounts import EXACT, Amount, ratio
from progress.periods import Period, WorkCalendar, require_day

# What happens in three of four months, over four at least, is said aloud; anything less may be chance.
ENOUGH = 4
CLEAR = Fraction(3, 4)


@dataclass(frozen=True, slots=True)
class Part:
    """A week of the month (1 to 5) or a weekday (Monday is 0), over all months that were looked at.

    slipped: the months in which less was reached on one of its days than on a day of the month. judged: the months in
    which it had a day that counts. actual, days: what was reached on how many days, in the judged months.
    """

    number: int
    slipped: int
    judged: int
    actual: Decimal
    days: int

    @property
    def rate(self) -> Fraction:
        """What was reached a day."""
        return Fraction(self.actual) / self.days

    @property
    def slips(self) -> bool:
        """Whether it is below the average too often to be chance."""
        return self.judged >= ENOUGH and Fraction(self.slipped, self.judged) >= CLEAR


@dataclass(frozen=True, slots=True)
class Pattern:
    """The parts that have a day that counts, in order, and in how many months anything was reached at all."""

    parts: tuple[Part, ...]
    months: int

    @property
    def enough(self) -> bool:
        """Whether there are enough months to speak of a pattern."""
        return self.months >= ENOUGH

    @property
    def rate(self) -> Fraction | None:
        """What was reached a day, over all parts; None without any."""
        days = sum(part.days for part in self.parts)
        return sum((Fraction(part.actual) for part in self.parts), Fraction(0)) / days if days else None

    @property
    def weakest(self) -> Part | None:
        """Of the parts that slip the one that does most often, then the one with the lowest rate; None if none does."""
        slipping = [part for part in self.parts if part.slips]
        return min(slipping, key=lambda part: (-Fraction(part.slipped, part.judged), part.rate), default=None)


def by_week(daily: Mapping[date, Amount], months: Iterable[Period], calendar: WorkCalendar | None = None) -> Pattern:
    """The weeks of the month: days 1 to 7, 8 to 14, 15 to 21, 22 to 28, and the rest. Raises as `by_weekday`."""
    return pattern(daily, months, calendar, week_of_month)


def by_weekday(daily: Mapping[date, Amount], months: Iterable[Period], calendar: WorkCalendar | None = None) -> Pattern:
    """The weekdays.

    daily: `{day: what was counted on it}`, days outside the months are not looked at. months: ended calendar months,
    each may be cut to the days on which somebody was there.

    Raises ValueError for NaN, TypeError for a float and for what is no day.
    """
    return pattern(daily, months, calendar, date.weekday)


def week_of_month(day: date) -> int:
    """1 to 5: the first seven days are week 1, whatever weekday they begin on."""
    return (day.day - 1) // 7 + 1


def pattern(
    daily: Mapping[date, Amount],
    months: Iterable[Period],
    calendar: WorkCalendar | None,
    part_of: Callable[[date], int],
) -> Pattern:
    """The pattern over parts of months; see the two functions above."""
    for day, amount in daily.items():
        require_day(day, "day")
        ratio(amount, "actual")
    slipped, judged, days = defaultdict[int, int](int), defaultdict[int, int](int), defaultdict[int, int](int)
    actual = defaultdict[int, Decimal](Decimal)
    seen = 0
    with localcontext(EXACT):
        for month in months:
            counted, reached = in_parts(daily, month, calendar, part_of)
            all_days, everything = sum(counted.values()), sum(reached.values(), Decimal(0))
            if everything <= 0:
                continue
            seen += 1
            for part, its_days in counted.items():
                judged[part] += 1
                slipped[part] += reached[part] * all_days < everything * its_days
                days[part] += its_days
                actual[part] += reached[part]
    return Pattern(
        tuple(Part(part, slipped[part], judged[part], actual[part], days[part]) for part in sorted(days)), seen
    )


def in_parts(
    daily: Mapping[date, Amount], month: Period, calendar: WorkCalendar | None, part_of: Callable[[date], int]
) -> tuple[dict[int, int], dict[int, Decimal]]:
    """The days that count in each part of a month, and what was reached in each that has one, on days off too."""
    if calendar is not None and not calendar.count(month):
        calendar = None
    counted, reached = defaultdict[int, int](int), defaultdict[int, Decimal](Decimal)
    for offset in range(month.days):
        day = month.start + timedelta(days=offset)
        part = part_of(day)
        if calendar is None or calendar.is_working(day):
            counted[part] += 1
        if day in daily:
            reached[part] += daily[day]
    return dict(counted), {part: reached[part] for part in counted}
