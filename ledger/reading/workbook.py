"""An Excel workbook as the CSV that it would be saved as.

The first visible sheet that holds something counts. Dates are written year first and numbers with a point, whatever
the workbook shows, so that nothing has to be guessed.
"""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from ledger.reading.opening import NotReadable
from ledger.reading.unpacking import Ending

SIGNATURE = b"PK\x03\x04"
#: A workbook is unpacked in memory, some ten times as large as its rows.
MOST_UNPACKED = 192 * 1024**2
SAVE_SMALLER = "Save it as CSV (UTF-8) and upload that: a CSV file may be of any length."
TOO_LARGE = f"This workbook is too large to be read as it is. {SAVE_SMALLER}"
PROBLEMS: dict[int, str] = {
    Ending.BROKEN: f"This workbook can't be read. {SAVE_SMALLER}",
    Ending.EMPTY: "This workbook has no visible sheet with anything in it.",
}
READER = Path(__file__).with_name("unpacking.py")


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

    A process of its own reads it, which ends where the workbook takes too much. Raises NotReadable with words for the
    user.
    """
    with zipfile.ZipFile(stream) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise NotReadable(TOO_LARGE)
    stream.seek(0)
    found: IO[bytes] = TemporaryFile()  # noqa: SIM115 (whoever asked closes it)
    with TemporaryFile() as given:
        shutil.copyfileobj(stream, given)
        given.seek(0)
        code = subprocess.run(
            [sys.executable, "-I", READER], stdin=given, stdout=found, stderr=subprocess.DEVNULL, check=False
        ).returncode
    if code != Ending.READ:
        found.close()
        raise NotReadable(PROBLEMS.get(code, TOO_LARGE))
    found.seek(0)
    return found
