"""The records of Harbour Motors: sales, open and lost offers, and orders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from config.demo_company import cast, catalogue, months
from config.demo_company.cast import FLEET, ONLINE, PEOPLE, PHONE, Habit, Person
from config.demo_company.catalogue import CONFIRMED, DELIVERED, LOST, PROPOSED, Customer, Product
from ledger.models import Kind
from progress.periods import WorkCalendar, month_of, months_later

#: What the numbers of the demo's records begin with.
PREFIX = {Kind.SALE: "HM-", Kind.ORDER: "HO-"}
CENT = Decimal("0.01")
TAX = Decimal("1.23")
DAYS_TO_DELIVER = 12
#: An offer that nobody took is given up after so many days at most.
LONGEST_OPEN = 45


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a record."""

    brand: str
    product: str
    quantity: int
    net: Decimal
    gross: Decimal
    margin: Decimal


@dataclass(frozen=True, slots=True)
class Record:
    """A sale, an offer or an order; "" where something is not said."""

    kind: Kind
    number: str
    date: date
    member: str
    customer: str
    customer_branch: str
    wholesaler_branch: str
    company: str
    sales_ledger: str
    channel: str
    zone: str
    state: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """What the whole of the demo follows from: a seed and the day it opened; `calendar` covers all it is asked for."""

    seed: int
    opened: date
    calendar: WorkCalendar

    @classmethod
    def until(cls, today: date, *, opened: date, seed: int = cast.SEED) -> "Story":
        """The story that goes on a few months after today."""
        return cls(seed, opened, months.calendar(opened, months_later(today, 3)))


def records(story: Story, first: date, last: date, *, today: date) -> Iterator[Record]:
    """Everything dated within a span of days, both included, as it stands today.

    The same record comes out whatever the span; only its state depends on `today`.
    """
    buyers = catalogue.customers(story.seed)
    for month in months.months_between(max(first, story.opened), last):
        for person in PEOPLE:
            for record in _of_person(story, person, month, buyers, today):
                if first <= record.date <= last:
                    yield record
        for record in _orders(story, month, buyers, today):
            if first <= record.date <= last:
                yield record


def _of_person(
    story: Story,
    person: Person,
    month: date,
    buyers: tuple[tuple[Customer, ...], tuple[Customer, ...]],
    today: date,
) -> Iterator[Record]:
    """A person's sales of a month, and the offers that came to nothing."""
    plan = months.plan(person, month, seed=story.seed, opened=story.opened, calendar=story.calendar)
    rng = Random(f"{story.seed}/{person.name}/{month}/deals")
    channels = _channels(person, plan.asked, rng)
    initials = "".join(word[0] for word in person.name.split())
    count = 0
    for day, sales in plan.done:
        working = story.calendar.is_working(day)
        offers = rng.choices((0, 1, 2), (0.55, 0.35, 0.1))[0] if working else 0
        for place in range(sales + (0 if person.habit is Habit.RENEWALS else offers)):
            count += 1
            channel = next(channels) if working or person.habit is Habit.RENEWALS or day.weekday() == 5 else ONLINE
            sold = place < sales
            private, firms = buyers
            customer = rng.choice(firms if channel == FLEET or rng.random() < 0.15 else private)
            gives_up = day + timedelta(days=rng.randint(6, LONGEST_OPEN))
            yield Record(
                kind=Kind.SALE,
                number=f"{PREFIX[Kind.SALE]}{month:%y%m}-{initials}{count:03d}",
                date=day,
                member=person.name,
                customer=customer.name,
                customer_branch=rng.choice(customer.branches) if customer.branches else "",
                wholesaler_branch=rng.choice(catalogue.WHOLESALERS) if channel == PHONE and rng.random() < 0.5 else "",
                company=catalogue.FLEET_COMPANY if channel == FLEET else catalogue.RETAIL_COMPANY,
                sales_ledger="",
                channel=channel,
                zone=cast.zone_on(person, day, story.opened) if rng.random() < 0.93 else "",
                state=_sold(day, today) if sold else PROPOSED if today < gives_up else LOST,
                lines=_lines(channel, rng),
            )


