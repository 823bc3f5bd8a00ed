"""The targets grid in a browser: keys, saving, undo, errors, conflicts, a phone."""

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from accounts.tenancy import tenant
from ledger.models import Channel
from targets import services
from targets.models import MonthlyTarget
from tests.browser.checks import Watch, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import Company, found
from tests.targets.conftest import sell

CELL = re.compile(r"/targets/cell/")  # with whatever query

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(transactional_db: None) -> Company:
    """A company with some deals and targets in the current month."""
    site = found("acme")
    with tenant(site.organization):
        for channel, name in zip(site.channels, ("Phone", "E-mail", "Web", "Shop", "Social"), strict=True):
            channel.name = name
            channel.save()
    site.channels = list(site.channels)
    for channel, actual, count in zip(site.channels, (8, 12, 3, 7), (10, 13, 4, 8), strict=False):
        sell(site, actual, member=site.seller, channel=channel, day=this_month(site))
        put(site, channel, count)
    return site


def this_month(site: Company) -> date:
    return site.organization.local_date(timezone.now()).replace(day=1)


def put(site: Company, channel: Channel, count: int | None) -> None:
    """Set a target as the admin, whatever stood there."""
    with tenant(site.organization):
        where = {"member": site.seller, "channel": channel, "month": this_month(site)}
        row = MonthlyTarget.objects.filter(**where).first()
        services.set_target(
            site.seller.pk,
            channel.pk,
            this_month(site),
            count=count,
            version=row.version if row else 0,
            by=site.admin,
            at=timezone.now(),
        )


def held(site: Company, channel: Channel) -> int | None:
    with tenant(site.organization):
        return MonthlyTarget.objects.get(member=site.seller, channel=channel, month=this_month(site)).count


def questions(page: Page) -> list[str]:
    """What kinds of dialog a page opens from now on; each is accepted."""
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    return asked


class Sheet:
    """The grid on a page."""

    def __init__(self, page: Page, site: Company) -> None:
        self.page, self.site = page, site

    def open(self, query: str = "") -> "Sheet":
        self.page.goto(self.site.url(f"targets/{query}"))
        return self

    def input(self, channel: int) -> Locator:
        return self.page.locator(f"#t{self.place(channel)}")

    def place(self, channel: int) -> str:
        return f"{self.site.seller.pk}-{self.site.channels[channel].pk}"

    def gap(self, channel: int) -> Locator:
        return self.page.locator(f"#g{self.place(channel)}")

    def note(self, channel: int) -> Locator:
        return self.page.locator(f"#e{self.place(channel)}")

    def fill_of(self, channel: int) -> float:
        width = self.page.locator(f"#b{self.place(channel)} .m-fill").get_attribute("width")
        assert width is not None
        return float(width.rstrip("%"))

    def total(self, part: str) -> Locator:
        return self.page.locator(f"#{part} .l")

    @property
    def toast(self) -> Locator:
        return self.page.locator("toast-note")

    def expect_status(self, text: str) -> None:
        expect(self.page.locator("#saved [data-words]")).to_have_text(text)

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))


@pytest.fixture
def sheet(page: Page, site: Company, sign_in: SignIn) -> Sheet:
    """The grid as the manager sees it, whose team is the one seller."""
    sign_in(page, site.manager)
    return Sheet(page, site).open()


def test_a_target_is_set_by_keyboard_alone_and_the_bar_moves(sheet: Sheet) -> None:
    before = sheet.fill_of(1)
    sheet.input(0).focus()
    sheet.page.keyboard.press("ArrowRight")
    assert sheet.focused() == f"t{sheet.place(1)}"
    sheet.page.keyboard.type("15")
    sheet.page.keyboard.press("Tab")
    expect(sheet.toast).to_contain_text("E-mail target for acme seller <script>alert(1)</script>: 13 → 15")
    assert (before, sheet.fill_of(1)) == (92.3, 80.0)
    assert held(sheet.site, sheet.site.channels[1]) == 15
    expect(sheet.total(f"r{sheet.site.seller.pk}")).to_contain_text("of 37")
    expect(sheet.total(f"c{sheet.site.channels[1].pk}")).to_contain_text("of 15")
    expect(sheet.total("call")).to_contain_text("of 37")
    expect(sheet.page.locator("#cards")).to_contain_text("of 37")
    sheet.expect_status("All changes saved")
    assert sheet.focused() == f"t{sheet.place(2)}"


