"""The grid on days that are easily got wrong: zones, clock changes, months without a working day, people who left."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts import services as people
from accounts.models import ClosingDay, Member
from accounts.tenancy import tenant
from progress.pace import Phase
from targets import readers
from targets.models import MonthlyTarget
from targets.readers import Grid
from tests.conftest import Company
from tests.targets.conftest import OCTOBER, TODAY, aim, sell, settle

Clock = Callable[[datetime], None]


def grid(site: Company, month: date = OCTOBER, today: date = TODAY) -> Grid:
    with tenant(site.organization):
        return readers.grid(site.admin, site.organization, month, today)


def page(site: Company, query: str = "") -> Any:
    return site.client(site.admin).get(site.url(f"targets/{query}"))


# Zones


def test_one_moment_is_two_months(ireland: Company, clock: Clock) -> None:
    """On the evening of 31 October in Honolulu it is 1 November in Auckland: another month, another badge."""
    clock(datetime(2026, 11, 1, 5, 0, tzinfo=UTC))
    aim(ireland, 10, ireland.seller, ireland.channels[0])
    found = {}
    for zone in ("Pacific/Auckland", "Pacific/Honolulu"):
        settle(ireland, time_zone=zone, holiday_country="", pace_calendar="calendar")
        response = page(ireland)
        moment = response.context["grid"].moment
        found[zone] = (response.context["month"], moment.worked, response.context["nav_count"]["number"])
    assert found == {"Pacific/Auckland": (date(2026, 11, 1), 1, 2), "Pacific/Honolulu": (date(2026, 10, 1), 31, 1)}


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        # In Dublin clocks go back on 25 October 2026, in New York on 1 November; in Auckland forward on 27 September.
        pytest.param("Europe/Dublin", "2026-10-25T23:59Z", "2026-10-26T00:01Z", id="dublin"),
        pytest.param("America/New_York", "2026-11-02T04:59Z", "2026-11-02T05:01Z", id="new-york"),
        pytest.param("Pacific/Auckland", "2026-09-27T10:59Z", "2026-09-27T11:01Z", id="auckland"),
    ],
)
def test_a_day_of_23_or_25_hours_is_one_day(ireland: Company, clock: Clock, zone: str, before: str, after: str) -> None:
    settle(ireland, time_zone=zone, holiday_country="", pace_calendar="calendar")
    days = []
    for moment in (before, after):
        clock(datetime.fromisoformat(moment))
        days.append(page(ireland).context["grid"].moment.today)
    assert (days[1] - days[0]).days == 1


@pytest.mark.parametrize(("month", "total"), [(date(2026, 10, 1), 31), (date(2026, 3, 1), 31), (date(2028, 2, 1), 29)])
def test_months_with_a_clock_change_or_a_leap_day_have_their_days(acme: Company, month: date, total: int) -> None:
    settle(acme, time_zone="Europe/Dublin")
    assert grid(acme, month, month.replace(day=28)).moment.total == total


# Months without a working day


def test_a_month_without_a_working_day_counts_every_day(ireland: Company) -> None:
    with tenant(ireland.organization):
        for number in range(1, 32):
            day = date(2026, 10, number)
            ClosingDay.objects.create(organization=ireland.organization, day=day, name="Closed")
    aim(ireland, 31, ireland.seller, ireland.channels[0])
    sell(ireland, 22, member=ireland.seller, channel=ireland.channels[0])
    sheet = grid(ireland)
    assert (sheet.moment.in_working_days, sheet.moment.worked, sheet.moment.total) == (False, 22, 31)
    assert sheet.overall.pace.on_pace
    assert sheet.overall.pace.gap == 0
    assert "Day 22 of 31, so pace is 71% of each target." in page(ireland).content.decode()


def test_before_the_first_working_day_nothing_is_due(ireland: Company, clock: Clock) -> None:
    """1 and 2 August 2026 are a weekend, the 3rd a bank holiday in Ireland."""
    clock(datetime(2026, 8, 3, 12, 0, tzinfo=UTC))
    august = date(2026, 8, 1)
    aim(ireland, 10, ireland.seller, ireland.channels[0], august)
    response = page(ireland)
    sheet = response.context["grid"]
    assert (sheet.moment.worked, sheet.overall.pace.on_pace, sheet.overall.forecast) == (0, True, None)
    assert "Working day 0 of 20, so pace is 0% of each target." in response.content.decode()


# People who left


def test_a_member_who_left_keeps_their_past_and_is_asked_for_nothing_new(ireland: Company) -> None:
    phone = ireland.channels[0]
    aim(ireland, 10, ireland.seller, phone)
    sell(ireland, 4, member=ireland.seller, channel=phone)
    with tenant(ireland.organization):
        Member.objects.filter(pk=ireland.seller.pk).update(active_to=date(2026, 10, 15))
    october, november = grid(ireland), grid(ireland, date(2026, 11, 1))
    row = october.row(ireland.seller.pk)
    assert row is not None
    assert (row.total.pace.actual, row.total.pace.target, row.expected) == (4, 10, False)
    assert november.row(ireland.seller.pk) is None
    for sheet in (october, november):
        assert ireland.seller.pk not in [row.member_id for row in sheet.missing]


def test_a_target_left_behind_can_be_cleared(ireland: Company) -> None:
    phone, november = ireland.channels[0], date(2026, 11, 1)
    aim(ireland, 10, ireland.seller, phone, november)
    with tenant(ireland.organization):
        Member.objects.filter(pk=ireland.seller.pk).update(active_to=TODAY)
    row = grid(ireland, november).row(ireland.seller.pk)
    assert row is not None
    assert [cell.editable for cell in row.cells] == [True, *[False] * (len(ireland.channels) - 1)]
    aim(ireland, None, ireland.seller, phone, november)
    assert grid(ireland, november).row(ireland.seller.pk) is None
    with tenant(ireland.organization):
        assert MonthlyTarget.objects.count() == 1


def test_somebody_who_comes_later_this_month_is_asked_for_a_target(ireland: Company) -> None:
    with tenant(ireland.organization):
        late = people.add_member(ireland.organization, name="Late")
        Member.objects.filter(pk=late.pk).update(active_from=date(2026, 10, 30))
    assert late.pk in [row.member_id for row in grid(ireland).missing]
    assert grid(ireland).moment.phase is Phase.RUNNING


# Two organizations at one moment


@pytest.fixture
def apart(acme: Company, rival: Company, clock: Clock) -> dict[str, Company]:
    """05:00 UTC on 1 November 2026: in Auckland it is that day's evening, in Honolulu still 31 October."""
    clock(datetime(2026, 11, 1, 5, 0, tzinfo=UTC))
    settle(acme, time_zone="Pacific/Auckland", salespeople_set_targets=True)
    settle(rival, time_zone="Pacific/Honolulu", salespeople_set_targets=True)
    for company in (acme, rival):
        aim(company, 10, company.seller, company.channels[0])
    return {"auckland": acme, "honolulu": rival}


