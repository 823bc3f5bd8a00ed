"""Which monthly targets a deal moves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import TeamMembership
from accounts.tenancy import tenant
from ledger.effects import Facts
from targets.models import MonthlyTarget
from targets.readers import moves
from tests.conftest import Company
from tests.targets.conftest import OCTOBER, TODAY, aim, sell


@pytest.fixture
def deal(acme: Company) -> Facts:
    """The last of three confirmed sales of the seller by phone in October, of a target of 10."""
    sell(acme, 3, member=acme.seller, channel=acme.channels[0], net=100)
    aim(acme, 10, acme.seller, acme.channels[0])
    return Facts("sale", TODAY, acme.seller.pk, acme.channels[0].pk, True, Decimal(100))


def moved(company: Company, before: Facts | None, after: Facts | None, viewer: str = "admin") -> list[Any]:
    with tenant(company.organization):
        return [
            (
                each.what.removeprefix(f"{company.seller.name}, acme "),
                each.month.month,
                each.before,
                each.after,
                each.target,
            )
            for each in moves(before, after, getattr(company, viewer))
        ]


def test_a_new_deal_adds_one(acme: Company, deal: Facts) -> None:
    assert moved(acme, None, deal) == [("phone", 10, 3, 4, 10)]


def test_a_deal_taken_back_takes_one_away(acme: Company, deal: Facts) -> None:
    assert moved(acme, deal, None) == [("phone", 10, 3, 2, 10)]


def test_another_channel_moves_both(acme: Company, deal: Facts) -> None:
    after = replace(deal, channel_id=acme.channels[2].pk)
    assert moved(acme, deal, after) == [("phone", 10, 3, 2, 10), ("web", 10, 0, 1, None)]


def test_another_month_moves_both(acme: Company, deal: Facts) -> None:
    after = replace(deal, date=date(2026, 11, 1))
    assert moved(acme, deal, after) == [("phone", 10, 3, 2, 10), ("phone", 11, 0, 1, None)]


def test_a_month_of_somebody_who_had_left_the_team_stays_hidden_beside_one_in_it(acme: Company, deal: Facts) -> None:
    with tenant(acme.organization):
        TeamMembership.objects.filter(member=acme.seller).update(end=date(2026, 8, 31))
    before = replace(deal, date=date(2026, 8, 5))
    assert moved(acme, before, deal, "manager") == [("phone", 8, 0, -1, None)]


def test_a_state_that_no_longer_counts_takes_one_away(acme: Company, deal: Facts) -> None:
    assert moved(acme, deal, replace(deal, confirmed=False)) == [("phone", 10, 3, 2, 10)]


def test_what_stays_says_where_it_counts(acme: Company, deal: Facts) -> None:
    assert moved(acme, deal, deal) == [("phone", 10, 3, 3, 10)]


def test_revenue_moves_where_a_target_asks_for_it(acme: Company, deal: Facts) -> None:
    with tenant(acme.organization):
        MonthlyTarget.objects.filter(month=OCTOBER).update(revenue=1000)
    assert moved(acme, deal, replace(deal, net=Decimal("150.50")))[1] == ("phone", 10, 300, Decimal("350.50"), 1000)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"kind": "order"}, id="an-order"),
        pytest.param({"confirmed": False}, id="not-confirmed"),
        pytest.param({"member_id": None}, id="nobodys"),
        pytest.param({"channel_id": None}, id="no-channel"),
    ],
)
def test_moves_nothing(acme: Company, deal: Facts, change: dict[str, Any]) -> None:
    assert moved(acme, None, replace(deal, **change)) == []


def test_shows_nobody_who_may_not_be_seen(acme: Company, deal: Facts) -> None:
    others = replace(deal, member_id=acme.other_seller.pk)
    assert moved(acme, None, others, viewer="manager") == []
    assert moved(acme, None, deal, viewer="manager") == [("phone", 10, 3, 4, 10)]


def test_another_organizations_ids_move_nothing(acme: Company, rival: Company, deal: Facts) -> None:
    foreign = replace(deal, member_id=rival.seller.pk, channel_id=rival.channels[0].pk)
    assert moved(acme, None, foreign) == []


def test_queries(acme: Company, deal: Facts) -> None:
    with tenant(acme.organization), CaptureQueriesContext(connection) as queries:
        list(moves(deal, replace(deal, date=date(2026, 11, 1)), acme.admin))
    assert len(queries) == 6
