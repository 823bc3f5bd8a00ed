"""Importing a CSV file of 1,000,000 lines through the service that the browser uses, with all that it does."""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from accounts.models import Member, Organization, Role
from accounts.tenancy import tenant
from benchmarks import databases
from benchmarks.framework import Row
from benchmarks.worlds import SLUG, Bench, fill, found, sales
from ledger.models import Channel

DATABASE = "headway_bench_import"
COLUMNS = (
    "number", "date", "member", "customer", "company", "sales_ledger", "channel", "zone", "state", "brand", "product",
    "quantity", "net", "gross", "margin",
)  # fmt: skip
BAD_ONE_IN = 33
LINES_AT_ONCE = 50_000


def measure(bench: Bench) -> Iterator[Row]:
    """Into an empty organization beside a small one; then with 3 % bad rows; then the first file once more."""
    lines = 20_000 if bench.small else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        good, bad = Path(folder, "good.csv"), Path(folder, "bad.csv")
        databases.drop(DATABASE)
        with databases.database(DATABASE, {}, _found):
            _write(good, lines, bad_one_in=0)
            _write(bad, lines, bad_one_in=BAD_ONE_IN)
            first = _imported(good)
            again = _imported(good)
        databases.drop(DATABASE)
        with databases.database(DATABASE, {}, _found):
            mixed = _imported(bad)
        databases.drop(DATABASE)
    if mixed["refused"] != lines // BAD_ONE_IN or first["refused"]:
        raise RuntimeError(
            f"Refused {first['refused']} and {mixed['refused']} rows, expected 0 and {lines // BAD_ONE_IN}"
        )
    for name, figures in (("all good", first), ("the same again", again), ("3 % bad", mixed)):
        yield Row(f"{lines:,} lines, {name}", [lines / figures["seconds"]], "lines/s", at_least=20_000)
        yield Row(f"{lines:,} lines, {name}: peak memory", [figures["megabytes"]], "MB", at_most=300)


def _found() -> None:
    today = date(2026, 10, 22)
    fill(found("neighbour", salespeople=4), 1000, today=today, seed=1)
    found(SLUG, salespeople=200)


def _write(path: Path, lines: int, *, bad_one_in: int) -> None:
    """A file of so many deals of one line; every so often a wrong date or amount."""
    rng = Random(3)
    with tenant(Organization.objects.get(slug=SLUG)):
        members = list(Member.objects.filter(role=Role.SALESPERSON).values_list("name", flat=True))
        channels = list(Channel.objects.values_list("name", flat=True))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for start in range(0, lines, LINES_AT_ONCE):
            batch = sales(start, min(LINES_AT_ONCE, lines - start), members, channels, date(2026, 10, 22), rng)
            rows = zip(*(getattr(batch, column) for column in COLUMNS), strict=True)
            for place, row in enumerate(rows, start + 1):
                writer.writerow(_spoilt(row, place) if bad_one_in and place % bad_one_in == 0 else row)


def _spoilt(row: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    """The row with a date or an amount that is none."""
    return (row[0], "31.31.2026", *row[2:]) if place % 2 else (*row[:12], "a lot", *row[13:])


def _imported(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.one_import", str(path)],
        env=databases.environment(),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