def test_keys_move_as_in_a_spreadsheet(page: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(page, site.admin)
    sheet = Sheet(page, site).open()
    cells = page.locator("input.cell-in")
    expect(cells).to_have_count(10)
    ids = [str(cells.nth(index).get_attribute("id")) for index in range(10)]
    page.locator(f"#{ids[1]}").focus()
    for key, there in (
        ("Enter", 6),
        ("Shift+Enter", 1),
        ("ArrowDown", 6),
        ("ArrowUp", 1),
        ("ArrowUp", 1),
        ("ArrowLeft", 0),
        ("ArrowLeft", 0),
        ("ArrowRight", 1),
        ("Tab", 2),
        ("Shift+Tab", 1),
    ):
        page.keyboard.press(key)
        assert sheet.focused() == ids[there], key


def test_escape_puts_back_and_saves_nothing(sheet: Sheet) -> None:
    sheet.input(0).click()
    sheet.page.keyboard.type("99")
    sheet.page.keyboard.press("Escape")
    expect(sheet.input(0)).to_have_value("10")
    sheet.page.keyboard.press("Tab")
    sheet.expect_status("All changes saved")
    expect(sheet.toast).to_have_count(0)
    assert held(sheet.site, sheet.site.channels[0]) == 10


def test_clearing_a_cell_clears_the_target_and_undo_brings_it_back(sheet: Sheet) -> None:
    sheet.input(0).click()
    sheet.page.keyboard.press("Delete")
    sheet.page.keyboard.press("Enter")
    expect(sheet.toast).to_contain_text("10 → none")
    expect(sheet.gap(0)).to_have_text("Not set")
    expect(sheet.input(0)).to_have_attribute("placeholder", "+")
    sheet.page.get_by_role("button", name="Undo").click()
    expect(sheet.toast).to_contain_text("none → 10")
    expect(sheet.input(0)).to_have_value("10")
    expect(sheet.gap(0)).not_to_have_text("Not set")
    assert held(sheet.site, sheet.site.channels[0]) == 10
    sheet.input(0).fill("11")
    sheet.page.keyboard.press("Enter")
    expect(sheet.toast).to_contain_text("10 → 11")


def test_many_cells_typed_quickly_are_all_saved(sheet: Sheet) -> None:
    sheet.input(0).click()
    for number in (21, 22, 23, 24, 25):
        sheet.page.keyboard.type(str(number))
        sheet.page.keyboard.press("Tab")
    expect(sheet.total("call")).to_contain_text("of 115")
    sheet.expect_status("All changes saved")
    assert [held(sheet.site, channel) for channel in sheet.site.channels] == [21, 22, 23, 24, 25]


def test_a_wrong_value_stays_with_its_reason(sheet: Sheet, watch: Watch) -> None:
    watch.allow("422")
    sheet.input(0).click()
    sheet.page.keyboard.type("1.5")
    sheet.page.keyboard.press("Tab")
    expect(sheet.note(0)).to_have_text("Enter a whole number such as 1,200.")
    expect(sheet.input(0)).to_have_value("1.5")
    expect(sheet.input(0)).to_have_attribute("aria-invalid", "true")
    expect(sheet.input(0)).to_have_attribute("aria-describedby", f"g{sheet.place(0)} e{sheet.place(0)}")
    sheet.expect_status("Not saved: 1 to correct")
    assert_accessible(sheet.page)
    assert held(sheet.site, sheet.site.channels[0]) == 10
    sheet.input(0).fill("15")
    expect(sheet.note(0)).to_have_count(0)
    sheet.page.keyboard.press("Enter")
    sheet.expect_status("All changes saved")
    assert held(sheet.site, sheet.site.channels[0]) == 15


@pytest.mark.parametrize("keep", [True, False], ids=["keep-mine", "use-theirs"])
def test_two_people_in_one_cell(sheet: Sheet, open_page: OpenPage, sign_in: SignIn, watch: Watch, keep: bool) -> None:
    watch.allow("409")
    other = open_page()
    sign_in(other, sheet.site.admin)
    theirs = Sheet(other, sheet.site).open()
    theirs.input(0).fill("18")
    other.keyboard.press("Enter")
    expect(theirs.toast).to_contain_text("10 → 18")

    sheet.input(0).fill("15")
    sheet.page.keyboard.press("Enter")
    expect(sheet.note(0)).to_contain_text("acme admin set 18 a moment ago.")
    expect(sheet.input(0)).to_have_value("15")
    expect(sheet.total("call")).to_contain_text("of 43")
    assert_accessible(sheet.page)
    sheet.note(0).get_by_role("button", name="Keep 15" if keep else "Use 18").click()
    expect(sheet.note(0)).to_have_count(0)
    sheet.expect_status("All changes saved")
    expect(sheet.input(0)).to_have_value("15" if keep else "18")
    assert held(sheet.site, sheet.site.channels[0]) == (15 if keep else 18)
    assert sheet.focused() == f"t{sheet.place(0)}"


def test_a_conflict_is_answered_by_keyboard(sheet: Sheet, watch: Watch) -> None:
    watch.allow("409")
    press = sheet.page.keyboard.press
    put(sheet.site, sheet.site.channels[0], 18)
    sheet.input(0).focus()
    sheet.page.keyboard.type("15")
    press("Enter")
    expect(sheet.note(0)).to_contain_text("acme admin set 18")
    press("Tab")
    expect(sheet.note(0).get_by_role("button", name="Keep 15")).to_be_focused()
    press("Escape")
    assert sheet.focused() == f"t{sheet.place(0)}"
    # Put back: now it is the other's number that stands there.
    press("Escape")
    expect(sheet.input(0)).to_have_value("18")
    expect(sheet.note(0)).to_have_count(0)
    sheet.expect_status("All changes saved")
    sheet.page.keyboard.type("16")
    press("Enter")
    expect(sheet.toast).to_contain_text("18 → 16")


def test_a_month_is_planned_by_keyboard_alone(page: Page, site: Company, sign_in: SignIn, watch: Watch) -> None:
    """Filter, choose a month, copy the one before, change, clear, correct, undo: no mouse."""
    watch.allow("409|422")
    press, type_ = page.keyboard.press, page.keyboard.type
    sign_in(page, site.admin)
    sheet = Sheet(page, site).open()
    page.get_by_role("link", name=re.compile("^Behind pace only")).focus()
    press("Enter")
    page.wait_for_url(re.compile("behind=1"))
    page.get_by_role("link", name=re.compile("^Behind pace only")).focus()
    press("Enter")
    page.wait_for_url(lambda address: "behind" not in address)
    page.locator(".stepper > a").last.focus()
    press("Enter")
    page.wait_for_url(re.compile("month="))
    page.locator("#missing").get_by_role("button", name=re.compile("^Copy ")).focus()
    press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("4 targets in all.")
    assert_accessible(page)
    press("Enter")
    expect(sheet.toast).to_contain_text("4 targets copied from")
    expect(sheet.input(0)).to_have_value("10")
    sheet.input(0).focus()
    type_("12")
    press("Tab")
    press("Delete")
    press("Tab")
    type_("four")
    press("Enter")
    expect(sheet.note(2)).to_contain_text("Enter a whole number")
    expect(sheet.gap(1)).to_have_text("Not set")
    assert_accessible(page)
    sheet.input(2).focus()
    press("Escape")
    expect(sheet.input(2)).to_have_value("4")
    sheet.expect_status("All changes saved")
    press("Control+z")
    expect(sheet.input(1)).to_have_value("13")
    press("Control+z")
    expect(sheet.input(0)).to_have_value("10")
    press("Control+z")
    expect(sheet.toast).to_contain_text("4 targets put back.")
    expect(sheet.input(0)).to_have_value("")


@pytest.mark.parametrize("trouble", ["network", "server"])
def test_what_could_not_be_sent_stays_and_can_be_sent_again(sheet: Sheet, watch: Watch, trouble: str) -> None:
    watch.allow("ERR_FAILED|500")

    def fail(route: Route) -> None:
        if trouble == "network":
            route.abort()
        else:
            route.fulfill(status=500, body="no")

    sheet.page.route(CELL, fail)
    sheet.input(0).fill("15")
    sheet.page.keyboard.press("Tab")
    reason = "No connection." if trouble == "network" else "The server could not save it."
    expect(sheet.note(0)).to_contain_text(f"Not saved. {reason}")
    expect(sheet.input(0)).to_have_value("15")
    sheet.expect_status("Not saved")
    assert_accessible(sheet.page)
    sheet.page.unroute(CELL)
    sheet.page.locator("#saved").get_by_role("button", name="Retry").click()
    sheet.expect_status("All changes saved")
    expect(sheet.note(0)).to_have_count(0)
    assert held(sheet.site, sheet.site.channels[0]) == 15


def test_a_signed_out_browser_keeps_what_was_typed(sheet: Sheet, sign_in: SignIn) -> None:
    sheet.page.context.clear_cookies(name="sessionid")
    sheet.input(0).fill("15")
    sheet.page.keyboard.press("Tab")
    expect(sheet.note(0)).to_contain_text("You are signed out. Sign in in another tab, then retry.")
    expect(sheet.input(0)).to_have_value("15")
    sign_in(sheet.page, sheet.site.manager)
    sheet.note(0).get_by_role("button", name="Retry").click()
    sheet.expect_status("All changes saved")
    assert held(sheet.site, sheet.site.channels[0]) == 15


def test_the_status_stays_in_sight(sheet: Sheet) -> None:
    sheet.page.set_viewport_size({"width": 1440, "height": 300})
    sheet.page.mouse.wheel(0, 2000)
    expect(sheet.page.locator("#saved")).to_have_class(re.compile("afloat"))
    expect(sheet.page.locator("#saved [data-words]")).to_be_in_viewport()


def test_leaving_with_something_unsaved_warns(sheet: Sheet, watch: Watch) -> None:
    watch.allow("422")
    asked = questions(sheet.page)
    sheet.input(0).click()
    sheet.page.keyboard.type("x")
    sheet.page.keyboard.press("Enter")
    expect(sheet.note(0)).to_be_visible()
    sheet.page.goto(sheet.site.url("home/goals/"))
    assert asked == ["beforeunload"]


def test_a_link_waits_for_a_number_on_its_way(sheet: Sheet) -> None:
    asked = questions(sheet.page)

    def slowly(route: Route) -> None:
        sheet.page.wait_for_timeout(300)
        route.continue_()

    sheet.page.route(CELL, slowly)
    sheet.input(0).click()
    sheet.page.keyboard.type("15")
    sheet.page.locator(".stepper a").first.click()
    sheet.page.wait_for_url(re.compile(r"month="))
    assert (asked, held(sheet.site, sheet.site.channels[0])) == ([], 15)


def test_set_now_leads_to_the_first_cell_of_whom_has_none(page: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(page, site.admin)
    sheet = Sheet(page, site).open()
    page.get_by_role("link", name="Set now").click()
    assert sheet.focused() == f"t{site.other_seller.pk}-{site.channels[0].pk}"
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator("#missing .note")).to_have_count(0)


@pytest.mark.parametrize("query", ["?show=revenue", "?behind=1", "?show=revenue&behind=1"])
def test_set_now_leads_to_a_cell_of_another_view(page: Page, site: Company, sign_in: SignIn, query: str) -> None:
    sign_in(page, site.admin)
    sheet = Sheet(page, site).open(query)
    page.get_by_role("link", name="Set now").click()
    cell = page.locator(f"#t{site.other_seller.pk}-{site.channels[0].pk}")
    expect(cell).to_be_focused()
    expect(cell).to_be_in_viewport()
    assert "show" not in page.url
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(sheet.toast).to_contain_text("none → 5")


def test_without_javascript_the_form_saves(open_page: OpenPage, site: Company, sign_in: SignIn, watch: Watch) -> None:
    watch.allow("422")
    page = open_page(java_script_enabled=False)
    sign_in(page, site.manager)
    sheet = Sheet(page, site).open()
    sheet.input(0).fill("wrong")
    sheet.input(1).fill("15")
    page.get_by_role("button", name="Save").first.click()
    expect(sheet.note(0)).to_contain_text("Enter a whole number")
    expect(sheet.input(1)).to_have_value("15")
    sheet.input(0).fill("")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator(".toasts")).to_contain_text("2 targets saved.")
    assert [held(site, channel) for channel in site.channels[:2]] == [None, 15]


