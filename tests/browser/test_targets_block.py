"""Many cells at once in a browser: a pasted block, undo by key, one number for more cells."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import Watch, assert_accessible
from tests.browser.test_targets import Sheet, held, sheet, site  # noqa: F401 - fixtures

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
