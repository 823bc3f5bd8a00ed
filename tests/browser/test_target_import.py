"""Importing targets in a browser: choose, look, change how the file is read, confirm, see the grid, undo."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant
from targets.models import MonthlyTarget
from tests.browser.checks import PHONE, Watch, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company

pytestmark = pytest.mark.django_db(transaction=True)


def held(company: Company) -> list[int | None]:
    """The numbers of deals that are asked for, by channel."""
    with tenant(company.organization):
        return list(MonthlyTarget.objects.order_by("channel_id").values_list("count", flat=True))


def written(folder: Path, company: Company) -> Path:
    """Two targets of the seller, dated as Excel does, and a line that nobody can store."""
    sheet, name = io.StringIO(), company.seller.name
    channels = [channel.name for channel in company.channels]
    rows = [(name, channels[0], 44, ""), (name, channels[1], 45, 1200.5), ("Ghost", channels[0], 1, "")]
    csv.writer(sheet, delimiter=";").writerows((who, channel, "01/10/2026", *rest) for who, channel, *rest in rows)
    path = folder / "targets.csv"
    path.write_text(f"Name;Channel;When;Deals;Revenue\n{sheet.getvalue()}")
    return path


def choose(page: Page, path: Path) -> None:
    """Upload a file and arrive at what it would change."""
    page.get_by_label("Choose a CSV file or an Excel workbook").set_input_files(path)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", name="What would change")).to_be_visible()


def test_from_the_grid_through_a_file_and_back(
    page: Page,
    sign_in: SignIn,
    acme: Company,
    tmp_path: Path,
) -> None:
    seller, channel = acme.seller, acme.channels[0]
    sign_in(page, acme.admin)
    page.goto(acme.url("targets/?month=2026-10"))
    page.get_by_role("link", name="Import", exact=True).last.click()
    assert_accessible(page)
    choose(page, written(tmp_path, acme))
    assert_accessible(page)
    expect(page.get_by_text("There is nobody called Ghost.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download refused lines").click()
    assert "Ghost" in Path(download.value.path()).read_text("utf-8-sig")

    button = page.get_by_role("button", name="Import 3 targets")
    expect(button).to_be_visible()
    page.get_by_text("Columns and formats").click()
    page.get_by_label("Dates are written like").select_option("mdy")
    expect(page.get_by_text("3 targets: January 2026.")).to_be_visible()
    page.get_by_label("Dates are written like").select_option("dmy")
    expect(page.get_by_text("3 targets: October 2026.")).to_be_visible()
    page.get_by_label("Revenue", exact=True).select_option("")
    page.get_by_role("button", name="Import 2 targets").click()

    expect(page.get_by_text("2 targets imported: October 2026.")).to_be_visible()
    assert_accessible(page)
    assert held(acme) == [44, 45]
    page.get_by_role("link", name="See targets for October 2026").click()
    cell = page.locator(f"input[name='t{seller.pk}-{channel.pk}']")
    expect(cell).to_have_value("44")
    page.go_back()
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_text("2 targets put back.")).to_be_visible()
    assert held(acme) == [None, None]


def test_on_a_phone_in_the_dark_without_javascript(
    open_page: OpenPage,
    sign_in: SignIn,
    acme: Company,
    tmp_path: Path,
    watch: Watch,
) -> None:
    watch.allow("422")
    page = open_page(viewport=PHONE, color_scheme="dark", java_script_enabled=False)
    sign_in(page, acme.admin)
    page.goto(acme.url("targets/import/"))
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_text("Choose a file.")).to_be_visible()
    choose(page, written(tmp_path, acme))
    page.get_by_role("button", name="Import 3 targets").click()
    expect(page.get_by_text("3 targets imported: October 2026.")).to_be_visible()


def test_nothing_reaches_out_of_a_phone(
    phone: Page,
    sign_in: SignIn,
    acme: Company,
    tmp_path: Path,
) -> None:
    sign_in(phone, acme.admin)
    phone.goto(acme.url("targets/import/"))
    assert_fits(phone)
    assert_accessible(phone)
    choose(phone, written(tmp_path, acme))
    phone.get_by_text("Columns and formats").click()
    assert_fits(phone)
    assert_accessible(phone)
    phone.get_by_role("button", name="Import 3 targets").click()
    expect(phone.get_by_text("3 targets imported")).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)
