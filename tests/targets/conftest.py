"""Deals, targets and a clock for the tests of targets."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Member, Organization
from accounts.tenancy import tenant
from ledger.ingest import Batch, Unknowns, ingest_deals
from ledger.models import Channel, DealState
from targets import services
from targets.models import MonthlyTarget
from tests.conftest import Company

OCTOBER = date(2026, 10, 1)
# Working day 16 of 21 in Ireland, whose Monday 26 October is a holiday: the day of the worked screens.
TODAY = date(2026, 10, 22)
NOON = datetime(2026, 10, 22, 12, 0, tzinfo=UTC)
_numbers = itertools.count(1)


def sell(
    site: Company,
    count: int,
    *,
    member: Member | None,
    channel: Channel | None,
    day: date = TODAY,
    net: int = 100,
    state: DealState | None = None,
) -> None:
    """Store `count` deals through the one way in; no member or no channel leaves the name empty."""
    lines = list(range(1, count + 1))
    zero, nothing = [Decimal(0)] * count, [""] * count
    batch = Batch(
        line=lines,
        number=[f"D{next(_numbers)}" for _ in lines],
        date=[day] * count,
        # Two people may share a name, no two an address.
        member=[(member.email or member.name) if member else ""] * count,
        customer=nothing,
        customer_branch=nothing,
        wholesaler_branch=nothing,
        company=nothing,
        sales_ledger=nothing,
        channel=[channel.name if channel else ""] * count,
        zone=nothing,
        state=[(state or site.confirmed).name] * count,
        brand=nothing,
        product=nothing,
        quantity=zero,
        net=[Decimal(net)] * count,
        gross=zero,
        margin=zero,
    )
    with tenant(site.organization):
        outcome = ingest_deals(batch, kind="sale", run=uuid4(), unknowns=Unknowns())
    assert outcome.stored == count, outcome.refusals


def aim(site: Company, count: int | None, member: Member, channel: Channel, month: date = OCTOBER) -> None:
    """Set a target as the admin, whatever stood there."""
    with tenant(site.organization):
        held = MonthlyTarget.objects.filter(member=member, channel=channel, month=month).first()
        services.set_target(
            member.pk, channel.pk, month, count=count, version=held.version if held else 0, by=site.admin, at=NOON
        )


def settle(site: Company, **settings: Any) -> None:
    """Change settings of the organization."""
    with tenant(site.organization):
        Organization.objects.filter(pk=site.organization.pk).update(**settings)
    site.organization.refresh_from_db()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time that views see."""

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    return set_clock


@pytest.fixture
def ireland(acme: Company, clock: Callable[[datetime], None]) -> Company:
    """Acme in Dublin with working-day pace, on 22 October 2026 at noon."""
    clock(NOON)
    settle(acme, time_zone="Europe/Dublin", holiday_country="IE", pace_calendar="working")
    return acme
