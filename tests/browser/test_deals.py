"""Deals in a real browser: filters that apply themselves, the form's lines, what it moves, undo."""

import pytest
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant
from ledger.models import Deal
from tests.browser.checks import PHONE, Watch, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import HOSTILE, Company
from tests.ledger.rows import store
from tests.targets.conftest import aim

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sold(acme: Company) -> Company:
    """Two sales of the seller's, one of them with a hostile product."""
    row = {"member": acme.seller.email, "state": acme.confirmed.name, "channel": acme.channels[0].name, "net": 1200}
    store(acme, row | {"number": "A-1", "product": HOSTILE, "customer": "Nordwind"}, row | {"number": "B-1"})
    return acme


@pytest.fixture
def manager(page: Page, sold: Company, sign_in: SignIn) -> Page:
    """A desktop window of the manager's."""
    sign_in(page, sold.manager)
    return page


def number(company: Company) -> int:
    with tenant(company.organization):
        return int(Deal.objects.get(number="A-1").pk)


def test_filters_apply_while_one_types_and_stand_in_the_address(manager: Page, sold: Company) -> None:
    manager.goto(sold.url("records/"))
    manager.get_by_label("Number or product").fill("a-")
    expect(manager.get_by_role("link", name="B-1")).to_have_count(0)
    expect(manager.get_by_role("link", name="A-1")).to_be_visible()
    assert "text=a-" in manager.url
    manager.reload()
    expect(manager.get_by_label("Number or product")).to_have_value("a-")
    expect(manager.get_by_role("link", name="Export 1 as CSV")).to_be_visible()


def test_lines_come_and_go_and_the_form_says_what_it_moves(manager: Page, sold: Company, watch: Watch) -> None:
    watch.allow("htmx:(sendAbort|afterRequest)")  # a later answer to "what does this move" replaces an earlier one
    with tenant(sold.organization):
        deals = Deal.objects.count()
    aim(sold, 10, sold.seller, sold.channels[0])
    manager.goto(sold.url("records/new/"))
    manager.get_by_label("Date").fill("2026-10-05")
    manager.get_by_label("Salesperson").select_option(str(sold.seller.pk))
    manager.get_by_label("Channel").select_option(str(sold.channels[0].pk))
    manager.get_by_label("State").select_option(str(sold.confirmed.pk))
    expect(manager.locator("#deal-moves")).to_contain_text("0 → 1 of 10")
    manager.get_by_label("Product").fill("Bike")
    manager.get_by_role("button", name="Add a line").click()
    expect(manager.get_by_label("Product").nth(1)).to_be_focused()
    manager.keyboard.type("Bell")
    manager.get_by_role("button", name="Remove line 1").click()
    expect(manager.get_by_label("Product")).to_have_value("Bell")
    expect(manager.get_by_label("Product")).to_have_attribute("name", "lines-0-product")
    manager.get_by_label("Net").fill("99.50")
    manager.keyboard.press("Enter")
    expect(manager.get_by_text("recorded.")).to_be_visible()
    with tenant(sold.organization):
        assert Deal.objects.count() == deals + 1
        (line,) = Deal.objects.order_by("pk").last().lines.all()  # type: ignore[union-attr]  # one is there
        assert (line.product, str(line.net)) == ("Bell", "99.50")


def test_customers_are_offered_while_one_types(manager: Page, sold: Company) -> None:
    manager.goto(sold.url("records/new/"))
    manager.get_by_label("Customer", exact=True).press_sequentially("Nord")
    expect(manager.locator("#customer-names option[value=Nordwind]")).to_have_count(1)


def test_a_deleted_deal_comes_back(manager: Page, sold: Company) -> None:
    manager.goto(sold.url(f"records/{number(sold)}/"))
    manager.get_by_role("button", name="Delete").click()
    expect(manager.get_by_text("Sale A-1 was deleted")).to_be_visible()
    manager.get_by_role("button", name="Undo").click()
    expect(manager.get_by_role("heading", name="Sale A-1")).to_be_visible()


def test_everything_works_without_javascript(open_page: OpenPage, sold: Company, sign_in: SignIn) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, sold.manager)
    page.goto(sold.url(f"records/{number(sold)}/edit/"))
    page.get_by_role("button", name="Add a line").click()
    page.get_by_label("Product").nth(1).fill("Bell")
    page.get_by_label("Channel").select_option(str(sold.channels[1].pk))
    page.get_by_role("button", name="Show what this moves").click()
    expect(page.locator("#deal-moves")).to_contain_text("2 → 1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("cell", name="Bell").or_(page.get_by_role("rowheader", name="Bell"))).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_are_accessible_and_fit(
    open_page: OpenPage, sold: Company, sign_in: SignIn, watch: Watch, theme: str, size: str
) -> None:
    watch.allow("status of 422")
    page = open_page(color_scheme=theme, **({"viewport": PHONE} if size == "phone" else {}))
    sign_in(page, sold.manager)
    for path in ("", "?text=zzz", f"{number(sold)}/", f"{number(sold)}/edit/", "new/"):
        page.goto(sold.url(f"records/{path}"))
        assert_accessible(page)
        assert_fits(page)
    page.get_by_role("button", name="Record this deal").click()
    expect(page.get_by_text("Nothing was saved.")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