def _sold(day: date, today: date) -> str:
    return DELIVERED if (today - day).days >= DAYS_TO_DELIVER else CONFIRMED


def _channels(person: Person, asked: int | None, rng: Random) -> Iterator[str]:
    """The channel of one deal after the other, without end: near everyone's shares at any time, but not quite."""
    names = list(person.channels)
    wanted = split_by_channel(person, asked or person.base)
    used = dict.fromkeys(names, 0)
    spread = 0.0 if person.habit is Habit.RENEWALS else 0.9
    while True:
        done = sum(used.values()) + 1
        lag = {
            name: wanted[name] / max(sum(wanted.values()), 1) * done - used[name] + rng.uniform(-spread, spread)
            for name in names
        }
        chosen = max(names, key=lambda name: lag[name])
        used[chosen] += 1
        yield chosen


def split_by_channel(person: Person, total: int) -> dict[str, int]:
    """A person's number of a month by channel: by weight, what rounding leaves going to the largest remainders."""
    weights = person.channels
    parts = {name: divmod(total * weight, sum(weights.values())) for name, weight in weights.items()}
    left = total - sum(whole for whole, _ in parts.values())
    favoured = sorted(parts, key=lambda name: -parts[name][1])[:left]
    return {name: whole + (name in favoured) for name, (whole, _) in parts.items()}


def _lines(channel: str, rng: Random) -> tuple[Line, ...]:
    """What was bought: one vehicle (several in a fleet contract) and up to three smaller things."""
    main = rng.choice(catalogue.FIRST[channel])
    quantity = rng.choice((1, 2, 2, 3, 5)) if channel == FLEET else 1
    extras = rng.sample(catalogue.SMALL, rng.choices((0, 1, 2, 3), (0.5, 0.28, 0.15, 0.07))[0])
    return (
        _line(main, quantity, rng),
        *(_line(extra, quantity, rng) for extra in extras if extra != main),
    )


def _line(product: Product, quantity: int, rng: Random) -> Line:
    net = Decimal(rng.randint(product.low // 10, product.high // 10) * 10 * quantity)
    earned = (net * Decimal(str(round(product.margin * rng.uniform(0.7, 1.2), 3)))).quantize(CENT)
    return Line(product.brand, product.name, quantity, net, (net * TAX).quantize(CENT), earned)


def _orders(
    story: Story, month: date, buyers: tuple[tuple[Customer, ...], tuple[Customer, ...]], today: date
) -> Iterator[Record]:
    """What firms order through their ledgers, and quotes that are still open or were turned down."""
    rng = Random(f"{story.seed}/orders/{month}")
    desk = [person for person in PEOPLE if person.desks[-1] == "Fleet desk"]
    count, day, end = 0, month, month_of(month).end
    while day <= end:
        for _ in range(rng.choice((3, 4, 5, 6, 7)) if story.calendar.is_working(day) else 0):
            count += 1
            customer = rng.choice(buyers[1][:40])
            person = rng.choice([who for who in desk if cast.joined_on(who, story.opened) <= day])
            ledger = rng.choices(catalogue.LEDGERS, (2, 3, 5))[0]
            turned_down = day + timedelta(days=rng.randint(5, 30))
            quote = rng.random() < 0.2
            yield Record(
                kind=Kind.ORDER,
                number=f"{PREFIX[Kind.ORDER]}{month:%y%m}-{count:04d}",
                date=day,
                member=person.name,
                customer=customer.name,
                customer_branch=rng.choice(customer.branches),
                wholesaler_branch="",
                company=catalogue.FLEET_COMPANY,
                sales_ledger=ledger,
                channel=ONLINE if ledger == catalogue.LEDGERS[1] else PHONE,
                zone=cast.zone_on(person, day, story.opened),
                state=(PROPOSED if today < turned_down else LOST) if quote else _sold(day, today),
                lines=_lines(FLEET if ledger == catalogue.LEDGERS[0] else PHONE, rng),
            )
        day += timedelta(days=1)
