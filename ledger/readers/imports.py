"""Imports: the list, one import's progress and outcome, and its refused rows."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum

from accounts.models import Member
from accounts.permissions import IMPORT, reaches_all
from ledger.ingest import changed_since
from ledger.models import Deal, DealChange, DealState, Import, ImportRefusal
from ledger.reading import REASON, guarded

T = TypeVar("T")
IMPORTS_A_PAGE = 25
REFUSALS_A_PAGE = 50
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a longer list. `first` and `last` count from 1; a page beyond the end is the last one."""

    rows: list[T]
    number: int
    pages: int
    first: int
    last: int
    total: int

    @property
    def previous(self) -> int | None:
        """The number of the page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after."""
        return self.number + 1 if self.number < self.pages else None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of the list of imports."""

    id: int
    filename: str
    kind: str
    status: str
    words: str
    who: str
    when: datetime
    rows_stored: int
    rows_refused: int


@dataclass(frozen=True, slots=True)
class Undoing:
    """How far the taking back of an import is, in deals; `when` is None until it has ended."""

    who: str
    when: datetime | None
    deleted: int
    restored: int
    kept: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What taking an import back would do, in deals: those it brought go, those it changed become what they were.

    Those that something else has changed or taken back since are `kept` as they are.
    """

    brought: int
    changed: int
    kept: int


@dataclass(frozen=True, slots=True)
class ImportDetail:
    """One import as it stands. `percent` is of the file's bytes; `rate` in rows a second, None before there is one."""

    id: int
    filename: str
    size: int
    status: str
    who: str
    when: datetime
    percent: int
    rate: int | None
    rows_read: int
    rows_stored: int
    rows_changed: int
    rows_unchanged: int
    rows_refused: int
    problem: str
    active: bool
    may_restart: bool
    may_be_undone: bool
    undone: "Undoing | None"


@dataclass(frozen=True, slots=True)
class MeantDeals:
    """How many deals of an import mean one thing ("confirmed", "proposed" or "neither"), and their net amount."""

    meaning: str
    deals: int
    net: Decimal


@dataclass(frozen=True, slots=True)
class Brought:
    """The deals that an import was the last to write. `newest` is the date of the latest; `valued`: they have amounts.

    `meanings` holds all three, in the order confirmed, proposed, neither.
    """

    meanings: list[MeantDeals]
    newest: date
    valued: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not stored."""

    line: int
    column: str
    value: str
    reason: str


def visible_imports(viewer: Member) -> "QuerySet[Import]":
    """Admins see every import, everybody else their own: a file may name people of other teams."""
    imports: QuerySet[Any] = Import.objects.all()
    return imports if reaches_all(viewer, IMPORT) else imports.filter(created_by=viewer.pk)


def import_list(viewer: Member, page: int = 1) -> Page[ImportRow]:
    """The imports a member may see, the newest first. Two queries."""
    found, number, pages, total = _cut(visible_imports(viewer), page, IMPORTS_A_PAGE)
    rows = [
        ImportRow(
            id=source.pk,
            filename=source.filename,
            kind=source.get_kind_display(),
            status=source.status,
            words=source.get_status_display(),
            who=_who(source),
            when=source.created_at,
            rows_stored=source.rows_stored,
            rows_refused=source.rows_refused,
        )
        for source in found.select_related("created_by")
        .defer("survey", "options")
        .order_by("-created_at", "-id")[(number - 1) * IMPORTS_A_PAGE : number * IMPORTS_A_PAGE]
    ]
    return _page(rows, number, pages, IMPORTS_A_PAGE, total)


def import_detail(source: Import) -> ImportDetail:
    """How far an import is, or what became of it. No query where `created_by` and `undone_by` are loaded."""
    seconds = None
    if source.started_at and source.heartbeat_at:
        seconds = max((source.heartbeat_at - source.started_at).total_seconds(), 0.001)
    done = source.status == Import.Status.DONE
    return ImportDetail(
        id=source.pk,
        filename=source.filename,
        size=source.size,
        status=source.status,
        who=_who(source),
        when=source.created_at,
        percent=100 if done else min(99, 100 * source.bytes_read // max(source.size, 1)),
        rate=round(source.rows_read / seconds) if seconds and source.rows_read else None,
        rows_read=source.rows_read,
        rows_stored=source.rows_stored,
        rows_changed=source.rows_stored - source.rows_unchanged,
        rows_unchanged=source.rows_unchanged,
        rows_refused=source.rows_refused,
        problem=source.problem,
        active=source.status in (*Import.ACTIVE, Import.Status.UNDOING),
        may_restart=source.status == Import.Status.FAILED and bool(source.file),
        may_be_undone=source.may_be_undone,
        undone=_undoing(source),
    )


def _undoing(source: Import) -> Undoing | None:
    if source.status not in (Import.Status.UNDOING, Import.Status.UNDONE):
        return None
    who = source.undone_by.name if source.undone_by else "the server's shell"
    return Undoing(who, source.undone_at, source.deals_deleted, source.deals_restored, source.deals_kept)


def undo_reach(source: Import) -> Reach:
    """What taking an import back would do. Three queries, one of which reads all the organization's deals."""
    written = Deal.objects.filter(run=source.run)
    its_changes = DealChange.objects.filter(run=source.run).values("deal_id").distinct()
    changed = its_changes.filter(Exists(written.filter(pk=OuterRef("deal_id")))).count()
    return Reach(brought=written.count() - changed, changed=changed, kept=changed_since(source.run))


