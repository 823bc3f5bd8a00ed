"""Workers that are killed, and imports side by side."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from django.test import Client

from accounts.models import OutboxJob
from ledger.models import Import
from tests.chaos.conftest import Processes, check, deals, eventually, start, state, wait_for
from tests.conftest import Company
from tests.mail import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_import_goes_on_where_a_killed_worker_stopped_with_nothing_twice(
    acme: Company, processes: Processes
) -> None:
    source = start(acme, deals(acme, 40_000))
    first = processes.worker()
    eventually(lambda: state(acme, source).rows_stored > 0, "the first piece is stored")
    processes.kill(first)
    half = state(acme, source)
    assert (half.status, 0 < half.rows_stored < 80_000) == ("running", True)
    check(acme, half.rows_stored // 2)

    processes.worker()
    wait_for(acme, source)
    done = state(acme, source)
    assert (done.rows_read, done.rows_stored, done.rows_unchanged, done.rows_refused) == (80_000, 80_000, 0, 0)
    check(acme, 40_000)


def test_two_imports_of_one_organization_and_one_of_another_at_once(
    acme: Company, rival: Company, processes: Processes
) -> None:
    overlapping = [start(acme, deals(acme, 8_000)), start(acme, deals(acme, 12_000))]
    apart = start(rival, deals(rival, 8_000))
    processes.worker(concurrency=3)
    wait_for(acme, *overlapping)
    wait_for(rival, apart)
    check(acme, 12_000)
    check(rival, 8_000)


def test_a_letter_goes_out_while_imports_keep_every_process_of_theirs_busy(
    acme: Company, processes: Processes, mailbox: Mailbox
) -> None:
    source = start(acme, deals(acme, 500))
    with row_held(acme, source):
        processes.worker(queues="long")
        processes.worker(queues="short")
        eventually(lambda: OutboxJob.objects.filter(attempts=1).exists(), "the import has begun")
        Client().post("/accounts/password/reset/", {"email": acme.seller.email})
        eventually(lambda: bool(mailbox.letters), "the letter has come")
        assert mailbox.only().to == [acme.seller.email]
        assert state(acme, source).status == "queued", "it still waits for its row"
    wait_for(acme, source)


@contextmanager
def row_held(company: Company, source: Import) -> Iterator[None]:
    """An import that a worker has taken gets no further than its own row."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.organization = '{company.organization.pk}'")
            cursor.execute("SELECT FROM ledger_import WHERE id = %s FOR UPDATE", [source.pk])
            assert cursor.rowcount == 1
        yield
    finally:
        other.rollback()
        other.close()
