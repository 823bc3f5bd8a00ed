"""References that are checked once a statement promise what foreign keys promise."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import Zone
from accounts.tenancy import tenant
from ledger.models import Channel, Deal, DealLine
from tests.conftest import Company

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def deal(company: Company, **values: Any) -> Deal:
    """A stored deal, past the ingest: only the table is of interest."""
    given = {
        "kind": "sale",
        "number": uuid4().hex,
        "date": date(2026, 1, 2),
        "state": company.confirmed,
        "run": uuid4(),
    }
    return Deal.objects.create(organization=company.organization, **given | values)


def refused(act: Callable[[], Any]) -> Any:
    """The database's own error."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.errors.ForeignKeyViolation)
    return cause.diag


def test_a_row_that_points_nowhere_is_refused_and_the_error_says_which(acme: Company) -> None:
    with tenant(acme.organization):
        diag = refused(lambda: deal(acme, channel_id=10**9))
    assert (diag.constraint_name, diag.table_name) == ("ledger_deal_references", "ledger_deal")
    assert diag.message_detail == 'Key (channel_id)=(1000000000) is not present in table "ledger_channel".'


def test_one_bad_row_among_many_is_found(acme: Company) -> None:
    with tenant(acme.organization):
        good = {"organization": acme.organization, "kind": "sale", "date": date(2026, 1, 2), "run": uuid4()}
        rows = [Deal(**good, number=str(n), state=acme.confirmed) for n in range(50)]
        rows[30].zone_id = 10**9
        assert refused(lambda: Deal.objects.bulk_create(rows)).constraint_name == "ledger_deal_references"
        assert not Deal.objects.filter(number="0").exists()


def test_a_change_is_checked_too(acme: Company) -> None:
    with tenant(acme.organization):
        stored = deal(acme)
        refused(lambda: Deal.objects.filter(pk=stored.pk).update(member_id=10**9))


def test_another_organizations_row_counts_as_none(acme: Company, rival: Company) -> None:
    with tenant(acme.organization):
        refused(lambda: deal(acme, channel_id=rival.channels[0].pk))


def test_what_is_referred_to_is_not_deleted(acme: Company) -> None:
    with tenant(acme.organization):
        zone = Zone.objects.create(organization=acme.organization, name="North")
        deal(acme, zone=zone)
        diag = refused(lambda: run("DELETE FROM accounts_zone WHERE id = %s", zone.pk))
        assert (diag.constraint_name, diag.table_name) == ("ledger_deal_references", "ledger_deal")


def test_a_deal_is_not_deleted_from_under_its_lines(acme: Company) -> None:
    with tenant(acme.organization):
        stored = deal(acme)
        DealLine.objects.create(organization=acme.organization, deal=stored, position=1)
        refused(lambda: run("DELETE FROM ledger_deal WHERE id = %s", stored.pk))


def test_what_nobody_refers_to_is_deleted(acme: Company) -> None:
    with tenant(acme.organization):
        zone = Zone.objects.create(organization=acme.organization, name="North")
        assert run("DELETE FROM accounts_zone WHERE id = %s", zone.pk) == 1


def test_the_key_of_a_row_never_changes(acme: Company) -> None:
    with tenant(acme.organization):
        refused(lambda: run("UPDATE ledger_channel SET id = id + 1000000 WHERE id = %s", acme.channels[0].pk))
        assert run("UPDATE ledger_channel SET id = id, name = 'Other' WHERE id = %s", acme.channels[0].pk) == 1


def test_deleting_waits_for_a_row_that_is_just_being_added(acme: Company) -> None:
    """Without the lock both would succeed, and the deal would point nowhere."""
    with tenant(acme.organization):
        channel = Channel.objects.create(organization=acme.organization, name="Fair", position=9)
    added, outcome = Event(), []

    def delete() -> None:
        added.wait(10)
        try:
            with tenant(acme.organization):
                run("DELETE FROM ledger_channel WHERE id = %s", channel.pk)
        except IntegrityError:
            outcome.append("refused")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        with tenant(acme.organization):
            deal(acme, channel=channel)
            deleting = other.submit(delete)
            added.set()
            wait_until_somebody_waits()
        deleting.result(10)
    assert outcome == ["refused"]


def test_adding_waits_for_a_row_that_is_just_being_deleted(acme: Company) -> None:
    with tenant(acme.organization):
        channel = Channel.objects.create(organization=acme.organization, name="Fair", position=9)
    deleted, outcome = Event(), []

    def add() -> None:
        deleted.wait(10)
        try:
            with tenant(acme.organization):
                deal(acme, channel_id=channel.pk)
        except IntegrityError:
            outcome.append("refused")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        with tenant(acme.organization):
            run("DELETE FROM ledger_channel WHERE id = %s", channel.pk)
            adding = other.submit(add)
            deleted.set()
            wait_until_somebody_waits()
        adding.result(10)
    assert outcome == ["refused"]


def test_added_later_it_looks_at_the_rows_that_stand_there(acme: Company) -> None:
    key: Any = next(each for each in Deal._meta.constraints if each.name == "ledger_deal_references")
    editor = connections["owner"].schema_editor()
    owner(key.remove_sql(Deal, editor))
    with tenant(acme.organization):
        bad = deal(acme, channel_id=10**9)
    with pytest.raises(IntegrityError):
        owner(*key.statements(Deal, editor))
    with tenant(acme.organization):
        bad.delete()
    owner(*key.statements(Deal, editor))
    with connection.cursor() as cursor:
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'ledger_deal'")
        assert cursor.fetchone() == (True,)


def owner(*sql: str) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for each in sql:
            cursor.execute(each)


def run(sql: str, *parameters: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        changed: int = cursor.rowcount
        return changed


def wait_until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            (waiting,) = cursor.fetchone()
            if waiting:
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("nobody waits")
