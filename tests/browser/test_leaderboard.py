"""The leaderboard in a browser: choosing in place, going back, without scripts, on a phone; and the phone's menu."""

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import services
from accounts.tenancy import tenant
from progress.periods import months_later
from targets.models import MonthlyTarget
from tests.browser.checks import PHONE, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company, found
from tests.targets.conftest import sell

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "Bartholomew Featherstonehaugh-Cholmondeley of the Western Harbour"


@pytest.fixture
def site(transactional_db: None) -> Company:
    """Six people with targets, one without, in this month and the one before."""
    site = found("acme")
    phone, month = site.channels[0], this_month(site)
    with tenant(site.organization):
        cast = [services.add_member(site.organization, name=name) for name in ("Ada", "Ben", "Cleo", LONG, "Eve")]
    for number, who in enumerate([*cast, site.seller, site.other_seller]):
        for later in (0, -1):
            first = months_later(month, later)
            sell(site, 9 - number + 3 * later, member=who, channel=phone, day=first)
            if who.name != "Eve":
                with tenant(site.organization):
                    MonthlyTarget.objects.create(
                        organization=site.organization, member=who, channel=phone, month=first, count=6 - later
                    )
    return site


def this_month(site: Company) -> date:
    return site.organization.local_date(timezone.now()).replace(day=1)


def test_a_choice_changes_the_page_in_place_and_going_back_undoes_it(
    page: Page, site: Company, sign_in: SignIn
) -> None:
    sign_in(page, site.admin)
    page.goto(site.url("leaderboard/"))
    page.evaluate("window.here = true")
    page.get_by_role("link", name="Total", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?rank=count$"))
    expect(page.get_by_role("columnheader", name="Beside the first")).to_be_visible()
    assert page.evaluate("[window.here, document.activeElement.id]") == [True, "total"]
    page.get_by_role("link", name="Quarter").click()
    expect(page).to_have_url(re.compile(r"\?per=quarter&rank=count$"))
    expect(page).to_have_title(re.compile(r"^Leaderboard, Q\d \d{4} · Headway$"))
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?rank=count$"))
    expect(page.get_by_role("link", name="Month", exact=True)).to_have_attribute("aria-current", "true")
    page.get_by_text("Channel", exact=True).click()
    page.get_by_role("link", name="acme phone").click()
    expect(page).to_have_url(re.compile(rf"\?rank=count&channel={site.channels[0].pk}$"))


def test_everything_works_without_scripts(open_page: OpenPage, site: Company, sign_in: SignIn) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, site.admin)
    page.goto(site.url("leaderboard/"))
    page.get_by_role("link", name="Total", exact=True).click()
    page.locator("#board-before").click()
    expect(page).to_have_url(re.compile(r"\?month=\d{4}-\d\d&rank=count$"))
    expect(page.get_by_role("row").nth(1)).to_contain_text("Ada")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("wide", [True, False], ids=["desktop", "phone"])
def test_it_is_accessible_and_fits(
    open_page: OpenPage, site: Company, sign_in: SignIn, theme: str, *, wide: bool
) -> None:
    page = open_page(color_scheme=theme, **({} if wide else {"viewport": PHONE}))
    later = f"{months_later(this_month(site), 1):%Y-%m}"
    for viewer, queries in (
        (site.admin, ("", "?per=year&rank=count&show=revenue", f"?month={later}", "?team=0", "?team=999&per=x")),
        (site.seller, ("", "?rank=count", f"?channel={site.channels[1].pk}")),
    ):
        sign_in(page, viewer)
        for query in queries:
            page.goto(site.url(f"leaderboard/{query}"))
            assert_accessible(page)
            assert_fits(page)
    with tenant(site.organization):
        services.change_organization(site.organization, everyone_sees_leaderboard=True, by=site.admin)
    page.goto(site.url("leaderboard/"))
    expect(page.locator("tr.you .tag")).to_have_text("You")
    assert_accessible(page)
    assert_fits(page)


def test_a_phone_keeps_what_does_not_fit_under_more(phone: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(phone, site.admin)
    phone.goto(site.url("leaderboard/"))
    bar = phone.get_by_role("navigation", name="Quick navigation")
    # The first one counts who has no target as well.
    expect(bar.get_by_role("link")).to_have_text([re.compile("Targets"), "My goals", "Leaderboard", "Reports"])
    bar.get_by_role("button", name="More").click()
    more = phone.get_by_role("navigation", name="More pages")
    expect(more.get_by_role("link")).to_have_text(["Deals", "Import", "Settings"])
    assert_accessible(phone)
    assert_fits(phone)
    more.get_by_role("link", name="Settings").click()
    expect(phone).to_have_url(re.compile("/settings/"))
    expect(bar.get_by_role("button", name="More")).to_have_class("current")


def test_a_salespersons_pages_all_fit_at_the_foot(phone: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(phone, site.seller)
    phone.goto(site.url("leaderboard/"))
    bar = phone.get_by_role("navigation", name="Quick navigation")
    expect(bar.get_by_role("link")).to_have_text(["Targets", "My goals", "Leaderboard", "Reports", "Deals"])
    expect(bar.get_by_role("button")).to_have_count(0)
