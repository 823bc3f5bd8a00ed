"""One cell to one month, however people write it."""

import re
from collections.abc import Callable, Collection
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale

from ledger.reading import DateOrder
from ledger.reading.values import LONGEST_VALUE, Wrong, date_reader

#: Those in which columns are known by their names too; none calls a month what another calls a different one.
LANGUAGES = ("en", "de", "nl", "fr", "es")
FIRST_YEAR, LAST_YEAR = 1970, 2099
NO_MONTH = "This is not a month like 2026-11, 11/2026 or Nov 2026."
NUMERIC = (
    re.compile(r"(?P<y>\d{4})[-./ ]?(?P<m>\d{1,2})", re.ASCII),
    re.compile(r"(?P<m>\d{1,2})[-./ ](?P<y>\d{4})", re.ASCII),
)
NAMED = (
    re.compile(r"(?P<name>[^\W\d_]+)\.?[-./, ]*(?P<y>\d{4}|'?\d{2})"),
    re.compile(r"(?P<y>\d{4})[-./, ]*(?P<name>[^\W\d_]+)\.?"),
)


def month_reader(order: DateOrder, locale: Locale) -> Callable[[str], date | None]:
    """Read months as their first day; None for a blank.

    Understands 2026-11, 202611, 11/2026, Nov 2026, Nov-26 (names in LANGUAGES and the organization's language), and any
    day of the month as a date, in `order` where it doesn't start with the year.
    """
    names = month_names(locale)
    days = [date_reader(DateOrder.YMD, ZoneInfo("UTC")), date_reader(order, ZoneInfo("UTC"))]

    def read(text: str) -> date | None:
        text = " ".join(text.split())
        if not text:
            return None
        if len(text) > LONGEST_VALUE:
            raise Wrong(NO_MONTH)
        for pattern in NUMERIC:
            if match := pattern.fullmatch(text):
                return _month(int(match["y"]), int(match["m"]))
        for pattern in NAMED:
            if (match := pattern.fullmatch(text)) and (number := names.get(match["name"].casefold())):
                year = int(match["y"].removeprefix("'"))
                return _month(year + 2000 if year < 100 else year, number)
        for read_day in days:
            try:
                day = read_day(text)
            except Wrong:
                continue
            if day is not None:
                return _month(day.year, day.month)
        raise Wrong(NO_MONTH)

    return read


def guess_order(values: Collection[str], usual: DateOrder) -> DateOrder | None:
    """In which order dates such as 01/11/2026 name day and month, the usual one on a tie; None without such dates.

    People who write a month as a date mostly write its first day, else its last.
    """
    counts: dict[DateOrder, tuple[int, int]] = {}
    for order in (DateOrder.DMY, DateOrder.MDY):
        read, days = date_reader(order, ZoneInfo("UTC")), []
        for value in values:
            try:
                day = read(value)
            except Wrong:
                continue
            days += [day] if day else []
        counts[order] = (len(days), sum(day.day in (1, 28, 29, 30, 31) for day in days))
    if not any(seen for seen, _ in counts.values()):
        return None
    return max(counts, key=lambda order: (*counts[order], order is usual))


@lru_cache(maxsize=64)
def month_names(locale: Locale) -> dict[str, int]:
    """{name or abbreviation in small letters: number of the month}, in LANGUAGES and in one more, which is right."""
    found: dict[str, int] = {"sept": 9, "mrz": 3}  # as spreadsheets shorten them
    for each in (*map(Locale, LANGUAGES), locale):
        for widths in each.months.values():
            for width in ("wide", "abbreviated"):
                for number, name in widths.get(width, {}).items():
                    found[name.casefold().rstrip(".")] = number
    return found


def _month(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise Wrong(NO_MONTH)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Wrong(f"The year must be {FIRST_YEAR} to {LAST_YEAR}.")
    return date(year, month, 1)
