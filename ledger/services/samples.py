"""Made-up deals for a company that has none yet, to see what the pages look like, and taking them out again."""

import uuid
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.db import transaction

from accounts.models import Member
from accounts.services import record
from accounts.tenancy import current_organization
from ledger.ingest import Batch, Unknowns, delete_deals, ingest_deals
from ledger.models import Channel, Deal, DealState, Kind

#: How a made-up deal's number begins; no source system's does.
PREFIX = "SAMPLE-"
DAYS = 90
MOST_PEOPLE = 12
#: For everybody together, and at least for each.
DEALS, DEALS_A_PERSON = 240, 40
SEED = 2026


class DealsExist(ValueError):
    """There are real deals, which made-up ones would get mixed up with."""


def count_sample_deals() -> int:
    """How many made-up deals there are. One query."""
    return Deal.objects.filter(kind=Kind.SALE, number__startswith=PREFIX).count()


@transaction.atomic
def load_sample(today: date, *, by: Member | None) -> int:
    """Store made-up deals of the last three months for the people who are there; how many, 0 where they are in already.

    Names nobody and nothing new, so that taking them out leaves no trace. Raises DealsExist.
    """
    if count_sample_deals():
        return 0
    if Deal.objects.exists():
        raise DealsExist
    people = [member for member in Member.objects.order_by("pk") if member.is_active(today)][:MOST_PEOPLE]
    channels = list(Channel.objects.filter(archived_at=None).order_by("position").values_list("name", flat=True))
    states = list(DealState.objects.order_by("position"))
    weighed = [(state.name, 6 if state.triggers_commission else 2 if state.is_initial else 1) for state in states]
    if not (people and channels and weighed):
        return 0
    batch = _batch(today, [member.email or member.name for member in people], channels, weighed)
    outcome = ingest_deals(batch, kind=Kind.SALE, run=uuid.uuid4(), unknowns=Unknowns(), by=by)
    record(current_organization(), {"sample deals": (0, outcome.stored)}, by=by, why="added")
    return outcome.stored


@transaction.atomic
def remove_sample(*, by: Member | None) -> int:
    """Take the made-up deals out again, whatever was changed of them since; how many there were."""
    numbers = list(Deal.objects.filter(kind=Kind.SALE, number__startswith=PREFIX).values_list("number", flat=True))
    removed = delete_deals(numbers, kind=Kind.SALE, run=uuid.uuid4(), by=by) if numbers else 0
    if removed:
        record(current_organization(), {"sample deals": (removed, 0)}, by=by, why="removed")
    return removed


def _batch(today: date, people: list[str], channels: list[str], states: list[tuple[str, int]]) -> Batch:
    """The same deals for the same day: one line each, more of them on people's favourite channels."""
    rng = Random(SEED)
    names, weights = [name for name, _ in states], [weight for _, weight in states]
    rows = []
    usual = max(DEALS // len(people), DEALS_A_PERSON)
    for person in people:
        favourites = [rng.randint(1, 5) for _ in channels]
        for _ in range(rng.randint(usual - 10, usual + 10)):
            net = Decimal(rng.randint(400, 9000))
            rows.append(
                (
                    today - timedelta(days=rng.randrange(DAYS)),
                    person,
                    rng.choices(channels, favourites)[0],
                    rng.choices(names, weights)[0],
                    net,
                )
            )
    rows.sort(key=lambda row: row[0])
    nothing = [""] * len(rows)
    amounts = [row[4] for row in rows]
    return Batch(
        line=list(range(1, len(rows) + 1)),
        number=[f"{PREFIX}{place:04}" for place in range(1, len(rows) + 1)],
        date=[row[0] for row in rows],
        member=[row[1] for row in rows],
        customer=nothing,
        customer_branch=nothing,
        wholesaler_branch=nothing,
        company=nothing,
        sales_ledger=nothing,
        channel=[row[2] for row in rows],
        zone=nothing,
        state=[row[3] for row in rows],
        brand=nothing,
        product=["Made up"] * len(rows),
        quantity=[Decimal(1)] * len(rows),
        net=amounts,
        gross=[(each * Decimal("1.2")).quantize(Decimal("0.01")) for each in amounts],
        margin=[(each * Decimal("0.25")).quantize(Decimal("0.01")) for each in amounts],
    )
