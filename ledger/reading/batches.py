"""Rows of text to batches of typed rows, column by column, with what was refused on the way."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import compress
from typing import IO, Any, cast

from ledger.ingest.rows import AMOUNTS, COMPANION, Batch
from ledger.reading.layout import TEXTS, Layout
from ledger.reading.opening import Table
from ledger.reading.records import Records, records
from ledger.reading.values import Amounts, Numbers, Values, date_reader, read_name

ROWS = 10_000
#: A deal of more neighbouring rows than this is cut; its lines still add up, since they are of one run.
MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that could not be read. `field` is "" where the whole row is meant; `cells` is the row as it stood."""

    line: int
    field: str
    value: str
    reason: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some thousand rows of a file: those that could be read, and those that could not.

    `cells[i]` is the text of `batch` row i. `last_line` is the line on which the last row of both starts: everything up
    to it is in this piece or an earlier one. `bytes_read` counts from the file's beginning.
    """

    batch: Batch
    cells: list[list[str]]
    rejected: list[Rejected]
    last_line: int
    bytes_read: int

    @property
    def rows_read(self) -> int:
        """Both kinds; blank lines don't count."""
        return len(self.batch) + len(self.rejected)

    def cells_at(self, line: int) -> list[str]:
        """The text of the batch's row that starts on a line."""
        place = bisect_left(self.batch.line, line)
        return self.cells[place] if place < len(self.cells) and self.batch.line[place] == line else []


def read_pieces(
    stream: IO[bytes], table: Table, layout: Layout, *, after: int = 0, rows: int = ROWS
) -> Iterator[Piece]:
    """Read a file from its start, in pieces of about `rows` rows, leaving out the lines up to `after`.

    Two neighbouring rows with one number stay together. The same file gives the same pieces after any `last_line`.
    """
    parser = RowParser(layout)
    number_at = layout.columns.get("number", 0)
    after = max(after, table.header_line)
    lines: list[int] = []
    cells: list[list[str]] = []
    rejected: list[Rejected] = []
    end = 0
    for found in records(stream, table.delimiter, width=layout.width + layout.returned):
        end = found.end
        new_lines, new_cells, new_rejected = fitted(_after(found, after), layout)
        lines += new_lines
        cells += new_cells
        rejected += new_rejected
        while len(lines) > rows or len(rejected) > MOST_ROWS:
            cut = _cut(cells, number_at, rows)
            if cut == len(cells) and cut < MOST_ROWS and len(rejected) <= MOST_ROWS:
                break
            last = lines[cut] - 1 if cut < len(lines) else _last(lines, rejected)
            told = [refusal for refusal in rejected if refusal.line <= last]
            yield _piece(parser, lines[:cut], cells[:cut], told, last, end)
            lines, cells, rejected = lines[cut:], cells[cut:], rejected[len(told) :]
    if lines or rejected:
        yield _piece(parser, lines, cells, rejected, _last(lines, rejected), end)


def _last(lines: list[int], rejected: list[Rejected]) -> int:
    return max([*lines[-1:], *(refusal.line for refusal in rejected[-1:])])


def _after(found: Records, line: int) -> Records:
    if (not found.lines or found.lines[0] > line) and (not found.unreadable or found.unreadable[0].line > line):
        return found
    skip = bisect_left(found.lines, line + 1)
    unreadable = [each for each in found.unreadable if each.line > line]
    return Records(found.lines[skip:], found.rows[skip:], unreadable, found.end)


def fitted(found: Records, layout: Layout) -> tuple[list[int], list[list[str]], list[Rejected]]:
    """Rows of exactly the header's width, and the others as refusals; rows without any text are dropped."""
    rejected = [Rejected(each.line, "", "", each.reason, each.cells) for each in found.unreadable]
    width = layout.width
    if not layout.returned and set(map(len, found.rows)) <= {width}:
        return found.lines, found.rows, rejected
    lines, rows = [], []
    for line, row in zip(found.lines, found.rows, strict=True):
        cells = row[:width] + row[width + 1 :] if layout.returned else row
        if not any(map(str.strip, cells[width:])) and len(cells) >= width:
            lines.append(line)
            rows.append(cells[:width])
        elif any(map(str.strip, cells)):
            count = f"{len(cells)} value" + "s" * (len(cells) != 1)
            rejected.append(Rejected(line, "", "", f"This row has {count}, the header has {width} columns.", cells))
    rejected.sort(key=lambda refusal: refusal.line)
    return lines, rows, rejected


