"""Writes the demo companies through the product's own services, and keeps them up to date."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, islice

from django.db import transaction
from django.db.models import Max, Min, Q

from accounts.models import AuditEntry, Member, Organization, Role, TeamMembership
from accounts.tenancy import tenant
from config.demo_company.aims import Aim, aims, last_month
from config.demo_company.cast import ADMIN, MANAGER, PASSWORD, PEOPLE, SEED
from config.demo_company.deals import LONGEST_OPEN, PREFIX, Record, Story, records
from config.demo_company.found import SLUG, TIME_ZONE, found, found_empty
from ledger.ingest import Batch, Unknowns, ingest_deals
from ledger.models import Channel, Deal, Kind
from targets.models import MonthlyTarget
from targets.services import Edit, set_targets

DEALS_A_BATCH = 10_000
MADE_BY_INGEST = Unknowns(create=frozenset({"customer", "customer_branch", "wholesaler_branch"}))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load wrote: rows of deals (new ones, and those whose state changed since), and targets."""

    founded: bool
    rows: int
    targets: int


@dataclass(frozen=True, slots=True)
class Login:
    """One way into the demo."""

    role: Role
    email: str
    password: str


LOGINS = (
    Login(Role.ADMIN, ADMIN.email, PASSWORD),
    Login(Role.MANAGER, MANAGER.email, PASSWORD),
    Login(Role.SALESPERSON, PEOPLE[0].email, PASSWORD),
)


@transaction.atomic
def load(*, today: date, seed: int = SEED) -> Loaded:
    """Found the demo companies where they are missing, and bring the first one's deals and targets up to `today`.

    What is there stays: only days after the newest deal are added, offers and deliveries since then get their new
    state, and months that nobody has set targets for get theirs. On the same day again it changes nothing.
    """
    organization = Organization.objects.filter(slug=SLUG).first()
    founded = organization is None
    if organization is None:
        organization = found(today)
        found_empty()
    with tenant(organization):
        # The demo opened on the day of its first membership, whenever it was loaded.
        opened = TeamMembership.objects.aggregate(first=Min("start"))["first"]
        story = Story.until(today, opened=opened, seed=seed)
        return Loaded(founded, _add_deals(story, today), _add_targets(story, today))


def _add_deals(story: Story, today: date) -> int:
    """Deals of the days that are missing, and those before whose state has changed since; how many rows."""
    ours = Q(number__startswith=PREFIX[Kind.SALE]) | Q(number__startswith=PREFIX[Kind.ORDER])
    newest = Deal.objects.filter(ours, date__lte=today).aggregate(last=Max("date"))["last"]
    first = story.opened if newest is None else newest - timedelta(days=LONGEST_OPEN)
    known = dict(Deal.objects.filter(date__gte=first).values_list("number", "state__name"))
    rows = 0
    run = uuid.uuid4()
    fresh = (
        record
        for record in records(story, first, today, today=today)
        if (record.number not in known and (newest is None or record.date > newest))
        or known.get(record.number, record.state) != record.state
    )
    for kind, group in groupby(
        sorted(fresh, key=lambda record: (record.kind, record.date)), lambda record: record.kind
    ):
        while chunk := list(islice(group, DEALS_A_BATCH)):
            batch = _batch(chunk)
            outcome = ingest_deals(batch, kind=Kind(kind), run=run, unknowns=MADE_BY_INGEST)
            if outcome.refusals:
                raise RuntimeError(f"The demo's own deals were refused: {outcome.refusals[0]}")
            rows += len(batch)
    return rows


def _batch(chunk: Iterable[Record]) -> Batch:
    """Records as the ingest takes them: a row a line."""
    rows = [(record, line) for record in chunk for line in record.lines]
    deals = [record for record, _ in rows]
    lines = [line for _, line in rows]
    return Batch(
        line=list(range(1, len(rows) + 1)),
        number=[record.number for record in deals],
        date=[record.date for record in deals],
        member=[record.member for record in deals],
        customer=[record.customer for record in deals],
        customer_branch=[record.customer_branch for record in deals],
        wholesaler_branch=[record.wholesaler_branch for record in deals],
        company=[record.company for record in deals],
        sales_ledger=[record.sales_ledger for record in deals],
        channel=[record.channel for record in deals],
        zone=[record.zone for record in deals],
        state=[record.state for record in deals],
        brand=[line.brand for line in lines],
        product=[line.product for line in lines],
        quantity=[Decimal(line.quantity) for line in lines],
        net=[line.net for line in lines],
        gross=[line.gross for line in lines],
        margin=[line.margin for line in lines],
    )


def _add_targets(story: Story, today: date) -> int:
    """Targets of months that have none at all yet; how many cells."""
    by = Member.objects.get(email=ADMIN.email)
    members = dict(Member.objects.values_list("name", "pk"))
    channels = dict(Channel.objects.filter(archived_at=None).values_list("name", "pk"))
    done = set(MonthlyTarget.objects.values_list("month", flat=True).distinct())
    cells = 0
    for month, group in groupby(aims(story, story.opened, last_month(today)), lambda aim: aim.month):
        if month in done:
            continue
        asked = {
            (members[aim.member], channels[aim.channel]): aim
            for aim in group
            if aim.member in members and aim.channel in channels
        }
        # Targets are agreed a few days before the month.
        at = datetime.combine(min(month - timedelta(days=4), today), time(9), TIME_ZONE)
        _set_month(asked, month, by=by, at=at, typed=month >= today.replace(day=1))
        cells += len(asked)
    return cells


def _set_month(asked: dict[tuple[int, int], Aim], month: date, *, by: Member, at: datetime, typed: bool) -> None:
    """Set one month's targets, {(member, channel): aim}: as typed in the grid, or all at once for months gone by.

    Amounts of money are always set here: no service sets them yet.
    """
    organization = by.organization_id
    if typed:
        edits = [Edit(member, channel, aim.count, 0) for (member, channel), aim in asked.items()]
        set_targets(edits, month, by=by, at=at)
    else:
        MonthlyTarget.objects.bulk_create(
            MonthlyTarget(
                organization_id=organization, member_id=member, channel_id=channel, month=month, count=aim.count
            )
            for (member, channel), aim in asked.items()
        )
    targets = list(MonthlyTarget.objects.filter(month=month))
    for target in targets:
        target.revenue = asked[target.member_id, target.channel_id].revenue
    MonthlyTarget.objects.bulk_update(targets, ["revenue"])
    batch = uuid.uuid4()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            organization_id=organization,
            at=at,
            by=by,
            subject=MonthlyTarget._meta.label_lower,
            subject_id=target.pk,
            field=field,
            new=new,
            why="typed" if typed else "imported",
            batch=batch,
        )
        for target in targets
        for field, new in (("revenue", str(target.revenue)), *(() if typed else (("count", target.count),)))
    )
