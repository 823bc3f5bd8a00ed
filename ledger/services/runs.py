"""Running an import: piece by piece, each in one transaction with the word of how far it is.

Source: docs/imports.md, "What happens when it runs".
"""

import gc
import logging
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from accounts.models import Member, Organization
from accounts.services import record
from accounts.tenancy import tenant
from ledger.ingest import Outcome, Seen, as_it_is, ingest_deals
from ledger.ingest.statements import LOCK
from ledger.models import Import, ImportRefusal
from ledger.reading import Piece, Rejected, Survey, Table, read_pieces
from ledger.services.choices import Choices, saved_choices
from ledger.services.scope import scope_of, without
from ledger.services.stopping import end_early

logger = logging.getLogger(__name__)

STALLED = timedelta(seconds=60)
#: More refused rows than this are counted, no longer kept.
REFUSALS_KEPT = 100_000
LONGEST_ROW = 32_768
WAITS = (1, 3, 10)
PIECES_A_COLLECTION = 20
FILE_GONE = "The file is no longer there. Upload it again: rows that are stored already stay as they are."
WENT_WRONG = "Something went wrong on our side after line {line:,}. The import can go on where it stopped."


class Superseded(RuntimeError):
    """Another worker has taken this import over, or somebody has stopped it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `refusals` are those of the last piece."""

    rows_read: int
    rows_stored: int
    rows_refused: int
    bytes_read: int
    size: int
    refusals: list[Rejected]


def run_import(
    organization: Organization,
    import_id: int,
    *,
    takeover: bool = False,
    told: Callable[[Progress], None] | None = None,
) -> bool:
    """Bring a started import to its end, from where an earlier run left it; whether this call did the work.

    Not where it is done or another worker is alive on it. `takeover`: the queue says that the other worker is gone.
    Should it live after all, its next write fails and it stops. What can't be helped ends in status failed with words
    for the user. `told` is called after every piece.
    """
    claim = uuid4()
    with tenant(organization):
        source = _claimed(import_id, claim, takeover=takeover)
    if source is None:
        return False
    try:
        _Run(organization, source, claim, told).to_the_end()
    except Superseded:
        logger.info("Import %s was stopped, or taken over by another worker", import_id)
        return False
    except FileNotFoundError:
        _stop(organization, import_id, claim, FILE_GONE)
    except Exception:
        logger.exception("Import %s stopped", import_id)
        _stop(organization, import_id, claim, "")
    return True


def _claimed(import_id: int, claim: UUID, *, takeover: bool) -> Import | None:
    """Make an import this run's own if nobody is on it. The lock waits for a piece that is just being stored."""
    free = Q(status=Import.Status.QUEUED)
    running = Q(status=Import.Status.RUNNING)
    free |= running if takeover else running & Q(heartbeat_at__lt=Now() - STALLED)
    source = Import.objects.select_for_update(of=("self",)).filter(free, pk=import_id).first()
    if source is None:
        return None
    Import.objects.filter(pk=import_id).update(
        status=Import.Status.RUNNING, claim=claim, started_at=Coalesce(F("started_at"), Now()), heartbeat_at=Now()
    )
    return source


def _stop(organization: Organization, import_id: int, claim: UUID, problem: str) -> None:
    """End an import that can't go on by itself."""
    with tenant(organization):
        source = Import.objects.select_for_update(of=("self",)).filter(pk=import_id, claim=claim).first()
        if source is not None:
            end_early(source, problem or WENT_WRONG.format(line=source.position), by=None, why="failed")


