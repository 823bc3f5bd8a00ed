"""Timing, rows and the printed table."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("measured", "median", "min", "max", "unit", "compared", "aim", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    `figures` are what the runs gave, in `unit`; a single one stands for itself; `reference` is the median of the
    row to compare with. `at_most` or `at_least` is the stated aim for the median, `ratio_at_most` the one for
    median / reference; a row may state none, or both kinds.
    """

    measured: str
    figures: Sequence[float]
    unit: str
    reference: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    ratio_at_most: float | None = None

    @property
    def median(self) -> float:
        """The middle of the figures."""
        return statistics.median(self.figures)

    @property
    def ratio(self) -> float | None:
        """How many times the reference, where there is one."""
        return self.median / self.reference if self.reference else None

    def verdict(self) -> str:
        """Whether each stated aim is reached; empty without an aim."""
        checks = [
            self.at_most is None or self.median <= self.at_most,
            self.at_least is None or self.median >= self.at_least,
            self.ratio_at_most is None or self.ratio is None or self.ratio <= self.ratio_at_most,
        ]
        if self.at_most is self.at_least is self.ratio_at_most is None:
            return ""
        return "reached" if all(checks) else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """The row as text, column by column."""
        aims = [
            f"{sign} {number(limit)}{suffix}"
            for sign, limit, suffix in (
                ("<=", self.at_most, ""),
                (">=", self.at_least, ""),
                ("<=", self.ratio_at_most, "x"),
            )
            if limit is not None
        ]
        return (
            self.measured,
            number(self.median),
            number(min(self.figures)),
            number(max(self.figures)),
            self.unit,
            "" if self.ratio is None else f"{self.ratio:.2f}x",
            ", ".join(aims),
            self.verdict(),
        )


def number(value: float) -> str:
    """A figure with three meaningful digits, or whole with thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.3g}"


def timed(action: Callable[[], object], *, times: int, warm_up: int = 1) -> list[float]:
    """Milliseconds that each of `times` runs took, after `warm_up` runs that don't count."""
    for _ in range(warm_up):
        action()
    figures = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        figures.append((time.perf_counter() - began) * 1000)
    return figures


def table(rows: Iterable[Row]) -> str:
    """The rows as a table for a terminal."""
    lines = [COLUMNS, *(row.cells() for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(COLUMNS))]
    numeric = {1, 2, 3, 5}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if index in numeric else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def machine() -> str:
    """One line that says what the figures were taken on."""
    name = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        name = next(
            (line.split(":", 1)[1].strip() for line in cpus.read_text().splitlines() if line.startswith("model name")),
            name,
        )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    load = os.getloadavg()[0]
    return (
        f"{name}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, load {load:.1f} at the start"
    )
