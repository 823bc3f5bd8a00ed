"""What a file is: whether it is a CSV at all, its delimiter and its header."""

import csv
import re
from dataclasses import dataclass
from typing import IO

from ledger.reading.lines import BYTE_ORDER_MARK, decode
from ledger.reading.records import records
from ledger.reading.returned import REASON

HEAD = 64 * 1024
DELIMITERS = ",;\t|"
MOST_COLUMNS = 500
SIGNATURES = [
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook, or one with a password"),
    (b"\x89PNG", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
]
MARKUP = re.compile(rb"\s*(?:<!doctype|<html|<\?xml|[\[{]\s*[\"{\[])", re.IGNORECASE)
CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a"))
SAVE_AS = "In a spreadsheet, choose Save as and then CSV (UTF-8)."


class NotReadable(ValueError):
    """The file as a whole can't be imported; the message says why, to the user."""


@dataclass(frozen=True, slots=True)
class Table:
    """How a file's rows are to be read.

    `header_line` is where the header stands. `returned`: it is our own list of refused rows, corrected, whose last
    column (the reasons) is not one of `headers`.
    """

    delimiter: str
    headers: list[str]
    header_line: int
    returned: bool


def open_table(stream: IO[bytes]) -> Table:
    """Look at a file's beginning. Raises NotReadable; leaves the stream at its start."""
    head = stream.read(HEAD)
    stream.seek(0)
    _check_is_text(head)
    delimiter = guess_delimiter(head)
    for found in records(stream, delimiter):
        if found.unreadable and not (found.lines and found.lines[0] < found.unreadable[0].line):
            raise NotReadable(f"The first line can't be read as a header. {found.unreadable[0].reason}")
        if found.rows and _is_separator_line(found.rows[0]):
            del found.rows[0], found.lines[0]
        if found.rows:
            stream.seek(0)
            return _table(delimiter, found.rows[0], found.lines[0])
    raise NotReadable("The file is empty.")


def _check_is_text(head: bytes) -> None:
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            raise NotReadable(f"This is not a CSV file but {kind}. {SAVE_AS}")
    text = head.removeprefix(BYTE_ORDER_MARK)
    if MARKUP.match(text):
        raise NotReadable(f"This is not a CSV file but a web page or data in another format. {SAVE_AS}")
    if not text.strip():
        raise NotReadable("The file is empty.")
    first_line = text.lstrip().splitlines()[0]
    if b"\0" in first_line or len(text.translate(None, CONTROL)) < 0.9 * len(text):
        raise NotReadable(f"This is not a CSV file. {SAVE_AS}")


def guess_delimiter(head: bytes) -> str:
    """The sign that cuts most of the first rows into as many columns as the header has."""
    text = decode(head.removeprefix(BYTE_ORDER_MARK)).replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n")[:40] if line.strip()]
    if lines and (named := re.fullmatch(r"sep=(.)", lines[0].strip("\ufeff "), re.IGNORECASE)):
        return named[1] if named[1] in DELIMITERS else ","
    lines = lines[:-1] or lines  # the last one may be cut in the middle

    def score(delimiter: str) -> float:
        try:
            widths = [len(row) for row in csv.reader((line + "\n" for line in lines), delimiter=delimiter)]
        except csv.Error:
            return 0
        same = sum(width == widths[0] for width in widths) / len(widths)
        return (widths[0] - 1) * same

    return max(DELIMITERS, key=score)


def _is_separator_line(row: list[str]) -> bool:
    """Excel's own hint, as in "sep=;"."""
    return row[0].lower() == "sep=" or (len(row) == 1 and re.fullmatch("sep=.", row[0].lower()) is not None)


def _table(delimiter: str, cells: list[str], line: int) -> Table:
    headers = [" ".join(cell.split()) for cell in cells]
    returned = headers[-1] == REASON
    if returned:
        headers.pop()
    while headers and not headers[-1]:
        headers.pop()
    headers = [header or f"Column {place}" for place, header in enumerate(headers, 1)]
    if len(headers) < 2:
        raise NotReadable("This is not a CSV file: its first line has only one column. " + SAVE_AS)
    if len(headers) > MOST_COLUMNS:
        raise NotReadable(f"The file has {len(headers):,} columns; {MOST_COLUMNS} is the most that can be read.")
    seen: set[str] = set()
    for header in headers:
        if len(header) > 240:
            raise NotReadable(f"The name of a column is longer than 240 characters: {header[:40]}…")
        if header.casefold() in seen:
            raise NotReadable(f"Two columns are called {header}. Rename one of them and upload the file again.")
        seen.add(header.casefold())
    return Table(delimiter, headers, line, returned)
