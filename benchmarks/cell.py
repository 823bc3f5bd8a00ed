"""Saving one cell of the targets page."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import cast

from django.http import HttpResponse

from accounts.models import Member, Organization, Role
from accounts.tenancy import tenant
from benchmarks.framework import Row
from benchmarks.requests import asked, rows, signed_in
from benchmarks.worlds import SLUG, Bench
from targets.models import MonthlyTarget

HTMX = {"hx-request": "true", "hx-target": "cell-saved"}


def measure(bench: Bench) -> Iterator[Row]:
    """Over many deals and over few; the few are what the many are compared with."""
    few, many = (None, None)
    for world in (bench.reference, bench.full):
        with bench.opened(world) as organization:
            few, many = many, asked(saving(organization, f"/o/{SLUG}/targets/"), times=5 if bench.small else 30)
        yield from rows(f"saving a cell, {world.deals:,} deals", many, few)


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
        return cast(HttpResponse, client.post(f"{site}cell/", cell, headers=HTMX))

    return save
