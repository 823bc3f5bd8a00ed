"""Editing the targets page: one cell, a block, one number for everyone until the year's end, and undo."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from typing import cast

from django.http import HttpResponse
from django.test import Client

from accounts.models import Member, Organization, Role
from accounts.tenancy import tenant
from benchmarks.framework import Row
from benchmarks.requests import Figures, asked, rows, signed_in
from benchmarks.worlds import SLUG, Bench, World
from ledger.models import Channel
from targets.models import MonthlyTarget

HTMX = {"hx-request": "true", "hx-target": "cell-saved"}
SITE = f"/o/{SLUG}/targets/"
UNDO = re.compile(r'data-undo-batch="([^"]+)"')
AIMS: dict[str, dict[str, float]] = {
    "saving a cell": {"whole": 40, "statements": 12},
    "pasting a block": {"whole": 1000, "statements": 12},
}


def measure(bench: Bench) -> Iterator[Row]:
    """Over many deals and over few; the few are what the many are compared with."""
    few, many = (taken(bench, world) for world in (bench.reference, bench.full))
    for name, figures in many.items():
        aims = next((aims for start, aims in AIMS.items() if name.startswith(start)), {})
        yield from rows(f"{name}, {bench.full.deals:,} deals", figures, few[name], **aims)


def taken(bench: Bench, world: World) -> dict[str, Figures]:
    """{what: figures} in one world, as the manager of everybody. What is set is taken back."""
    with bench.opened(world) as organization:
        client = signed_in(f"manager@{SLUG}.example")
        found = {"saving a cell": asked(saving(organization, client), times=5 if bench.small else 30)}
        times = 2 if bench.small else 7
        month = date.today().replace(day=1)  # noqa: DTZ011 - the world's, whose targets are this month's
        block, everyone = pasting(organization, client, month), spreading(organization, client, month)
        for name, act in (("pasting a block", block), ("one number for everyone until the year ends", everyone)):
            batches: list[str] = []
            found[name] = asked(remembered(act, batches), times=times, warm_up=1)
            undone = iter(reversed(batches))
            found[f"undo of {name}"] = asked(undoing(client, undone), times=times, warm_up=1)
    return found


def saving(organization: Organization, client: Client) -> Callable[[], HttpResponse]:
    """Saves another number in the same cell each time, as htmx does."""
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
        return post(client, "cell", cell)

    return save


def pasting(organization: Organization, client: Client, month: date) -> Callable[[], HttpResponse]:
    """Pastes other numbers into every cell of the month."""
    with tenant(organization):
        held = list(MonthlyTarget.objects.filter(month=month).values_list("member_id", "channel_id", "version"))
    turns = count()

    def paste() -> HttpResponse:
        turn = next(turns)
        cells = [[member, channel, version + turn, str(101 + turn), "A1"] for member, channel, version in held]
        return post(client, "paste", {"month": f"{month:%Y-%m}", "cells": json.dumps(cells)})

    return paste


def spreading(organization: Organization, client: Client, month: date) -> Callable[[], HttpResponse]:
    """Gives everyone a number in the twelve months of a later year, where nobody has one that has to be agreed to."""
    with tenant(organization):
        channel = Channel.objects.order_by("position", "pk").values_list("pk", flat=True)[0]
        member = Member.objects.filter(role=Role.SALESPERSON).values_list("pk", flat=True)[0]
        people = Member.objects.filter(role=Role.SALESPERSON).count()
    numbers = count(1)

    def spread() -> HttpResponse:
        number = next(numbers)
        january = f"{month.year + number:04d}-01"
        fields = {"month": january, "member": member, "channel": channel, "number": number, "reach": "both"}
        return post(client, "apply", fields | {"cells": 12 * people})

    return spread


def remembered(act: Callable[[], HttpResponse], batches: list[str]) -> Callable[[], HttpResponse]:
    """The same, and notes the batch that its answer offers to undo."""

    def acted() -> HttpResponse:
        response = act()
        found = UNDO.search(gzip.decompress(response.content).decode())
        if found is None:
            raise RuntimeError(f"Nothing to undo: {response.content[:300]!r}")
        batches.append(found[1])
        return response

    return acted


def undoing(client: Client, batches: Iterator[str]) -> Callable[[], HttpResponse]:
    """Takes back one batch each time, the newest first."""
    return lambda: post(client, "undo", {"batch": next(batches)})


def post(client: Client, name: str, fields: dict[str, object]) -> HttpResponse:
    """An edit as the grid sends it."""
    return cast(HttpResponse, client.post(f"{SITE}{name}/", fields, headers=HTMX))
