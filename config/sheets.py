"""Rows as a CSV that may be opened in a spreadsheet, streamed."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from django.http import StreamingHttpResponse

from ledger.reading import guarded

# Spreadsheets take a file without it for another encoding.
BYTE_ORDER_MARK = "\ufeff"
ROWS_A_CHUNK = 500


def sheet(heading: Iterable[str], rows: Iterable[Iterable[object]], filename: str) -> StreamingHttpResponse:
    """A download of these rows. None is an empty cell; text that would be a formula is made harmless."""
    return StreamingHttpResponse(
        _lines(heading, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}.csv"'},
    )


def _lines(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    yield _written([heading], BYTE_ORDER_MARK)
    rows = iter(rows)
    while chunk := list(islice(rows, ROWS_A_CHUNK)):
        yield _written(chunk)


def _written(rows: Iterable[Iterable[object]], before: str = "") -> bytes:
    text = io.StringIO()
    text.write(before)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(guarded(["" if value is None else str(value) for value in row]))
    return text.getvalue().encode()
