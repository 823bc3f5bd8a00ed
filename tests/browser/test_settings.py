"""The organization's settings in a browser: every page on phone and desktop, and regions that follow the country."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from accounts import services
from accounts.tenancy import tenant
from tests.browser.checks import PHONE, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company, found

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(transactional_db: None) -> Company:
    """A company with something on every page."""
    site = found("acme", holiday_country="DE", holiday_region="BY")
    with tenant(site.organization):
        services.add_company(site.organization, name="W" * 120, by=site.admin)
        services.add_closing_day(site.organization, day=date(2026, 12, 24), name="Eve " + "x" * 100, by=site.admin)
        zone = services.add_zone(site.organization, name="North", by=site.admin)
        services.assign_zone(site.seller, zone, start=date(2026, 1, 1), end=date(2026, 2, 1), by=site.admin)
    return site


def addresses(site: Company) -> list[str]:
    with tenant(site.organization):
        membership = site.team.memberships.get().pk
    pages = [
        "",
        "targets/",
        "companies/",
        "companies/new/",
        "holidays/?year=2026",
        "holidays/import/",
        "teams/",
        "zones/",
    ]
    return [site.url(f"settings/{page}") for page in (*pages, f"teams/{site.team.pk}/", f"teams/people/{membership}/")]


def test_every_page_is_accessible_and_fits(site: Company, page: Page, open_page: OpenPage, sign_in: SignIn) -> None:
    phone = open_page(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    for window in (page, phone):
        sign_in(window, site.admin)
        for address in addresses(site):
            window.goto(address)
            assert_accessible(window)
            assert_fits(window)


def test_regions_follow_the_country(site: Company, page: Page, sign_in: SignIn) -> None:
    sign_in(page, site.admin)
    page.goto(site.url("settings/"))
    page.get_by_label("Public holidays of").select_option(label="United Kingdom")
    page.get_by_label("Region").select_option(label="Scotland")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Region")).to_have_value("SCT")
