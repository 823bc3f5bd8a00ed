"""Searching 100,000 customers of one organization, among those of others, and the whole page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import cast

from django.http import HttpResponse

from accounts.models import Organization
from accounts.tenancy import tenant
from benchmarks import databases
from benchmarks.framework import Row, timed
from benchmarks.requests import asked, rows, signed_in
from benchmarks.worlds import SLUG, Bench, found
from config.lists import listing
from ledger.models import Customer, CustomerBranch
from ledger.readers import lists as readers
from ledger.views.kinds import KINDS

AIM = 50
BEGINNINGS = ("Har", "Bel", "Mon", "Vol", "Kas", "Tri", "Nor", "Sea", "Gol", "Pla", "Ver", "Dun")
ENDINGS = ("bour", "mont", "tex", "vale", "ington", "stadt", "ville", "berg", "ford", "wick", "ström", "ham")
KINDS_OF_FIRM = ("GmbH", "Ltd", "Motors", "Garage", "& Sons", "Autohaus")
NEIGHBOURS = 5
SEARCHES = {
    "nothing, the first page": {},
    "nothing, the last page": {"page": "99999"},
    "the middle of a word": {"q": "arbou"},
    "two words": {"q": "harbour motors"},
    "one letter": {"q": "e"},
    "one that is there once": {"q": "99999"},
    "one that isn't there": {"q": "zzz"},
}


def measure(bench: Bench) -> Iterator[Row]:
    """Each search as the page asks it, then one of them as a whole request."""
    count, times = (2_000, 3) if bench.small else (100_000, 30)
    about = {"customers": count, "neighbours": NEIGHBOURS, "version": 1}
    with database(about, partial(build, count)) as organization:
        kind = KINDS["customer"]
        for name, query in SEARCHES.items():
            with tenant(organization, read_only=True):
                page = partial(listing, query, readers.customers(), kind.columns, cut=kind.cut)
                figures = timed(page, times=times)
            yield Row(f"{count:,} customers, {name}", figures, "ms", at_most=AIM)
        client = signed_in(f"admin@{SLUG}.example")
        address = f"/o/{SLUG}/settings/lists/customers/?q=harbour"
        request: Callable[[], HttpResponse] = lambda: cast(HttpResponse, client.get(address))  # noqa: E731
        yield from rows("the whole page of a search", asked(request, times=times), whole=100)


@contextmanager
def database(about: dict[str, int], make: Callable[[], None]) -> Iterator[Organization]:
    """A database of customers alone; yields the large organization."""
    with databases.database(f"headway_bench_customers_{about['customers']}", about, make):
        yield Organization.objects.get(slug=SLUG)


def build(count: int) -> None:
    """One organization with all of them, a branch for every tenth, and neighbours with a fifth each."""
    rng = Random(1)
    for index in range(NEIGHBOURS):
        add(found(f"neighbour-{index}", salespeople=1), count // 5, rng)
    add(found(SLUG, salespeople=1), count, rng)


def add(organization: Organization, count: int, rng: Random) -> None:
    """So many customers with names of several words."""
    with tenant(organization):
        made = Customer.objects.bulk_create(
            [Customer(organization=organization, name=name(number, rng)) for number in range(count)], batch_size=5_000
        )
        CustomerBranch.objects.bulk_create(
            [CustomerBranch(organization=organization, customer=each, name="Main street") for each in made[::10]],
            batch_size=5_000,
        )


def name(number: int, rng: Random) -> str:
    """Two made-up words, what kind of firm it is, and a number that makes it the only one."""
    words = [rng.choice(BEGINNINGS) + rng.choice(ENDINGS) for _ in range(2)]
    return f"{' '.join(words)} {rng.choice(KINDS_OF_FIRM)} {number}"
