"""Running an import: going on after a death, one worker at a time, whole deals, files that go."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.tenancy import tenant
from ledger import services
from ledger.ingest import ingest_deals
from ledger.models import Deal, DealLine, Import, ImportRefusal
from ledger.services import runs
from ledger.services.scope import TAKEN
from tests.conftest import Company
from tests.ledger.rows import NOTHING, batch

HEADER = "Number,Date,Salesperson,State,Product,Net amount\n"


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def started(company: Company, rows: str) -> Import:
    """An import that waits for a worker."""
    with tenant(company.organization):
        file = ContentFile((HEADER + rows).encode(), name="deals.csv")
        source = services.upload_import(file, filename="deals.csv", by=company.admin)
        return services.start_import(source, by=company.admin, enqueue=False)


def run(company: Company, source: Import, **options: Any) -> Import:
    """The import after a worker was on it."""
    services.run_import(company.organization, source.pk, **options)
    with tenant(company.organization):
        return Import.objects.get(pk=source.pk)


def told(company: Company, source: Import) -> list[tuple[str, Any, str, Any]]:
    """What the audit says of an import."""
    with tenant(company.organization):
        entries = AuditEntry.objects.filter(subject="ledger.import", subject_id=source.pk).select_related("by")
        return [(entry.why, entry.by, entry.field, entry.new) for entry in entries.order_by("pk")]


def rows(count: int) -> str:
    """So many deals of two lines each."""
    states = ["Unheard of"] + 19 * ["acme confirmed"]
    return "".join(
        f"D{row // 2},2026-03-31,{'' if row % 14 else 'Nobody'},{states[row % 20]},p{row},1\n" for row in range(count)
    )


@pytest.mark.django_db(transaction=True)
class TestRunImport:
    def test_one_that_died_goes_on_with_nothing_twice(self, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ledger.reading.batches.read_pieces.__kwdefaults__", {"after": 0, "rows": 50})
        whole = run(acme, started(acme, rows(400)))
        with tenant(acme.organization):
            expected = list(
                DealLine.objects.order_by("deal__number", "position").values_list("deal__number", "product")
            )
            DealLine.objects.all()._raw_delete("default")
            Deal.objects.all()._raw_delete("default")
        source = started(acme, rows(400))

        def die(progress: services.Progress) -> None:
            if progress.rows_read >= 150:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            services.run_import(acme.organization, source.pk, told=die)
        with tenant(acme.organization):
            half = Import.objects.get(pk=source.pk)
        assert (half.status, 0 < half.rows_stored < whole.rows_stored) == ("running", True)

        assert run(acme, source).status == "running", "a worker that shows signs of life keeps it"
        done = run(acme, source, takeover=True)
        assert (done.status, done.rows_read, done.rows_stored, done.rows_refused) == (
            "done",
            400,
            whole.rows_stored,
            whole.rows_refused,
        )
        with tenant(acme.organization):
            found = list(DealLine.objects.order_by("deal__number", "position").values_list("deal__number", "product"))
            assert ImportRefusal.objects.filter(source=source).count() == whole.rows_refused
        assert found == expected

    def test_lines_of_an_unchanged_deal_that_a_death_parts_stay_together(
        self, acme: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What a run found unchanged stands nowhere in the database; one that goes on looks back through the file."""
        monkeypatch.setattr("ledger.reading.batches.read_pieces.__kwdefaults__", {"after": 0, "rows": 2})
        known = "".join(f"D{n},2026-03-31,,acme confirmed,p,1\n" for n in range(6))
        run(acme, started(acme, known))
        source = started(acme, known + "D0,2026-03-31,,acme confirmed,further,2\n")

        def die(progress: services.Progress) -> None:
            if progress.rows_read >= 4:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            services.run_import(acme.organization, source.pk, told=die)
        done = run(acme, source, takeover=True)
        assert (done.status, done.rows_stored, done.rows_unchanged) == ("done", 7, 6)
        with tenant(acme.organization):
            deal = Deal.objects.get(number="D0")
            assert [line.product for line in deal.lines.order_by("position")] == ["p", "further"]

    def test_a_worker_that_was_taken_over_writes_nothing_more(
        self, acme: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ledger.reading.batches.read_pieces.__kwdefaults__", {"after": 0, "rows": 50})
        source = started(acme, rows(400))

        def taken(progress: services.Progress) -> None:
            with tenant(acme.organization):
                Import.objects.filter(pk=source.pk).update(claim=uuid4())

        half = run(acme, source, told=taken)
        assert (half.status, half.rows_read) == ("running", 50)

    def test_a_file_that_is_gone_is_said(self, acme: Company) -> None:
        source = started(acme, rows(4))
        default_storage.delete(source.file.name)
        stopped = run(acme, source)
        assert stopped.status == "failed"
        assert stopped.problem == runs.FILE_GONE

    def test_what_goes_wrong_on_our_side_stops_it_and_it_can_go_on(
        self, acme: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = started(acme, rows(4))
        with monkeypatch.context() as patch:
            patch.setattr(runs, "ingest_deals", None)
            stopped = run(acme, source)
        assert stopped.status == "failed"
        assert "can go on where it stopped" in stopped.problem
        with tenant(acme.organization):
            assert not Deal.objects.exists()
            services.start_import(stopped, by=acme.admin, enqueue=False)
        assert run(acme, source).status == "done"

    def test_what_stopped_it_stands_in_the_audit(self, acme: Company) -> None:
        source = started(acme, rows(4))
        default_storage.delete(source.file.name)
        run(acme, source)
        assert told(acme, source) == [
            ("started", acme.admin, "status", "queued"),
            ("failed", None, "status", "failed"),
            ("failed", None, "problem", runs.FILE_GONE),
            ("failed", None, "rows_stored", 0),
            ("failed", None, "rows_refused", 0),
        ]

    def test_one_that_is_told_to_stop_does_and_can_go_on(self, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ledger.reading.batches.read_pieces.__kwdefaults__", {"after": 0, "rows": 50})
        source = started(acme, rows(400))

        def stop(progress: services.Progress) -> None:
            with tenant(acme.organization):
                services.stop_import(source, by=acme.admin)

        stopped = run(acme, source, told=stop)
        assert (stopped.status, stopped.rows_read, Path(stopped.file.path).exists()) == ("failed", 50, True)
        assert stopped.problem.startswith("acme admin stopped it after line 51.")
        stop_rows = [row for row in told(acme, source) if row[0] == "stopped"]
        assert ("stopped", acme.admin, "status", "failed") in stop_rows
        with tenant(acme.organization):
            services.start_import(stopped, by=acme.admin, enqueue=False)
        done = run(acme, source)
        assert (done.status, done.rows_read) == ("done", 400)
        with tenant(acme.organization), pytest.raises(services.ImportBusy):
            services.stop_import(done, by=acme.admin)

    def test_a_deal_that_loses_a_line_in_the_ledger_loses_all(self, acme: Company) -> None:
        done = run(
            acme,
            started(
                acme,
                "A,2026-03-31,,acme confirmed,p,1\n"
                "A,2026-04-01,,acme confirmed,q,1\n"
                "B,2026-03-31,,acme confirmed,p,1\n",
            ),
        )
        assert (done.rows_stored, done.rows_refused) == (1, 2)
        with tenant(acme.organization):
            assert Deal.objects.get().number == "B"

    def test_the_file_goes_once_it_is_done(self, acme: Company) -> None:
        source = started(acme, rows(4))
        name = source.file.name
        assert default_storage.exists(name)
        assert not run(acme, source).file
        assert not default_storage.exists(name)

    def test_changed_states_and_amounts_replace_what_was_there(self, acme: Company) -> None:
        run(acme, started(acme, "A,2026-03-31,,acme proposed,p,1\n"))
        done = run(acme, started(acme, "A,2026-03-31,,acme confirmed,p,2\n"))
        assert (done.rows_stored, done.rows_unchanged) == (1, 0)
        with tenant(acme.organization):
            deal = Deal.objects.get()
            assert (deal.state, deal.net) == (acme.confirmed, Decimal(2))


@pytest.mark.django_db(transaction=True)
class TestUpkeep:
    def test_an_import_without_signs_of_life_is_started_again(
        self, acme: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []
        monkeypatch.setattr("ledger.services.upkeep.enqueue_run", lambda source: asked.append(source.pk))
        source = started(acme, rows(4))
        with tenant(acme.organization):
            alive = Import.objects.filter(pk=source.pk)
            alive.update(status="running", claim=uuid4())
            assert services.resume_stalled_imports() == 0
            alive.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
            assert services.resume_stalled_imports() == 1
            assert services.resume_stalled_imports() == 0
        assert asked == [source.pk]
        assert run(acme, source).status == "done"

    def test_files_go_after_a_week(self, acme: Company) -> None:
        source = started(acme, rows(4))
        name = source.file.name
        with tenant(acme.organization):
            failed = Import.objects.filter(pk=source.pk)
            failed.update(status="failed", finished_at=timezone.now() - timedelta(days=6))
            assert services.clean_import_files() == 0
            failed.update(finished_at=timezone.now() - timedelta(days=8))
            assert services.clean_import_files() == 1
        assert not default_storage.exists(name)
        with tenant(acme.organization), pytest.raises(services.ImportBusy):
            services.start_import(source, by=acme.admin)


@pytest.mark.django_db(transaction=True)
def test_a_deal_that_becomes_anothers_meanwhile_is_not_the_managers(acme: Company) -> None:
    with tenant(acme.organization):
        text = f"{HEADER}A1,2026-03-31,{acme.seller.email},{acme.confirmed.name},mine,1\n"
        file = ContentFile(text.encode(), name="deals.csv")
        source = services.upload_import(file, filename="deals.csv", by=acme.manager)
        services.start_import(source, by=acme.manager, enqueue=False)
    with ThreadPoolExecutor(1) as pool:
        with tenant(acme.organization):
            theirs = {"number": "A1", "member": acme.other_seller.email, "state": acme.confirmed.name}
            ingest_deals(batch(theirs), kind="sale", run=uuid4(), unknowns=NOTHING)
            running = pool.submit(run_apart, acme, source)
            waits_for_us()
        running.result()
    with tenant(acme.organization):
        assert Deal.objects.get().member == acme.other_seller
        assert ImportRefusal.objects.get().reason == TAKEN


def run_apart(company: Company, source: Import) -> None:
    """A worker of its own thread, with a connection of its own."""
    try:
        services.run_import(company.organization, source.pk)
    finally:
        connection.close()


def waits_for_us() -> None:
    """Until somebody waits for this transaction to end."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_locks WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)) LIMIT 1")
            if cursor.rowcount:
                return
        time.sleep(0.05)
    raise AssertionError("Nobody waited.")
