"""Lines to rows of cells: quotes, quoted line feeds, and what can't be read as a row."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from ledger.reading.lines import LONGEST_LINE, Block, blocks
from ledger.reading.returned import taken_back

#: A quoted value may go on over this many further lines and characters; beyond them its quote is taken for a stray one.
MOST_LINES = 200
MOST_CHARACTERS = 128 * 1024


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no row of the table, and why; `cells` as far as they are known."""

    line: int
    reason: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Records:
    """Some rows in the order of the file: `lines[i]` is the line on which `rows[i]` starts. `end` counts bytes."""

    lines: list[int]
    rows: list[list[str]]
    unreadable: list[Unreadable]
    end: int


def records(stream: IO[bytes], delimiter: str, *, width: int | None = None) -> Iterator[Records]:
    """Every row of a file. Blank lines are passed over; `width` is the number of columns, where it is known.

    A quote that never closes costs the line on which it opens: reading goes on at the next one. Apostrophes by which a
    file was made safe for spreadsheets are gone again.
    """
    feed = _Feed(blocks(stream))
    while (block := feed.block()) is not None:
        if block.too_long:
            reason = f"This line is longer than {LONGEST_LINE:,} characters."
            yield Records([], [], [Unreadable(block.first, reason, [])], block.end)
            continue
        feed.nul, feed.quoted = block.nul, block.quoted
        found = _whole_lines(block, delimiter) or _by_record(feed, block, delimiter, width)
        if feed.quoted:
            found = _taken_back(found)
        yield _without_nul(found) if feed.nul else found


def _whole_lines(block: Block, delimiter: str) -> Records | None:
    """The rows of a block in which every row is one line, as in most files; None otherwise."""
    try:
        rows = list(csv.reader(block.lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    if len(rows) != len(block.lines):
        return None
    numbers = list(range(block.first, block.first + len(rows)))
    if [] in rows:
        numbers = [number for number, row in zip(numbers, rows, strict=True) if row]
        rows = [row for row in rows if row]
    return Records(numbers, rows, [], block.end)


def _by_record(feed: "_Feed", block: Block, delimiter: str, width: int | None) -> Records:
    """The rows that start in a block, one at a time; the last may take lines of the following blocks."""
    feed.open(block)
    found = Records([], [], [], block.end)
    while feed.waiting > 0:
        first, reason, row = feed.number, "", []
        feed.begin()
        try:
            row = next(csv.reader(feed, delimiter=delimiter, strict=True))
        except (csv.Error, StopIteration) as error:
            row, reason = _mended(feed, str(error), delimiter)
        else:
            if len(feed.taken) > 1 and width is not None and len(row) != width:
                reason = "A quote opens on this line and never closes."
        if reason:
            row = _lenient(feed.taken[0], delimiter)
            feed.give_back()
            found.unreadable.append(Unreadable(first, reason, row))
        elif row:
            found.lines.append(first)
            found.rows.append(row)
    return found


def _mended(feed: "_Feed", error: str, delimiter: str) -> tuple[list[str], str]:
    """What to make of a row that is no proper CSV: the row, or the reason why it is refused."""
    if "field limit" in error:
        return [], f"A value on this line is longer than {csv.field_size_limit():,} characters."
    if len(feed.taken) == 1 and not feed.ended:
        # Text after a closing quote, as in "5" inch": its neighbours are not touched.
        return _lenient(feed.taken[0], delimiter), ""
    return [], "A quote opens on this line and never closes."


def _lenient(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return []


def _taken_back(found: Records) -> Records:
    """The rows as they were before they left."""
    unreadable = [Unreadable(each.line, each.reason, taken_back(each.cells)) for each in found.unreadable]
    return Records(found.lines, list(map(taken_back, found.rows)), unreadable, found.end)


def _without_nul(found: Records) -> Records:
    """Refuse rows with NUL characters, which no database text can hold."""
    clean = Records([], [], list(found.unreadable), found.end)
    for line, row in zip(found.lines, found.rows, strict=True):
        if any("\0" in cell for cell in row):
            clean.unreadable.append(Unreadable(line, "This line holds NUL characters.", row))
        else:
            clean.lines.append(line)
            clean.rows.append(row)
    return clean


class _Feed:
    """Hands a csv.reader the lines of one record, remembers them, and takes back those it shouldn't have had."""

    def __init__(self, source: Iterator[Block]) -> None:
        self.source = source
        self.ahead: deque[Block] = deque()
        self.queue: deque[str] = deque()
        self.number = 1
        self.waiting = self.end = 0
        self.nul = self.quoted = False
        self.taken: list[str] = []
        self.characters = 0
        self.ended = False

    def block(self) -> Block | None:
        """The next block that nobody has looked at, or what is left of it."""
        if self.queue:
            rest = Block(self.number, list(self.queue), self.end, nul=self.nul, quoted=self.quoted)
            self.queue.clear()
            return rest
        return self.ahead.popleft() if self.ahead else next(self.source, None)

    def open(self, block: Block) -> None:
        """Make a block's lines the ones to hand out; `waiting` of them are still to be read."""
        self.queue.extend(block.lines)
        self.number, self.end, self.waiting = block.first, block.end, len(block.lines)

    def begin(self) -> None:
        """A new record."""
        self.taken, self.characters, self.ended = [], 0, False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self.taken and (len(self.taken) > MOST_LINES or self.characters > MOST_CHARACTERS):
            self.ended = True
            raise StopIteration
        if not self.queue and not self._more():
            self.ended = True
            raise StopIteration
        line = self.queue.popleft()
        if self.taken:
            self.characters += len(line)
        self.taken.append(line)
        self.number += 1
        self.waiting -= 1
        return line

    def give_back(self) -> None:
        """All lines of the record but its first are read again."""
        self.queue.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        self.waiting += len(self.taken) - 1

    def _more(self) -> bool:
        """Take the following block for the rest of a record; a line that is too long ends the search."""
        block = self.ahead[0] if self.ahead else next(self.source, None)
        if block is None or block.too_long:
            if block is not None and not self.ahead:
                self.ahead.append(block)
            return False
        if self.ahead:
            self.ahead.popleft()
        self.queue.extend(block.lines)
        self.end = block.end
        self.nul = self.nul or block.nul
        self.quoted = self.quoted or block.quoted
        return True
