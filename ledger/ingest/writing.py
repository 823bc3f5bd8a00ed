"""Writes the deals of a batch, once they are gathered: the statements in their order.

Source: docs/adr/0020-one-way-in.md.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from ledger.ingest import history, statements
from ledger.ingest.totals import ADDITION, REPLACEMENT, keep_totals

#: How a deal of the batch stands to what is stored (`statements.CREATE_DEALS`).
NEW, ADDED, CHANGED, SAME = "n", "a", "c", "s"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The deals of a batch and their lines, in columns of text as COPY takes them."""

    modes: list[str]
    columns: list[list[str]]
    line_columns: list[list[str]]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the deals of one batch; `by` is the id of who asked."""

    cursor: CursorWrapper
    organization: int
    kind: str
    run: UUID
    by: int | None
    by_hand: bool

    def write(self, deals: Gathered, *, stored: bool) -> tuple[int, list[int]]:
        """How many rows belong to deals that are as they were, and the ids of those deals."""
        cursor = self.cursor
        cursor.execute(statements.CREATE_DEALS)
        cursor.execute(statements.CREATE_LINES)
        _copy(cursor, statements.COPY_DEALS, deals.columns)
        _copy(cursor, statements.COPY_LINES, deals.line_columns)
        rewritten = self._rewritten() if stored else []
        modes = set(deals.modes) | ({CHANGED} if rewritten else set())
        replacing = bool(modes & {ADDED, CHANGED})
        if replacing or self.by_hand:
            history.keep_changes(
                cursor, organization=self.organization, kind=self.kind, run=self.run, by=self.by, new=self.by_hand
            )
        if modes != {SAME}:
            change = REPLACEMENT if replacing else ADDITION
            keep_totals(cursor, change, organization=self.organization, kind=self.kind)
        if NEW in modes:
            cursor.execute(statements.INSERT_DEALS, [self.organization, self.kind, self.run])
        if replacing:
            cursor.execute(statements.UPDATE_DEALS, {"organization": self.organization, "run": self.run})
        if rewritten:
            cursor.execute(statements.DELETE_LINES, [self.organization, rewritten])
        if modes != {SAME}:
            cursor.execute(statements.INSERT_SOME_LINES if stored else statements.INSERT_LINES, [self.organization])
        cursor.execute(statements.DROP)
        return _unchanged(deals, set(rewritten)) if SAME in modes else (0, [])

    def _rewritten(self) -> list[int]:
        """The stored deals that have other lines; they count as changed."""
        self.cursor.execute(statements.DIFFERING, [self.organization])
        ids = [id_ for (id_,) in self.cursor.fetchall()]
        if ids:
            self.cursor.execute(statements.REWRITE, [ids])
        return ids


def _unchanged(deals: Gathered, rewritten: set[int]) -> tuple[int, list[int]]:
    same = [
        id_ for id_, mode in zip(deals.columns[0], deals.modes, strict=True)
        if mode == SAME and int(id_) not in rewritten
    ]  # fmt: skip
    among = set(same)
    return sum(1 for id_ in deals.line_columns[0] if id_ in among), list(map(int, same))


def _copy(cursor: CursorWrapper, statement: str, columns: list[list[str]]) -> None:
    with cursor.copy(statement) as copy:
        copy.write("\n".join(map("\t".join, zip(*columns, strict=True))) + "\n")
