"""The days off of a year."""

from dataclasses import dataclass
from datetime import date

from accounts.calendar import holiday_names, working_days
from accounts.models import ClosingDay, Organization
from progress.periods import Period, split_into_months


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday; `free` where the organization doesn't work on that weekday anyway."""

    day: date
    name: str
    free: bool


@dataclass(frozen=True, slots=True)
class MonthOfWork:
    """How many days of a month are worked, and how many it has."""

    month: date
    worked: int
    days: int


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """A calendar year of an organization."""

    year: int
    public: list[Holiday]
    closing: list[ClosingDay]
    months: list[MonthOfWork]
    worked: int


def holiday_year(organization: Organization, year: int) -> HolidayYear:
    """Public holidays, closing days and the working days of each month. Two queries."""
    whole = Period(date(year, 1, 1), date(year, 12, 31))
    calendar = working_days(organization, whole)
    weekdays = set(organization.working_weekdays)
    names = holiday_names(organization.holiday_country, organization.holiday_region, year)
    months = [MonthOfWork(month.start, calendar.count(month), month.days) for month in split_into_months(whole)]
    return HolidayYear(
        year=year,
        public=[Holiday(day, name, day.weekday() not in weekdays) for day, name in names],
        closing=list(ClosingDay.objects.filter(day__range=(whole.start, whole.end)).order_by("day")),
        months=months,
        worked=sum(month.worked for month in months),
    )
