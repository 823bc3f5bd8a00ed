"""Takes out of a text what no log and no error report may hold. Imports nothing, since the settings come here too."""

import re

HIDDEN: tuple[tuple[re.Pattern[str], str], ...] = (
    # What comes after these in an address lets its holder in.
    (re.compile(r"((?:join/[^/\s]+|signup)/)[^/\s?#\"']{16,}"), r"\1***"),
    (re.compile(r"((?:reset/key|invite|invitations?|accept|confirm-email|undo)/)[^/\s?#\"']{16,}"), r"\1***"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "***@***"),
    # PostgreSQL names the row's values here.
    (re.compile(r"\b(DETAIL|CONTEXT):.*"), r"\1: left out"),
)


def masked(text: str) -> str:
    """The same without tokens, e-mail addresses, and the values in PostgreSQL's errors."""
    for pattern, instead in HIDDEN:
        text = pattern.sub(instead, text)
    return text
