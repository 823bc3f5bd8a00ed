"""The lists of the settings in a browser: whom they fit, and moving a channel by keyboard."""

from datetime import date

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accounts.tenancy import tenant
from ledger.models import Channel, Customer
from ledger.services import lists as services
from tests.browser.checks import DESKTOP, PHONE, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import HOSTILE, Company
from tests.ledger.rows import store

pytestmark = pytest.mark.django_db(transaction=True)
PATHS = (
    "channels/",
    "states/",
    "brands/",
    "customers/",
    "brands/csv/new/",
    "sales-ledgers/new/",
    "customers/?q=nobody",
)


@pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_page_is_accessible_and_fits(
    open_page: OpenPage, sign_in: SignIn, acme: Company, scheme: str, window: ViewportSize
) -> None:
    with tenant(acme.organization):
        services.add_entry(Customer(), by=None, name=f"Harbour {HOSTILE} {'long' * 40}")
    page = open_page(color_scheme=scheme, viewport=window)
    sign_in(page, acme.admin)
    for path in PATHS:
        page.goto(acme.url(f"settings/lists/{path}"))
        assert_accessible(page)
        assert_fits(page)


def test_a_channel_moves_by_keyboard_and_keeps_the_focus(page: Page, sign_in: SignIn, acme: Company) -> None:
    first, second = acme.channels[:2]
    sign_in(page, acme.admin)
    page.goto(acme.url("settings/lists/channels/"))
    page.get_by_role("button", name=f"Move {first.name} down").press("Enter")
    page.wait_for_url("**moved=**")
    expect(page.get_by_role("button", name=f"Move {first.name} down")).to_be_focused()
    with tenant(acme.organization):
        assert list(Channel.objects.all())[:2] == [second, first]


def test_a_states_other_meaning_is_shown_then_agreed(page: Page, sign_in: SignIn, acme: Company) -> None:
    store(acme, {"number": "1", "state": acme.proposed.name, "date": date(2026, 3, 2)})
    sign_in(page, acme.admin)
    page.goto(acme.url(f"settings/lists/states/{acme.proposed.pk}/"))
    page.get_by_label("Confirmed").check()
    page.get_by_role("button", name="Save").click()
    assert_accessible(page)
    assert_fits(page)
    expect(page.get_by_role("rowheader", name="March 2026")).to_be_visible()
    page.get_by_role("button", name="Save and move 1 deal").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
