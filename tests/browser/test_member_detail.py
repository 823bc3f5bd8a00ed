"""A salesperson's page in a browser: light, dark, a phone, and the tables under the charts."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant
from progress.periods import months_later
from targets import services
from targets.models import MonthlyTarget
from tests.browser.checks import DESKTOP, PHONE, assert_accessible, assert_fits
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_revenue_is_accessible_and_fits(open_page: OpenPage, site: Company, sign_in: SignIn, scheme: str) -> None:
    with tenant(site.organization):
        held = MonthlyTarget.objects.get(member=site.seller, channel=site.channels[0], month=this_month(site))
        services.set_revenue(
            site.seller.pk,
            site.channels[0].pk,
            this_month(site),
            revenue=Decimal("1234567.89"),
            version=held.version,
            by=site.admin,
            at=timezone.now(),
        )
    for size in (DESKTOP, PHONE):
        page = open_page(color_scheme=scheme, viewport=size)
        sign_in(page, site.manager)
        page.goto(site.url(f"targets/{site.seller.pk}/"))
        page.get_by_role("link", name="Revenue", exact=True).click()
        expect(page.locator(".hero .big")).to_contain_text("of €1,234,568")
        for summary in page.locator("details.alt > summary").all():
            summary.click()
        assert_accessible(page)
        assert_fits(page)


def test_older_changes_are_a_click_away(page: Page, site: Company, sign_in: SignIn) -> None:
    for count in range(1, 25):
        aim(site, count, site.seller, site.channels[0], this_month(site))
    sign_in(page, site.seller)
    page.goto(site.url("home/goals/"))
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#changes")).to_be_in_viewport()
    expect(page.locator("#changes tbody tr").last).to_contain_text("none")
    page.get_by_role("link", name="Newer").click()
    expect(page.locator("#changes tbody tr").first).to_contain_text("24")


def test_a_table_is_saved_as_a_file(page: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(page, site.seller)
    page.goto(site.url("home/goals/"))
    page.locator("#year details.alt > summary").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of the year").click()
    assert download.value.suggested_filename == f"year-{site.seller.pk}-{this_month(site):%Y-%m}.csv"


def test_prints_charts_beside_their_tables_on_paper_of_its_width(page: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(page, site.manager)
    page.set_viewport_size({"width": 1032, "height": 725})  # A4 across, within its margins
    page.emulate_media(media="print")
    page.goto(site.url(f"targets/{site.seller.pk}/"))
    chart, table = page.locator("#candles svg.wide"), page.locator("#candles table")
    expect(table).to_be_visible()
    beside, below = table.bounding_box(), chart.bounding_box()
    assert beside is not None
    assert below is not None
    assert beside["x"] > below["x"] + below["width"]
    assert_fits(page)
    page.goto(site.url("targets/"))
    assert_fits(page)
