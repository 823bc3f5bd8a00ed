"""What pages show of targets: the grid of a month, a person's own month, and what a deal moves."""

from targets.readers.grid import OwnMonth, grid, own_month, without_target
from targets.readers.moves import moves
from targets.readers.sheet import NO_TEAM, Cell, Column, Grid, Row, Shown

__all__ = [
    "NO_TEAM",
    "Cell",
    "Column",
    "Grid",
    "OwnMonth",
    "Row",
    "Shown",
    "grid",
    "moves",
    "own_month",
    "without_target",
]
