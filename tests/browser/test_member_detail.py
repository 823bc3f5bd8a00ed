"""A salesperson's page in a browser: light, dark, a phone, and the tables under the charts."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from progress.periods import months_later
from tests.browser.checks import assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company, found
from tests.targets.conftest import aim, sell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(transactional_db: None) -> Company:
    """A company with half a year of deals, and targets in the current month."""
    site = found("acme")
    month = this_month(site)
    for channel, count in zip(site.channels, (10, 13), strict=False):
        aim(site, count, site.seller, channel, month)
        sell(site, 5, member=site.seller, channel=channel, day=month)
    for back in range(1, 7):
        sell(site, 3, member=site.seller, channel=site.channels[0], day=months_later(month, -back))
    return site


def this_month(site: Company) -> date:
    return site.organization.local_date(timezone.now()).replace(day=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_is_accessible_and_fits(open_page: OpenPage, site: Company, sign_in: SignIn, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    sign_in(page, site.manager)
    page.goto(site.url(f"targets/{site.seller.pk}/"))
    for summary in page.locator("details.alt > summary").all():
        summary.click()
    assert_accessible(page)
    assert_fits(page)


def test_the_grid_leads_to_it_and_a_channel_is_a_click_away(page: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(page, site.manager)
    page.goto(site.url("targets/"))
    page.locator("a.who").first.click()
    expect(page.locator("#candles svg.wide")).to_be_visible()
    page.locator("#candles .seg a").nth(1).click()
    expect(page.locator("#candles .seg a").nth(1)).to_have_attribute("aria-current", "true")
    assert "channel=" in page.url


def test_fits_a_phone(phone: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(phone, site.seller)
    phone.goto(site.url(f"targets/{site.seller.pk}/"))
    expect(phone.locator("#candles svg.narrow")).to_be_visible()
    expect(phone.locator("#candles svg.wide")).to_be_hidden()
    assert_accessible(phone)
    assert_fits(phone)
