"""What becomes of targets when a channel is renamed, added, archived or deleted."""

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest

from accounts.tenancy import tenant
from ledger.models import Channel
from ledger.services import lists
from targets import readers
from targets.models import MonthlyTarget
from targets.readers import Grid
from tests.conftest import Company
from tests.targets.conftest import NOON, OCTOBER, TODAY, aim, sell

NOVEMBER = date(2026, 11, 1)


def grid(site: Company, month: date = OCTOBER) -> Grid:
    with tenant(site.organization):
        return readers.grid(site.admin, site.organization, month, TODAY)


def archive(site: Company, channel: Channel) -> None:
    with tenant(site.organization):
        lists.archive_channel(channel, at=NOON, by=site.admin)


def test_a_rename_changes_the_label_only(ireland: Company) -> None:
    phone = ireland.channels[0]
    aim(ireland, 10, ireland.seller, phone)
    sell(ireland, 4, member=ireland.seller, channel=phone)
    before = grid(ireland)
    with tenant(ireland.organization):
        lists.change_entry(phone, seen={}, by=ireland.admin, name="Telephone")
    after = grid(ireland)
    assert (before.columns[0].name, after.columns[0].name) == ("acme phone", "Telephone")
    shown = [[(row.member_id, row.cells, row.total) for row in sheet.rows] for sheet in (before, after)]
    assert shown[0] == shown[1]
    assert after.column_totals == before.column_totals


def test_a_new_channel_starts_without_targets(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[0])
    before = grid(ireland)
    with tenant(ireland.organization):
        channel = lists.add_entry(Channel(), by=ireland.admin, name="Fair")
    after = grid(ireland)
    assert len(after.columns) == len(before.columns) + 1
    place = [column.channel_id for column in after.columns].index(channel.pk)
    assert {row.cells[place].target for row in after.rows} == {None}
    assert all(row.cells[place].editable for row in after.rows)
    assert after.overall == before.overall


def test_archiving_hides_it_from_new_months_and_keeps_the_old_ones(ireland: Company) -> None:
    phone = ireland.channels[0]
    aim(ireland, 10, ireland.seller, phone)
    archive(ireland, phone)
    old, new = grid(ireland), grid(ireland, NOVEMBER)
    assert (old.columns[0].channel_id, old.columns[0].archived) == (phone.pk, True)
    assert old.overall.pace.target == 10
    assert phone.pk not in [column.channel_id for column in new.columns]


def test_an_archived_channel_takes_no_new_target_but_lets_one_go(ireland: Company) -> None:
    phone = ireland.channels[0]
    aim(ireland, 10, ireland.seller, phone)
    archive(ireland, phone)
    cells = {row.member_id: row.cells[0].editable for row in grid(ireland).rows}
    assert cells == {ireland.seller.pk: True, ireland.other_seller.pk: False}
    aim(ireland, None, ireland.seller, phone)
    assert phone.pk not in [column.channel_id for column in grid(ireland).columns]


def test_deals_that_come_in_through_an_archived_channel_still_show(ireland: Company) -> None:
    phone = ireland.channels[0]
    sell(ireland, 2, member=ireland.seller, channel=phone)
    archive(ireland, phone)
    assert grid(ireland).column_totals[0].pace.actual == 2


def test_back_from_the_archive_it_takes_targets_again(ireland: Company) -> None:
    phone = ireland.channels[0]
    archive(ireland, phone)
    with tenant(ireland.organization):
        lists.unarchive_channel(phone, by=ireland.admin)
    aim(ireland, 3, ireland.seller, phone)
    assert grid(ireland).overall.pace.target == 3


@pytest.mark.parametrize("count", [10, 0, None], ids=["set", "zero", "cleared"])
def test_one_with_targets_is_not_deleted_and_the_reason_is_said(ireland: Company, count: int | None) -> None:
    phone = ireland.channels[0]
    aim(ireland, 10, ireland.seller, phone)
    aim(ireland, count, ireland.seller, phone)
    response = ireland.client(ireland.admin).post(ireland.url(f"settings/lists/channels/{phone.pk}/delete/"))
    assert response.status_code == 409
    assert "1 monthly target" in response.content.decode()
    with tenant(ireland.organization):
        assert Channel.objects.filter(pk=phone.pk).exists()
        assert MonthlyTarget.objects.count() == 1


