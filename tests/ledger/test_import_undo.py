"""Undoing a whole import in the browser and in the worker."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, OutboxJob, TeamManager
from accounts.tenancy import tenant
from ledger import services
from ledger.ingest.totals import differences
from ledger.models import Brand, Customer, Deal, DealChange, Import
from ledger.services import lists, undoing
from tests.conftest import Company
from tests.ledger.rows import store

pytestmark = pytest.mark.django_db

HEADER = "Number,Date,Salesperson,State,Net amount\n"


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def imported(company: Company, rows: str, **by: Any) -> Import:
    """A finished import."""
    with tenant(company.organization):
        member = by.get("by", company.admin)
        file = ContentFile((HEADER + rows).encode(), name="deals.csv")
        source = services.upload_import(file, filename="deals.csv", by=member)
        services.start_import(source, by=member, enqueue=False)
    services.run_import(company.organization, source.pk)
    return fresh(company, source)


def fresh(company: Company, source: Import) -> Import:
    with tenant(company.organization):
        return Import.objects.select_related("created_by", "undone_by").get(pk=source.pk)


def sales(company: Company, *numbers: str, net: int = 5) -> str:
    return "".join(f"{number},2026-03-02,,{company.confirmed.name},{net}\n" for number in numbers)


def undo(company: Company, source: Import) -> Import:
    with tenant(company.organization):
        services.undo_import(source, by=company.admin)
    services.run_undo(company.organization, source.pk)
    return fresh(company, source)


class TestServices:
    def test_what_it_brought_goes_what_it_changed_is_put_back_and_what_changed_since_stays(self, acme: Company) -> None:
        imported(acme, sales(acme, "A1", net=1))
        source = imported(acme, sales(acme, "A1", "A2", "A3", net=2))
        store(acme, {"number": "A3", "net": 9, "state": acme.confirmed.name}, by=acme.manager)
        done = undo(acme, source)
        assert (done.status, done.deals_deleted, done.deals_restored, done.deals_kept) == ("undone", 1, 1, 1)
        assert (done.undone_by, done.undone_at is not None) == (acme.admin, True)
        with tenant(acme.organization), connection.cursor() as cursor:
            assert dict(Deal.objects.values_list("number", "net")) == {"A1": 1, "A3": 9}
            assert differences(cursor, acme.organization.pk) == []

    @pytest.mark.parametrize("named", ["customer", "brand"])
    def test_a_deal_whose_former_names_are_gone_stays_and_the_others_go(self, acme: Company, named: str) -> None:
        with tenant(acme.organization):
            gone = lists.add_entry({"customer": Customer, "brand": Brand}[named](), by=acme.admin, name="Gone")
        store(acme, {"number": "A1", "net": 1, "state": acme.confirmed.name, named: "Gone"})
        source = imported(acme, sales(acme, "A1", "A2", net=2))
        with tenant(acme.organization):
            lists.delete_entry(gone, by=acme.admin)
        done = undo(acme, source)
        assert (done.status, done.deals_deleted, done.deals_restored, done.deals_kept) == ("undone", 1, 0, 1)
        with tenant(acme.organization), connection.cursor() as cursor:
            assert dict(Deal.objects.values_list("number", "net")) == {"A1": 2}
            assert differences(cursor, acme.organization.pk) == []

    def test_it_goes_on_where_a_worker_left_it(self, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(undoing, "DEALS_AT_ONCE", 2)
        source = imported(acme, sales(acme, *(f"A{n}" for n in range(7))))
        with tenant(acme.organization):
            services.undo_import(source, by=acme.admin)
        with tenant(acme.organization):
            assert undoing._step(source.pk)
        with tenant(acme.organization):
            assert Deal.objects.count() == 5
        services.run_undo(acme.organization, source.pk)
        done = fresh(acme, source)
        assert (done.status, done.deals_deleted) == ("undone", 7)
        services.run_undo(acme.organization, source.pk)
        assert fresh(acme, source).deals_deleted == 7

    def test_it_is_written_down_who_did_it_and_handed_to_a_worker(self, acme: Company) -> None:
        source = imported(acme, sales(acme, "A1"))
        with tenant(acme.organization):
            services.undo_import(source, by=acme.admin)
            entry = AuditEntry.objects.get(subject="ledger.import", subject_id=source.pk, why="undone")
            assert entry.by == acme.admin
        assert OutboxJob.objects.filter(task="ledger.tasks.undo_import", arguments__import_id=source.pk).exists()

    @pytest.mark.parametrize("status", ["uploaded", "queued", "running", "undoing", "undone"])
    def test_only_what_has_ended_is_undone(self, acme: Company, status: str) -> None:
        source = imported(acme, sales(acme, "A1"))
        with tenant(acme.organization):
            Import.objects.filter(pk=source.pk).update(status=status)
            with pytest.raises(services.NotUndoable):
                services.undo_import(source, by=acme.admin)

    def test_the_same_file_can_be_imported_again_afterwards(self, acme: Company) -> None:
        undo(acme, imported(acme, sales(acme, "A1")))
        assert imported(acme, sales(acme, "A1")).rows_stored == 1

    def test_history_tells_of_it(self, acme: Company) -> None:
        imported(acme, sales(acme, "A1", net=1))
        undo(acme, imported(acme, sales(acme, "A1", net=2)))
        with tenant(acme.organization):
            assert list(DealChange.objects.order_by("pk").values_list("what", flat=True)) == ["changed", "restored"]


class TestPages:
    def url(self, company: Company, source: Import, end: str = "") -> str:
        return company.url(f"imports/{source.pk}/{end}")

    def test_it_says_first_what_would_happen(self, acme: Company) -> None:
        imported(acme, sales(acme, "A1", net=1))
        source = imported(acme, sales(acme, "A1", "A2", "A3", net=2))
        store(acme, {"number": "A3", "net": 9, "state": acme.confirmed.name})
        response = acme.client(acme.admin).get(self.url(acme, source, "undo/"))
        assert (response.status_code, vars_of(response.context["reach"])) == (200, (1, 1, 1))
        with tenant(acme.organization):
            assert Deal.objects.count() == 3

    def test_twice_sent_it_is_undone_once(self, acme: Company) -> None:
        source = imported(acme, sales(acme, "A1"))
        client = acme.client(acme.admin)
        for _ in range(2):
            response = client.post(self.url(acme, source, "undo/"))
            assert (response.status_code, response["Location"]) == (302, self.url(acme, source))
        assert OutboxJob.objects.filter(task="ledger.tasks.undo_import").count() == 1
        assert "Undoing" in client.get(self.url(acme, source)).content.decode()
        services.run_undo(acme.organization, source.pk)
        page = client.get(self.url(acme, source)).content.decode()
        assert "Undone by acme admin" in page
        assert "1 deal removed" in page
        assert "Undo this import" not in page

    def test_an_import_that_changed_nothing_has_nothing_to_undo(self, acme: Company) -> None:
        imported(acme, sales(acme, "A1"))
        source = imported(acme, sales(acme, "A1"))
        client = acme.client(acme.admin)
        assert "Undo this import" not in client.get(self.url(acme, source)).content.decode()
        assert client.get(self.url(acme, source, "undo/")).status_code == 302

    def test_a_manager_undoes_their_own_alone(self, acme: Company) -> None:
        source = imported(acme, sales(acme, "A1"))
        assert acme.client(acme.manager).post(self.url(acme, source, "undo/")).status_code == 404
        assert fresh(acme, source).status == "done"

    @pytest.mark.parametrize(
        ("member", "allowed"),
        [pytest.param("manager", True, id="ones-own"), pytest.param("seller", False, id="a-team-of-others")],
    )
    def test_a_manager_who_leads_the_team_no_more_leaves_its_deals_alone(
        self, acme: Company, member: str, allowed: bool
    ) -> None:
        rows = f"A1,2026-03-02,{getattr(acme, member).email},{acme.confirmed.name},5\n"
        source = imported(acme, rows, by=acme.manager)
        with tenant(acme.organization):
            TeamManager.objects.filter(member=acme.manager).delete()
        page = acme.client(acme.manager).post(self.url(acme, source, "undo/"), follow=True)
        assert ("Not undone" in page.content.decode()) is not allowed
        assert fresh(acme, source).status == ("undoing" if allowed else "done")

    def test_what_a_deal_was_before_must_be_the_managers_too(self, acme: Company) -> None:
        start, named = "A1,2026-03-02", acme.confirmed.name
        imported(acme, f"{start},{acme.seller.email},{named},5\n")
        source = imported(acme, f"{start},{acme.manager.email},{named},5\n", by=acme.manager)
        with tenant(acme.organization):
            TeamManager.objects.filter(member=acme.manager).delete()
            with pytest.raises(services.NoLongerYours):
                services.undo_import(source, by=acme.manager)

    def test_the_number_of_queries_does_not_grow(self, acme: Company) -> None:
        counts = []
        for many in (1, 30):
            source = imported(acme, sales(acme, *(f"{many}-{n}" for n in range(many))))
            client = acme.client(acme.admin)
            client.get(acme.url("imports/"))
            with CaptureQueriesContext(connection) as queries:
                client.get(self.url(acme, source, "undo/"))
            counts.append(len(queries))
        assert counts[0] == counts[1]


def vars_of(reach: Any) -> tuple[int, int, int]:
    return reach.brought, reach.changed, reach.kept


def test_nobody_undoes_another_organizations_import(acme: Company, rival: Company) -> None:
    source = imported(rival, sales(rival, "A1"))
    assert acme.client(acme.admin).post(acme.url(f"imports/{source.pk}/undo/")).status_code == 404
    services.run_undo(acme.organization, source.pk)
    assert fresh(rival, source).status == "done"
    with tenant(rival.organization):
        assert Deal.objects.filter(run=source.run).count() == 1
        assert not DealChange.objects.filter(run=uuid4()).exists()
