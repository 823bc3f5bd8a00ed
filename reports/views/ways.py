"""The ways from a report to others: presets, what its rows are, filters, order, and the months to choose from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol
from urllib.parse import parse_qsl

from progress.periods import Period, split_into_months
from reports.readers import NO_CHANNEL
from reports.views.address import MONTHS, PRESETS, USUAL, Read
from reports.views.columns import Column, Kind

YEARS_BACK, YEARS_ON = 4, 1


class Narrowed(Protocol):
    """What a report and the leaderboard have in common."""

    @property
    def revenue(self) -> bool:
        """Whether it is in revenue."""

    @property
    def team(self) -> int | None:
        """The one team, None for all."""

    @property
    def channel(self) -> int | None:
        """The one channel, None for all."""


class Shows(Protocol):
    """A page as its address says it."""

    @property
    def asked(self) -> Narrowed:
        """What it shows."""

    def instead(self, **changes: object) -> str:
        """The query of the same page with something else asked for."""


@dataclass(frozen=True, slots=True)
class Way:
    """A link to another report; `on`: it is the one that is open."""

    name: str
    query: str
    on: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column. `query` leads to the rows sorted by it, `sorted` says how they are."""

    label: str
    number: bool
    query: str
    sorted: str


def presets(read: Read) -> list[Way]:
    """The periods to choose at once."""
    return [Way(words, read.at(name), read.preset == name) for name, (words, _, _) in PRESETS.items()]


def by(read: Read, *, teams: bool) -> list[Way]:
    """What a row is of; no teams for whom there is only themselves."""
    choices = [("person", "People"), ("team", "Teams"), ("channel", "Channels")]
    return [
        # Another kind of row has another order.
        Way(words, read.instead(by=kind, order="", descending=False), read.asked.by == kind)
        for kind, words in choices
        if teams or kind != "team" or read.asked.by == "team"
    ]


def metrics(read: Shows) -> list[Way]:
    """The switch between deals and revenue."""
    return [
        Way(name, read.instead(revenue=revenue), read.asked.revenue is revenue)
        for name, revenue in (("Deals", False), ("Revenue", True))
    ]


def teams(read: Shows, there: Mapping[int, str], *, least: int = 2) -> list[Way]:
    """The teams to choose from, everyone first; none where there are fewer than `least` and none is chosen."""
    if len(there) < least and read.asked.team is None:
        return []
    choices: list[tuple[int | None, str]] = [(None, "All teams"), *there.items()]
    return [Way(name, read.instead(team=team), read.asked.team == team) for team, name in choices]


def channels(read: Shows, there: Mapping[int | None, str]) -> list[Way]:
    """The channels to choose from, all of them first; none where there is nothing to choose."""
    if len(there) < 2 and read.asked.channel is None:
        return []
    choices = [(NO_CHANNEL if channel is None else channel, name) for channel, name in there.items()]
    every: list[tuple[int | None, str]] = [(None, "All channels"), *choices]
    return [Way(name, read.instead(channel=channel), read.asked.channel == channel) for channel, name in every]


def chosen(ways: list[Way]) -> str:
    """What of some filter is chosen, "" where everything is."""
    if not ways or ways[0].on:
        return ""
    return next((way.name for way in ways if way.on), "Unknown")


def headings(read: Read, shown: list[Column]) -> list[Heading]:
    """The heads of the page's columns. Numbers begin with the largest."""
    found = []
    now_by = read.asked.order or ("" if read.asked.by == "channel" else "name")
    for column in shown:
        if not column.on_page:
            continue
        here = column.order == now_by
        text = column.kind is Kind.TEXT
        down = not text if not here else not read.asked.descending
        now = ("descending" if read.asked.descending else "ascending") if here and read.asked.order else ""
        query = read.instead(order=column.order, descending=down)
        found.append(Heading(column.label, not text, query, now))
    return found


def months(read: Read, today: date, name: Callable[[date], str]) -> dict[str, Any]:
    """The form for months of one's own: what can be chosen, what is, and the rest of the address."""
    period: Period = read.asked.period
    first = min(date(today.year - YEARS_BACK, 1, 1), period.start)
    last = max(date(today.year + YEARS_ON, 12, 31), period.end)
    choices = [month.start for month in split_into_months(Period(first, last))]
    return {
        "on": read.preset == MONTHS,
        "choices": [(f"{month:%Y-%m}", name(month)) for month in choices],
        "from": f"{period.start:%Y-%m}",
        "to": f"{period.end:%Y-%m}",
        "kept": parse_qsl(replace(read, preset=USUAL).query()),
    }