def test_one_that_nothing_refers_to_is_deleted(ireland: Company) -> None:
    phone = ireland.channels[0]
    response = ireland.client(ireland.admin).post(ireland.url(f"settings/lists/channels/{phone.pk}/delete/"))
    assert response.status_code == 302
    assert len(grid(ireland).columns) == len(ireland.channels) - 1


# What of it the other pages and the files show


def archived(site: Company) -> None:
    archive(site, site.channels[0])


def renamed(site: Company) -> None:
    with tenant(site.organization):
        lists.change_entry(site.channels[0], seen={}, by=site.admin, name="Telephone")


def another_one(site: Company) -> None:
    with tenant(site.organization):
        lists.add_entry(Channel(), by=site.admin, name="Fair")


CHANGES = pytest.mark.parametrize(
    ("happens", "name"),
    [
        pytest.param(archived, "acme phone", id="archived"),
        pytest.param(renamed, "Telephone", id="renamed"),
        pytest.param(another_one, "acme phone", id="another-one-was-added"),
    ],
)


@pytest.fixture
def busy(ireland: Company) -> Company:
    """4 of 10 by phone in October, 6 of 8 in September."""
    phone = ireland.channels[0]
    for month, target, deals in ((OCTOBER, 10, 4), (date(2026, 9, 1), 8, 6)):
        aim(ireland, target, ireland.seller, phone, month)
        sell(ireland, deals, member=ireland.seller, channel=phone, day=month.replace(day=2))
    return ireland


@CHANGES
def test_a_persons_page_and_year_keep_their_numbers(
    busy: Company, happens: Callable[[Company], None], name: str
) -> None:
    client, address = busy.client(busy.admin), busy.url(f"targets/{busy.seller.pk}/?month=2026-10")
    before = client.get(address).context["page"]
    happens(busy)
    after = client.get(address).context["page"]
    assert [(each.name, each.pace.actual, each.pace.target) for each in after.channels if each.pace.target] == [
        (name, 4, 10)
    ]
    assert (after.total, after.bars) == (before.total, before.bars)
    assert [change.new for change in after.history.changes] == [change.new for change in before.history.changes]


@CHANGES
@pytest.mark.parametrize(("month", "cells"), [("2026-10", ["4", "10"]), ("2026-09", ["6", "8"])])
def test_files_of_old_months_keep_it(
    busy: Company, happens: Callable[[Company], None], name: str, month: str, cells: list[str]
) -> None:
    happens(busy)
    response = busy.client(busy.admin).get(busy.url(f"targets/export/?month={month}"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    place = rows[0].index(f"{name} deals")
    assert rows[0][place + 1] == f"{name} target"
    assert next(row for row in rows if row[0] == busy.seller.name)[place : place + 2] == cells


@pytest.mark.parametrize(("happens", "there"), [(archived, False), (renamed, True), (another_one, True)])
def test_files_of_new_months_leave_an_archived_one_out(
    busy: Company, happens: Callable[[Company], None], there: bool
) -> None:
    happens(busy)
    response = busy.client(busy.admin).get(busy.url("targets/export/?month=2026-12"))
    heading = response.content.decode("utf-8-sig").splitlines()[0]
    assert (" phone deals" in heading or "Telephone deals" in heading) is there


def test_a_new_channel_in_the_middle_of_a_month_makes_nobody_miss_a_target(busy: Company) -> None:
    missing = [row.member_id for row in grid(busy).missing]
    assert busy.seller.pk not in missing
    another_one(busy)
    assert [row.member_id for row in grid(busy).missing] == missing


def test_last_months_targets_of_an_archived_channel_are_not_copied(busy: Company) -> None:
    archived(busy)
    answer = busy.client(busy.admin).post(
        busy.url("targets/copy/"), {"month": "2026-11", "member": busy.seller.pk}, follow=True
    )
    assert "Nothing to copy" in answer.content.decode()


def test_one_that_deals_alone_name_is_not_deleted_either(ireland: Company) -> None:
    phone = ireland.channels[0]
    sell(ireland, 2, member=ireland.seller, channel=phone)
    client = ireland.client(ireland.admin)
    response = client.post(ireland.url(f"settings/lists/channels/{phone.pk}/delete/"))
    assert response.status_code == 409
    assert "2 deals" in response.content.decode()
    with tenant(ireland.organization):
        assert Channel.objects.filter(pk=phone.pk).exists()
