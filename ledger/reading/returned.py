"""Cells on their way out and back: safe in a spreadsheet, and unchanged when they come home.

A cell that a spreadsheet would take for a formula is sent out with an apostrophe before it. So is one that starts with
apostrophes and then such a sign, so that taking one apostrophe away again always gives the first text back. Cells that
are plain signed numbers (-12.50) can't do harm and stay as they are. Whatever file comes in is treated like this: an
apostrophe before such a sign means the same wherever it was put, "this is text", and belongs to no name. REASON is the
last column of our lists of refused rows.
"""

import re
from collections.abc import Iterable

REASON = "Why this row was refused"
SIGNS = r"[=+\-@\t\r\n＝＋－＠]"  # some spreadsheets take the wide forms too
FORMULA = re.compile(f"'*{SIGNS}")
GUARDED = re.compile(f"'+{SIGNS}")
SIGNED_NUMBER = re.compile(r"[-+][\d.,' \u00a0\u202f]*\d\s*", re.ASCII)


def guarded(cells: Iterable[str]) -> list[str]:
    """Cells as they may be opened in a spreadsheet."""
    return ["'" + cell if FORMULA.match(cell) and not SIGNED_NUMBER.fullmatch(cell) else cell for cell in cells]


def taken_back(cells: Iterable[str]) -> list[str]:
    """The cells as they were before `guarded`."""
    return [cell[1:] if GUARDED.match(cell) else cell for cell in cells]
