"""What deals were before they changed, and taking a whole run back."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tenancy import tenant
from ledger.ingest import Seen, Undone, as_it_is, changed_since, delete_deals
from ledger.ingest.totals import differences
from ledger.models import Deal, DealChange, DealLine
from tests.conftest import Company
from tests.ledger.rows import fingerprints, store, undo

pytestmark = pytest.mark.django_db


def changes(company: Company) -> list[DealChange]:
    with tenant(company.organization):
        return list(DealChange.objects.order_by("pk").select_related("by"))


def counted_right(company: Company) -> bool:
    with tenant(company.organization), connection.cursor() as cursor:
        return differences(cursor, company.organization.pk) == []


class TestKeeping:
    def test_a_new_deal_of_an_import_leaves_no_row(self, acme: Company) -> None:
        store(acme, {"number": "A1"})
        assert changes(acme) == []

    def test_a_deal_entered_by_hand_says_by_whom(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1"}, run=run, by=acme.manager, by_hand=True)
        (entered,) = changes(acme)
        assert (entered.what, entered.number, entered.by, entered.run, entered.before) == (
            "entered", "A1", acme.manager, run, None,
        )  # fmt: skip

    def test_a_change_keeps_what_was_there(self, acme: Company) -> None:
        first, second = uuid4(), uuid4()
        store(acme, {"number": "A1", "net": 5, "brand": "Bose"}, {"number": "A1", "net": 7}, run=first)
        store(acme, {"number": "A1", "net": 9}, run=second, by=acme.admin)
        (changed,) = changes(acme)
        assert (changed.what, changed.run, changed.by) == ("changed", second, acme.admin)
        before: Any = changed.before
        assert (before["run"], before["date"], before["net"]) == (str(first), "2026-03-02", 12.0)
        assert [(line["position"], line["net"], line["brand_id"] is None) for line in before["lines"]] == [
            (1, 5.0, False),
            (2, 7.0, True),
        ]

    def test_what_stays_as_it_is_leaves_no_row_and_keeps_its_run(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1"}, run=run)
        before = fingerprints(acme)
        store(acme, {"number": "A1"})
        assert (changes(acme), fingerprints(acme)) == ([], before)

    def test_a_change_of_lines_alone_is_kept(self, acme: Company) -> None:
        store(acme, {"number": "A1", "brand": "Bose"})
        store(acme, {"number": "A1", "brand": "Sony"})
        assert [change.what for change in changes(acme)] == ["changed"]

    def test_further_lines_of_the_same_run_leave_no_row(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1"}, run=run)
        store(acme, {"number": "A1"}, run=run)
        assert changes(acme) == []

    def test_a_deal_that_was_taken_back_is_kept(self, acme: Company) -> None:
        store(acme, {"number": "A1", "net": 5})
        with tenant(acme.organization):
            delete_deals(["A1"], kind="sale", run=uuid4(), by=acme.admin)
        (deleted,) = changes(acme)
        assert (deleted.what, deleted.before["net"], len(deleted.before["lines"])) == ("deleted", 5.0, 1)


class TestSeen:
    def test_lines_of_an_unchanged_deal_may_be_scattered_too(self, acme: Company) -> None:
        """The first row alone is what is stored; the second is a further line, not another deal's."""
        store(acme, {"number": "A1", "net": 5})
        run, seen = uuid4(), Seen()
        store(acme, {"number": "A1", "net": 5}, run=run, seen=seen)
        store(acme, {"number": "A1", "net": 7}, run=run, seen=seen)
        with tenant(acme.organization):
            assert [line.net for line in DealLine.objects.order_by("position")] == [5, 7]

    def test_a_run_that_goes_on_finds_what_it_had_seen(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1"}, {"number": "B1"})
        store(acme, {"number": "B1", "net": 9}, run=run)
        with tenant(acme.organization):
            ids = as_it_is(["A1", "B1", "C1"], kind="sale", run=run)
            assert ids == [Deal.objects.get(number="A1").pk]

    @pytest.mark.parametrize("ids", [[], [1], [1023, 1024], [5, 10**12]])
    def test_it_remembers_what_was_added_and_nothing_else(self, ids: list[int]) -> None:
        seen = Seen()
        seen.add(ids)
        assert [id_ for id_ in (0, 1, 5, 1022, 1023, 1024, 1025, 10**12) if id_ in seen] == ids


class TestUndoing:
    def test_new_deals_go(self, acme: Company) -> None:
        store(acme, {"number": "A0"})
        run = uuid4()
        store(acme, *({"number": f"A{n}"} for n in range(1, 6)), run=run)
        assert undo(acme, run) == Undone(5, 0, None)
        with tenant(acme.organization):
            assert [deal.number for deal in Deal.objects.all()] == ["A0"]
        assert counted_right(acme)

    def test_changed_deals_become_what_they_were(self, acme: Company) -> None:
        first = uuid4()
        rows: list[dict[str, Any]] = [
            {"number": "A1", "member": "Ann", "net": 5, "brand": "Bose"},
            {"number": "A1", "net": -7},
        ]
        store(acme, *rows, run=first)
        run = uuid4()
        store(acme, {"number": "A1", "member": "Bo", "state": "Lost", "net": 1}, run=run)
        assert undo(acme, run, by=acme.admin) == Undone(0, 1, None)
        with tenant(acme.organization):
            deal = Deal.objects.select_related("member", "state").get()
            assert (deal.member.name, deal.state.name, deal.net, deal.run) == ("Ann", "Won", Decimal(-2), first)
            assert list(deal.lines.order_by("position").values_list("net", "brand__name")) == [(5, "Bose"), (-7, None)]
        assert counted_right(acme)
        assert [(change.what, change.by) for change in changes(acme)] == [("changed", None), ("restored", acme.admin)]
        assert store(acme, *rows).unchanged == 2

    def test_what_was_changed_since_stays(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1"}, {"number": "A2"}, {"number": "A3"}, run=run)
        store(acme, {"number": "A1", "net": 9}, by=acme.admin, by_hand=True)
        with tenant(acme.organization):
            delete_deals(["A2"], kind="sale", run=uuid4(), by=acme.admin)
            assert changed_since(run) == 2
        assert undo(acme, run) == Undone(1, 0, None)
        with tenant(acme.organization):
            assert [deal.number for deal in Deal.objects.all()] == ["A1"]
        assert counted_right(acme)

    def test_undoing_a_later_change_leads_back_to_the_run(self, acme: Company) -> None:
        """Then the first run can be taken back as well."""
        first, second = uuid4(), uuid4()
        store(acme, {"number": "A1"}, run=first)
        store(acme, {"number": "A1", "net": 9}, run=second)
        undo(acme, second)
        assert undo(acme, first) == Undone(1, 0, None)
        with tenant(acme.organization):
            assert not Deal.objects.exists()

    def test_sales_and_orders_of_one_number_are_apart(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1"}, kind="order")
        store(acme, {"number": "A1"}, run=run)
        undo(acme, run)
        with tenant(acme.organization):
            assert [deal.kind for deal in Deal.objects.all()] == ["order"]

    def test_another_organizations_run_of_the_same_name_is_left_alone(self, acme: Company, rival: Company) -> None:
        run = UUID(int=7)
        store(acme, {"number": "A1"}, run=run)
        store(rival, {"number": "A1"}, run=run)
        before = fingerprints(rival)
        undo(acme, run)
        assert fingerprints(rival) == before

    def test_the_number_of_queries_does_not_grow(self, acme: Company) -> None:
        counts = []
        for many in (3, 60):
            run = uuid4()
            rows = [{"number": f"Q{n}"} for n in range(many)]
            store(acme, *rows)
            store(acme, *({**row, "net": many} for row in rows), {"number": f"N{many}"}, run=run)
            with CaptureQueriesContext(connection) as queries:
                undo(acme, run, step=1000)
            counts.append(len(queries))
        assert counts[0] == counts[1]
