"""The menu of a cell in a browser: one number for more cells, the question before a number goes, undo of all of it."""

import re
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Member
from accounts.tenancy import tenant
from targets import services
from targets.models import MonthlyTarget
from tests.browser.checks import Watch, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.browser.test_targets import site  # noqa: F401 - a fixture
from tests.conftest import Company

pytestmark = pytest.mark.django_db(transaction=True)


class October:
    """The grid of an October to come, whose year has two months left, as the admin sees it: two people."""

    def __init__(self, page: Page, site: Company) -> None:  # noqa: F811
        self.page, self.site = page, site
        self.month = date(site.organization.local_date(timezone.now()).year + 1, 10, 1)

    def open(self) -> "October":
        self.page.goto(self.site.url(f"targets/?month={self.month:%Y-%m}"))
        return self

    def cell(self, member: Member | None = None, channel: int = 0) -> Locator:
        member = member or self.site.seller
        return self.page.locator(f"#t{member.pk}-{self.site.channels[channel].pk}")

    def put(self, member: Member, count: int, *, month: int = 10, channel: int = 0) -> None:
        with tenant(self.site.organization):
            services.set_target(
                member.pk,
                self.site.channels[channel].pk,
                self.month.replace(month=month),
                count=count,
                version=0,
                by=self.site.admin,
                at=timezone.now(),
            )

    def held(self) -> dict[tuple[str, int], int | None]:
        """{(who, month): number} of the first channel."""
        with tenant(self.site.organization):
            rows = MonthlyTarget.objects.filter(channel=self.site.channels[0], month__year=self.month.year)
            return {
                ("seller" if member == self.site.seller.pk else "other", month.month): count
                for member, month, count in rows.values_list("member_id", "month", "count")
                if count is not None
            }

    def item(self, name: str) -> Locator:
        return self.page.get_by_role("menuitem", name=re.compile(name))

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def toast(self) -> Locator:
        return self.page.locator("toast-note")

    def type_15(self) -> None:
        self.cell().focus()
        self.page.keyboard.type("15")
        self.page.keyboard.press("Control+Enter")
        expect(self.item("Rest of the year")).to_be_focused()


@pytest.fixture
def october(page: Page, site: Company, sign_in: SignIn) -> October:  # noqa: F811
    sign_in(page, site.admin)
    return October(page, site).open()


def test_the_menu_says_how_many_cells(october: October) -> None:
    october.type_15()
    expect(october.page.get_by_role("menuitem")).to_have_text(
        [
            "Rest of the yearNov, Dec · 2 cells",
            re.compile("Everyone, .*2 cells"),
            "Everyone, rest of the year6 cells",
            "Clear this targetDel",
            "Paste a block…",
            re.compile("Copy September .* for acme seller"),
        ]
    )
    assert_accessible(october.page)


@pytest.mark.parametrize(
    ("reach", "cells"),
    [
        ("Rest of the year", {("seller", 10), ("seller", 11), ("seller", 12)}),
        ("Everyone, [^r]", {("seller", 10), ("other", 10)}),
        ("Everyone, rest", {(who, month) for who in ("seller", "other") for month in (10, 11, 12)}),
    ],
    ids=["rest-of-the-year", "everyone", "both"],
)
def test_one_number_for_more_cells_and_back(october: October, reach: str, cells: set[tuple[str, int]]) -> None:
    october.type_15()
    october.item(reach).press("Enter")
    expect(october.toast).to_contain_text(f"15 now in {len(cells) - 1} more cell")
    assert october.held() == dict.fromkeys(cells, 15)
    assert october.page.evaluate("document.activeElement.id") == october.cell().get_attribute("id")
    october.page.keyboard.press("Control+z")
    expect(october.toast).to_contain_text("put back" if len(cells) > 2 else "15\u00a0→\u00a0none")
    assert october.held() == {("seller", 10): 15}


def test_keys_walk_the_menu_and_escape_leads_back(october: October) -> None:
    october.type_15()
    press = october.page.keyboard.press
    press("ArrowUp")
    expect(october.item("Copy September")).to_be_focused()
    press("ArrowDown")
    press("ArrowDown")
    expect(october.item("Everyone, [^r]")).to_be_focused()
    press("End")
    press("Home")
    expect(october.item("Rest of the year")).to_be_focused()
    press("Escape")
    expect(october.page.get_by_role("menu")).to_have_count(0)
    expect(october.cell()).to_be_focused()
    press("Alt+ArrowDown")
    expect(october.item("Rest of the year")).to_be_focused()
    press("Tab")
    expect(october.cell(channel=1)).to_be_focused()
    expect(october.page.get_by_role("menu")).to_have_count(0)


