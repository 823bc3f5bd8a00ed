"""The whole targets page."""

from collections.abc import Callable, Iterator
from typing import cast

from django.http import HttpResponse
from django.test import Client

from benchmarks.framework import Row
from benchmarks.requests import Figures, asked, rows, signed_in
from benchmarks.worlds import SLUG, Bench, World

AIMS = {"whole": 100, "database": 10, "statements": 12, "ratio": 1.3}


def measure(bench: Bench) -> Iterator[Row]:
    """As everyone who opens it, with deals or revenue, over many deals and over few, which those are compared with."""
    few, many = (taken(bench, world) for world in (bench.reference, bench.full))
    for name, figures in few.items():
        yield from rows(f"{name}, {bench.reference.deals:,} deals", figures)
    for name, figures in many.items():
        yield from rows(f"{name}, {bench.full.deals:,} deals", figures, few[name], **AIMS)


def taken(bench: Bench, world: World) -> dict[str, Figures]:
    """{what: figures} in one world."""
    times = 5 if bench.small else 30
    with bench.opened(world):
        site = f"/o/{SLUG}/targets/"
        found = {}
        for who in ("admin", "manager", "seller"):
            client = signed_in(f"{who}@{SLUG}.example")
            found[f"page as {who}"] = asked(page(client, site), times=times)
            if who != "seller":
                found[f"revenue as {who}"] = asked(page(client, f"{site}?show=revenue"), times=times)
                found[f"behind pace as {who}"] = asked(page(client, f"{site}?behind=1"), times=times)
        return found


def page(client: Client, address: str) -> Callable[[], HttpResponse]:
    """Opens the whole page."""
    return lambda: cast(HttpResponse, client.get(address))
