"""An organization's working days."""

from datetime import date
from functools import lru_cache

import holidays

from accounts.models import ClosingDay, Organization, PaceCalendar
from progress.periods import Period, WorkCalendar


def working_days(organization: Organization, period: Period) -> WorkCalendar:
    """The organization's weekdays less its public holidays and closing days within a period. One query."""
    closed = ClosingDay.objects.filter(day__range=(period.start, period.end)).values_list("day", flat=True)
    public = frozenset[date]()
    for year in range(period.start.year, period.end.year + 1):
        public |= public_holidays(organization.holiday_country, organization.holiday_region, year)
    return WorkCalendar(weekdays=frozenset(organization.working_weekdays), holidays=public | frozenset(closed))


def pace_calendar(organization: Organization, period: Period) -> WorkCalendar | None:
    """The calendar that pace is measured by; None means calendar days. At most one query."""
    if organization.pace_calendar == PaceCalendar.CALENDAR:
        return None
    return working_days(organization, period)


@lru_cache(maxsize=512)
def public_holidays(country: str, region: str, year: int) -> frozenset[date]:
    """A country's public holidays in a year: the whole country's where the region is unknown, none where itself is."""
    return frozenset(day for day, _ in holiday_names(country, region, year))


@lru_cache(maxsize=512)
def holiday_names(country: str, region: str, year: int) -> tuple[tuple[date, str], ...]:
    """The same with their English names where those are known, in the order of the year."""
    for subdivision in (region or None, None):
        try:
            found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
        except NotImplementedError:
            continue
        return tuple(sorted(found.items()))
    return ()
