"""A salesperson's page with its charts."""

from collections.abc import Iterator

from accounts.tenancy import tenant
from benchmarks.framework import Row
from benchmarks.page import page
from benchmarks.requests import asked, rows, signed_in
from benchmarks.worlds import SLUG, Bench
from targets.models import MonthlyTarget

AIMS = {"whole": 60, "statements": 18}


def measure(bench: Bench) -> Iterator[Row]:
    """As the manager of the person, and as the person on "My goals"."""
    times = 5 if bench.small else 30
    with bench.opened(bench.full) as organization:
        with tenant(organization):
            member = MonthlyTarget.objects.filter(count__gt=0).order_by("pk").values_list("member_id", flat=True)[0]
        for who, address in (
            ("admin", f"targets/{member}/?back=12"),
            ("manager", f"targets/{member}/?back=12"),
            ("seller", "home/goals/?back=12"),
        ):
            client = signed_in(f"{who}@{SLUG}.example")
            yield from rows(f"page as {who}", asked(page(client, f"/o/{SLUG}/{address}"), times=times), None, **AIMS)
