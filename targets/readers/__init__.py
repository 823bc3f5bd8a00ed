"""What pages show of targets: the grid of a month, a person's own month, and what a deal moves."""

from targets.readers.grid import Cell, Column, Grid, OwnMonth, Row, grid, own_month
from targets.readers.moves import moves

__all__ = ["Cell", "Column", "Grid", "OwnMonth", "Row", "grid", "moves", "own_month"]
