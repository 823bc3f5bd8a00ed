"""The style guide shows every component, so it stands for all of them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import Watch, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_is_accessible_on_a_desktop(open_page: OpenPage, theme: str) -> None:
    page = open_page(color_scheme=theme)
    page.goto("/styleguide/")
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_is_accessible_on_a_phone(open_page: OpenPage, theme: str) -> None:
    page = open_page(color_scheme=theme, viewport={"width": 390, "height": 844})
    page.goto("/styleguide/")
    assert_accessible(page)
    assert_fits(page)


def test_a_toast_leaves_by_itself_unless_somebody_reads_it(page: Page) -> None:
    page.clock.install()
    page.goto("/styleguide/")
    toast = page.locator("toast-note")
    toast.hover()
    page.clock.run_for(20_000)
    expect(toast).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.run_for(9_000)
    expect(toast).to_have_count(0)


def test_a_toast_can_be_closed(page: Page) -> None:
    page.goto("/styleguide/")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("toast-note")).to_have_count(0)


def test_a_chosen_or_dropped_file_is_held_and_its_size_said(page: Page) -> None:
    page.goto("/styleguide/")
    size, chosen = page.locator("file-drop output"), page.locator("input[type=file]")
    chosen.set_input_files({"name": "deals.csv", "mimeType": "text/csv", "buffer": b"x" * 1500})
    expect(size).to_have_text("1.5 KB")
    page.locator("file-drop").evaluate(
        """(drop) => {
          const data = new DataTransfer();
          data.items.add(new File(["12"], "dropped.csv"));
          drop.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(size).to_have_text(re.compile(r"^2\s"))
    assert chosen.evaluate("(input) => input.files[0].name") == "dropped.csv"


def test_a_menu_closes_with_escape_and_outside(page: Page) -> None:
    page.goto("/styleguide/")
    summary = page.get_by_label("More actions for Amara Okafor")
    panel = page.locator("details.menu .menu-panel")
    summary.click()
    expect(panel).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    page.get_by_role("heading", name="Style guide").click()
    expect(panel).to_be_hidden()


def test_what_is_not_there_is_accessible(page: Page, watch: Watch) -> None:
    watch.allow("status of 404")
    page.goto("/nothing/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    assert_accessible(page)
    assert_fits(page)
