"""Periods of days, the fiscal calendar, and working days.

Source: docs/algorithms/periods.md.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from progress.amounts import require_whole


class PeriodKind(StrEnum):
    """The lengths that periods come in."""

    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"


MONTHS_IN = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.SEMESTER: 6, PeriodKind.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """An inclusive pair of dates.

    Raises ValueError where the end is before the start, TypeError for a datetime, which is a moment and not a day.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        require_day(self.start, "start")
        require_day(self.end, "end")
        if self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")

    @property
    def days(self) -> int:
        """How many days it has, first and last counted."""
        return self.end.toordinal() - self.start.toordinal() + 1

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The weekdays that are worked (Monday is 0) less single days off, kept as sets of its own.

    Raises ValueError for a weekday outside 0..6, TypeError for a holiday that is not a date. No weekday at all is
    allowed: then no day is a working day.
    """

    weekdays: frozenset[int]
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        # A day that is listed twice is off once, and a set that its owner changes later changes nothing here.
        object.__setattr__(self, "weekdays", frozenset(self.weekdays))
        object.__setattr__(self, "holidays", frozenset(self.holidays))
        if not self.weekdays <= frozenset(range(7)):
            raise ValueError(f"weekdays must be 0 (Monday) to 6, not {sorted(self.weekdays)}")
        for day in self.holidays:
            require_day(day, "holiday")

    def is_working(self, day: date) -> bool:
        """Whether people work on a day. Raises TypeError for a datetime, which no holiday would equal."""
        require_day(day, "day")
        return day.weekday() in self.weekdays and day not in self.holidays

    def count(self, period: Period) -> int:
        """The working days of a period. Costs a step per holiday and at most six more, however long the period is."""
        weeks, rest = divmod(period.days, 7)
        first = period.start.weekday()
        worked = weeks * len(self.weekdays) + sum((first + day) % 7 in self.weekdays for day in range(rest))
        return worked - sum(day in period and day.weekday() in self.weekdays for day in self.holidays)


def month_of(day: date) -> Period:
    """The calendar month around a day."""
    require_day(day, "day")
    return whole_months(day.year, day.month, 1)


def quarter_of(day: date, fiscal_start: int = 1) -> Period:
    """The quarter around a day, in a fiscal year that starts in month `fiscal_start` (1 to 12, else ValueError)."""
    return fiscal_part(day, fiscal_start, 3)


def semester_of(day: date, fiscal_start: int = 1) -> Period:
    """The half year around a day; the first half is the fiscal year's first six months."""
    return fiscal_part(day, fiscal_start, 6)


def quarter_number(day: date, fiscal_start: int = 1) -> int:
    """Which quarter of its fiscal year a day lies in, 1 to 4."""
    require_day(day, "day")
    require_fiscal_start(fiscal_start)
    return (day.month - fiscal_start) % 12 // 3 + 1


def year_of(day: date, fiscal_start: int = 1) -> Period:
    """The fiscal year around a day. It is named by the calendar year of its start: `year_of(day, 4).start.year`."""
    return fiscal_part(day, fiscal_start, 12)


def period_of(day: date, kind: PeriodKind, fiscal_start: int = 1) -> Period:
    """The period of a kind around a day, as the four functions above."""
    return fiscal_part(day, fiscal_start, months_in(kind))


def following(period: Period, kind: PeriodKind) -> Period:
    """The period of a kind that begins on the day after this one's end.

    From a period that ends within a month, it runs to the day before the same day of a later month: 15 January to
    14 February is followed by 15 February to 14 March. Raises ValueError after the year 9999.
    """
    if period.end == date.max:
        raise ValueError("no period follows the year 9999")
    start = period.end + timedelta(days=1)
    if start.day == 1:
        return whole_months(start.year, start.month, months_in(kind))
    return Period(start, months_later(start, months_in(kind)) - timedelta(days=1))


def preceding(period: Period, kind: PeriodKind) -> Period:
    """The period of a kind that ends on the day before this one's start. Raises ValueError before the year 1."""
    if period.start == date.min:
        raise ValueError("no period precedes the year 1")
    return Period(months_later(period.start, -months_in(kind)), period.start - timedelta(days=1))


def same_length_before(period: Period) -> Period:
    """The period of the same length that ends on the day before: as many whole months, else as many days.

    Raises ValueError where it would begin before the year 1.
    """
    if are_whole_months(period.start, period.end):
        months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
        start = months_later(period.start, -months)
    elif period.start.toordinal() <= period.days:
        raise ValueError(f"no period of {period.days} days precedes {period.start}")
    else:
        start = period.start - timedelta(days=period.days)
    return Period(start, period.start - timedelta(days=1))


def are_whole_months(start: date, end: date) -> bool:
    """Whether days begin with the first of a month and end with the last of one."""
    return start.day == 1 and month_of(end).end == end


def split_into_months(period: Period) -> tuple[Period, ...]:
    """The calendar months of a period, the first and the last cut to its range: they tile it, in order."""
    months = [month_of(period.start)]
    while months[-1].end < period.end:
        months.append(following(months[-1], PeriodKind.MONTH))
    return tuple(Period(max(month.start, period.start), min(month.end, period.end)) for month in months)


def rest_of_year(day: date, fiscal_start: int = 1) -> tuple[Period, ...]:
    """The months after the one around a day that its fiscal year still has, in order; none after its last."""
    months = split_into_months(year_of(day, fiscal_start))
    return months[months.index(month_of(day)) + 1 :]


def require_day(day: object, name: str) -> None:
    """Raise TypeError unless `day` is a date without a time."""
    if not isinstance(day, date) or isinstance(day, datetime):
        raise TypeError(f"{name} must be a date, not {type(day).__name__}")


def require_fiscal_start(month: object) -> None:
    """Raise ValueError unless a fiscal year may start in a month, TypeError for what is no int."""
    require_whole(month, "fiscal_start")
    if month not in range(1, 13):
        raise ValueError(f"fiscal_start must be a month from 1 to 12, not {month}")


def months_in(kind: PeriodKind) -> int:
    """How many months a kind of period has. Raises ValueError for what is no kind."""
    return MONTHS_IN[PeriodKind(kind)]


def fiscal_part(day: date, fiscal_start: int, length: int) -> Period:
    """The part of the fiscal year, `length` months long, that a day lies in."""
    require_day(day, "day")
    require_fiscal_start(fiscal_start)
    start = months_later(day, -((day.month - fiscal_start) % length))
    return whole_months(start.year, start.month, length)


def whole_months(year: int, month: int, length: int) -> Period:
    """The period of `length` calendar months from the first of a month."""
    first = date(year, month, 1)
    last = months_later(first, length - 1)
    return Period(first, last.replace(day=monthrange(last.year, last.month)[1]))


def months_later(day: date, count: int) -> date:
    """The same day of the month so many months on, or that month's last day where it is shorter.

    Raises ValueError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"year {year} is out of range")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
