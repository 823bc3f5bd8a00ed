"""What of a month is shown, as the address says it, and the ways from there to other views of it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict
from django.utils.http import urlencode

from config.formats import Formats
from progress.pace import Phase
from progress.periods import PeriodKind, following, month_of, preceding
from targets.readers import Grid, Shown

FIRST_YEAR, LAST_YEAR = 1970, 2099
LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Way:
    """A link to another view of the page; `on`: it is the one that is open."""

    name: str
    query: str
    on: bool


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the month picker with its months."""

    number: int
    open: bool
    months: tuple[Way, ...]


def read_shown(data: QueryDict) -> Shown:
    """What `?show=revenue&team=3&behind=1` asks for; anything unknown asks for nothing."""
    team = data.get("team", "")
    known = team.isascii() and team.isdecimal() and len(team) <= LONGEST_ID
    return Shown(
        revenue=data.get("show") == "revenue", team=int(team) if known else None, behind=data.get("behind") == "1"
    )


def read_batch(data: QueryDict) -> uuid.UUID | None:
    """The edit that `?undo=` offers to take back, where no JavaScript shows it in a toast."""
    try:
        return uuid.UUID(data.get("undo", ""))
    except ValueError:
        return None


def write_shown(shown: Shown) -> dict[str, str]:
    """The parameters that `read_shown` reads, without those that ask for nothing."""
    asked = {
        "show": "revenue" if shown.revenue else "",
        "team": "" if shown.team is None else str(shown.team),
        "behind": "1" if shown.behind else "",
    }
    return {name: value for name, value in asked.items() if value}


def query_of(month: date, shown: Shown) -> str:
    """The address's query for one view of a month."""
    return urlencode({"month": f"{month:%Y-%m}", **write_shown(shown)})


def metrics(grid: Grid) -> list[Way]:
    """The switch between deals and revenue."""
    return [
        Way(name, query_of(grid.month, replace(grid.shown, revenue=revenue)), grid.shown.revenue is revenue)
        for name, revenue in (("Deals", False), ("Revenue", True))
    ]


def teams(grid: Grid) -> list[Way]:
    """The teams to choose from, everyone first; none where there is nothing to choose."""
    choices: list[tuple[int | None, str]] = [(None, "All teams"), *grid.teams.items()]
    if len(grid.teams) < 2 and grid.shown.team is None:
        return []
    return [
        Way(name, query_of(grid.month, replace(grid.shown, team=team)), grid.shown.team == team)
        for team, name in choices
    ]


def behind(grid: Grid) -> Way:
    """Only those who are behind pace, or everyone again."""
    on = grid.shown.behind
    name = "Missed only" if grid.moment.phase is Phase.CLOSED else "Behind pace only"
    return Way(name, query_of(grid.month, replace(grid.shown, behind=not on)), on)


def cleared(grid: Grid) -> str:
    """The query of the same month without a filter."""
    return query_of(grid.month, replace(grid.shown, team=None, behind=False))


def years(month: date, today: date, keep: Mapping[str, str], formats: Formats) -> list[Year]:
    """The month picker: some years around the shown month and the current one."""
    names = formats.locale.months["stand-alone"]["abbreviated"]
    first = max(min(month.year - 2, today.year - 2), month.year - 4, FIRST_YEAR)
    last = min(max(month.year + 1, today.year + 1), month.year + 4, LAST_YEAR)
    return [
        Year(
            year,
            year == month.year,
            tuple(
                Way(names[day.month], urlencode({"month": f"{day:%Y-%m}", **keep}), day == month)
                for day in (date(year, number, 1) for number in range(1, 13))
            ),
        )
        for year in range(first, last + 1)
    ]


def neighbour(month: date, *, later: bool) -> date | None:
    """The month before or after; None where the picker ends."""
    step = following if later else preceding
    found = step(month_of(month), PeriodKind.MONTH).start
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None
