"""Deals on their way in: what is stored, what is refused and why."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.tenancy import tenant
from ledger.models import Deal, MemberMonth
from tests.conftest import Company
from tests.ledger.rows import store


@pytest.mark.django_db
class TestStoring:
    def test_a_row_becomes_a_deal_with_one_line(self, acme: Company) -> None:
        outcome = store(
            acme, {"number": "A1", "member": "seller@acme.example", "channel": "acme web", "customer": "Éva", "net": 5}
        )
        assert (outcome.stored, outcome.unchanged, outcome.refusals) == (1, 0, [])
        with tenant(acme.organization):
            deal = Deal.objects.get()
            assert (deal.number, deal.member, deal.channel, deal.customer.name) == (
                "A1",
                acme.seller,
                acme.channels[2],
                "Éva",
            )
            assert deal.net == Decimal("5.00")
            assert [line.net for line in deal.lines.all()] == [Decimal("5.00")]
            assert [(row.count, row.net, row.month) for row in MemberMonth.objects.all()] == [
                (1, Decimal("5.00"), date(2026, 3, 1))
            ]

    def test_the_same_again(self, acme: Company) -> None:
        store(acme, {"number": "A1"}, {"number": "A1", "net": 7}, {"number": "B1"})
        outcome = store(acme, {"number": "A1"}, {"number": "A1", "net": 7}, {"number": "B1"})
        assert (outcome.stored, outcome.unchanged) == (3, 3)
