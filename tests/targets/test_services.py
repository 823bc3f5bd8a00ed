"""Setting, clearing and undoing monthly targets."""

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts import services as people
from accounts.models import AuditEntry, Member, Role
from accounts.tenancy import tenant
from ledger.models import Channel
from targets import services
from targets.models import MonthlyTarget
from tests.conftest import Company, found

OCTOBER = date(2026, 10, 1)
AT = datetime(2026, 10, 22, 9, 30, tzinfo=UTC)
# As copying a month does: both numbers of a cell in one write.
COPIED: list[tuple[Any, services.Metric]] = [(20, "count"), (Decimal(9000), "revenue")]


@pytest.fixture
def site(acme: Company) -> Iterator[Company]:
    """Acme with its tenant open."""
    with tenant(acme.organization):
        yield acme


def put(
    site: Company, count: int | None, version: int = 0, *, by: Member | None = None, **rest: Any
) -> services.Change:
    edit: dict[str, Any] = {
        "member_id": site.seller.pk,
        "channel_id": site.channels[0].pk,
        "month": OCTOBER,
        "at": AT,
    } | rest
    return services.set_target(**edit, count=count, version=version, by=by or site.manager)


def stored(site: Company) -> list[tuple[int | None, int]]:
    return list(MonthlyTarget.objects.order_by("pk").values_list("count", "version"))


def audited() -> Any:
    return AuditEntry.objects.filter(subject=services.SUBJECT)


def test_sets_a_first_target_with_its_audit_row(site: Company) -> None:
    change = put(site, 15)
    target = MonthlyTarget.objects.get()
    entry = audited().get()
    assert (target.member, target.channel, target.month) == (site.seller, site.channels[0], OCTOBER)
    assert (target.count, target.revenue, target.version) == (15, None, 1)
    assert (change.old, change.new, change.version, change.batch) == (None, 15, 1, entry.batch)
    assert (entry.at, entry.by, entry.why) == (AT, site.manager, "typed")
    assert (entry.subject, entry.subject_id, entry.field) == ("targets.monthlytarget", target.pk, "count")
    assert (entry.old, entry.new) == (None, 15)


def test_clearing_and_zero_are_different(site: Company) -> None:
    put(site, 15)
    put(site, 0, 1)
    assert stored(site) == [(0, 2)]
    put(site, None, 2)
    assert stored(site) == [(None, 3)]
    assert list(audited().order_by("pk").values_list("old", "new")) == [(None, 15), (15, 0), (0, None)]


def test_clearing_leaves_the_revenue_target(site: Company) -> None:
    put(site, 15)
    MonthlyTarget.objects.update(revenue=5000)
    put(site, None, 1)
    assert MonthlyTarget.objects.values_list("count", "revenue").get() == (None, 5000)


def test_what_stands_already_changes_nothing_whatever_the_version(site: Company) -> None:
    put(site, 15)
    change = put(site, 15, 0, by=site.admin)
    assert (change.version, change.batch) == (1, None)
    assert stored(site) == [(15, 1)]
    assert audited().count() == 1


def test_clearing_an_empty_cell_writes_nothing(site: Company) -> None:
    assert put(site, None).batch is None
    assert stored(site) == []


def test_a_stale_version_is_a_conflict_that_says_who_set_what_and_when(site: Company) -> None:
    put(site, 15)
    put(site, 18, 1, by=site.admin, at=AT + timedelta(minutes=3))
    with pytest.raises(services.Conflict) as caught:
        put(site, 16, 1)
    standing = caught.value.standing
    assert (standing.number, standing.version, standing.name) == (18, 2, site.admin.name)
    assert standing.at == AT + timedelta(minutes=3)
    assert stored(site) == [(18, 2)]


def test_a_second_first_edit_is_a_conflict_too(site: Company) -> None:
    put(site, 15)
    with pytest.raises(services.Conflict):
        put(site, 16, 0)


@pytest.mark.parametrize(
    ("who", "whom", "allowed"),
    [
        ("admin", "seller", True),
        ("admin", "other_seller", True),
        ("manager", "seller", True),
        ("manager", "other_seller", False),
        ("manager", "manager", False),
        ("seller", "seller", False),
        ("seller", "other_seller", False),
    ],
)
@pytest.mark.parametrize("month", [date(2026, 8, 1), OCTOBER, date(2026, 12, 1)], ids=["ended", "current", "future"])
def test_who_may_set_whose(site: Company, who: str, whom: str, allowed: bool, month: date) -> None:
    def attempt() -> object:
        return put(site, 5, by=getattr(site, who), member_id=getattr(site, whom).pk, month=month)

    if allowed:
        attempt()
        assert stored(site) == [(5, 1)]
    else:
        with pytest.raises(PermissionDenied):
            attempt()
        assert stored(site) == []


