"""The whole targets page, and saving one of its cells."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import cast

from django.http import HttpResponse
from django.test import Client

from accounts.models import Member, Organization, Role
from accounts.tenancy import tenant
from benchmarks.framework import Row
from benchmarks.requests import Figures, asked, rows, signed_in
from benchmarks.worlds import SLUG, Bench, World
from targets.models import MonthlyTarget

PAGE_AIMS = {"whole": 100, "database": 10, "statements": 12, "ratio": 1.3}


def measure(bench: Bench) -> Iterator[Row]:
    """As everyone who opens it, over many deals and over few; the few are what the many are compared with."""
    few, many = (taken(bench, world) for world in (bench.reference, bench.full))
    for name, figures in few.items():
        yield from rows(f"{name}, {bench.reference.deals:,} deals", figures)
    for name, figures in many.items():
        aims = PAGE_AIMS if name.startswith("page") else {}
        yield from rows(f"{name}, {bench.full.deals:,} deals", figures, few[name], **aims)


def taken(bench: Bench, world: World) -> dict[str, Figures]:
    """{what: figures} in one world."""
    times = 5 if bench.small else 30
    with bench.opened(world) as organization:
        site = f"/o/{SLUG}/targets/"
        found = {}
        for who in ("admin", "manager", "seller"):
            client = signed_in(f"{who}@{SLUG}.example")
            found[f"page as {who}"] = asked(page(client, site), times=times)
        found["saving a cell"] = asked(saving(organization, site), times=times)
        return found


def page(client: Client, address: str) -> Callable[[], HttpResponse]:
    """Opens the whole page."""
    return lambda: cast(HttpResponse, client.get(address))


def saving(organization: Organization, site: str) -> Callable[[], HttpResponse]:
    """Saves another number in the same cell each time, as htmx does."""
    client = signed_in(f"manager@{SLUG}.example")
    with tenant(organization):
        member = Member.objects.filter(role=Role.SALESPERSON).order_by("pk")[0]
        target = MonthlyTarget.objects.filter(member=member).order_by("-month", "channel")[0]
    versions = count(target.version)

    def save() -> HttpResponse:
        version = next(versions)
        cell = {
            "member": target.member_id,
            "channel": target.channel_id,
            "month": f"{target.month:%Y-%m}",
            "version": version,
            "count": str(10 + version % 2 + (target.count or 0)),
        }
        return cast(HttpResponse, client.post(f"{site}cell/", cell, headers={"hx-request": "true"}))

    return save
