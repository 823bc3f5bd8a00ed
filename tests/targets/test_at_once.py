"""Two people at the same cells at the same moment, on connections of their own: one is asked, nothing is lost."""

import threading
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEntry, Member
from accounts.tenancy import tenant
from targets import services
from targets.facts import month_facts
from targets.models import MonthlyTarget
from targets.services import Edit, Spread
from targets.services.edits import Outcome
from tests.conftest import Company, found
from tests.targets.conftest import NOON, OCTOBER, TODAY

NOVEMBER = date(2026, 11, 1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(transactional_db: None) -> Company:
    return found("acme")


def put(site: Company, count: int | None, version: int, *, by: Member, channel: int = 0, **rest: Any) -> Any:
    where = (site.seller.pk, site.channels[channel].pk, OCTOBER)
    return services.set_target(*where, count=count, version=version, by=by, at=NOON, **rest)


def held(site: Company, month: date = OCTOBER) -> list[tuple[int | None, Decimal | None, int]]:
    with tenant(site.organization):
        rows = MonthlyTarget.objects.filter(month=month, member=site.seller).order_by("channel_id")
        return list(rows.values_list("count", "revenue", "version"))


def while_open(site: Company, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """What comes of `second`, begun while `first` is done and not committed, and waiting for it."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            with tenant(site.organization):
                outcome.append(second())
        except Exception as error:  # noqa: BLE001 - the tests look at it
            outcome.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with tenant(site.organization):
        first()
        other.start()
        deadline = time.monotonic() + 20
        with connection.cursor() as cursor:
            waiting = 0
            while not waiting and other.is_alive() and time.monotonic() < deadline:
                time.sleep(0.02)
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                [[waiting]] = cursor.fetchall()
    other.join(timeout=30)
    [came] = outcome
    return came


@pytest.mark.parametrize("standing", [None, 10], ids=["first-edit", "later-edit"])
def test_a_save_that_waits_for_another_becomes_a_question(site: Company, standing: int | None) -> None:
    version = 0
    if standing is not None:
        with tenant(site.organization):
            version = put(site, standing, 0, by=site.admin).version
    came = while_open(
        site,
        lambda: put(site, 20, version, by=site.admin),
        lambda: put(
            site,
            30,
            version,
            by=site.manager,
            facts=month_facts(site.manager, site.organization, OCTOBER, TODAY),
        ),
    )
    assert isinstance(came, services.Conflict)
    assert (came.standing.number, came.standing.name, came.standing.version) == (20, site.admin.name, version + 1)
    assert held(site) == [(20, None, version + 1)]
    with tenant(site.organization):
        assert not AuditEntry.objects.filter(subject=services.SUBJECT, by=site.manager).exists()


def test_a_revenue_that_is_set_at_once_stays_beside_the_count(site: Company) -> None:
    where = (site.seller.pk, site.channels[0].pk, OCTOBER)
    came = while_open(
        site,
        lambda: services.set_revenue(*where, revenue=Decimal(5000), version=0, by=site.admin, at=NOON),
        lambda: put(site, 30, 0, by=site.manager),
    )
    assert (came.new, came.version) == (30, 2)
    assert held(site) == [(30, Decimal(5000), 2)]


def test_what_changed_between_reading_the_page_and_writing_is_asked_about(site: Company) -> None:
    with tenant(site.organization):
        facts = month_facts(site.manager, site.organization, OCTOBER, TODAY)
        put(site, 20, 0, by=site.admin)
        with pytest.raises(services.Conflict):
            put(site, 30, 0, by=site.manager, facts=facts)
    assert held(site) == [(20, None, 1)]


def test_a_block_asks_about_the_cell_that_was_set_at_once_and_stores_the_others(site: Company) -> None:
    edits = [Edit(site.seller.pk, channel.pk, 5, 0) for channel in site.channels]
    came = while_open(
        site,
        lambda: put(site, 20, 0, by=site.admin, channel=2),
        lambda: services.paste_targets(edits, OCTOBER, by=site.manager, at=NOON),
    )
    assert {place: error.standing.number for place, error in came.errors.items()} == {2: 20}
    assert len(came.changes) == 4
    assert [count for count, _, _ in held(site)] == [5, 5, 20, 5, 5]


def test_a_form_of_all_or_nothing_stores_nothing_where_one_cell_was_set_at_once(site: Company) -> None:
    edits = [Edit(site.seller.pk, channel.pk, 5, 0) for channel in site.channels]
    came = while_open(
        site,
        lambda: put(site, 20, 0, by=site.admin, channel=2),
        lambda: services.set_targets(edits, OCTOBER, by=site.manager, at=NOON),
    )
    assert isinstance(came, services.EditsRefused)
    assert list(came.errors) == [2]
    assert held(site) == [(20, None, 1)]


@pytest.mark.parametrize("agreed", [False, True], ids=["empty-cell", "agreed-to-replace"])
def test_one_number_for_many_cells_stores_nothing_where_one_was_set_at_once(site: Company, agreed: bool) -> None:
    spread = Spread(site.channels[0].pk, [site.seller.pk], [OCTOBER, NOVEMBER])
    version, yes = 0, {}
    if agreed:
        with tenant(site.organization):
            version = put(site, 12, 0, by=site.admin).version
        yes = {(site.seller.pk, site.channels[0].pk, OCTOBER, "count"): version}
    came = while_open(
        site,
        lambda: put(site, 20, version, by=site.admin),
        lambda: services.apply_target(spread, number=5, by=site.manager, at=NOON, agreed=yes),  # type: ignore[arg-type]
    )
    assert isinstance(came, services.Conflict)
    assert held(site) == [(20, None, version + 1)]
    assert held(site, NOVEMBER) == []


def test_an_undo_waits_and_leaves_what_was_set_at_once(site: Company) -> None:
    with tenant(site.organization):
        batch = put(site, 10, 0, by=site.manager).batch
    came = while_open(
        site,
        lambda: put(site, 20, 1, by=site.admin),
        lambda: services.undo(batch, by=site.manager, at=NOON),
    )
    assert isinstance(came, services.ChangedSince)
    assert held(site) == [(20, None, 2)]


def test_two_blocks_over_the_same_cells_never_wait_for_each_other(site: Company) -> None:
    edits = [Edit(site.seller.pk, channel.pk, 5, 0) for channel in site.channels]
    gate = threading.Barrier(2)
    came: list[Outcome] = []

    def paste(number: int, *, backwards: bool) -> None:
        try:
            block = [Edit(edit.member_id, edit.channel_id, number, 0) for edit in edits]
            gate.wait(timeout=20)
            with tenant(site.organization):
                came.append(
                    services.paste_targets(block[::-1] if backwards else block, OCTOBER, by=site.admin, at=NOON)
                )
        finally:
            connection.close()

    writers = [threading.Thread(target=paste, args=(6 + n,), kwargs={"backwards": bool(n)}) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=30)
    assert sorted(len(outcome.changes) for outcome in came) == [0, 5]
    assert len({count for count, _, _ in held(site)}) == 1
