"""Getting in and out, and the choice of a theme, as a person does it."""

import re

from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.checks import assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import PASSWORD, Company

SIGN_IN = "/accounts/login/"


def fill(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_page_is_accessible_and_offers_no_sign_up(open_page: OpenPage) -> None:
    for theme in ("light", "dark"):
        page = open_page(color_scheme=theme)
        page.goto(SIGN_IN)
        assert_accessible(page)
        assert_fits(page)
        expect(page.get_by_role("link", name="sign up")).to_have_count(0)


def test_fits_a_phone_with_inputs_that_do_not_zoom(phone: Page) -> None:
    phone.goto(SIGN_IN)
    assert_fits(phone)
    assert_accessible(phone)
    for label in ("E-mail", "Password"):
        expect(phone.get_by_label(label)).to_have_css("font-size", "16px")


def test_password_managers_know_the_fields(page: Page) -> None:
    page.goto(SIGN_IN)
    expect(page.get_by_label("E-mail")).to_have_attribute("autocomplete", "username")
    expect(page.get_by_label("Password")).to_have_attribute("autocomplete", "current-password")


def test_signing_in_with_the_keyboard_alone_leads_to_the_page_asked_for(page: Page, acme: Company) -> None:
    page.goto("/organizations/")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("manager@acme.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/organizations/")
    expect(page.get_by_role("link", name=acme.organization.name)).to_be_visible()
    assert_accessible(page)
    assert_fits(page)


def test_a_wrong_password_says_so_and_keeps_the_address(page: Page, acme: Company) -> None:
    page.goto(SIGN_IN)
    fill(page, "manager@acme.example", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("don't belong together")
    expect(page.get_by_label("E-mail")).to_have_value("manager@acme.example")
    assert_accessible(page)


def test_works_without_javascript(open_page: OpenPage, acme: Company) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/organizations/")
    fill(page, "seller@acme.example")
    expect(page.get_by_role("link", name=acme.organization.name)).to_be_visible()


def test_somebody_in_no_organization_reads_what_to_do(page: Page, transactional_db: None) -> None:
    User.objects.create_user("new@nowhere.example", PASSWORD)
    page.goto(SIGN_IN)
    fill(page, "new@nowhere.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not in an organization yet")
    assert_accessible(page)


def test_signing_out_from_the_viewer_menu(page: Page, sign_in: SignIn, acme: Company) -> None:
    sign_in(page, acme.manager)
    page.goto(acme.url("targets/"))
    page.locator(".side").get_by_role("button", name=acme.manager.name).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile(SIGN_IN))
    page.goto(acme.url("targets/"))
    page.wait_for_url(re.compile(SIGN_IN))


def test_a_theme_shows_at_once_and_stays(page: Page, sign_in: SignIn, acme: Company) -> None:
    sign_in(page, acme.seller)
    page.goto(acme.url("targets/"))
    page.locator(".side .viewer").click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator(".side .viewer").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert_accessible(page)


def test_a_theme_can_be_chosen_without_javascript(open_page: OpenPage, sign_in: SignIn, acme: Company) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, acme.seller)
    page.goto(acme.url("targets/"))
    page.locator(".side .viewer").click()
    page.get_by_role("button", name="Dark").click()
    page.wait_for_url("**/targets/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_frame_shows_each_role_its_pages(open_page: OpenPage, sign_in: SignIn, acme: Company) -> None:
    for member, has_import in ((acme.admin, True), (acme.manager, True), (acme.seller, False)):
        page = open_page()
        sign_in(page, member)
        page.goto(acme.url("targets/"))
        main = page.get_by_role("navigation", name="Main")
        expect(main.get_by_role("link", name="Targets")).to_have_attribute("aria-current", "page")
        expect(main.get_by_role("link", name="Import")).to_have_count(int(has_import))
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


def test_the_frame_on_a_phone(phone: Page, sign_in: SignIn, acme: Company) -> None:
    sign_in(phone, acme.manager)
    phone.goto(acme.url("targets/"))
    expect(phone.get_by_role("navigation", name="Quick navigation")).to_be_visible()
    phone.get_by_role("button", name="Your menu").tap()
    expect(phone.get_by_role("button", name="Sign out")).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)
