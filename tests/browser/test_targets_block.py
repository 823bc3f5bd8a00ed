"""Many cells at once in a browser: a pasted block, undo by key, one number for more cells."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import Watch, assert_accessible, assert_fits
from tests.browser.conftest import SignIn
from tests.browser.test_targets import Sheet, held, put, sheet, site  # noqa: F401 - fixtures
from tests.conftest import Company

pytestmark = pytest.mark.django_db(transaction=True)


def paste(page: Page, text: str) -> None:
    """Paste into the cell that has the focus."""
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(event);
        }""",
        text,
    )


def test_a_block_is_pasted_and_ctrl_z_takes_it_back(sheet: Sheet, watch: Watch) -> None:  # noqa: F811
    sheet.input(0).focus()
    paste(sheet.page, "21\t22\tn/a\r\n")
    expect(sheet.toast).to_contain_text("2 pasted, 1 not: C1 is not a number.")
    expect(sheet.input(2)).to_have_value("n/a")
    expect(sheet.note(2)).to_contain_text("Enter a whole number")
    sheet.expect_status("Not saved: 1 to correct")
    assert [held(sheet.site, channel) for channel in sheet.site.channels[:3]] == [21, 22, 4]
    assert_accessible(sheet.page)
    sheet.page.keyboard.press("Control+z")
    expect(sheet.toast).to_contain_text("2 targets put back.")
    expect(sheet.input(0)).to_have_value("10")
    assert [held(sheet.site, channel) for channel in sheet.site.channels[:2]] == [10, 13]


def test_one_number_is_cleared_from_the_menu_by_keyboard(sheet: Sheet) -> None:  # noqa: F811
    sheet.input(0).focus()
    sheet.page.keyboard.type("15")
    sheet.page.keyboard.press("Control+Enter")
    expect(sheet.page.get_by_role("menu")).to_contain_text("Also use 15 for")
    assert_accessible(sheet.page)
    sheet.page.keyboard.press("Delete")
    expect(sheet.toast).to_contain_text("15 → none")
    expect(sheet.page.get_by_role("menu")).to_have_count(0)


def test_what_reaches_beyond_the_sheet_is_told(sheet: Sheet) -> None:  # noqa: F811
    sheet.input(4).focus()
    paste(sheet.page, "7\t8\n9\t10\n")
    expect(sheet.toast).to_contain_text("1 pasted. 3 numbers had no cell to go to.")
    assert held(sheet.site, sheet.site.channels[4]) == 7


def test_a_cell_somebody_changed_meanwhile_asks_and_the_rest_is_stored(sheet: Sheet, watch: Watch) -> None:  # noqa: F811
    watch.allow("409|422")
    put(sheet.site, sheet.site.channels[1], 18)
    sheet.input(0).focus()
    paste(sheet.page, "21\t22\t23\n")
    expect(sheet.toast).to_contain_text("2 pasted, 1 not: B1 was changed meanwhile.")
    expect(sheet.note(1)).to_contain_text("acme admin set 18")
    expect(sheet.input(1)).to_have_value("22")
    sheet.input(1).focus()
    sheet.page.keyboard.press("Tab")
    sheet.page.keyboard.press("Enter")
    sheet.expect_status("All changes saved")
    assert [held(sheet.site, channel) for channel in sheet.site.channels[:3]] == [21, 22, 23]


def test_a_single_number_is_typed_as_ever(sheet: Sheet) -> None:  # noqa: F811
    sheet.input(0).focus()
    assert sheet.page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "21");
            const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
            return document.activeElement.dispatchEvent(event);
        }"""
    )


def test_a_thumb_finds_a_way_to_paste(phone: Page, site: Company, sign_in: SignIn, watch: Watch) -> None:  # noqa: F811
    watch.allow("422")
    sign_in(phone, site.manager)
    cells = Sheet(phone, site).open()
    cells.input(0).tap()
    phone.get_by_role("button", name="More for Phone target").tap()
    phone.get_by_role("menuitem", name="Paste a block…").tap()
    dialog = phone.get_by_role("dialog", name="Paste from a spreadsheet")
    expect(dialog).to_contain_text("The first goes to acme seller <script>alert(1)</script>, Phone")
    expect(dialog.get_by_role("button", name="Fill")).to_be_disabled()
    dialog.get_by_role("textbox").fill("21\tabout 22\n30\n")
    expect(dialog).to_contain_text("1 more has no cell to go to.")
    assert_accessible(phone)
    assert_fits(phone)
    dialog.get_by_role("button", name="Fill 2 cells").tap()
    expect(cells.toast).to_contain_text("1 pasted, 1 not: B1 can’t be about 22.")
    expect(cells.input(1)).to_have_value("about 22")
    assert_accessible(phone)
    assert_fits(phone)
    cells.toast.get_by_role("button", name="Undo").tap()
    expect(cells.input(0)).to_have_value("10")
    assert held(site, site.channels[0]) == 10
