"""A file of targets: looked at once, and carried from page to page until somebody confirms it or walks away."""

import json
from dataclasses import dataclass
from io import SEEK_END, BytesIO
from typing import IO

from django.core import signing

from ledger.reading import NotReadable, Survey, as_csv, is_workbook, open_table, survey

MEGABYTE = 1024**2
LARGEST_FILE = 5 * MEGABYTE
MOST_LINES = 50_000
#: A form of more is refused before anybody could say why.
MOST_CARRIED = 2 * MEGABYTE
LONGEST_NAME = 240
TOO_LARGE = "The file is too large for targets. Cut it into parts and import them one by one."
SALT = "targets.importing"


class TooLarge(NotReadable):
    """More than can be looked at while somebody waits."""


@dataclass(frozen=True)
class TargetFile:
    """A readable file: its name, its bytes as CSV, what the first look found, and whether it was a workbook."""

    name: str
    data: bytes
    survey: Survey
    workbook: bool

    def carried(self) -> str:
        """The file as a form can carry it: pressed, and signed, so that what comes back is what was looked at.

        Raises TooLarge.
        """
        text = signing.dumps(self, salt=SALT, serializer=_AsBytes, compress=True)
        if len(text) > MOST_CARRIED:
            raise TooLarge(TOO_LARGE)
        return text

    @classmethod
    def brought_back(cls, text: str) -> "TargetFile":
        """The file that `carried` wrote. Raises NotReadable where it did not."""
        try:
            name, data, workbook = signing.loads(text, salt=SALT, serializer=_AsBytes)
        except signing.BadSignature as error:
            raise NotReadable("The file was lost on the way. Choose it again.") from error
        return _looked_at(name, data, workbook=workbook)


def open_file(stream: IO[bytes], name: str) -> TargetFile:
    """Look at an uploaded CSV file or workbook. Raises NotReadable with words for the user."""
    if _size(stream) > LARGEST_FILE:
        raise TooLarge(TOO_LARGE)
    workbook = is_workbook(stream)
    if workbook:
        with as_csv(stream) as rows:
            if _size(rows) > LARGEST_FILE:
                raise TooLarge(TOO_LARGE)
            data = rows.read()
    else:
        data = stream.read()
    return _looked_at(name.replace("\0", "")[-LONGEST_NAME:], data, workbook=workbook)


def _looked_at(name: str, data: bytes, *, workbook: bool) -> TargetFile:
    stream = BytesIO(data)
    found = survey(stream, open_table(stream))
    if found.rows > MOST_LINES:
        raise TooLarge(f"The file has more than {MOST_LINES:,} lines. Cut it into parts and import them one by one.")
    return TargetFile(name, data, found, workbook)


def _size(stream: IO[bytes]) -> int:
    size = stream.seek(0, SEEK_END)
    stream.seek(0)
    return size


class _AsBytes:
    """How signing keeps a file: a line that says what it is, then its bytes."""

    def dumps(self, file: TargetFile) -> bytes:
        return json.dumps([file.name, file.workbook]).encode() + b"\n" + file.data

    def loads(self, kept: bytes) -> tuple[str, bytes, bool]:
        head, _, data = kept.partition(b"\n")
        name, workbook = json.loads(head)
        return str(name), data, bool(workbook)
