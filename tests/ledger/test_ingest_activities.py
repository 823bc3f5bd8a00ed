"""Activities on their way in."""

from datetime import date
from typing import Any

import pytest

from accounts.tenancy import tenant
from ledger.ingest import Activities, Outcome, Unknowns, ingest_activities
from ledger.models import Activity, Customer
from tests.conftest import Company

MAKING = Unknowns(create=frozenset({"type", "customer", "customer_branch"}))


def store(company: Company, *rows: dict[str, Any], unknowns: Unknowns = MAKING) -> Outcome:
    usual: dict[str, Any] = {
        "date": date(2026, 3, 2),
        "type": "Visit",
        "member": "seller@acme.example",
        "customer": "",
        "customer_branch": "",
        "verified": False,
    }
    full = [usual | {"line": line, "number": f"V{line}"} | row for line, row in enumerate(rows, 2)]
    columns = {name: [row[name] for row in full] for name in (*usual, "line", "number")}
    with tenant(company.organization):
        return ingest_activities(Activities(**columns), unknowns=unknowns)


@pytest.mark.django_db
class TestStoring:
    def test_a_row_becomes_an_activity(self, acme: Company) -> None:
        outcome = store(acme, {"customer": "Bo", "customer_branch": "Main", "verified": True})
        assert (outcome.stored, outcome.unchanged, outcome.refusals) == (1, 0, [])
        with tenant(acme.organization):
            activity = Activity.objects.get()
            assert (activity.type.name, activity.member, activity.verified) == ("Visit", acme.seller, True)
            assert (activity.customer.name, activity.branch.name) == ("Bo", "Main")

    def test_the_same_again_changes_nothing_and_another_date_does(self, acme: Company) -> None:
        store(acme, {}, {})
        with tenant(acme.organization):
            before = list(Activity.objects.order_by("pk").values())
        assert store(acme, {}, {}).unchanged == 2
        with tenant(acme.organization):
            assert list(Activity.objects.order_by("pk").values()) == before
        assert store(acme, {}, {"date": date(2026, 3, 3)}).unchanged == 1

    def test_bad_rows_are_refused(self, acme: Company) -> None:
        outcome = store(
            acme,
            {"type": ""},
            {"member": "Nobody"},
            {"customer": "Bo", "type": " "},
            {"number": "V9"},
            {"number": "V9"},
        )
        assert outcome.stored == 1
        assert [(refusal.line, refusal.field, refusal.reason) for refusal in outcome.refusals] == [
            (2, "type", "The activity type is missing."),
            (3, "member", "There is nobody called Nobody. Add them, or let the import create people."),
            (4, "type", "The activity type is missing."),
            (6, "number", "Activity V9 is in this file more than once."),
        ]
        with tenant(acme.organization):
            assert not Customer.objects.exists()

    def test_another_organization_keeps_its_own(self, acme: Company, rival: Company) -> None:
        store(rival, {"member": "seller@rival.example"})
        assert store(acme, {}).stored == 1
        with tenant(rival.organization):
            assert Activity.objects.get().member == rival.seller
