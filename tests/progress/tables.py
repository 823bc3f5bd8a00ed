"""Reads the worked tables of docs/algorithms/, so that the pages are the tests' parameters."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import pytest

from progress.amounts import Amount
from progress.periods import Period, WorkCalendar

PAGES = Path(__file__).resolve().parents[2] / "docs" / "algorithms"
WEEKDAYS = {
    "Mon-Fri": frozenset(range(5)),
    "Mon-Sat": frozenset(range(6)),
    "Mondays": frozenset({0}),
    "no weekdays": frozenset[int](),
}

Row = dict[str, str]
T = TypeVar("T")

read: set[tuple[str, str]] = set()


def tables(page: str) -> dict[str, list[Row]]:
    """The tables of a page by the heading they stand under; two under one heading are an error."""
    found: dict[str, list[Row]] = {}
    heading, names, previous = "", list[str](), ""
    for line in (PAGES / f"{page}.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("|"):
            values = [value.strip() for value in line.strip().strip("|").split("|")]
            if not previous.startswith("|"):
                assert heading not in found, f"two tables under {heading}"
                names, found[heading] = values, []
            elif not set(line) <= set("|-: "):
                found[heading].append(dict(zip(names, values, strict=True)))
        previous = line
    return found


def rows(page: str, heading: str) -> list[Row]:
    """One table."""
    read.add((page, heading))
    return tables(page)[heading]


def cases(page: str, heading: str) -> pytest.MarkDecorator:
    """Run a test for each row of a table, named after its first column."""
    return pytest.mark.parametrize(
        "row", [pytest.param(row, id=next(iter(row.values()))) for row in rows(page, heading)]
    )


def optional(parse: Callable[[str], T], text: str) -> T | None:
    """A value, or None for a dash."""
    return None if text == "-" else parse(text)


def listed(parse: Callable[[str], T], text: str) -> list[T]:
    """Values with commas between; a dash is none."""
    return [] if text == "-" else [parse(part.strip()) for part in text.split(",")]


def period(text: str) -> Period:
    start, end = text.split("..")
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def period_or_none(text: str) -> Period | None:
    return None if text == "no end" else period(text)


def calendar(text: str) -> WorkCalendar | None:
    if text == "calendar days":
        return None
    weekdays, _, holidays = text.partition(" less ")
    return WorkCalendar(WEEKDAYS[weekdays], frozenset(map(date.fromisoformat, holidays.split())))


def amount(text: str) -> Amount:
    return Decimal(text) if "." in text else int(text)


def yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def exactly(value: Any, text: str, parse: Callable[[str], Any] = Fraction) -> bool:
    """Whether a result is what a table says, of the same type, with a dash for None."""
    expected = optional(parse, text)
    return type(value) is type(expected) and value == expected and str(value) == str(expected)
