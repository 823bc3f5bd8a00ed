"""People, invitations, signing a company up and its first steps, as a browser shows them."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts import services
from accounts.models import Member
from accounts.tenancy import tenant
from tests.browser.checks import Watch, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company
from tests.jobs import do_jobs
from tests.mail import Mailbox

WORDS = "six green apples"
NEW = "new@somewhere.example"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_fit(
    open_page: OpenPage, sign_in: SignIn, watch: Watch, acme: Company, theme: str
) -> None:
    watch.allow("410")  # of the link that leads nowhere
    page = open_page(color_scheme=theme)
    sign_in(page, acme.admin)
    with tenant(acme.organization):
        services.invite(email=NEW, at=timezone.now(), by=acme.admin)
        bare = services.add_member(acme.organization, name="Only a name", by=acme.admin)
    people = "/o/acme/settings/people/"
    paths = ["", "?q=nobody", "new/", f"{acme.seller.pk}/", f"{bare.pk}/", f"{bare.pk}/login/", "invitations/"]
    addresses = [*(people + path for path in (*paths, "invitations/new/")), "/o/acme/first-steps/", "/signup/"]
    for address in (*addresses, "/signup/sent/", "/join/acme/never-was/"):
        page.goto(address)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert_accessible(page)
            assert_fits(page)


def test_an_invitation_without_javascript(
    open_page: OpenPage, sign_in: SignIn, acme: Company, mailbox: Mailbox
) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, acme.admin)
    page.goto("/o/acme/settings/people/invitations/new/")
    page.get_by_label("E-mail addresses").fill(f"Ann New <{NEW}>")
    page.get_by_role("button", name="Send invitations").click()
    expect(page.get_by_role("rowheader", name=NEW)).to_be_visible()
    do_jobs()
    guest = open_page(java_script_enabled=False)
    guest.goto(mailbox.only().link())
    expect(guest.get_by_label("Your name")).to_have_value("Ann New")
    guest.get_by_label("Password").fill(WORDS)
    guest.get_by_role("button", name="Join").click()
    guest.wait_for_url("**/o/acme/home/goals/")
    with tenant(acme.organization):
        assert Member.objects.filter(email=NEW, name="Ann New").exists()


def test_a_company_signs_itself_up(open_page: OpenPage, db: None, mailbox: Mailbox) -> None:
    page = open_page(timezone_id="Europe/Vienna")
    page.goto("/signup/")
    page.get_by_label("Company").press_sequentially("Bär & Co. KG")
    expect(page.get_by_label("Web address")).to_have_value("bar-co-kg")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Vienna")
    page.get_by_label("Your name").fill("Bea")
    page.get_by_label("Your e-mail").fill(NEW)
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    page.goto(mailbox.only().link())
    assert_accessible(page)
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Open the company").click()
    page.wait_for_url("**/o/bar-co-kg/first-steps/")
    page.get_by_role("button", name="Try sample data").click()
    expect(page.get_by_role("button", name="Take sample data out")).to_be_visible()
