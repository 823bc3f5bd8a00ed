"""The clock and company of the targets' tests, and a year in which everything happens that makes numbers differ."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from accounts import services as people
from accounts.models import Member, Team
from accounts.tenancy import tenant
from ledger.models import Channel
from progress.periods import months_later
from targets.models import MonthlyTarget
from tests.conftest import Company
from tests.targets.conftest import clock, ireland, sell

__all__ = ["busy_year", "clock", "ireland"]

JANUARY = date(2026, 1, 1)
MONTHS = [months_later(JANUARY, later) for later in range(12)]


def target(site: Company, member: Member, channel: Channel, month: date, **numbers: object) -> None:
    """Store a target as it may stand in the table."""
    with tenant(site.organization):
        MonthlyTarget.objects.create(
            organization=site.organization, member=member, channel=channel, month=month, **numbers
        )


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
    for month in MONTHS[:10]:
        for member in [*cast, None]:
            if (member is left and month > date(2026, 5, 1)) or (member is came and month < date(2026, 10, 1)):
                continue
            channels: list[Channel | None] = [
                *random.sample(site.channels, 2),
                *random.choices([None, site.channels[0]]),
            ]
            for channel in channels:
                sell(site, random.randint(1, 4), member=member, channel=channel, day=month.replace(day=9), net=90)
    for month in MONTHS:
        for member in cast:
            for channel in site.channels[:3]:
                if random.random() < 0.6:
                    count, revenue = (
                        random.choice([None, 0, 3, 8]),
                        random.choice([None, Decimal("450.50"), Decimal(0)]),
                    )
                    target(site, member, channel, month, count=count, revenue=revenue)
    with tenant(organization):
        Member.objects.filter(pk=left.pk).update(active_to=date(2026, 5, 20))
        Member.objects.filter(pk=came.pk).update(active_from=date(2026, 10, 15))
        Channel.objects.filter(pk=site.channels[2].pk).update(archived_at="2026-06-01T12:00Z")
    return site
