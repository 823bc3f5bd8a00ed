"""A CSV file or a workbook to batches of typed rows, in bounded memory, whatever the file holds."""

from ledger.reading.batches import Piece, Rejected, read_pieces
from ledger.reading.guesses import guess_columns, guess_meaning
from ledger.reading.layout import FIELDS, FIXABLE, LABELS, REQUIRED, Layout
from ledger.reading.opening import NotReadable, Table, open_table
from ledger.reading.returned import REASON, guarded
from ledger.reading.survey import Survey, survey
from ledger.reading.values import DateOrder, Decimals
from ledger.reading.workbook import as_csv, is_workbook

__all__ = [
    "FIELDS",
    "FIXABLE",
    "LABELS",
    "REASON",
    "REQUIRED",
    "DateOrder",
    "Decimals",
    "Layout",
    "NotReadable",
    "Piece",
    "Rejected",
    "Survey",
    "Table",
    "as_csv",
    "guarded",
    "guess_columns",
    "guess_meaning",
    "is_workbook",
    "open_table",
    "read_pieces",
    "survey",
]
