"""A list on a page and as CSV: the same rows, since both read the same address."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import StreamingHttpResponse

from accounts.database import name_key
from ledger.reading import guarded

M = TypeVar("M", bound=Model)
ROWS_A_PAGE = 50
ROWS_A_CHUNK = 500
LONGEST_SEARCH = 240
HIGHEST_PAGE = 1_000_000
# Spreadsheets take a file without it for another encoding.
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list and of its CSV. `value` is what stands in the CSV; without one it is on the page alone.

    `order` is what the rows are sorted by; without one they can't be. `told`: only shown; a CSV that comes back may
    hold it, and it is not read.
    """

    name: str
    label: str
    value: Callable[[Any], object] | None = None
    order: tuple[str, ...] = ()
    number: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column. `query` leads to the rows sorted by it, "" where they can't be."""

    label: str
    number: bool
    query: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Listing(Generic[M]):
    """One page of a list. `first` and `last` count from 1; a page beyond the end is the last one.

    `kept` are the parameters of the address that a new search keeps, `query` is what the CSV is asked with.
    """

    rows: list[M]
    total: int
    first: int
    last: int
    search: str
    narrowed: bool
    headings: list[Heading]
    query: str
    previous: str
    next: str
    kept: dict[str, str] = field(default_factory=dict)


def narrowed(
    query: Mapping[str, str],
    rows: "QuerySet[M]",
    columns: Sequence[Column],
    *,
    usual: Sequence[str] = (),
    also: Sequence[str] = (),
) -> "QuerySet[M]":
    """The rows whose names hold every word that is searched for, sorted as the address says.

    Upper and lower case are the same, and a word is found inside others. `also` names further fields, in lower case, to
    look in. Where the address says no order it is the `usual` one, or that of the first column.
    """
    for word in name_key(_search(query)).split():
        found = Q(name_key__contains=word)
        for each in also:
            found |= Q(**{f"{each}__contains": word})
        rows = rows.filter(found)
    column, descending = _sorting(query, columns, usual)
    order = column.order if column else usual
    return rows.order_by(*(f"-{each}" if descending else each for each in order), "pk")


def listing(
    query: Mapping[str, str],
    rows: "QuerySet[M]",
    columns: Sequence[Column],
    *,
    filters: Sequence[str] = (),
    usual: Sequence[str] = (),
    also: Sequence[str] = (),
    cut: "Callable[[QuerySet[M], int, int], tuple[list[M], int]] | None" = None,
) -> Listing[M]:
    """The page of a list that an address asks for (?q=, ?sort=name or -name, ?page=). Two queries.

    `filters` names further parameters, by which the caller has filtered `rows`. `cut(rows, page, size)`
    takes the place of the two queries for lists that need better ones.
    """
    found = narrowed(query, rows, columns, usual=usual, also=also)
    kept = {name: query[name] for name in ("sort", *filters) if query.get(name)}
    search = _search(query)
    asked = ({"q": search} if search else {}) | kept
    number = _number(query.get("page", ""))
    page, total = (cut or _cut)(found, number, ROWS_A_PAGE)
    pages = max(-(-total // ROWS_A_PAGE), 1)
    number = min(number, pages)
    first = (number - 1) * ROWS_A_PAGE + 1 if page else 0
    return Listing(
        rows=page,
        total=total,
        first=first,
        last=first + len(page) - 1 if page else 0,
        search=search,
        narrowed=bool(search or any(query.get(name) for name in filters)),
        headings=[_heading(column, _sorting(query, columns, usual), asked) for column in columns],
        query=urlencode(asked),
        previous=urlencode(asked | {"page": number - 1}) if number > 1 else "",
        next=urlencode(asked | {"page": number + 1}) if number < pages else "",
        kept=kept,
    )


def export(
    query: Mapping[str, str],
    rows: "QuerySet[M]",
    columns: Sequence[Column],
    filename: str,
    *,
    usual: Sequence[str] = (),
    also: Sequence[str] = (),
) -> StreamingHttpResponse:
    """All pages of what a list shows as a CSV that may be opened in a spreadsheet. One query, streamed."""
    return StreamingHttpResponse(
        _lines(narrowed(query, rows, columns, usual=usual, also=also), columns),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}.csv"'},
    )


def _lines(rows: "QuerySet[M]", columns: Sequence[Column]) -> Iterator[bytes]:
    sheet = io.StringIO()
    sheet.write(BYTE_ORDER_MARK)
    writer = csv.writer(sheet)
    cells = [(column.label, column.value) for column in columns if column.value]
    writer.writerow([label for label, _ in cells])
    for place, row in enumerate(rows.iterator(chunk_size=ROWS_A_CHUNK), start=1):
        values = [value(row) for _, value in cells]
        writer.writerow(guarded(["" if value is None else str(value) for value in values]))
        if place % ROWS_A_CHUNK == 0:
            yield sheet.getvalue().encode()
            sheet.seek(0)
            sheet.truncate()
    yield sheet.getvalue().encode()


def _cut(rows: "QuerySet[M]", number: int, size: int) -> tuple[list[M], int]:
    total = rows.count()
    start = (min(number, max(-(-total // size), 1)) - 1) * size
    return list(rows[start : start + size]), total


def _heading(column: Column, sorting: tuple[Column | None, bool], asked: dict[str, str]) -> Heading:
    if not column.order:
        return Heading(column.label, column.number, "", "")
    here, descending = sorting[0] is column, sorting[1]
    towards = f"-{column.name}" if here and not descending else column.name
    state = ("descending" if descending else "ascending") if here else ""
    return Heading(column.label, column.number, urlencode(asked | {"sort": towards}), state)


def _sorting(query: Mapping[str, str], columns: Sequence[Column], usual: Sequence[str]) -> tuple[Column | None, bool]:
    """The column that the rows are sorted by, None for the usual order, and whether downwards."""
    asked = query.get("sort", "")
    sortable = {column.name: column for column in columns if column.order}
    if found := sortable.get(asked.removeprefix("-")):
        return found, asked.startswith("-")
    return (None if usual else next(iter(sortable.values()))), False


def _search(query: Mapping[str, str]) -> str:
    return " ".join(query.get("q", "").replace("\0", "").split())[:LONGEST_SEARCH]


def _number(text: str) -> int:
    return min(int(text), HIGHEST_PAGE) if text.isascii() and text.isdigit() and 0 < len(text) < 9 and int(text) else 1