def brought(source: Import) -> Brought | None:
    """What the deals of an import mean; None where later imports have written them all, or none was stored. One query.

    Reads all the organization's deals: none of their indexes knows the run.
    """
    deals = Deal.objects.filter(run=source.run).values_list("state__triggers_commission", "state__is_initial")
    counts = dict.fromkeys(("confirmed", "proposed", "neither"), 0)
    amounts = dict.fromkeys(counts, Decimal(0))
    days = []
    for confirms, begins, count, net, newest in deals.annotate(Count("pk"), Sum("net"), Max("date")).order_by():
        meaning = DealState(triggers_commission=confirms, is_initial=begins).meaning
        counts[meaning] += count
        amounts[meaning] += net
        days.append(newest)
    if not days:
        return None
    meanings = [MeantDeals(meaning, count, amounts[meaning]) for meaning, count in counts.items()]
    return Brought(meanings, max(days), any(each.net for each in meanings))


def refused_page(source: Import, page: int = 1) -> Page[RefusedRow]:
    """The refused rows of an import in the order of the file. Two queries."""
    found, number, pages, total = _cut(ImportRefusal.objects.filter(source=source), page, REFUSALS_A_PAGE)
    start = (number - 1) * REFUSALS_A_PAGE
    cells = found.order_by("line", "id").values_list("line", "column", "value", "reason")
    rows = [RefusedRow(*each) for each in cells[start : start + REFUSALS_A_PAGE]]
    return _page(rows, number, pages, REFUSALS_A_PAGE, total)


def refused_csv(source: Import) -> Iterator[bytes]:
    """The refused rows as a CSV of the file's own columns and the reason, to be corrected and imported again.

    Source: `ledger.reading.returned`, which says how formulas are made harmless and what happens on the way back.
    """
    headers = source.survey["headers"]
    width = len(headers)
    line = _Line()
    writer = csv.writer(line, delimiter=source.survey["delimiter"])
    writer.writerow([*guarded(headers), REASON])
    # The byte order mark tells spreadsheets that this is UTF-8.
    yield b"\xef\xbb\xbf" + line.take()
    refusals = ImportRefusal.objects.filter(source=source).order_by("line", "id")
    columns = refusals.values_list("line", "column", "reason", "row")
    for number, column, reason, row in columns.iterator(chunk_size=CHUNK):
        cells = guarded(row)
        cells += [""] * (width - len(cells))
        where = f"Line {number:,}" + (f", {column}" if column else "")
        writer.writerow([*cells[:width], f"{where}: {reason}", *cells[width:]])
        yield line.take()


class _Line:
    """What a csv.writer writes to: one line at a time."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def take(self) -> bytes:
        """The line as bytes; the next one begins."""
        text, self.text = self.text, ""
        return text.encode()


def _who(source: Import) -> str:
    return source.created_by.name if source.created_by else "the server's shell"


def _cut(found: "QuerySet[Any]", page: int, size: int) -> tuple["QuerySet[Any]", int, int, int]:
    total = found.count()
    pages = max(-(-total // size), 1)
    return found, min(max(page, 1), pages), pages, total


def _page(rows: list[T], number: int, pages: int, size: int, total: int) -> Page[T]:
    first = (number - 1) * size + 1 if rows else 0
    return Page(rows, number, pages, first, first + len(rows) - 1 if rows else 0, total)
