"""Recounting every monthly total of an organization (`manage.py check_totals`)."""

from collections.abc import Iterator
from io import StringIO

from django.core.management import call_command

from benchmarks.framework import Row, timed
from benchmarks.worlds import SLUG, Bench


def measure(bench: Bench) -> Iterator[Row]:
    """One recount, as an administrator runs it."""
    with bench.opened(bench.full):
        figures = timed(lambda: call_command("check_totals", organization=SLUG, stdout=StringIO()), times=3)
        yield Row(f"recount of {bench.full.deals:,} deals", [figure / 1000 for figure in figures], "s")