def test_on_a_phone_people_are_cards_with_large_inputs(phone: Page, site: Company, sign_in: SignIn) -> None:
    sign_in(phone, site.manager)
    sheet = Sheet(phone, site).open()
    assert_fits(phone)
    assert_accessible(phone)
    size = sheet.input(0).evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= 16
    expect(sheet.input(0)).to_have_attribute("inputmode", "numeric")
    sheet.input(0).tap()
    sheet.input(0).fill("15")
    phone.keyboard.press("Enter")
    expect(sheet.toast).to_contain_text("10 → 15")
    assert_fits(phone)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?month=2020-02", "?month=2090-01", "?month=nonsense"])
def test_no_violation_and_nothing_too_wide(
    open_page: OpenPage, site: Company, sign_in: SignIn, scheme: str, query: str
) -> None:
    page = open_page(color_scheme=scheme)
    sign_in(page, site.admin)
    Sheet(page, site).open(query)
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("who", ["seller", "admin"])
def test_my_goals(page: Page, phone: Page, site: Company, sign_in: SignIn, who: str) -> None:
    for window in (page, phone):
        sign_in(window, getattr(site, who))
        window.goto(site.url("home/goals/"))
        assert_accessible(window)
        assert_fits(window)
    if who == "seller":
        expect(page.get_by_role("heading", name="Forecast")).to_be_visible()
        expect(page.locator(".hero")).to_contain_text("30 of 35")
    else:
        expect(page.locator(".empty h2")).to_contain_text("No target for")
