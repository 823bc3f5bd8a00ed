"""Workers that are killed, and imports side by side."""

import pytest

from tests.chaos.conftest import Processes, check, deals, eventually, start, state, wait_for
from tests.conftest import Company

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
