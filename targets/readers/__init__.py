"""What pages show of targets: the grid of a month, who has none, and what a deal moves."""

from targets.facts import Held, MonthFacts, Person, month_facts
from targets.readers.grid import grid, grid_of, without_target
from targets.readers.moves import moves
from targets.readers.sheet import NO_TEAM, Cell, Column, Grid, Row, Shown

__all__ = [
    "NO_TEAM",
    "Cell",
    "Column",
    "Grid",
    "Held",
    "MonthFacts",
    "Person",
    "Row",
    "Shown",
    "grid",
    "grid_of",
    "month_facts",
    "moves",
    "without_target",
]
