"""The targets page without JavaScript, in a browser that runs none: save, paste, one number for many cells, undo."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import Watch, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.browser.test_targets import held, site  # noqa: F401 - a fixture
from tests.conftest import Company

pytestmark = pytest.mark.django_db(transaction=True)


def first(site: Company) -> list[int | None]:  # noqa: F811
    return [held(site, channel) for channel in site.channels[:3]]


def toast(page: Page, text: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(text)


def test_everything_works_without_javascript(
    open_page: OpenPage,
    site: Company,  # noqa: F811
    sign_in: SignIn,
    watch: Watch,
) -> None:
    watch.allow("409|422")
    page = open_page(java_script_enabled=False)
    sign_in(page, site.manager)
    page.goto(site.url("targets/"))
    cell = page.locator(f"#t{site.seller.pk}-{site.channels[0].pk}")

    cell.fill("21")
    page.get_by_role("button", name="Save").first.click()
    toast(page, "1 target saved.")
    expect(cell).to_have_value("21")
    page.get_by_role("button", name="Undo").click()
    toast(page, "1 target put back.")
    expect(cell).to_have_value("10")

    page.get_by_role("link", name="Paste from a spreadsheet").click()
    page.get_by_label("Numbers").fill("31\tx\t33\n")
    page.get_by_role("button", name="Paste").click()
    expect(page.get_by_role("alert")).to_contain_text("2 pasted, 1 not: B1 is not a number.")
    expect(page.get_by_label("Numbers")).to_have_value("31\tx\t33\n")
    page.get_by_label("Numbers").fill("31\t32\t33\n")
    page.get_by_role("button", name="Paste").click()
    toast(page, "3 pasted.")
    assert first(site) == [31, 32, 33]
    page.get_by_role("button", name="Undo").click()
    assert first(site) == [31, 13, 33]

    page.get_by_role("link", name="One number for many cells").click()
    page.get_by_label("Channel").select_option(label="Phone")
    page.get_by_label("Target").fill("40")
    page.get_by_role("radio").last.check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("main")).to_contain_text("in all.")
    page.get_by_role("button", name="Set").or_(page.get_by_role("button", name="Replace")).first.click()
    toast(page, "40 now in")


@pytest.mark.parametrize("address", ["paste/", "apply/"])
@pytest.mark.parametrize("width", [390, 1440])
def test_its_pages_fit_and_are_accessible(
    open_page: OpenPage,
    site: Company,  # noqa: F811
    sign_in: SignIn,
    address: str,
    width: int,
) -> None:
    page = open_page(viewport={"width": width, "height": 900}, color_scheme="dark" if width == 390 else "light")
    sign_in(page, site.admin)
    page.goto(site.url(f"targets/{address}"))
    assert_accessible(page)
    assert_fits(page)
