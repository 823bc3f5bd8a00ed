"""Reports in a browser: choosing months, files, saving one by keyboard, on paper and on a phone."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant
from progress.periods import month_of, months_later
from reports import services
from targets.models import MonthlyTarget
from tests.browser.checks import PHONE, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company
from tests.targets.conftest import sell


@pytest.fixture
def selling(acme: Company) -> Company:
    """Two people who sold this month and the month before, one of them without a target."""
    today = acme.organization.local_date(timezone.now())
    for later in (0, -1):
        month = months_later(month_of(today).start, later)
        for member, count in ((acme.seller, 3), (acme.other_seller, 2)):
            sell(acme, count, member=member, channel=acme.channels[0], day=month, net=1500)
        with tenant(acme.organization):
            MonthlyTarget.objects.create(
                organization=acme.organization, member=acme.seller, channel=acme.channels[0], month=month, count=4
            )
    return acme


def name_of(month: date) -> str:
    return f"{month:%B %Y}."


def test_periods_rows_and_order_stand_in_the_address(page: Page, sign_in: SignIn, selling: Company) -> None:
    sign_in(page, selling.admin)
    page.goto(selling.url("reports/"))
    page.get_by_role("link", name="Last month").click()
    this = month_of(selling.organization.local_date(timezone.now())).start
    expect(page.locator(".sub").first).to_contain_text(name_of(months_later(this, -1)))
    page.get_by_role("link", name="Channels").click()
    page.get_by_role("link", name="Actual").click()
    expect(page.get_by_role("columnheader", name="Actual")).to_have_attribute("aria-sort", "descending")
    page.locator("summary", has_text="Other months").click()
    page.get_by_label("From").select_option(f"{months_later(this, -3):%Y-%m}")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="Months set")).to_be_visible()
    assert "by=channel" in page.url
    assert "sort=-actual" in page.url


def test_both_files_download(page: Page, sign_in: SignIn, selling: Company) -> None:
    sign_in(page, selling.admin)
    page.goto(selling.url("reports/?period=this-year"))
    for link, ending in (("Excel workbook", ".xlsx"), ("CSV file", ".csv")):
        page.locator("summary", has_text="Export").click()
        with page.expect_download() as download:
            page.get_by_role("link", name=link).click()
        assert download.value.suggested_filename.endswith(ending)
        page.keyboard.press("Escape")


def test_a_report_is_saved_renamed_deleted_and_put_back_by_keyboard(
    page: Page, sign_in: SignIn, selling: Company
) -> None:
    sign_in(page, selling.manager)
    page.goto(selling.url("reports/?period=this-quarter"))
    page.locator("summary", has_text="Saved reports").press("Enter")
    page.get_by_role("link", name="Save this report").press("Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("My quarter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("My quarter is saved.")).to_be_visible()
    page.goto(selling.url("reports/"))
    page.locator("summary", has_text="Saved reports").press("Enter")
    page.get_by_role("link", name="My quarter").press("Enter")
    expect(page.get_by_role("link", name="This quarter")).to_have_attribute("aria-current", "true")
    page.locator("summary", has_text="My quarter").press("Enter")
    page.get_by_role("link", name="Rename or delete").press("Enter")
    page.get_by_role("button", name="Delete My quarter").press("Enter")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("link", name="My quarter", exact=True)).to_be_visible()


def test_paper_has_the_table_and_no_controls(page: Page, sign_in: SignIn, selling: Company) -> None:
    sign_in(page, selling.admin)
    page.goto(selling.url("reports/?period=this-year"))
    page.emulate_media(media="print")
    expect(page.get_by_role("table")).to_be_visible()
    for text in ("Export", "Saved reports", "Other months"):
        expect(page.locator("summary", has_text=text)).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")


def test_every_page_is_accessible_and_fits(open_page: OpenPage, sign_in: SignIn, selling: Company) -> None:
    with tenant(selling.organization):
        services.save_view("period=this-quarter", name="Quarter", shared=True, by=selling.admin)
    for options in ({}, {"viewport": PHONE, "color_scheme": "dark"}, {"viewport": PHONE}, {"color_scheme": "dark"}):
        page = open_page(**options)
        sign_in(page, selling.admin)
        for path in ("?period=this-quarter&compare=1", "?show=revenue&by=team", "?team=77", "views/", "views/new/"):
            page.goto(selling.url(f"reports/{path}"))
            assert_accessible(page)
            assert_fits(page)
        page.goto(selling.url("reports/"))
        for text in ("Other months", "Saved reports"):
            page.locator("summary", has_text=text).click()
            # An open menu lies over links beneath it, which close it first.
            assert_accessible(page, rules={"target-size": {"enabled": False}})
            assert_fits(page)
            page.keyboard.press("Escape")


def test_menus_stay_within_a_phone(phone: Page, sign_in: SignIn, selling: Company) -> None:
    sign_in(phone, selling.admin)
    phone.goto(selling.url("reports/"))
    for text in ("Saved reports", "Export", "Other months", "Team", "Channel"):
        phone.locator("summary", has_text=text).first.click()
        box = phone.locator("details[open] > .menu-panel").bounding_box()
        assert box is not None
        assert box["x"] >= 0, text
        assert box["x"] + box["width"] <= PHONE["width"], text
        phone.keyboard.press("Escape")


def test_it_works_without_javascript(open_page: OpenPage, sign_in: SignIn, selling: Company) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, selling.admin)
    page.goto(selling.url("reports/?by=team"))
    page.locator("summary", has_text="Saved reports").click()
    page.get_by_role("link", name="Save this report").click()
    page.get_by_label("Name").fill("Teams")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("summary", has_text="Teams")).to_be_visible()