@pytest.mark.parametrize(
    ("place", "month", "phase", "worked", "missing"),
    [
        pytest.param("auckland", date(2026, 11, 1), Phase.RUNNING, 1, 2, id="auckland"),
        pytest.param("honolulu", date(2026, 10, 1), Phase.RUNNING, 31, 1, id="honolulu"),
    ],
)
def test_each_has_its_own_month(
    apart: dict[str, Company], place: str, month: date, phase: Phase, worked: int, missing: int
) -> None:
    site = apart[place]
    response = page(site)
    moment = response.context["grid"].moment
    assert (response.context["month"], moment.phase, moment.worked) == (month, phase, worked)
    assert response.context["nav_count"]["number"] == missing
    own = site.client(site.seller).get(site.url(f"targets/{site.seller.pk}/"))
    assert own.context["page"].moment.today == moment.today


@pytest.mark.parametrize(
    ("place", "october"),
    [pytest.param("auckland", 422, id="ended-in-auckland"), pytest.param("honolulu", 200, id="not-in-honolulu")],
)
def test_each_closes_october_to_salespeople_at_its_own_midnight(
    apart: dict[str, Company], place: str, october: int
) -> None:
    site = apart[place]
    statuses = {}
    for who in (site.seller, site.manager):
        fields = {"member": site.seller.pk, "channel": site.channels[1].pk, "month": "2026-10", "version": 0}
        headers = {"HX-Request": "true", "HX-Target": "cell-saved"}
        answer = site.client(who).post(site.url("targets/cell/"), fields | {"count": 7}, headers=headers)
        statuses[who.role] = answer.status_code
    assert statuses == {"salesperson": october, "manager": 200}


