"""An organization's working days."""

from datetime import date
from typing import Any

import pytest

from accounts.calendar import pace_calendar, public_holidays, working_days
from accounts.models import ClosingDay, PaceCalendar
from accounts.tenancy import tenant
from progress.periods import Period
from tests.conftest import Company

APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))


@pytest.mark.parametrize(
    ("country", "region", "days"),
    [
        pytest.param("", "", 22, id="no-country-monday-to-friday"),
        pytest.param("DE", "", 20, id="good-friday-and-easter-monday-off"),
        pytest.param("IE", "", 21, id="ireland-works-on-good-friday"),
        pytest.param("XX", "", 22, id="unknown-country-has-no-holidays"),
        pytest.param("DE", "XX", 20, id="unknown-region-has-the-countrys"),
    ],
)
def test_working_days_of_april_2025(acme: Company, country: str, region: str, days: int) -> None:
    acme.organization.holiday_country, acme.organization.holiday_region = country, region
    with tenant(acme.organization):
        assert working_days(acme.organization, APRIL).count(APRIL) == days


def test_a_region_has_holidays_of_its_own() -> None:
    corpus_christi = date(2025, 6, 19)
    assert corpus_christi in public_holidays("DE", "BY", 2025)
    assert corpus_christi not in public_holidays("DE", "", 2025)


def test_closing_days_are_off_and_counted_once(acme: Company, rival: Company, django_assert_num_queries: Any) -> None:
    acme.organization.holiday_country = "DE"
    for company, days in ((acme, (2, 18, 26)), (rival, (3, 4))):
        with tenant(company.organization):
            for day in days:
                ClosingDay.objects.create(organization=company.organization, day=date(2025, 4, day))
    with tenant(acme.organization), django_assert_num_queries(1):
        assert working_days(acme.organization, APRIL).count(APRIL) == 19


def test_a_week_of_ones_own(acme: Company) -> None:
    acme.organization.working_weekdays = [5, 6]
    with tenant(acme.organization):
        assert working_days(acme.organization, APRIL).count(APRIL) == 8


def test_a_period_over_new_year_has_both_years_holidays(acme: Company) -> None:
    acme.organization.holiday_country = "DE"
    period = Period(date(2025, 12, 22), date(2026, 1, 2))
    with tenant(acme.organization):
        assert working_days(acme.organization, period).count(period) == 7


def test_calendar_days_need_no_query(acme: Company, django_assert_num_queries: Any) -> None:
    with tenant(acme.organization), django_assert_num_queries(0):
        assert pace_calendar(acme.organization, APRIL) is None


def test_pace_by_working_days(acme: Company) -> None:
    acme.organization.pace_calendar = PaceCalendar.WORKING
    with tenant(acme.organization):
        calendar = pace_calendar(acme.organization, APRIL)
    assert calendar is not None
    assert calendar.count(APRIL) == 22


def test_public_holidays_of_no_country() -> None:
    assert public_holidays("", "", 2025) == frozenset()