def _cut(cells: list[list[str]], number_at: int, rows: int) -> int:
    """After how many rows to cut: `rows` or more, so that neighbours with one number stay together."""
    cut = min(rows, len(cells))
    while 0 < cut < min(len(cells), MOST_ROWS) and cells[cut][number_at] == cells[cut - 1][number_at]:
        cut += 1
    return cut


def _piece(
    parser: "RowParser", lines: list[int], cells: list[list[str]], rejected: list[Rejected], last: int, end: int
) -> Piece:
    batch, kept, refused = parser.parse(lines, cells)
    if refused:
        rejected = sorted([*rejected, *refused], key=lambda refusal: refusal.line)
    return Piece(batch, kept, rejected, last, end)


class RowParser:
    """Turns rows of the right width into a batch."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        one, zero = Decimal(1), Decimal(0)
        blanks = {"quantity": one}
        self.dates = Values[date](date_reader(layout.date_order, layout.zone))
        self.amounts = {name: Amounts(layout.decimals, blanks.get(name, zero)) for name in AMOUNTS}
        self.texts = {name: Values[str](read_name) for name in TEXTS}
        self.numbers = Numbers()

    def parse(self, lines: list[int], cells: list[list[str]]) -> tuple[Batch, list[list[str]], list[Rejected]]:
        """The batch, the rows it holds as text, and the refusals. Lines of a deal that lost one are refused with it."""
        columns: list[tuple[str, ...]] = list(zip(*cells, strict=True)) or [()] * self.layout.width
        found: dict[str, list[Any]] = {"number": self._column("number", self.numbers, columns, lines)}
        found["date"] = self._dates(columns, lines)
        parsers: dict[str, Values[Any]] = {**self.texts, **self.amounts}
        for name, values in parsers.items():
            found[name] = self._column(name, values, columns, lines)
        wrong: dict[int, str] = {}
        parsers |= {"number": self.numbers, "date": self.dates}
        for name, values in parsers.items():
            if values.none_met:
                for row, value in enumerate(found[name]):
                    if value is None:
                        wrong.setdefault(row, name)
        rejected: list[Rejected] = []
        if wrong:
            rejected, good = self._rejected(wrong, found["number"], lines, cells)
            found = {name: list(compress(read, good)) for name, read in found.items()}
            lines, cells = list(compress(lines, good)), list(compress(cells, good))
        return Batch(line=lines, **cast("dict[str, Any]", found)), cells, rejected

    def _column(
        self, name: str, values: Values[Any], columns: Sequence[tuple[str, ...]], lines: list[int]
    ) -> list[Any]:
        place = self.layout.columns.get(name)
        if place is not None:
            return values.read(columns[place])
        return [values[self.layout.fixed.get(name, "")]] * len(lines)

    def _dates(self, columns: Sequence[tuple[str, ...]], lines: list[int]) -> list[date | None]:
        """The date, else the second date; None where there is neither or one can't be read."""
        first = self._column("date", self.dates, columns, lines)
        second = self.layout.columns.get("date_fallback")
        if second is None:
            return first
        texts, dates = columns[self.layout.columns["date"]], self.dates
        others = columns[second]
        return [
            value if value is not None or texts[row].strip() else dates[others[row]] for row, value in enumerate(first)
        ]

    def _rejected(
        self, wrong: dict[int, str], numbers: list[str | None], lines: list[int], cells: list[list[str]]
    ) -> tuple[list[Rejected], list[bool]]:
        """The refusals, and for each row whether it stays."""
        rejected = [
            self._refusal(name, lines[row], cells[row])
            for row, name in wrong.items()
            if any(map(str.strip, cells[row]))
        ]
        incomplete = {numbers[row] for row in wrong} - {None}
        for row, number in enumerate(numbers):
            if number in incomplete and row not in wrong:
                rejected.append(Rejected(lines[row], "", "", COMPANION, cells[row]))
        good = [row not in wrong and number not in incomplete for row, number in enumerate(numbers)]
        return rejected, good

    def _refusal(self, name: str, line: int, cells: list[str]) -> Rejected:
        """Why one value is wrong, in words."""
        place = self.layout.columns.get(name)
        text = cells[place] if place is not None else self.layout.fixed.get(name, "")
        if name == "date":
            second = self.layout.columns.get("date_fallback")
            if not text.strip() and second is not None and cells[second].strip():
                name, text = "date_fallback", cells[second]
            reason = self.dates.reasons.get(text, "There is no date.")
        elif name == "number":
            reason = self.numbers.reasons.get(text, "")
        else:
            reason = (self.amounts.get(name) or self.texts[name]).reasons.get(text, "")
        return Rejected(line, name, text, reason, cells)
