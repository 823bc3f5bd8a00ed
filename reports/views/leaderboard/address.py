"""What a leaderboard shows, as its address says it, and the ways from there to others.

Whatever an address says wrongly falls back to the usual, and `Read.notes` says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.http import urlencode

from progress.periods import Period, PeriodKind, following, period_of, preceding
from reports.readers.leaderboard import AskedBoard
from reports.views.address import id_at, month_at, one_of
from reports.views.ways import Way

KINDS = {"month": PeriodKind.MONTH, "quarter": PeriodKind.QUARTER, "year": PeriodKind.YEAR}
#: How many periods back from the current one can be chosen at once.
LISTED = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 8, PeriodKind.YEAR: 5}
FIRST_YEAR = 1970


@dataclass(frozen=True, slots=True)
class Read:
    """A leaderboard that was asked for; `current`: in the period that today is in. `notes`: what was not understood."""

    asked: AskedBoard
    current: bool
    notes: tuple[str, ...] = ()

    def query(self) -> str:
        """The address's query, without what is usual."""
        asked = self.asked
        parts = {
            "per": "" if asked.kind is PeriodKind.MONTH else str(asked.kind),
            "month": "" if self.current else f"{asked.period.start:%Y-%m}",
            "rank": "count" if asked.by_count else "",
            "show": "revenue" if asked.revenue else "",
            "team": "" if asked.team is None else str(asked.team),
            "channel": "" if asked.channel is None else str(asked.channel),
        }
        return urlencode({name: value for name, value in parts.items() if value})

    def instead(self, **changes: object) -> str:
        """The query of the same leaderboard with something else asked for, in the same period."""
        return replace(self, asked=replace(self.asked, **changes)).query()  # type: ignore[arg-type]

    def at(self, period: Period, kind: PeriodKind, today: date) -> str:
        """The query of the same leaderboard over another period."""
        return replace(self, asked=replace(self.asked, period=period, kind=kind), current=today in period).query()


def read(data: Mapping[str, str], today: date, fiscal_start: int) -> Read:
    """The leaderboard that `?per=quarter&month=2026-10&rank=count&show=revenue&team=3&channel=5` asks for."""
    notes: list[str] = []
    kind = KINDS[one_of(data.get("per", ""), tuple(KINDS), notes, page="leaderboard")]
    day = month_at(data.get("month", ""))
    if data.get("month") and day is None:
        notes.append(f"There is no month {data['month'][:20]!r}, so this is the current {kind}.")
    period = period_of(day or today, kind, fiscal_start)
    asked = AskedBoard(
        period=period,
        kind=kind,
        by_count=one_of(data.get("rank", ""), ("percent", "count"), notes, page="leaderboard") == "count",
        revenue=one_of(data.get("show", ""), ("deals", "revenue"), notes, page="leaderboard") == "revenue",
        team=id_at(data.get("team", ""), "team", notes),
        channel=id_at(data.get("channel", ""), "channel", notes),
    )
    return Read(asked, today in period, tuple(notes))


def kinds(read: Read, today: date, fiscal_start: int) -> list[Way]:
    """Month, quarter or year around what is shown: around today, where that is in it."""
    day = today if read.current else read.asked.period.start
    return [
        Way(name.capitalize(), read.at(period_of(day, kind, fiscal_start), kind, today), read.asked.kind is kind)
        for name, kind in KINDS.items()
    ]


def stepper(read: Read, today: date, fiscal_start: int, name: Callable[[Period], str]) -> dict[str, Way | list[Way]]:
    """The period before and the one after, as far as it has begun, and some to choose from, the newest first."""
    kind, shown = read.asked.kind, read.asked.period
    current = period_of(today, kind, fiscal_start)

    def way(period: Period) -> Way:
        return Way(name(period), read.at(period, kind, today), period == shown)

    listed = [current]
    while len(listed) < LISTED[kind]:
        listed.append(preceding(listed[-1], kind))
    found: dict[str, Way | list[Way]] = {"periods": [way(period) for period in listed]}
    if shown not in listed:
        found["current"] = way(current)
    if (before := preceding(shown, kind)).start.year >= FIRST_YEAR:
        found["before"] = way(before)
    if shown.end < current.end:
        found["later"] = way(following(shown, kind))
    return found


def orders(read: Read) -> list[Way]:
    """By share of the target, or by what was reached alone."""
    return [
        Way(name, read.instead(by_count=by_count), read.asked.by_count is by_count)
        for name, by_count in (("% of target", False), ("Total", True))
    ]
