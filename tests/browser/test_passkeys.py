"""Passkeys, kept by a virtual device that says yes: adding one, and signing in with it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import assert_accessible, assert_fits
from tests.browser.conftest import OpenPage
from tests.conftest import PASSWORD, Company

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SELLER = "seller@acme.example"
Device = Callable[[Page], None]


@pytest.fixture
def device() -> Device:
    """Give a page's window a device that keeps passkeys."""

    def device(page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    return device


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(SELLER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")


def add_passkey(page: Page, *, alone: bool = True) -> None:
    page.goto("/accounts/passkeys/add/")
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url("**/second-factor/codes/")


def test_a_passkey_alone_signs_in_and_leads_to_the_page_asked_for(page: Page, acme: Company, device: Device) -> None:
    device(page)
    sign_in(page)
    page.wait_for_url("**/home/goals/")
    add_passkey(page)
    sign_out(page)
    page.goto("/organizations/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/organizations/")
    expect(page.get_by_text(SELLER)).to_be_visible()


def test_a_passkey_is_a_second_factor(page: Page, acme: Company, device: Device) -> None:
    device(page)
    sign_in(page)
    page.wait_for_url("**/home/goals/")
    add_passkey(page, alone=False)
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/second-factor/sign-in/")
    assert_accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/home/goals/")


def test_the_same_device_twice_is_told_in_words(page: Page, acme: Company, device: Device) -> None:
    device(page)
    sign_in(page)
    page.wait_for_url("**/home/goals/")
    add_passkey(page)
    page.goto("/accounts/passkeys/add/")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("already has a passkey")


def test_without_javascript_the_password_is_offered_alone(open_page: OpenPage, acme: Company) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/accounts/login/")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    sign_in(page)
    page.goto("/accounts/passkeys/add/")
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_the_account_are_accessible_and_fit(
    open_page: OpenPage, acme: Company, device: Device, theme: str
) -> None:
    page = open_page(color_scheme=theme)
    device(page)
    sign_in(page)
    page.wait_for_url("**/home/goals/")
    add_passkey(page)
    for path in ("", "second-factor/", "second-factor/app/", "second-factor/codes/", "passkeys/", "sessions/"):
        page.goto(f"/accounts/{path}")
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert_accessible(page)
            assert_fits(page)
