"""The settings of targets, the switch of letters, and the letter itself as a mail program opens it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from accounts import services as people
from accounts.models import Organization
from accounts.tenancy import tenant
from targets import services
from targets.services.digest import begin_digest
from tests.browser.checks import DESKTOP, PHONE, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company, found
from tests.jobs import do_jobs
from tests.mail import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)
MORNING = datetime(2026, 10, 22, 8, 0, tzinfo=UTC)
YESTERDAY = MORNING - timedelta(days=1)
LOOKS = [(window, theme) for window in (DESKTOP, PHONE) for theme in ("light", "dark")]


@pytest.fixture
def site(transactional_db: None) -> Company:
    """A company whose salespeople set their own targets."""
    return found("acme", salespeople_set_targets=True)


def letter(site: Company, mailbox: Mailbox) -> str:
    """The HTML of a letter with everything that one can hold."""
    with tenant(site.organization):
        people.change_member(site.other_seller, by=site.admin, today=MORNING.date(), name="W" * 60)
        people.join_team(site.other_seller, site.team, start=date(2026, 1, 1), by=site.admin)
        phone, mail, web = (channel.pk for channel in site.channels[:3])
        for member, channel, number in ((site.seller, phone, 15), (site.seller, mail, 0), (site.other_seller, web, 7)):
            rest: dict[str, Any] = {"count": number, "version": 0, "by": member, "at": YESTERDAY}
            services.set_target(member.pk, channel, date(2026, 10, 1), **rest)
        services.set_target(
            site.seller.pk, phone, date(2026, 10, 1), count=12, version=1, by=site.manager, at=YESTERDAY
        )
        services.set_revenue(
            site.seller.pk,
            phone,
            date(2026, 11, 1),
            revenue=Decimal("1234567.50"),
            version=0,
            by=site.seller,
            at=YESTERDAY,
        )
        begin_digest(at=MORNING)
    do_jobs()
    body = mailbox.only().message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(("window", "theme"), LOOKS, ids=str)
def test_the_letter_reads_well_everywhere(
    site: Company,
    mailbox: Mailbox,
    open_page: OpenPage,
    window: ViewportSize,
    theme: Literal["light", "dark"],
) -> None:
    page = open_page(viewport=window, color_scheme=theme)
    page.set_content(letter(site, mailbox))
    assert_accessible(page)
    assert_fits(page)
    expect(page.get_by_role("heading", name="October 2026")).to_be_visible()
    expect(page.get_by_text("€1,234,567.50")).to_be_visible()
    expect(page.get_by_text("since set to 12 by acme manager")).to_be_visible()


@pytest.mark.parametrize(("window", "theme"), LOOKS, ids=str)
def test_the_settings_are_stored_by_keyboard_alone(
    site: Company, open_page: OpenPage, sign_in: SignIn, window: ViewportSize, theme: Literal["light", "dark"]
) -> None:
    page = open_page(viewport=window, color_scheme=theme)
    sign_in(page, site.admin)
    page.goto(site.url("settings/targets/"))
    assert_accessible(page)
    assert_fits(page)
    page.get_by_label("At risk band").fill("10")
    page.get_by_label("Calendar days").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Salespeople set their own").focus()
    page.keyboard.press("Space")
    page.get_by_label("At risk band").press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    stored = Organization.objects.get(slug="acme")
    assert (stored.pace_calendar, stored.at_risk_percent, stored.salespeople_set_targets) == ("working", 10, False)


def test_what_is_wrong_stands_at_its_field(site: Company, page: Page, sign_in: SignIn, watch: Any) -> None:
    watch.allow("422")
    sign_in(page, site.admin)
    page.goto(site.url("settings/targets/"))
    page.get_by_label("At risk band").fill("50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enter a whole percentage from 0 to 20.")).to_be_visible()
    expect(page.get_by_label("At risk band")).to_have_value("50")
    assert_accessible(page)


def test_letters_are_switched_off_in_the_account(site: Company, page: Page, phone: Page, sign_in: SignIn) -> None:
    for window, wanted in ((page, False), (phone, True)):
        sign_in(window, site.manager)
        window.goto("/accounts/")
        assert_accessible(window)
        assert_fits(window)
        window.get_by_label("A letter a day about targets").set_checked(wanted)
        window.get_by_role("button", name="Save").click()
        expect(window.get_by_text("Saved.")).to_be_visible()
        expect(window.get_by_label("A letter a day about targets")).to_be_checked(checked=wanted)
