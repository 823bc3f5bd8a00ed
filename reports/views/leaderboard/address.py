"""What a leaderboard shows, as its address says it, and the ways from there to others.

Whatever an address says wrongly falls back to the usual, and `Read.notes` says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.http import urlencode

from progress.periods import Period, PeriodKind, period_of, preceding
from reports.readers.leaderboard import AskedBoard, Leaderboard
from reports.readers.report import NO_CHANNEL
from reports.views.address import LONGEST_ID, month_at
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
    kind = KINDS[_one_of(data, "per", tuple(KINDS), notes)]
    day = month_at(data.get("month", ""))
    if data.get("month") and day is None:
        notes.append(f"There is no month {data['month'][:20]!r}, so this is the current {kind}.")
    period = period_of(day or today, kind, fiscal_start)
    asked = AskedBoard(
        period=period,
        kind=kind,
        by_count=_one_of(data, "rank", ("percent", "count"), notes) == "count",
        revenue=_one_of(data, "show", ("deals", "revenue"), notes) == "revenue",
        team=_id(data, "team", notes),
        channel=_id(data, "channel", notes),
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
        found["later"] = way(period_of(date.fromordinal(shown.end.toordinal() + 1), kind, fiscal_start))
    return found


def orders(read: Read) -> list[Way]:
    """By share of the target, or by what was reached alone."""
    return [
        Way(name, read.instead(by_count=by_count), read.asked.by_count is by_count)
        for name, by_count in (("% of target", False), ("Total", True))
    ]


def metrics(read: Read) -> list[Way]:
    """The switch between deals and revenue."""
    return [
        Way(name, read.instead(revenue=revenue), read.asked.revenue is revenue)
        for name, revenue in (("Deals", False), ("Revenue", True))
    ]


def teams(read: Read, board: Leaderboard) -> list[Way]:
    """The teams to choose from, everyone first; none where there is nothing to choose."""
    if len(board.teams) < (1 if board.alone else 2) and read.asked.team is None:
        return []
    every: list[tuple[int | None, str]] = [(None, "All teams"), *board.teams.items()]
    return [Way(name, read.instead(team=team), read.asked.team == team) for team, name in every]


def channels(read: Read, board: Leaderboard) -> list[Way]:
    """The channels to choose from, all of them first; none where there is nothing to choose."""
    if len(board.channels) < 2 and read.asked.channel is None:
        return []
    held = [(channel or NO_CHANNEL, name) for channel, name in board.channels.items()]
    every: list[tuple[int | None, str]] = [(None, "All channels"), *held]
    return [Way(name, read.instead(channel=channel), read.asked.channel == channel) for channel, name in every]


def _one_of(data: Mapping[str, str], name: str, known: tuple[str, ...], notes: list[str]) -> str:
    """What a parameter says, the first of what is known where it says nothing of that."""
    text = data.get(name, "")
    if text in known or not text:
        return text or known[0]
    notes.append(f"{text[:20]!r} is nothing a leaderboard can show, so it was left out.")
    return known[0]


def _id(data: Mapping[str, str], name: str, notes: list[str]) -> int | None:
    text = data.get(name, "")
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID:
        return int(text)
    notes.append(f"There is no {name} {text[:20]!r}, so every {name} is shown.")
    return None
