"""Reads a workbook in a process of its own: `python unpacking.py <workbook >csv`.

A few kilobytes can say that they are gigabytes: one cell at the sheet's far end, or one long text that thousands of
cells name. What a workbook takes is known only once it is taken, so this process may take so much and no more.

Imports nothing of ours, so that it starts at once. Its exit code is an `Ending`.
"""

import csv
import io
import resource
import sys
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from enum import IntEnum
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MOST_MEMORY = 1024**3
MOST_WRITTEN = 1024**3
MOST_SECONDS = 60


class Ending(IntEnum):
    """How it went; any other code is that of a process that took too much."""

    READ = 0
    BROKEN = 10
    EMPTY = 11


def main() -> Ending:
    """One workbook from standard input to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with CalamineWorkbook.from_filelike(sys.stdin.buffer) as book:
            sheet = _sheet(book)
            if sheet is None:
                return Ending.EMPTY
            text = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="")
            csv.writer(text, lineterminator="\n").writerows(map(_cells, sheet.iter_rows()))
            text.flush()
            text.detach()
    except CalamineError:
        return Ending.BROKEN
    return Ending.READ


def _sheet(book: CalamineWorkbook) -> CalamineSheet | None:
    for about in book.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible:
            sheet = book.get_sheet_by_name(about.name)
            if sheet.height:
                return sheet
    return None


def _cells(row: Iterable[Any]) -> list[str]:
    return [_text(value) for value in row]


def _text(value: Any) -> str:
    """A cell in one line; whole numbers without decimals, a moment at midnight as its date."""
    if isinstance(value, str):
        return " ".join(value.split()) if "\n" in value or "\r" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{Decimal(repr(value)):f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else str(value)


if __name__ == "__main__":
    sys.exit(main())
