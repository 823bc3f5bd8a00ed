"""The grid against the worked screens and docs/targets-grid.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as people
from accounts.models import ClosingDay, Member, Team
from accounts.tenancy import tenant
from ledger.models import Channel
from progress.amounts import shown
from progress.pace import Phase
from targets import readers
from targets.models import MonthlyTarget
from targets.readers import Grid
from tests.conftest import Company
from tests.targets.conftest import OCTOBER, TODAY, aim, sell, settle


def grid(site: Company, viewer: Member | None = None, month: date = OCTOBER, today: date = TODAY) -> Grid:
    with tenant(site.organization):
        return readers.grid(viewer or site.admin, site.organization, month, today)


def cell(sheet: Grid, member: Member, channel: Channel) -> readers.Cell:
    row = sheet.row(member.pk)
    assert row is not None
    return next(cell for cell in row.cells if cell.channel_id == channel.pk)


@contextmanager
def inside(site: Company) -> Iterator[None]:
    with tenant(site.organization):
        yield


def test_the_worked_row(ireland: Company) -> None:
    """Chiara Rossi's row of the worked screen: 8 of 10, 12 of 15, 3 of 4, 7 of 8 on working day 16 of 21."""
    for channel, actual, target in zip(ireland.channels, (8, 12, 3, 7), (10, 15, 4, 8), strict=False):
        sell(ireland, actual, member=ireland.seller, channel=channel)
        aim(ireland, target, ireland.seller, channel)
    sheet = grid(ireland)
    row = sheet.row(ireland.seller.pk)
    assert row is not None
    assert (sheet.moment.worked, sheet.moment.total, sheet.moment.left) == (16, 21, 6)
    paces = [cell.pace for cell in row.cells[:4]]
    assert [pace.gap_shown for pace in paces] == [Decimal("0.4"), Decimal("0.6"), Decimal("-0.1"), Decimal("0.9")]
    assert [pace.on_pace for pace in paces] == [True, True, False, True]
    total = row.total
    assert (total.pace.actual, total.pace.target, total.pace.gap_shown) == (30, 37, Decimal("1.8"))
    assert total.forecast is not None
    assert [shown(total.forecast.value), total.forecast.percent_of(37)] == [39, 106]
    assert row.cells[4].pace.target is None
    assert sheet.column_totals[1].pace.actual == 12
    assert sheet.overall.pace.actual == 30


@pytest.mark.parametrize(
    ("day", "worked"),
    [(date(2026, 10, 1), 1), (date(2026, 10, 25), 17), (date(2026, 10, 26), 17), (date(2026, 10, 27), 18)],
)
def test_pace_stands_still_on_days_off(ireland: Company, day: date, worked: int) -> None:
    assert grid(ireland, today=day).moment.worked == worked


def test_own_closing_days_count_as_days_off(ireland: Company) -> None:
    with inside(ireland):
        ClosingDay.objects.create(organization=ireland.organization, day=date(2026, 10, 21))
    assert (grid(ireland).moment.worked, grid(ireland).moment.total) == (15, 20)


def test_a_month_without_a_working_day_counts_calendar_days(ireland: Company) -> None:
    settle(ireland, working_weekdays=[])
    moment = grid(ireland).moment
    assert (moment.worked, moment.total, moment.in_working_days) == (22, 31, False)


def test_calendar_days_by_default(acme: Company) -> None:
    aim(acme, 31, acme.seller, acme.channels[0])
    sell(acme, 22, member=acme.seller, channel=acme.channels[0])
    pace = cell(grid(acme), acme.seller, acme.channels[0]).pace
    assert (pace.gap_shown, pace.on_pace) == (Decimal("0.0"), True)


def test_blank_and_zero_are_neutral_and_different(ireland: Company) -> None:
    phone, mail = ireland.channels[:2]
    aim(ireland, 0, ireland.seller, phone)
    sell(ireland, 3, member=ireland.seller, channel=phone)
    sell(ireland, 2, member=ireland.seller, channel=mail)
    sheet = grid(ireland)
    zero, blank = cell(sheet, ireland.seller, phone), cell(sheet, ireland.seller, mail)
    assert (zero.target, zero.pace.on_pace, zero.pace.fill) == (0, None, Decimal(0))
    assert (blank.target, blank.pace.on_pace, blank.pace.actual) == (None, None, 2)
    assert ireland.seller.pk in sheet.standing.set_aside
    assert [row.member_id for row in sheet.missing] == [ireland.other_seller.pk]


def test_deals_without_a_target_stand_beside_the_total(ireland: Company) -> None:
    phone, mail = ireland.channels[:2]
    aim(ireland, 10, ireland.seller, phone)
    sell(ireland, 4, member=ireland.seller, channel=phone)
    sell(ireland, 3, member=ireland.seller, channel=mail)
    sell(ireland, 5, member=ireland.other_seller, channel=mail)
    sheet = grid(ireland)
    assert (sheet.overall.pace.actual, sheet.overall.pace.target, sheet.overall.elsewhere) == (4, 10, 8)