def test_a_manager_may_not_set_for_somebody_who_left_the_team_before(site: Company) -> None:
    site.seller.team_memberships.update(end=date(2026, 9, 30))
    put(site, 5, month=date(2026, 9, 1))
    with pytest.raises(PermissionDenied):
        put(site, 5)


@pytest.mark.parametrize("count", [-1, 1_000_001])
def test_numbers_out_of_range(site: Company, count: int) -> None:
    with pytest.raises(services.NoSuchNumber):
        put(site, count)


def test_the_largest_number(site: Company) -> None:
    assert put(site, 1_000_000).new == 1_000_000


def test_another_organization_is_unknown(acme: Company, rival: Company) -> None:
    with tenant(acme.organization):
        for where in ({"member_id": rival.seller.pk}, {"channel_id": rival.channels[0].pk}, {"member_id": 0}):
            with pytest.raises(services.UnknownCell):
                put(acme, 5, by=acme.admin, **where)
        assert stored(acme) == []


def test_an_archived_channel_takes_no_number_but_can_be_cleared(site: Company) -> None:
    put(site, 15)
    Channel.objects.filter(pk=site.channels[0].pk).update(archived_at=AT)
    with pytest.raises(services.ChannelArchived):
        put(site, 16, 1)
    assert put(site, None, 1).new is None


@pytest.mark.parametrize(
    ("span", "open_months"),
    [
        pytest.param({"active_to": date(2026, 9, 30)}, [9], id="left-the-day-before"),
        pytest.param({"active_to": date(2026, 10, 1)}, [9, 10], id="left-on-the-first"),
        pytest.param({"active_from": date(2026, 10, 31)}, [10, 11], id="starts-on-the-last"),
        pytest.param({"active_from": date(2026, 11, 1)}, [11], id="starts-the-month-after"),
    ],
)
def test_only_who_is_here_in_the_month_gets_a_number(
    site: Company, span: dict[str, date], open_months: list[int]
) -> None:
    Member.objects.filter(pk=site.seller.pk).update(**span)
    taken = []
    for number in (9, 10, 11):
        try:
            put(site, 5, month=date(2026, number, 1))
        except services.MemberInactive:
            continue
        taken.append(number)
    assert taken == open_months


def test_undo_puts_back_what_stood_before(site: Company) -> None:
    put(site, 13)
    change = put(site, 15, 1)
    assert change.batch is not None
    [undone] = services.undo(change.batch, by=site.manager, at=AT)
    assert (undone.old, undone.new, undone.version) == (15, 13, 3)
    assert stored(site) == [(13, 3)]
    assert audited().order_by("-pk").values_list("why", "old", "new").first() == ("undone", 15, 13)


def test_undo_of_a_first_target_clears_it(site: Company) -> None:
    change = put(site, 15)
    assert change.batch is not None
    services.undo(change.batch, by=site.manager, at=AT)
    assert stored(site) == [(None, 2)]


def test_undo_twice_finds_nothing_the_second_time(site: Company) -> None:
    change = put(site, 15)
    assert change.batch is not None
    services.undo(change.batch, by=site.manager, at=AT)
    with pytest.raises(services.NothingToUndo):
        services.undo(change.batch, by=site.manager, at=AT)


def test_edits_of_one_cell_are_undone_one_after_the_other(site: Company) -> None:
    batches = [put(site, 13).batch, put(site, 15, 1).batch, put(site, 18, 2).batch]
    for batch, left in zip(reversed(batches), [15, 13, None], strict=True):
        assert batch is not None
        services.undo(batch, by=site.manager, at=AT)
        assert stored(site)[0][0] == left
        with pytest.raises(services.NothingToUndo):
            services.undo(batch, by=site.manager, at=AT)


def test_what_was_set_after_an_undo_is_left_by_the_undo_of_what_came_before(site: Company) -> None:
    first, second = put(site, 13).batch, put(site, 15, 1).batch
    assert first is not None
    assert second is not None
    services.undo(second, by=site.manager, at=AT)
    put(site, 20, 3, by=site.admin)
    with pytest.raises(services.ChangedSince) as caught:
        services.undo(first, by=site.manager, at=AT)
    assert (caught.value.standing.number, caught.value.standing.name) == (20, site.admin.name)


