"""What a report shows, as its address says it, and the ways from there to other reports.

An address holds a preset and not its dates, so that a saved or shared one stays "this month". Whatever it says wrongly
falls back to the usual, and `Read.notes` says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import cast, get_args

from django.utils.http import urlencode

from progress.periods import Period, PeriodKind, month_of, months_later, period_of, preceding
from reports.readers import Asked, By, Order

#: {name in the address: (its words, the kind of period, whether the one before)}
PRESETS: dict[str, tuple[str, PeriodKind, bool]] = {
    "this-month": ("This month", PeriodKind.MONTH, False),
    "last-month": ("Last month", PeriodKind.MONTH, True),
    "this-quarter": ("This quarter", PeriodKind.QUARTER, False),
    "last-quarter": ("Last quarter", PeriodKind.QUARTER, True),
    "this-year": ("This year", PeriodKind.YEAR, False),
}
USUAL = "this-month"
MONTHS = "months"
MONTH = re.compile(r"(?P<year>20\d\d|19[7-9]\d)-(?P<month>0[1-9]|1[0-2])", re.ASCII)
MOST_MONTHS = 36
LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Read:
    """A report and how its address names the period: one of PRESETS, or MONTHS. `notes` say what was not understood."""

    asked: Asked
    preset: str
    notes: tuple[str, ...] = ()

    def query(self) -> str:
        """The address's query, without what is usual."""
        asked = self.asked
        free = self.preset == MONTHS
        parts = {
            "period": "" if self.preset == USUAL else self.preset,
            "from": f"{asked.period.start:%Y-%m}" if free else "",
            "to": f"{asked.period.end:%Y-%m}" if free else "",
            "by": "" if asked.by == "person" else asked.by,
            "show": "revenue" if asked.revenue else "",
            "team": "" if asked.team is None else str(asked.team),
            "channel": "" if asked.channel is None else str(asked.channel),
            "sort": f"-{asked.order}" if asked.descending else asked.order,
            "compare": "1" if asked.compared else "",
        }
        return urlencode({name: value for name, value in parts.items() if value})

    def instead(self, **changes: object) -> str:
        """The query of the same report with something else asked for."""
        return replace(self, asked=replace(self.asked, **changes)).query()  # type: ignore[arg-type]

    def at(self, preset: str) -> str:
        """The query of the same report for one of PRESETS."""
        return replace(self, preset=preset).query()


def read(data: Mapping[str, str], today: date, fiscal_start: int) -> Read:
    """The report that an address asks for."""
    notes: list[str] = []
    preset, period = _period(data, today, fiscal_start, notes)
    sort = data.get("sort", "")
    order = one_of(sort.removeprefix("-"), get_args(Order), notes)
    asked = Asked(
        period=period,
        by=cast(By, one_of(data.get("by", ""), get_args(By), notes)),
        revenue=one_of(data.get("show", ""), ("deals", "revenue"), notes) == "revenue",
        team=id_at(data.get("team", ""), "team", notes),
        channel=id_at(data.get("channel", ""), "channel", notes),
        order=cast(Order, order),
        descending=bool(order) and sort.startswith("-"),
        compared=data.get("compare") == "1",
    )
    return Read(asked, preset, tuple(notes))


def period_at(preset: str, today: date, fiscal_start: int) -> Period:
    """The months that one of PRESETS means on a day."""
    _, kind, before = PRESETS[preset]
    current = period_of(today, kind, fiscal_start)
    return preceding(current, kind) if before else current


def month_at(text: str) -> date | None:
    """The first day of a month written 2026-10, from 1970 to 2099; None for anything else."""
    match = MONTH.fullmatch(text.strip())
    return date(int(match["year"]), int(match["month"]), 1) if match else None


def one_of(text: str, known: tuple[str, ...], notes: list[str], *, page: str = "report") -> str:
    """What a parameter says; the first of what is known where it says nothing of that."""
    if text in known or not text:
        return text or known[0]
    notes.append(f"{text[:20]!r} is nothing a {page} can show, so it was left out.")
    return known[0]


def id_at(text: str, what: str, notes: list[str]) -> int | None:
    """The team or channel of which a parameter says the id; None for all of them."""
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID:
        return int(text)
    notes.append(f"There is no {what} {text[:20]!r}, so every {what} is shown.")
    return None


def _period(data: Mapping[str, str], today: date, fiscal_start: int, notes: list[str]) -> tuple[str, Period]:
    preset = data.get("period", "") or (MONTHS if data.get("from") or data.get("to") else USUAL)
    if preset in PRESETS:
        return preset, period_at(preset, today, fiscal_start)
    if preset == MONTHS:
        first, last = (month_at(data.get(name, "")) for name in ("from", "to"))
        if first and last:
            first, last = min(first, last), max(first, last)
            longest = months_later(first, MOST_MONTHS - 1)
            if last > longest:
                notes.append(f"A report has at most {MOST_MONTHS} months, so this one ends earlier than asked.")
            return MONTHS, Period(first, month_of(min(last, longest)).end)
        notes.append("There is no such month, so this is the current one.")
    else:
        notes.append(f"There is no period {preset[:20]!r}, so this is the current month.")
    return USUAL, period_at(USUAL, today, fiscal_start)
