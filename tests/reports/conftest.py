"""The clock and company of the targets' tests, and a year in which everything happens that makes numbers differ."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from uuid import uuid4

import pytest

from accounts import services as people
from accounts.models import Member, Team
from accounts.tenancy import tenant
from ledger.ingest import Batch, Unknowns, ingest_deals
from ledger.models import Channel
from progress.periods import months_later
from targets.models import MonthlyTarget
from tests.conftest import Company
from tests.targets.conftest import clock, ireland

__all__ = ["busy_year", "clock", "ireland"]

JANUARY = date(2026, 1, 1)
MONTHS = [months_later(JANUARY, later) for later in range(12)]


def target(site: Company, member: Member, channel: Channel, month: date, **numbers: object) -> None:
    """Store a target as it may stand in the table."""
    with tenant(site.organization):
        MonthlyTarget.objects.create(
            organization=site.organization, member=member, channel=channel, month=month, **numbers
        )


def sell_all(site: Company, deals: Sequence[tuple[Member | None, Channel | None, date]]) -> None:
    """Store deals of 90 each through the one way in, in one batch."""
    count = len(deals)
    zero, nothing = [Decimal(0)] * count, [""] * count
    batch = Batch(
        line=list(range(1, count + 1)),
        number=[f"Y{place}" for place in range(count)],
        date=[day for _, _, day in deals],
        # Two people may share a name, no two an address.
        member=[(member.email or member.name) if member else "" for member, _, _ in deals],
        customer=nothing,
        customer_branch=nothing,
        wholesaler_branch=nothing,
        company=nothing,
        sales_ledger=nothing,
        channel=[channel.name if channel else "" for _, channel, _ in deals],
        zone=nothing,
        state=[site.confirmed.name] * count,
        brand=nothing,
        product=nothing,
        quantity=zero,
        net=[Decimal(90)] * count,
        gross=zero,
        margin=zero,
    )
    with tenant(site.organization):
        outcome = ingest_deals(batch, kind="sale", run=uuid4(), unknowns=Unknowns())
    assert outcome.stored == count, outcome.refusals


@pytest.fixture
def busy_year(ireland: Company) -> Company:
    """2026 of five people: targets set, blank and 0, teams changed, people who came and left, deals of nobody."""
    random, site = Random(5), ireland
    organization = site.organization
    with tenant(organization):
        second = Team.objects.create(organization=organization, name="acme second team")
        left = people.add_member(organization, name="acme left")
        came = people.add_member(organization, name="acme came")
        people.join_team(site.other_seller, site.team, start=date(2026, 8, 10), end=date(2026, 9, 12))
        people.join_team(site.other_seller, second, start=date(2026, 9, 5))
        people.join_team(left, second, start=date(2025, 1, 1))
        people.join_team(came, second, start=date(2026, 10, 20))
    cast = [site.seller, site.other_seller, site.manager, left, came]
    deals: list[tuple[Member | None, Channel | None, date]] = []
    for month in MONTHS[:10]:
        for member in [*cast, None]:
            if (member is left and month > date(2026, 5, 1)) or (member is came and month < date(2026, 10, 1)):
                continue
            channels: list[Channel | None] = [*random.sample(site.channels, 2), random.choice([None, site.channels[0]])]
            for channel in channels:
                deals += [(member, channel, month.replace(day=9))] * random.randint(1, 4)
    sell_all(site, deals)
    targets = [
        MonthlyTarget(
            organization=organization,
            member=member,
            channel=channel,
            month=month,
            count=random.choice([None, 0, 3, 8]),
            revenue=random.choice([None, Decimal("450.50"), Decimal(0)]),
        )
        for month in MONTHS
        for member in cast
        for channel in site.channels[:3]
        if random.random() < 0.6
    ]
    with tenant(organization):
        MonthlyTarget.objects.bulk_create(targets)
        Member.objects.filter(pk=left.pk).update(active_to=date(2026, 5, 20))
        Member.objects.filter(pk=came.pk).update(active_from=date(2026, 10, 15))
        Channel.objects.filter(pk=site.channels[2].pk).update(archived_at="2026-06-01T12:00Z")
    return site