# Who left, as the people's page makes them leave


@pytest.fixture
def left(ireland: Company) -> Company:
    """The seller's last day was 15 October; targets and deals of September and October stand."""
    phone = ireland.channels[0]
    for month in (date(2026, 9, 1), OCTOBER):
        aim(ireland, 10, ireland.seller, phone, month)
        sell(ireland, 4, member=ireland.seller, channel=phone, day=month.replace(day=2))
    with tenant(ireland.organization):
        people.change_member(ireland.seller, by=ireland.admin, today=TODAY, active_to=date(2026, 10, 15))
    return ireland


@pytest.mark.parametrize("who", ["admin", "manager"])
@pytest.mark.parametrize(
    ("month", "numbers"),
    [
        pytest.param(date(2026, 9, 1), (4, 10), id="before"),
        pytest.param(OCTOBER, (4, 10), id="the-month-of-leaving"),
        pytest.param(date(2026, 11, 1), None, id="after"),
    ],
)
def test_grids_of_their_months_keep_them_and_later_ones_never_had_them(
    left: Company, who: str, month: date, numbers: tuple[int, int] | None
) -> None:
    with tenant(left.organization):
        sheet = readers.grid(getattr(left, who), left.organization, month, TODAY)
    row = sheet.row(left.seller.pk)
    assert (row and (row.total.pace.actual, row.total.pace.target)) == numbers
    assert left.seller.pk not in [each.member_id for each in sheet.missing]


def test_a_deal_that_came_after_they_left_shows_to_admins_and_in_no_team(left: Company) -> None:
    sell(left, 1, member=left.seller, channel=left.channels[0], day=date(2026, 11, 2))
    november = date(2026, 11, 1)
    with tenant(left.organization):
        mine = readers.grid(left.manager, left.organization, november, date(2026, 11, 3))
        all_ = readers.grid(left.admin, left.organization, november, date(2026, 11, 3))
    row = all_.row(left.seller.pk)
    assert row is not None
    assert (row.total.pace.actual, row.team) == (1, "")
    assert mine.row(left.seller.pk) is None


def test_nothing_is_copied_for_who_left(left: Company) -> None:
    answer = left.client(left.admin).post(left.url("targets/copy/"), {"month": "2026-11"}, follow=True)
    assert "Nothing to copy" in answer.content.decode()


# The warning


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({}, True, id="an-active-salesperson"),
        pytest.param({"role": "manager"}, False, id="a-manager"),
        pytest.param({"role": "admin"}, False, id="an-admin"),
        pytest.param({"active_to": date(2026, 10, 21)}, False, id="left-yesterday"),
        pytest.param({"active_to": TODAY}, True, id="leaves-today"),
        pytest.param({"active_from": date(2026, 10, 31)}, True, id="starts-on-the-last-day"),
        pytest.param({"active_from": date(2026, 11, 1)}, False, id="starts-next-month"),
        pytest.param({"user": None}, True, id="without-a-login"),
    ],
)
def test_only_active_salespeople_are_named(ireland: Company, changes: dict[str, Any], named: bool) -> None:
    with tenant(ireland.organization):
        Member.objects.filter(pk=ireland.other_seller.pk).update(**changes)
    aim(ireland, 10, ireland.seller, ireland.channels[0])
    response = page(ireland)
    assert [row.member_id for row in response.context["grid"].missing] == ([ireland.other_seller.pk] if named else [])
    assert response.context["nav_count"]["number"] == int(named)
    assert ("has no October 2026 target" in response.content.decode()) is named


def test_deals_of_who_has_no_target_show_and_count_for_no_pace(ireland: Company) -> None:
    phone = ireland.channels[0]
    aim(ireland, 31, ireland.seller, phone)
    sell(ireland, 23, member=ireland.seller, channel=phone)
    before = grid(ireland).overall.pace
    sell(ireland, 50, member=ireland.other_seller, channel=phone)
    sheet = grid(ireland)
    row = sheet.row(ireland.other_seller.pk)
    assert row is not None
    assert (row.total.pace.actual, row.total.pace.on_pace) == (50, None)
    assert (sheet.overall.pace.on_pace, sheet.overall.pace.gap) == (before.on_pace, before.gap)
    assert sheet.standing.without_target == (ireland.other_seller.pk,)