class _Run:
    """One worker's work on one import."""

    def __init__(
        self, organization: Organization, source: Import, claim: UUID, told: Callable[[Progress], None] | None
    ) -> None:
        self.organization, self.source, self.claim, self.told = organization, source, claim, told
        self.choices: Choices = saved_choices(source)
        self.seen = Seen()
        self.read, self.stored, self.refused = source.rows_read, source.rows_stored, source.rows_refused

    def to_the_end(self) -> None:
        """Every piece that isn't done, then the last word."""
        source = self.source
        table = Survey(**source.survey).table
        if source.position:
            self._look_back(table)
        layout = self.choices.layout(table, ZoneInfo(self.organization.time_zone))
        with (
            _brisk(),
            default_storage.open(source.file.name, "rb") as stream,
            closing(_ahead(read_pieces(stream, table, layout, after=source.position))) as pieces,
        ):
            for place, piece in enumerate(pieces):
                self._store_patiently(piece)
                if place % PIECES_A_COLLECTION == 0:
                    gc.collect()
        with tenant(self.organization):
            self._hold(status=Import.Status.DONE, finished_at=Now(), claim=None, file="", bytes_read=F("size"))
            self._note()
            transaction.on_commit(lambda: default_storage.delete(source.file.name))

    def _look_back(self, table: Table) -> None:
        """What the run had seen before it stopped: that alone is not in the database."""
        layout = self.choices.layout(table, ZoneInfo(self.organization.time_zone))
        with (
            default_storage.open(self.source.file.name, "rb") as stream,
            closing(_ahead(read_pieces(stream, table, layout))) as pieces,
        ):
            for piece in pieces:
                done = bisect_right(piece.batch.line, self.source.position)
                with tenant(self.organization, read_only=True):
                    self.seen.add(as_it_is(piece.batch.number[:done], kind=self.choices.kind, run=self.source.run))
                if piece.last_line >= self.source.position:
                    return

    def _store_patiently(self, piece: Piece) -> None:
        """Store a piece; again, a little later, where the connection broke or two transactions met in a deadlock."""
        for wait in (*WAITS, None):
            try:
                refusals = self._store(piece)
            except (OperationalError, InterfaceError):
                if wait is None or connection.in_atomic_block:
                    raise
                logger.warning("Import %s waits for the database", self.source.pk, exc_info=True)
                connection.close()
                time.sleep(wait)
            else:
                break
        if self.told:
            self.told(Progress(self.read, self.stored, self.refused, piece.bytes_read, self.source.size, refusals))

    def _store(self, piece: Piece) -> list[Rejected]:
        """One piece and the word of it, in one transaction."""
        with tenant(self.organization):
            self._hold(heartbeat_at=Now())
            outcome, refused = self._ingest(piece)
            refusals = sorted([*piece.rejected, *refused], key=lambda refusal: refusal.line)
            self._keep(refusals)
            self._hold(
                heartbeat_at=Now(),
                position=piece.last_line,
                bytes_read=piece.bytes_read,
                rows_read=F("rows_read") + piece.rows_read,
                rows_stored=F("rows_stored") + outcome.stored,
                rows_unchanged=F("rows_unchanged") + outcome.unchanged,
                rows_refused=F("rows_refused") + len(refusals),
            )
        self.seen.add(outcome.as_it_was)
        self.read += piece.rows_read
        self.stored += outcome.stored
        self.refused += len(refusals)
        return refusals

    def _note(self) -> None:
        """One entry of the audit for the whole import: its deals keep their own history."""
        counts = {"rows_stored": (None, self.stored), "rows_refused": (None, self.refused)}
        writer = self.source.created_by_id
        author = Member.objects.get(pk=writer) if writer else None
        record(self.source, {"filename": (None, self.source.filename), **counts}, by=author, why="imported")

    def _hold(self, **changes: Any) -> None:
        """Write to the import's own row, which locks it. Raises Superseded if it is no longer this run's."""
        mine = Import.objects.filter(pk=self.source.pk, claim=self.claim, status=Import.Status.RUNNING)
        if not mine.update(**changes):
            raise Superseded

    def _ingest(self, piece: Piece) -> tuple[Outcome, list[Rejected]]:
        by: int | None = self.source.created_by_id
        author = None if by is None else Member.objects.get(pk=by)
        scope = scope_of(author)
        if scope:  # nobody else may store these deals between the question whose they are and the deed
            with connection.cursor() as cursor:
                cursor.execute(LOCK, [self.organization.pk])
        foreign = scope.refusals(piece.batch, self.choices.kind) if scope else []
        batch = without(piece.batch, {refusal.line for refusal in foreign}) if foreign else piece.batch
        outcome = ingest_deals(
            batch,
            kind=self.choices.kind,
            run=self.source.run,
            unknowns=self.choices.unknowns(),
            seen=self.seen,
            by=author,
        )
        return outcome, [
            Rejected(refusal.line, refusal.field, refusal.value, refusal.reason, piece.cells_at(refusal.line))
            for refusal in (*foreign, *outcome.refusals)
        ]

    def _keep(self, refusals: list[Rejected]) -> None:
        """Store refused rows for the list and the download, as long as they are not too many."""
        room = max(REFUSALS_KEPT - self.refused, 0)
        ImportRefusal.objects.bulk_create(
            [
                ImportRefusal(
                    organization=self.organization,
                    source=self.source,
                    line=refusal.line,
                    column=_column_name(self.choices, refusal.field)[:240],
                    value=_shortened(refusal.value),
                    reason=refusal.reason[:400],
                    row=_storable(refusal.cells),
                )
                for refusal in islice(refusals, room)
            ]
        )


@contextmanager
def _brisk() -> Iterator[None]:
    """Half the time of an import, on two processors, for what Python does beside the database.

    The thread that stores wakes after each of some thirty answers a piece and would wait up to 5 ms for the one that
    reads; and the collector would look through thousands of rows, which make no cycles, again and again.
    """
    interval, collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(0.0002)
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        if collecting:
            gc.enable()
        sys.setswitchinterval(interval)


def _ahead(pieces: Iterator[Piece]) -> Generator[Piece, None, None]:
    """The same pieces, the next one being read while the last one is stored: storing mostly waits for the database."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = reader.submit(next, pieces, None)
            yield piece


def _column_name(choices: Choices, field: str) -> str:
    return choices.columns.get(field) or choices.fixed.get(field, "")


def _shortened(text: str) -> str:
    text = text.replace("\0", "\ufffd")
    return text if len(text) <= 200 else f"{text[:199]}…"


def _storable(cells: list[str]) -> list[str]:
    """A row as JSON can hold it; one of extraordinary length is not kept."""
    if sum(map(len, cells)) > LONGEST_ROW:
        return []
    return [cell.replace("\0", "\ufffd") for cell in cells]
