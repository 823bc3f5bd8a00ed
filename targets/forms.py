"""What people type into the grid, and the month in its address."""

import re
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol
from django import forms

from config.formats import Formats
from targets.services import LARGEST

MONTH = re.compile(r"(?P<year>20\d\d|19[7-9]\d)-(?P<month>0[1-9]|1[0-2])", re.ASCII)
SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]")
WHOLE = "Enter a whole number such as {example}."


class CellForm(forms.Form):
    """One cell as the grid sends it, beside its month; `count` is what was typed."""

    member = forms.IntegerField(min_value=1)
    channel = forms.IntegerField(min_value=1)
    version = forms.IntegerField(min_value=0)
    count = forms.CharField(required=False, strip=False, max_length=100)


def parse_month(text: str) -> date | None:
    """The first day of a month written 2026-10, from 1970 to 2099; None for anything else."""
    match = MONTH.fullmatch(text.strip())
    return date(int(match["year"]), int(match["month"]), 1) if match else None


def parse_count(text: str, formats: Formats) -> int | None:
    """A number of deals as people write it; None where nothing was typed.

    Thousands may be set apart by a space, an apostrophe or the language's own sign: 1,200 in English, 1.200 in German.
    Decimals are accepted where they are zero. Raises ValueError with a text for the user.
    """
    group, point = symbols(formats.locale)
    bare = text.strip()
    if bare in ("", "+"):
        return None
    complaint = WHOLE.format(example=formats.number(1200))
    if bare[0] in "-−":
        raise ValueError("A target can't be below 0.")
    whole, _, decimals = SPACES.sub("\u00a0", bare).partition(point)
    if decimals.strip("0") or (point in bare and not decimals):
        raise ValueError(complaint)
    parts = re.split(f"[\u00a0{re.escape(group)}]", whole)
    grouped = len(parts) > 1
    if not all(part.isdecimal() for part in parts) or (
        grouped and (any(len(part) not in (2, 3) for part in parts[1:-1]) or len(parts[-1]) != 3 or len(parts[0]) > 3)
    ):
        raise ValueError(complaint)
    digits = "".join(parts).lstrip("0") or "0"
    if len(digits) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise ValueError(f"The largest target is {formats.number(LARGEST)}.")
    return int(digits)


@lru_cache(maxsize=64)
def symbols(locale: Locale) -> tuple[str, str]:
    """The signs that set thousands and decimals apart."""
    return str(get_group_symbol(locale)), str(get_decimal_symbol(locale))