def test_what_would_be_replaced_is_asked_cell_by_cell(october: October, watch: Watch) -> None:
    watch.allow("409")
    october.put(october.site.other_seller, 8)
    october.put(october.site.other_seller, 9, month=12)
    october.open().type_15()
    october.item("Everyone, rest").press("Enter")
    expect(october.dialog).to_contain_text("6 targets in all. 2 hold another number")
    cells = october.dialog.locator("tbody tr")
    expect(cells).to_have_count(2)
    expect(cells.nth(0).locator("td.n")).to_have_text(["8", "15"])
    expect(cells.nth(1).locator("td.n")).to_have_text(["9", "15"])
    assert_accessible(october.page)
    october.page.keyboard.press("Escape")
    expect(october.dialog).to_have_count(0)
    expect(october.cell()).to_be_focused()
    assert october.held() == {("seller", 10): 15, ("other", 10): 8, ("other", 12): 9}
    october.page.keyboard.press("Control+Enter")
    october.item("Everyone, rest").press("Enter")
    expect(october.dialog.get_by_role("button", name="Set all 6")).to_be_focused()
    october.page.keyboard.press("Enter")
    expect(october.toast).to_contain_text("15 now in 5 more cells.")
    expect(october.cell(october.site.other_seller)).to_have_value("15")
    expect(october.cell()).to_be_focused()
    october.toast.get_by_role("button", name="Undo").click()
    expect(october.toast).to_contain_text("5 targets put back.")
    expect(october.cell(october.site.other_seller)).to_have_value("8")
    assert october.held() == {("seller", 10): 15, ("other", 10): 8, ("other", 12): 9}


def test_other_numbers_can_be_kept(october: October, watch: Watch) -> None:
    watch.allow("409")
    october.put(october.site.other_seller, 8, month=11)
    october.open().type_15()
    october.item("Everyone, rest").press("Enter")
    october.dialog.get_by_role("button", name="Keep the 1, set the rest").click()
    expect(october.toast).to_contain_text("1 other number kept.")
    assert october.held()["other", 11] == 8


def test_the_toast_and_the_button_open_it_too(october: October) -> None:
    october.cell().fill("15")
    october.page.keyboard.press("Enter")
    october.toast.get_by_role("button", name="Also use 15 for…").click()
    expect(october.item("Rest of the year")).to_be_focused()
    october.page.mouse.click(5, 5)
    expect(october.page.get_by_role("menu")).to_have_count(0)
    october.cell().click()
    october.page.get_by_role("button", name=re.compile("^More for ")).click()
    october.item("Clear this target").click()
    expect(october.toast).to_contain_text("15\u00a0→\u00a0none")
    assert october.held() == {}


def test_last_month_is_copied_for_one_person_once_the_number_of_cells_is_agreed_to(
    october: October, watch: Watch
) -> None:
    watch.allow("409")
    october.put(october.site.seller, 6, month=9)
    october.put(october.site.other_seller, 7, month=9)
    october.cell().focus()
    october.page.keyboard.press("Alt+ArrowDown")
    expect(october.item("Paste a block")).to_be_focused()
    october.item("Copy September").press("Enter")
    expect(october.dialog).to_contain_text("1 target in all.")
    assert_accessible(october.page)
    october.page.keyboard.press("Enter")
    expect(october.toast).to_contain_text("1 target copied from September")
    expect(october.cell()).to_have_value("6")
    assert october.held() == {("seller", 9): 6, ("other", 9): 7, ("seller", 10): 6}
    october.page.keyboard.press("Control+z")
    expect(october.cell()).to_have_value("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(open_page: OpenPage, site: Company, sign_in: SignIn, watch: Watch, scheme: str) -> None:  # noqa: F811
    watch.allow("409")
    phone = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme=scheme)
    sign_in(phone, site.admin)
    october = October(phone, site)
    october.put(site.other_seller, 8)
    october.open().cell().tap()
    october.cell().fill("15")
    phone.get_by_role("button", name=re.compile("^More for ")).tap()
    expect(october.item("Everyone, [^r]")).to_be_in_viewport(ratio=1)
    assert_accessible(phone)
    assert_fits(phone)
    october.item("Everyone, [^r]").tap()
    expect(october.dialog).to_be_in_viewport(ratio=1)
    assert_accessible(phone)
    assert_fits(phone)
    october.dialog.get_by_role("button", name=re.compile("Replace it|Set all 2")).tap()
    expect(october.toast).to_contain_text("15 now in 1 more cell.")
    assert_fits(phone)