def test_only_confirmed_sales_of_the_month_count(ireland: Company) -> None:
    phone = ireland.channels[0]
    for day in (date(2026, 9, 30), date(2026, 11, 1)):
        sell(ireland, 1, member=ireland.seller, channel=phone, day=day)
    for day in (date(2026, 10, 1), date(2026, 10, 31)):
        sell(ireland, 1, member=ireland.seller, channel=phone, day=day)
    sell(ireland, 1, member=ireland.seller, channel=phone, state=ireland.proposed)
    sell(ireland, 1, member=ireland.seller, channel=phone, state=ireland.lost)
    assert cell(grid(ireland), ireland.seller, phone).pace.actual == 2


def test_revenue_is_summed_and_paced_where_it_has_targets(ireland: Company) -> None:
    phone, mail = ireland.channels[:2]
    sell(ireland, 2, member=ireland.seller, channel=phone, net=1000)
    sell(ireland, 1, member=ireland.seller, channel=mail, net=500)
    assert (grid(ireland).revenue.pace.actual, grid(ireland).revenue.pace.target) == (2500, None)
    aim(ireland, 10, ireland.seller, phone)
    with inside(ireland):
        MonthlyTarget.objects.update(revenue=Decimal("2100.00"))
    revenue = grid(ireland).revenue
    assert [revenue.pace.actual, revenue.pace.target, revenue.elsewhere] == [2000, Decimal("2100.00"), 500]
    assert revenue.pace.gap == 400


# Who and what is shown


def test_rows_are_the_salespeople_of_the_month_and_whoever_did_something(ireland: Company) -> None:
    spans = {
        "left before": {"active_to": date(2026, 9, 30)},
        "left before but sold": {"active_to": date(2026, 9, 30)},
        "left on the first": {"active_to": date(2026, 10, 1)},
        "starts after": {"active_from": date(2026, 11, 1)},
        "starts after but has a target": {"active_from": date(2026, 11, 1)},
    }
    with inside(ireland):
        for name in spans:
            people.add_member(ireland.organization, name=name)
        by_name = {member.name: member for member in Member.objects.all()}
    sell(ireland, 1, member=by_name["left before but sold"], channel=ireland.channels[0])
    aim(ireland, 5, by_name["starts after but has a target"], ireland.channels[0])
    with inside(ireland):
        for name, span in spans.items():
            Member.objects.filter(name=name).update(**span)
    sell(ireland, 2, member=ireland.manager, channel=ireland.channels[0])
    sheet = grid(ireland)
    assert {row.name for row in sheet.rows} == {
        ireland.seller.name,
        ireland.other_seller.name,
        ireland.manager.name,
        "left before but sold",
        "left on the first",
        "starts after but has a target",
    }
    gone = next(row for row in sheet.rows if row.name == "left before but sold")
    early = next(row for row in sheet.rows if row.name == "starts after but has a target")
    assert not any(cell.editable for cell in gone.cells)
    assert [cell.editable for cell in early.cells] == [True, False, False, False, False]
    missing = {row.name for row in sheet.missing}
    assert missing == {ireland.seller.name, ireland.other_seller.name}


def test_each_role_sees_what_it_may(ireland: Company) -> None:
    for member in (ireland.seller, ireland.other_seller, None):
        sell(ireland, 1, member=member, channel=ireland.channels[0])

    def names(viewer: Member) -> list[str]:
        return [row.name for row in grid(ireland, viewer).rows]

    def editable(viewer: Member) -> list[bool]:
        return [row.editable for row in grid(ireland, viewer).rows]

    assert set(names(ireland.admin)) == {ireland.seller.name, ireland.other_seller.name, ""}
    assert names(ireland.admin)[-1] == ""
    assert editable(ireland.admin) == [True, True, False]
    assert (names(ireland.manager), editable(ireland.manager)) == ([ireland.seller.name], [True])
    assert (names(ireland.seller), editable(ireland.seller)) == ([ireland.seller.name], [False])
    assert grid(ireland, ireland.admin).overall.pace.actual == 3
    assert grid(ireland, ireland.manager).overall.pace.actual == 1
    assert not grid(ireland, ireland.seller).editable


def test_a_manager_who_sells_sees_themselves_but_sets_only_the_teams(ireland: Company) -> None:
    sell(ireland, 1, member=ireland.manager, channel=ireland.channels[0])
    rows = {row.member_id: row.editable for row in grid(ireland, ireland.manager).rows}
    assert rows == {ireland.manager.pk: False, ireland.seller.pk: True}


def test_deals_without_a_channel_have_a_column_only_where_there_are_some(ireland: Company) -> None:
    assert [column.name for column in grid(ireland).columns] == [channel.name for channel in ireland.channels]
    sell(ireland, 2, member=ireland.seller, channel=None)
    sheet = grid(ireland)
    assert (sheet.columns[-1].channel_id, sheet.columns[-1].name) == (None, "No channel")
    row = sheet.row(ireland.seller.pk)
    assert row is not None
    assert (row.cells[-1].pace.actual, row.cells[-1].editable, row.total.pace.actual) == (2, False, 2)


