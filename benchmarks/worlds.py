"""What the benchmarks work on: one large organization beside many small ones, loaded through the real ingest."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from accounts import services as people
from accounts.models import Member, Organization, PaceCalendar, Role, User
from accounts.tenancy import tenant
from benchmarks import databases
from ledger.founding import found_organization
from ledger.ingest import Batch, Unknowns, ingest_deals
from ledger.models import Channel, Kind
from progress.periods import month_of, months_later
from targets.services import Edit, set_targets

MONTHS = 24
ROWS_A_BATCH = 20_000
SLUG = "bench"
STATES = ("Confirmed",) * 7 + ("Proposed", "Cancelled", "Cancelled")
MADE_BY_INGEST = Unknowns(create=frozenset({"customer", "brand", "sales_ledger"}))


@dataclass(frozen=True, slots=True)
class World:
    """One organization with `deals` beside `neighbours` small ones, which have `neighbour_deals` among them.

    A deal has one line. Deals are spread evenly over two years up to the end of the current month, over everybody and
    every channel. Each person has a target in each channel this month.
    """

    deals: int
    salespeople: int = 200
    neighbours: int = 50
    neighbour_deals: int = 10_000

    @property
    def database(self) -> str:
        """Its name."""
        return f"headway_bench_{self.deals}"


FULL, REFERENCE = World(1_000_000), World(10_000)
SMALL_FULL, SMALL_REFERENCE = (
    World(20_000, neighbours=5, neighbour_deals=500),
    World(2_000, neighbours=5, neighbour_deals=500),
)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a benchmark is given; `small` is for trying it out, its figures mean nothing."""

    small: bool

    @property
    def full(self) -> World:
        """The world that the aims are about."""
        return SMALL_FULL if self.small else FULL

    @property
    def reference(self) -> World:
        """The world to compare with."""
        return SMALL_REFERENCE if self.small else REFERENCE

    @contextmanager
    def opened(self, world: World) -> Iterator[Organization]:
        """Work in a world's database, built where it is missing or of another month; yields the large organization."""
        today = date.today()  # noqa: DTZ011 - the machine's own, as a person at it would say
        about = asdict(world) | {"month": f"{today:%Y-%m}", "version": 2}
        with databases.database(world.database, about, lambda: build(world, today)):
            yield Organization.objects.get(slug=SLUG)


def build(world: World, today: date) -> None:
    """Found the organizations and fill them."""
    print(f"Building {world.deals:,} deals beside {world.neighbours} organizations ...", file=sys.stderr, flush=True)
    share = world.neighbour_deals // max(world.neighbours, 1)
    for index in range(world.neighbours):
        fill(found(f"neighbour-{index}", salespeople=4), share, today=today, seed=index)
    organization = found(SLUG, salespeople=world.salespeople)
    fill(organization, world.deals, today=today, seed=-1)
    ask(organization, today)


def found(slug: str, *, salespeople: int) -> Organization:
    """An organization with an admin, a manager of everybody, salespeople of whom the first has a login, and lists."""
    admin = User.objects.create_user(f"admin@{slug}.example", name=f"Admin of {slug}")
    organization = found_organization(
        slug.title(),
        slug,
        admin=admin,
        currency="EUR",
        time_zone="Europe/Dublin",
        holiday_country="IE",
        pace_calendar=PaceCalendar.WORKING,
    )
    with tenant(organization):
        for name in ("Retail", "Fleet", "Parts"):
            people.add_company(organization, name=name)
        for number in range(20):
            people.add_zone(organization, name=f"Zone {number}")
        team = people.add_team(organization, name="Everybody")
        boss = User.objects.create_user(f"manager@{slug}.example", name="Manager")
        manager = people.add_member(organization, name="Manager", role=Role.MANAGER, user=boss, email=boss.email)
        people.manage_team(manager, team)
        for number in range(salespeople):
            user = User.objects.create_user(f"seller@{slug}.example", name=person(0)) if number == 0 else None
            member = people.add_member(organization, name=person(number), user=user)
            people.join_team(member, team, start=date(2020, 1, 1))
    return organization


def person(number: int) -> str:
    """A salesperson's name."""
    return f"Salesperson {number:03d}"


def fill(organization: Organization, deals: int, *, today: date, seed: int) -> None:
    """Ingest so many sales, a batch a transaction."""
    rng = Random(seed)
    with tenant(organization):
        members = list(Member.objects.filter(role=Role.SALESPERSON).values_list("name", flat=True))
        channels = list(Channel.objects.values_list("name", flat=True))
    for start in range(0, deals, ROWS_A_BATCH):
        batch = sales(start, min(ROWS_A_BATCH, deals - start), members, channels, today, rng)
        with tenant(organization):
            outcome = ingest_deals(batch, kind=Kind.SALE, run=uuid.uuid4(), unknowns=MADE_BY_INGEST)
        if outcome.refusals:
            raise RuntimeError(f"The benchmark's own deals were refused: {outcome.refusals[0]}")


def sales(start: int, count: int, members: list[str], channels: list[str], today: date, rng: Random) -> Batch:
    """So many sales of one line, numbered from `start`."""
    last = month_of(today).end
    first = months_later(today.replace(day=1), 1 - MONTHS)
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    amounts = [Decimal(rng.randint(10_000, 900_000)).scaleb(-2) for _ in range(1000)]
    net = rng.choices(amounts, k=count)
    return Batch(
        line=list(range(start + 1, start + count + 1)),
        number=[f"B{number:07d}" for number in range(start, start + count)],
        date=rng.choices(days, k=count),
        member=rng.choices(members, k=count),
        customer=rng.choices([f"Customer {number}" for number in range(2000)], k=count),
        customer_branch=[""] * count,
        wholesaler_branch=[""] * count,
        company=rng.choices(("Retail", "Fleet", "Parts"), k=count),
        sales_ledger=rng.choices([f"Ledger {number}" for number in range(10)], k=count),
        channel=rng.choices(channels, k=count),
        zone=rng.choices([f"Zone {number}" for number in range(20)], k=count),
        state=rng.choices(STATES, k=count),
        brand=rng.choices([f"Brand {number}" for number in range(30)], k=count),
        product=["Something"] * count,
        quantity=[Decimal(1)] * count,
        net=net,
        gross=net,
        margin=rng.choices(amounts, k=count),
    )


def ask(organization: Organization, today: date) -> None:
    """A target for everybody in every channel this month, for deals and for revenue."""
    rng = Random(5)
    with tenant(organization):
        admin = Member.objects.get(role=Role.ADMIN)
        members = Member.objects.filter(role=Role.SALESPERSON).values_list("pk", flat=True)
        channels = list(Channel.objects.values_list("pk", flat=True))
        cells = [(member, channel) for member in members for channel in channels]
        counts = [Edit(*cell, rng.randint(5, 60), 0) for cell in cells]
        money = [Edit(*cell, Decimal(rng.randint(500, 60_000)), 1, "revenue") for cell in cells]
        for edits in (counts, money):
            set_targets(edits, today.replace(day=1), by=admin, at=organization.created_at)
