"""What becomes of targets when a channel is renamed, added, archived or deleted."""

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
    assert after.rows == before.rows
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