def test_an_archived_channel_shows_where_something_is_in_it(ireland: Company) -> None:
    phone, mail, web = ireland.channels[:3]
    aim(ireland, 5, ireland.seller, phone)
    sell(ireland, 1, member=ireland.seller, channel=mail)
    with inside(ireland):
        Channel.objects.filter(pk__in=[phone.pk, mail.pk, web.pk]).update(archived_at=timezone.now())
    sheet = grid(ireland)
    assert [column.archived for column in sheet.columns] == [True, True, False, False]
    assert cell(sheet, ireland.seller, phone).editable
    assert not cell(sheet, ireland.seller, mail).editable
    assert len(grid(ireland, month=date(2026, 11, 1)).columns) == 2


def test_the_team_of_the_month_stands_beside_each_name(ireland: Company) -> None:
    with inside(ireland):
        other = Team.objects.create(organization=ireland.organization, name="South desk")
        ireland.seller.team_memberships.update(end=date(2026, 9, 30))
        people.join_team(ireland.seller, other, start=date(2026, 10, 1))

    def team(month: date) -> str:
        row = grid(ireland, month=month).row(ireland.seller.pk)
        assert row is not None
        return row.team

    assert team(date(2026, 9, 1)) == ireland.team.name
    assert team(OCTOBER) == "South desk"
    row = grid(ireland).row(ireland.other_seller.pk)
    assert row is not None
    assert row.team == ""


def test_another_organizations_numbers_never_show(ireland: Company, rival: Company) -> None:
    sell(rival, 5, member=rival.seller, channel=rival.channels[0])
    aim(rival, 5, rival.seller, rival.channels[0])
    sheet = grid(ireland)
    assert sheet.overall.pace.actual == 0
    assert {row.member_id for row in sheet.rows} == {ireland.seller.pk, ireland.other_seller.pk}


# When


@pytest.mark.parametrize(
    ("month", "phase", "gap", "on_pace"),
    [
        pytest.param(date(2026, 9, 1), Phase.CLOSED, Decimal("-6.0"), False, id="ended-shows-the-result"),
        pytest.param(date(2026, 11, 1), Phase.UPCOMING, None, None, id="future-is-neutral"),
    ],
)
def test_no_pace_outside_the_month(
    ireland: Company, month: date, phase: Phase, gap: Decimal | None, on_pace: bool | None
) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[0], month)
    sell(ireland, 4, member=ireland.seller, channel=ireland.channels[0], day=month + timedelta(days=3))
    sheet = grid(ireland, month=month)
    pace = cell(sheet, ireland.seller, ireland.channels[0]).pace
    assert (sheet.moment.phase, pace.gap_shown, pace.on_pace, pace.tick) == (phase, gap, on_pace, None)


def test_nobody_is_missing_a_target_in_a_month_that_ended(ireland: Company) -> None:
    assert not grid(ireland, month=date(2026, 9, 1)).missing
    assert len(grid(ireland, month=date(2026, 11, 1)).missing) == 2


def test_somebody_who_left_earlier_this_month_is_not_missing_one(ireland: Company) -> None:
    with inside(ireland):
        Member.objects.filter(pk=ireland.seller.pk).update(active_to=date(2026, 10, 21))
    sheet = grid(ireland)
    assert sheet.row(ireland.seller.pk) is not None
    assert [row.member_id for row in sheet.missing] == [ireland.other_seller.pk]


def test_people_behind_and_ahead(ireland: Company) -> None:
    phone = ireland.channels[0]
    for member, actual in ((ireland.seller, 8), (ireland.other_seller, 3), (ireland.manager, 1)):
        aim(ireland, 10, member, phone)
        sell(ireland, actual, member=member, channel=phone)
    standing = grid(ireland).standing
    assert standing.on_pace == (ireland.seller.pk,)
    assert set(standing.behind) == {ireland.other_seller.pk, ireland.manager.pk}
    assert standing.furthest_behind == ireland.manager.pk


def test_today_differs_between_auckland_and_honolulu(acme: Company) -> None:
    instant = datetime(2026, 10, 31, 20, 0, tzinfo=UTC)
    phases = {}
    for zone in ("Pacific/Auckland", "Pacific/Honolulu"):
        settle(acme, time_zone=zone)
        phases[zone] = grid(acme, today=acme.organization.local_date(instant)).moment
    assert phases["Pacific/Auckland"].phase is Phase.CLOSED
    assert (phases["Pacific/Honolulu"].phase, phases["Pacific/Honolulu"].worked) == (Phase.RUNNING, 31)


def queries(run: Any, **options: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        run(**options)
    return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET LOCAL")) for query in captured)


@pytest.mark.parametrize("who", ["admin", "manager", "seller"])
def test_the_grid_takes_five_queries_whatever_the_number_of_people(ireland: Company, who: str) -> None:
    viewer = getattr(ireland, who)
    aim(ireland, 5, ireland.seller, ireland.channels[0])
    few = queries(lambda: grid(ireland, viewer))
    with inside(ireland):
        for number in range(10):
            member = people.add_member(ireland.organization, name=f"Person {number}")
            people.join_team(member, ireland.team, start=date(2020, 1, 1))
    many = queries(lambda: grid(ireland, viewer))
    assert (few, many) == (5, 5)
