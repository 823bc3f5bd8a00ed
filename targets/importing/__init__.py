"""A file of targets to lines that say who shall reach what: opened, guessed at, and read."""

from targets.importing.choices import COLUMNS, LABELS, Blanks, Choices, guessed, guessed_date_order
from targets.importing.files import LARGEST_FILE, MOST_LINES, TargetFile, TooLarge, open_file
from targets.importing.lines import Line, read_lines
from targets.importing.months import month_reader

__all__ = [
    "COLUMNS",
    "LABELS",
    "LARGEST_FILE",
    "MOST_LINES",
    "Blanks",
    "Choices",
    "Line",
    "TargetFile",
    "TooLarge",
    "guessed",
    "guessed_date_order",
    "month_reader",
    "open_file",
    "read_lines",
]
