"""Importing a CSV file of 1,000,000 lines through the service that the browser uses, with all that it does.

The file is like what a trade company exports: ordered by date, with 1 to 4 lines a deal. Beside it a hard one: a deal
a line, every reference filled in, dates at random, so that each line costs what a deal costs.
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from accounts.models import Member, Organization, Role
from accounts.tenancy import tenant
from benchmarks import databases
from benchmarks.framework import Row
from benchmarks.worlds import SLUG, Bench, fill, found, sales
from config.owner import drop_database
from ledger.models import Channel

DATABASE = "headway_bench_import"
COLUMNS = (
    "number", "date", "member", "customer", "channel", "zone", "state", "brand", "product",
    "quantity", "net", "gross", "margin",
)  # fmt: skip
HARD_COLUMNS = (*COLUMNS, "company", "sales_ledger")
STATES = ("Confirmed",) * 7 + ("Proposed", "Cancelled", "Cancelled")
LINES = (1, 2, 2, 3, 4)
FIRST, DAYS = date(2024, 11, 1), 720
BAD_ONE_IN = 33
LINES_AT_ONCE = 50_000


def measure(bench: Bench) -> Iterator[Row]:
    """Into an empty organization beside a small one; the same file once more; then with 3 % bad rows; the hard file."""
    lines = 20_000 if bench.small else 1_000_000
    hard = lines // 5
    with tempfile.TemporaryDirectory() as folder:
        good, bad, wide = (Path(folder, name) for name in ("good.csv", "bad.csv", "hard.csv"))
        drop_database(DATABASE)
        with databases.database(DATABASE, {}, _found):
            write_file(good, lines, bad_one_in=0)
            write_file(bad, lines, bad_one_in=BAD_ONE_IN)
            _write_hard(wide, hard)
        taken = {
            "all good": _imported(good),
            "the same again": _imported(good, again=True),
            "3 % bad": _imported(bad),
        }
        for name, figures in taken.items():
            yield Row(f"{lines:,} lines, {name}", [lines / figures["seconds"]], "lines/s", at_least=20_000)
            yield Row(f"{lines:,} lines, {name}: peak memory", [figures["megabytes"]], "MB", at_most=300)
        refused = [figures["refused"] for figures in taken.values()]
        if refused[0] or refused[1] or refused[2] < lines // BAD_ONE_IN:
            raise RuntimeError(f"Refused {refused} rows, expected 0, 0 and at least {lines // BAD_ONE_IN}")
        yield Row(f"{hard:,} lines, a deal each, every column", [hard / _imported(wide)["seconds"]], "lines/s")
    drop_database(DATABASE)


def _found() -> None:
    today = date(2026, 10, 22)
    fill(found("neighbour", salespeople=4), 1000, today=today, seed=1)
    found(SLUG, salespeople=200)


def _names() -> tuple[list[str], list[str]]:
    with tenant(Organization.objects.get(slug=SLUG)):
        members = Member.objects.filter(role=Role.SALESPERSON).values_list("name", flat=True)
        return list(members), list(Channel.objects.values_list("name", flat=True))


def write_file(path: Path, lines: int, *, bad_one_in: int) -> None:
    """Deals of 1 to 4 lines in the order of their dates; every so often a wrong date or amount."""
    rng = Random(3)
    members, channels = _names()
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        place = 0
        while place < lines:
            day = FIRST + timedelta(days=DAYS * place // lines)
            head = (
                f"S{place:07d}", day, rng.choice(members), f"Customer {rng.randrange(20_000)}", rng.choice(channels),
                f"Zone {rng.randrange(20)}", rng.choice(STATES),
            )  # fmt: skip
            for _ in range(min(rng.choice(LINES), lines - place)):
                place += 1
                net = rng.randint(10_000, 900_000)
                row = (
                    *head, f"Brand {rng.randrange(30)}", f"Product {rng.randrange(400)}", rng.randint(1, 9),
                    f"{net // 100}.{net % 100:02d}", f"{net * 121 // 10_000}.00", f"{net // 500}.50",
                )  # fmt: skip
                writer.writerow(_spoilt(row, place) if bad_one_in and place % bad_one_in == 0 else row)


def _write_hard(path: Path, lines: int) -> None:
    """A deal a line, with everything."""
    rng = Random(4)
    members, channels = _names()
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HARD_COLUMNS)
        for start in range(0, lines, LINES_AT_ONCE):
            batch = sales(start, min(LINES_AT_ONCE, lines - start), members, channels, date(2026, 10, 22), rng)
            writer.writerows(zip(*(getattr(batch, column) for column in HARD_COLUMNS), strict=True))


def _spoilt(row: tuple[Any, ...], place: int) -> tuple[Any, ...]:
    """The row with a date or an amount that is none."""
    return (row[0], "31.31.2026", *row[2:]) if place % 2 else (*row[:10], "a lot", *row[11:])


def _imported(path: Path, *, again: bool = False) -> dict[str, Any]:
    """Import a file, into an organization without deals unless `again`, in a process of its own."""
    if not again:
        drop_database(DATABASE)
    with databases.database(DATABASE, {}, _found):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.one_import", str(path)],
            env=databases.environment(),
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result
