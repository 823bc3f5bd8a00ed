"""One organization's targets page while another one imports a file, beside the same page in quiet.

The import runs in a process of its own, with as little priority as a worker's.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

from accounts.models import Organization
from benchmarks import databases
from benchmarks.framework import Row
from benchmarks.imports import write_file
from benchmarks.page import page
from benchmarks.requests import Figures, asked, rows, signed_in
from benchmarks.worlds import SLUG, Bench, ask, fill, found
from config.celery import NICENESS
from config.owner import drop_database

DATABASE, QUIET = "headway_bench_neighbours", "quiet"
ROUNDS = 5  # pages between two looks at whether the import still runs


def measure(bench: Bench) -> Iterator[Row]:
    """The page of an organization of 200 people with 10,000 deals."""
    lines = 150_000 if bench.small else 1_000_000
    drop_database(DATABASE)
    with tempfile.TemporaryDirectory() as folder, databases.database(DATABASE, {}, _found):
        file = Path(folder, "deals.csv")
        write_file(file, lines, bad_one_in=0)
        request = page(signed_in(f"admin@{QUIET}.example"), f"/o/{QUIET}/targets/")
        alone = asked(request, times=40)
        beside = Figures()
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.one_import", str(file)],
            env=databases.environment(),
            stdout=subprocess.DEVNULL,
            preexec_fn=partial(os.nice, NICENESS),
        ) as importing:
            while importing.poll() is None:
                more = asked(request, times=ROUNDS, warm_up=0)
                for name in ("whole", "database", "statements", "kilobytes"):
                    getattr(beside, name).extend(getattr(more, name))
        if importing.returncode:
            raise RuntimeError("The import failed.")
    yield from rows("page in quiet", alone)
    yield from rows(f"page while another organization imports {lines:,} lines", beside, alone, ratio=2)
    drop_database(DATABASE)


def _found() -> None:
    today = date.today()  # noqa: DTZ011 - the machine's own, as a person at it would say
    found(SLUG, salespeople=200)
    found(QUIET, salespeople=200)
    quiet = Organization.objects.get(slug=QUIET)
    fill(quiet, 10_000, today=today, seed=1)
    ask(quiet, today)