def test_a_number_copied_with_its_revenue_is_a_conflict_for_who_saw_it_before(site: Company) -> None:
    put(site, 15)
    batch = [services.Edit(site.seller.pk, site.channels[0].pk, number, 1, metric) for number, metric in COPIED]
    services.set_targets(batch, OCTOBER, by=site.admin, at=AT)
    for count in (16, 17):
        with pytest.raises(services.Conflict):
            put(site, count, 1)
    assert stored(site) == [(20, 2)]


def test_undo_leaves_what_was_changed_since(site: Company) -> None:
    change = put(site, 15)
    put(site, 18, 1, by=site.admin)
    assert change.batch is not None
    with pytest.raises(services.ChangedSince) as caught:
        services.undo(change.batch, by=site.manager, at=AT)
    assert (caught.value.standing.number, caught.value.standing.name) == (18, site.admin.name)
    assert stored(site) == [(18, 2)]


def test_undo_asks_for_the_same_right(site: Company) -> None:
    change = put(site, 15)
    assert change.batch is not None
    with pytest.raises(PermissionDenied):
        services.undo(change.batch, by=site.seller, at=AT)
    assert stored(site) == [(15, 1)]


def test_undo_of_another_organizations_edit_finds_nothing(acme: Company, rival: Company) -> None:
    with tenant(rival.organization):
        change = put(rival, 15)
    with tenant(acme.organization), pytest.raises(services.NothingToUndo):
        services.undo(change.batch or uuid.uuid4(), by=acme.admin, at=AT)


def test_several_cells_are_one_batch_and_one_undo(site: Company) -> None:
    edits = [services.Edit(site.seller.pk, channel.pk, 5, 0) for channel in site.channels]
    changes = services.set_targets(edits, OCTOBER, by=site.admin, at=AT)
    [batch] = {change.batch for change in changes}
    assert stored(site) == [(5, 1)] * 5
    assert batch is not None
    services.undo(batch, by=site.admin, at=AT)
    assert stored(site) == [(None, 2)] * 5


def test_several_cells_are_all_stored_or_none(site: Company) -> None:
    put(site, 15)
    Channel.objects.filter(pk=site.channels[1].pk).update(archived_at=AT)
    edits = [
        services.Edit(site.seller.pk, site.channels[2].pk, 7, 0),
        services.Edit(site.seller.pk, site.channels[0].pk, 16, 0),
        services.Edit(site.seller.pk, site.channels[1].pk, 3, 0),
    ]
    with pytest.raises(services.EditsRefused) as caught:
        services.set_targets(edits, OCTOBER, by=site.manager, at=AT)
    assert {place: type(error) for place, error in caught.value.errors.items()} == {
        1: services.Conflict,
        2: services.ChannelArchived,
    }
    assert stored(site) == [(15, 1)]


def test_one_foreign_cell_among_several_ends_it_at_once(site: Company) -> None:
    good = services.Edit(site.seller.pk, site.channels[2].pk, 7, 0)
    not_theirs = services.Edit(site.other_seller.pk, site.channels[2].pk, 3, 0)
    not_there = services.Edit(site.seller.pk, 0, 3, 0)
    with pytest.raises(services.NotYours):
        services.set_targets([good, not_theirs], OCTOBER, by=site.manager, at=AT)
    with pytest.raises(services.UnknownCell):
        services.set_targets([good, not_there], OCTOBER, by=site.manager, at=AT)
    assert stored(site) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("standing", [None, 10], ids=["first-edit", "later-edit"])
def test_of_two_writers_at_once_one_gets_the_conflict(standing: int | None) -> None:
    site = found("acme")
    version = 0
    if standing is not None:
        with tenant(site.organization):
            version = put(site, standing).version
    gate = threading.Barrier(2)
    outcomes: list[Any] = []

    def write(count: int) -> None:
        try:
            with tenant(site.organization):
                gate.wait(timeout=10)
                outcomes.append(put(site, count, version, by=site.admin, at=timezone.now()).new)
        except services.Conflict as conflict:
            outcomes.append(("conflict", conflict.standing.number))
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(count,)) for count in (20, 30)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    won = next(outcome for outcome in outcomes if isinstance(outcome, int))
    assert sorted(outcomes, key=str) == sorted([won, ("conflict", won)], key=str)
    with tenant(site.organization):
        assert stored(site) == [(won, version + 1)]
        assert audited().filter(new=won).count() == 1


def test_a_salesperson_who_manages_a_team_is_still_a_salesperson(site: Company) -> None:
    people.manage_team(site.other_seller, site.team)
    assert site.other_seller.role == Role.SALESPERSON
    with pytest.raises(PermissionDenied):
        put(site, 5, by=site.other_seller)
