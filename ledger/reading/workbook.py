"""An Excel workbook as the CSV that it would be saved as.

The first visible sheet that holds something counts. Dates are written year first and numbers with a point, whatever
the workbook shows, so that nothing has to be guessed.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ledger.reading.opening import NotReadable

SIGNATURE = b"PK\x03\x04"
#: A workbook is unpacked in memory, some ten times as large as its rows.
MOST_UNPACKED = 192 * 1024**2
SAVE_SMALLER = "Save it as CSV (UTF-8) and upload that: a CSV file may be of any length."


def is_workbook(stream: IO[bytes]) -> bool:
    """Whether a file is an XLSX workbook; leaves the stream at its start."""
    start = stream.read(len(SIGNATURE))
    stream.seek(0)
    if start != SIGNATURE:
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False
    finally:
        stream.seek(0)


def as_csv(stream: IO[bytes]) -> IO[bytes]:
    """The rows of a workbook as a temporary CSV file, blank ones too, so that line numbers are the sheet's rows.

    Raises NotReadable with words for the user.
    """
    with zipfile.ZipFile(stream) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise NotReadable(f"This workbook is too large to be read as it is. {SAVE_SMALLER}")
    stream.seek(0)
    found: IO[bytes] = TemporaryFile()  # noqa: SIM115 (whoever asked closes it)
    try:
        with CalamineWorkbook.from_filelike(stream) as book:
            text = io.TextIOWrapper(found, encoding="utf-8", errors="replace", newline="", write_through=True)
            csv.writer(text, lineterminator="\n").writerows(map(_cells, _sheet(book).iter_rows()))
            text.detach()
    except (CalamineError, zipfile.BadZipFile) as error:
        raise NotReadable(f"This workbook can't be read. {SAVE_SMALLER}") from error
    found.seek(0)
    return found


def _sheet(book: CalamineWorkbook) -> CalamineSheet:
    for about in book.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible:
            sheet = book.get_sheet_by_name(about.name)
            if sheet.height:
                return sheet
    raise NotReadable("This workbook has no visible sheet with anything in it.")


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
