"""The list of deals, a place deep in it, and its file."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from django.http import StreamingHttpResponse
from django.test import Client

from accounts.tenancy import tenant
from benchmarks.framework import Row
from benchmarks.page import page
from benchmarks.requests import Figures, asked, rows, signed_in
from benchmarks.worlds import SLUG, Bench, World
from ledger.models import Deal

SITE = f"/o/{SLUG}/records/"
AIMS = {"whole": 500, "statements": 22}
#: What is asked of the list, by what it is called here. The last three read every deal.
QUESTIONS = {
    "newest first": "",
    "this person": "member={member}",
    "one month": "first={first}&last={last}",
    "ten odd days": "first={odd}&last={odd_end}",
    "confirmed of one channel": "state=confirmed&channel={channel}",
    "deep in it, by date": "after={deep}",
    "by number": "sort=number",
    "by net amount": "sort=-net",
    "a number's beginning": "text=B0999",
}


def measure(bench: Bench) -> Iterator[Row]:
    """As an admin and as the manager of everybody, over many deals and over few."""
    few, many = (taken(bench, world) for world in (bench.reference, bench.full))
    for name, figures in few.items():
        yield from rows(f"{name}, {bench.reference.deals:,} deals", figures)
    for name, figures in many.items():
        yield from rows(f"{name}, {bench.full.deals:,} deals", figures, few[name], **AIMS)
    yield from exported(bench)


def taken(bench: Bench, world: World) -> dict[str, Figures]:
    """{what: figures} in one world."""
    times = 3 if bench.small else 7
    found = {}
    with bench.opened(world) as organization:
        with tenant(organization):
            middle = Deal.objects.order_by("-date", "-pk")[world.deals * 9 // 10]
        month = middle.date.replace(day=1)
        values = {
            "member": middle.member_id,
            "channel": middle.channel_id,
            "first": month,
            "last": (month + timedelta(days=31)).replace(day=1) - timedelta(days=1),
            "odd": month + timedelta(days=3),
            "odd_end": month + timedelta(days=12),
            "deep": f"{middle.pk}~{middle.date}",
        }
        for who in ("admin", "manager"):
            client = signed_in(f"{who}@{SLUG}.example")
            for name, query in QUESTIONS.items():
                address = f"{SITE}?{query.format(**values)}"
                found[f"{name}, {who}"] = asked(page(client, address), times=times)
    return found


def exported(bench: Bench) -> Iterator[Row]:
    """Rows a second of the whole file."""
    with bench.opened(bench.full):
        client = signed_in(f"admin@{SLUG}.example")
        client.defaults.pop("HTTP_ACCEPT_ENCODING", None)  # a compressed file has no lines to count
        start = time.perf_counter()
        lines = _lines(client)
        yield Row("export of every deal", [lines / (time.perf_counter() - start)], "rows/s", at_least=20_000)


def _lines(client: Client) -> int:
    response = cast(StreamingHttpResponse, client.get(f"{SITE}deals.csv"))
    return sum(bytes(chunk).count(b"\n") for chunk in response)
