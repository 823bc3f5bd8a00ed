"""A file's physical lines, some hundred kilobytes at a time, whatever the file holds."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

PIECE = 256 * 1024
LONGEST_LINE = 1024 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: Whether a cell may be a guarded one; \xef begins the wide signs of `ledger.reading.returned`.
GUARDED = re.compile(rb"'[=+\-@\t\r\n\xef]")
LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring lines, each ending in a line feed. `first` is the number of the first, from 1.

    `too_long` stands for one line over LONGEST_LINE, which was passed over unread. `end` is the number of bytes read,
    `nul` says that a NUL character stands somewhere among the lines, `quoted` that an apostrophe does before what may
    begin a formula.
    """

    first: int
    lines: list[str]
    end: int
    too_long: bool = False
    nul: bool = False
    quoted: bool = False


def blocks(stream: IO[bytes]) -> Iterator[Block]:
    """Read to the end in bounded memory. CR LF, LF and CR end a line; a byte order mark is left out."""
    number, read, carry, skipping = 1, 0, b"", False
    while piece := stream.read(PIECE):
        if not read and piece.startswith(BYTE_ORDER_MARK):
            read, piece = len(BYTE_ORDER_MARK), piece[len(BYTE_ORDER_MARK) :]
        read += len(piece)
        data = carry + piece
        if skipping:
            end = LINE_END.search(data)
            if end is None or (end.end() == len(data) and data.endswith(b"\r")):
                carry = data[-1:] if data.endswith(b"\r") else b""
                continue
            yield Block(number, [], read, too_long=True)
            data, skipping, number = data[end.end() :], False, number + 1
        # A carriage return at the very end may be half of a pair.
        cut = max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1
        carry = data[cut:]
        if cut:
            for block in _within_limits(number, data[:cut], read):
                yield block
                number += len(block.lines) + block.too_long
        if len(carry) > LONGEST_LINE:
            skipping, carry = True, (b"\r" if carry.endswith(b"\r") else b"")
    if skipping:
        yield Block(number, [], read, too_long=True)
    elif carry:
        yield from _within_limits(number, carry, read)


def _within_limits(number: int, data: bytes, read: int) -> Iterator[Block]:
    """One block, or several with the lines that are too long between them."""
    lines, nul, quoted = _split(data), b"\0" in data, GUARDED.search(data) is not None
    if len(data) <= LONGEST_LINE:
        yield Block(number, lines, read, nul=nul, quoted=quoted)
        return
    start = 0
    for index, line in enumerate(lines):
        if len(line) > LONGEST_LINE:
            if index > start:
                yield Block(number + start, lines[start:index], read, nul=nul, quoted=quoted)
            yield Block(number + index, [], read, too_long=True)
            start = index + 1
    if start < len(lines):
        yield Block(number + start, lines[start:], read, nul=nul, quoted=quoted)


def _split(data: bytes) -> list[str]:
    """Decode whole lines and cut them apart, each with its line feed. `str.splitlines` would cut at more characters."""
    text = decode(data)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = list(io.StringIO(text))
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines


def decode(data: bytes) -> str:
    """UTF-8; lines that are not are taken for Windows-1252, in which every sequence of bytes means something."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "".join(map(_decode_line, data.splitlines(keepends=True)))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")
