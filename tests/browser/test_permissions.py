"""Permissions and what changed, as they look and as somebody grants a team."""

from playwright.sync_api import Page, expect

from accounts import services
from accounts.tenancy import tenant
from tests.browser.checks import assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company

PATHS = ("settings/permissions/", "settings/permissions/?q=nobody", "settings/audit/", "settings/audit/?q=nothing")


def test_every_page_is_accessible_and_fits(open_page: OpenPage, sign_in: SignIn, acme: Company) -> None:
    with tenant(acme.organization):
        services.change_organization(acme.organization, currency="USD", by=acme.admin)
    for options in ({"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}):
        page = open_page(**options)
        sign_in(page, acme.admin)
        for path in (*PATHS, f"settings/permissions/people/{acme.manager.pk}/"):
            page.goto(acme.url(path))
            assert_accessible(page)
            assert_fits(page)


def test_a_team_is_granted_and_taken_back_by_keyboard_and_click(page: Page, sign_in: SignIn, acme: Company) -> None:
    with tenant(acme.organization):
        services.add_team(acme.organization, name="North", by=acme.admin)
    sign_in(page, acme.admin)
    page.goto(acme.url("settings/permissions/"))
    page.get_by_role("link", name="acme manager").click()
    page.get_by_label("Team", exact=True).select_option("North")
    page.get_by_role("button", name="Grant this team").press("Enter")
    expect(page.get_by_text("Grant on North by acme admin").first).to_be_visible()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("The grant on North is taken back.")).to_be_visible()
    page.get_by_role("link", name="What changed").click()
    expect(page.get_by_role("row", name="Grant on a team").first).to_contain_text("Removed")
