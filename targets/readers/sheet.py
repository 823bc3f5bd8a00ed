"""A month of targets as its viewer sees it: the shapes that `targets.readers.grid` fills."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from progress.amounts import Amount
from progress.pace import Moment, Pace, Phase
from progress.rollup import Standing, Total
from targets.facts import NO_TEAM

__all__ = ["NO_TEAM", "Cell", "Column", "Grid", "Row", "Shown"]


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a month is shown: deals or revenue; everybody or one team (NO_TEAM: who has none); all or those behind.

    A team narrows everything, totals and cards too. `behind` only leaves rows out: the totals stay those of the team.
    """

    revenue: bool = False
    team: int | None = None
    behind: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether rows may be left out."""
        return self.team is not None or self.behind


@dataclass(frozen=True, slots=True)
class Column:
    """One channel; without an id, the deals that came in without one."""

    channel_id: int | None
    name: str
    archived: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One person in one channel. `version` is what an edit must name; 0: never set."""

    member_id: int | None
    channel_id: int | None
    pace: Pace
    target: Amount | None
    version: int
    editable: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One person, with a cell for each column. Without an id, the deals that nobody is named on.

    `expected`: an active salesperson, who ought to have a target. `unset`: has none for a number of deals. `judged`
    gives the cells, which are judged when they are first asked for: an edit's answer draws those of one row.
    """

    member_id: int | None
    name: str
    team: str
    judged: Callable[[], tuple[Cell, ...]]
    total: Total
    expected: bool
    unset: bool
    editable: bool

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells, in the order of the columns."""
        return self.judged()


@dataclass(frozen=True, slots=True)
class Grid:
    """One month as its viewer may see it. `column_totals` stand in the order of `columns`.

    people: everyone of the team that is shown; rows: those of them whose row is. The totals are of `people`.
    overall: that of what is shown, deals or revenue. teams: {id: name} of everyone, NO_TEAM for who has none.
    without_target: how many active salespeople the viewer may see have no number of deals as target, in any team.
    """

    shown: Shown
    month: date
    moment: Moment
    columns: tuple[Column, ...]
    people: tuple[Row, ...]
    rows: tuple[Row, ...]
    column_totals: tuple[Total, ...]
    overall: Total
    deals: Total
    revenue: Total
    standing: Standing[int]
    teams: Mapping[int, str]
    without_target: int

    @property
    def editable(self) -> bool:
        """Whether the viewer may set anything here."""
        return any(row.editable for row in self.rows)

    @property
    def missing(self) -> tuple[Row, ...]:
        """Active salespeople without a count target; asked from the current month on (docs/targets-grid.md)."""
        if self.moment.phase is Phase.CLOSED:
            return ()
        return tuple(row for row in self.people if row.expected and row.unset)

    def held(self) -> dict[tuple[int, int], tuple[int, Amount | None]]:
        """{(member, channel): (version, target)} of the cells that the viewer may edit."""
        return {
            (cell.member_id, cell.channel_id): (cell.version, cell.target)
            for row in self.rows
            for cell in row.cells
            if cell.editable and cell.member_id is not None and cell.channel_id is not None
        }

    def row(self, member_id: int | None) -> Row | None:
        """The row of one person; None where the viewer has none."""
        return next((row for row in self.people if row.member_id == member_id), None)
