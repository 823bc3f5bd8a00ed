"""Deals and their lines into the ledger.

Source: docs/adr/0020-one-way-in.md.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.models import Member
from accounts.tenancy import current_organization
from ledger.ingest import history, statements
from ledger.ingest.history import Undone
from ledger.ingest.judge import HEADER_NAMES, LIMIT, Judgement
from ledger.ingest.names import NONE, SEPARATOR, WORDS, Resolver
from ledger.ingest.rows import AMOUNTS, NAMES, Batch, Outcome, Seen, Unknowns
from ledger.ingest.totals import ADDITION, REPLACEMENT, keep_totals
from ledger.models import Deal, DealChange

_HEADER = ("date", *HEADER_NAMES)
_NEW, _ADDED, _CHANGED, _SAME = "n", "a", "c", "s"
_UNSAFE = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@dataclass(frozen=True, slots=True)
class Stored:
    """A deal as it stands; `header` and `totals` are text as COPY writes it.

    `adds`: this run wrote it, or found it as it is, so that further rows are further lines.
    """

    id: int
    adds: bool
    header: tuple[str, ...]
    totals: tuple[str, ...]


def ingest_deals(
    batch: Batch,
    *,
    kind: str,
    run: UUID,
    unknowns: Unknowns,
    seen: Seen | None = None,
    by: Member | None = None,
    by_hand: bool = False,
) -> Outcome:
    """Store a batch of deal lines in the open organization; rows that don't hold are refused, the others stored.

    Rows of one number are one deal, whose date and names its first row says; if one of them is refused, all are. A deal
    that this `run` wrote, or has `seen`, gets the rows as further lines, any other stored one has its lines replaced;
    what it was is kept as a DealChange. A deal that is as the rows say is not touched. `by_hand`: new deals get a
    DealChange too. About 20 queries whatever the number of rows.
    Waits for other ingests of the organization; their order is the order of their transactions' ends.
    """
    organization_id = current_organization().pk
    judged = Judgement(batch)
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, [organization_id])
        stored = _find(cursor, organization_id, kind, run, judged, seen or Seen())
        _resolve(judged, stored, Resolver(cursor, organization_id, unknowns))
        _judge_headers(judged, stored)
        several = _several(judged, stored)
        rows = judged.accepted()
        if not rows:
            return judged.outcome(0)
        deals = _deals(cursor, organization_id, judged, rows, stored, several)
        return judged.outcome(*_Writer(cursor, organization_id, kind, run, by and by.pk, by_hand).write(deals, stored))


def delete_deals(numbers: Collection[str], *, kind: str, run: UUID, by: Member | None) -> int:
    """Take deals of the open organization back, with their lines and what they add to the totals; returns how many.

    What they were is kept as a DealChange of this `run`.
    """
    organization_id = current_organization().pk
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, [organization_id])
        cursor.execute(
            "SELECT id FROM ledger_deal WHERE organization_id = %s AND kind = %s AND number = ANY(%s)",
            [organization_id, kind, list(numbers)],
        )
        ids = [id_ for (id_,) in cursor.fetchall()]
        if ids:
            what = DealChange.What.DELETED
            cursor.execute(
                history.KEEP_GONE,
                {"organization": organization_id, "ids": ids, "run": run, "by": by and by.pk, "what": what},
            )
            history.delete(cursor, ids, organization=organization_id, kind=kind)
    return len(ids)


def undo_deals(run: UUID, *, undo: UUID, by: Member | None, after: int = 0, limit: int = 20_000) -> Undone:
    """Take back what a run did to the next `limit` deals of the open organization after the id `after`.

    Deals that the run brought are deleted, those that it changed become what they were, unless something else has
    changed them since. Call it until `last_id` is None, each time in a transaction of its own.
    """
    organization_id = current_organization().pk
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, [organization_id])
        values = {"organization": organization_id, "run": run, "after": after, "limit": limit}
        cursor.execute(history.LAST_ID, values)
        (last_id,) = cursor.fetchone()
        cursor.execute(history.WRITTEN_BY, values)
        found = cursor.fetchall()
        for kind in {kind for _, kind, _ in found}:
            brought = [id_ for id_, its, changed in found if its == kind and not changed]
            changed = [id_ for id_, its, changed in found if its == kind and changed]
            if brought:
                history.delete(cursor, brought, organization=organization_id, kind=kind)
            if changed:
                history.restore(
                    cursor, changed, organization=organization_id, kind=kind, run=run, undo=undo, by=by and by.pk
                )
    restored = sum(1 for *_, changed in found if changed)
    return Undone(deleted=len(found) - restored, restored=restored, last_id=last_id)


def changed_since(run: UUID) -> int:
    """How many deals that a run had written something else has changed or taken back since."""
    with connection.cursor() as cursor:
        cursor.execute(history.CHANGED_SINCE, [current_organization().pk, run, str(run)])
        (count,) = cursor.fetchone()
    return int(count)


def as_it_is(numbers: Collection[str], *, kind: str, run: UUID) -> list[int]:
    """The ids of the stored deals of these numbers that another run wrote: what a run that goes on has seen."""
    found = Deal.objects.filter(kind=kind, number__in=numbers).exclude(run=run)
    return list(found.values_list("pk", flat=True))


def _find(
    cursor: CursorWrapper, organization_id: int, kind: str, run: UUID, judged: Judgement, seen: Seen
) -> dict[str, Stored]:
    """The deals of the batch that are stored already, by number."""
    numbers = SEPARATOR.join(dict.fromkeys(judged.texts["number"]))
    cursor.execute(statements.FIND, [run, numbers, organization_id, kind])
    ids = len(HEADER_NAMES)
    return {
        number: Stored(
            id_, ours or id_ in seen, (day.isoformat(), *(value or NONE for value in rest[:ids])), tuple(rest[ids:])
        )
        for number, id_, ours, day, *rest in cursor.fetchall()
    }


def _resolve(judged: Judgement, stored: dict[str, Stored], resolver: Resolver) -> None:
    """Names to ids. What a row leaves out of a deal that this run wrote is what that deal says."""
    adding = {number: deal for number, deal in stored.items() if deal.adds}
    judged.fill_blanks(besides=adding)
    judged.resolve(resolver, [name for name in NAMES if name != "customer_branch"])
    numbers = judged.texts["number"] if adding else []
    added_to = [(index, adding[number]) for index, number in enumerate(numbers) if number in adding]
    _fill_from_stored(judged, [name for name in HEADER_NAMES if name != "customer_branch"], added_to)
    judged.resolve_branches(resolver, "customer_branch")
    _fill_from_stored(judged, ["customer_branch"], added_to)


def _fill_from_stored(judged: Judgement, dimensions: Sequence[str], added_to: list[tuple[int, Stored]]) -> None:
    for dimension in dimensions:
        place = _HEADER.index(dimension)
        column, ids = judged.texts[dimension], judged.ids[dimension]
        for index, deal in added_to:
            if not column[index].strip():
                ids[index] = deal.header[place]


def _judge_headers(judged: Judgement, stored: dict[str, Stored]) -> None:
    """Every row names a state; the rows of one number agree, with one another and with what this run has stored."""
    if NONE in judged.ids["state"]:
        for index, state in enumerate(judged.ids["state"]):
            if state == NONE:
                judged.refuse(index, "state", "", "The state is missing.")
    agreed = {number: deal.header for number, deal in stored.items() if deal.adds}
    if not judged.first and not agreed:
        return
    days = [day.isoformat() for day in judged.batch.date]
    for index, header in enumerate(zip(days, *(judged.ids[name] for name in HEADER_NAMES), strict=True)):
        number = judged.texts["number"][index]
        if index in judged.refusals or (not judged.first and number not in agreed):
            continue
        expected = agreed.setdefault(number, header)
        if header != expected:
            place = next(place for place, pair in enumerate(zip(header, expected, strict=True)) if pair[0] != pair[1])
            field = _HEADER[place]
            value = days[index] if field == "date" else judged.texts[field][index]
            judged.refuse(index, field, value, _disagrees(number, field, expected[place]))


def _disagrees(number: str, field: str, expected: str) -> str:
    word = "date" if field == "date" else WORDS[field][0]
    if expected == NONE:
        return f"Deal {number} has no {word} in its first row, and all its rows must agree."
    return f"Deal {number} has another {word} in its first row, and all its rows must agree."


@dataclass(frozen=True, slots=True)
class Lines:
    """The rows of one deal, as indexes, and its totals as AMOUNTS, with what this run stored of it before."""

    rows: list[int]
    totals: list[str]


def _several(judged: Judgement, stored: dict[str, Stored]) -> dict[str, Lines]:
    """{number: its lines} of the deals that have, or may have, more than one; one that adds up too high is refused."""
    adding = {number: deal for number, deal in stored.items() if deal.adds}
    if not judged.first and not adding:
        return {}
    rows: dict[str, list[int]] = {}
    for index in judged.accepted():
        rows.setdefault(judged.texts["number"][index], []).append(index)
    cents = [list(map(_cents, judged.amounts[field])) for field in AMOUNTS]
    several = {}
    for number, indexes in rows.items():
        if len(indexes) == 1 and number not in adding:
            continue
        before = map(_cents, adding[number].totals) if number in adding else (0,) * len(AMOUNTS)
        totals = [
            start + sum([column[index] for index in indexes]) for start, column in zip(before, cents, strict=True)
        ]
        if max(map(abs, totals)) < LIMIT * 100:
            several[number] = Lines(indexes, list(map(_amount, totals)))
            continue
        field = next(field for field, total in zip(AMOUNTS, totals, strict=True) if abs(total) >= LIMIT * 100)
        for index in indexes:
            reason = f"The lines of deal {number} add up to a number that is too large."
            judged.refuse(index, field, judged.amounts[field][index], reason)
    return several


def _cents(amount: str) -> int:
    return int(amount.replace(".", ""))


def _amount(cents: int) -> str:
    whole, part = divmod(abs(cents), 100)
    return f"{'-' * (cents < 0)}{whole}.{part:02d}"


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the deals of one batch; `by` is the id of who asked."""

    cursor: CursorWrapper
    organization: int
    kind: str
    run: UUID
    by: int | None
    by_hand: bool

    def write(self, deals: "_Deals", stored: dict[str, Stored]) -> tuple[int, list[int]]:
        """How many rows belong to deals that are as they were, and the ids of those deals."""
        cursor = self.cursor
        cursor.execute(statements.CREATE_DEALS)
        cursor.execute(statements.CREATE_LINES)
        _copy(cursor, statements.COPY_DEALS, deals.columns)
        _copy(cursor, statements.COPY_LINES, deals.line_columns)
        rewritten = self._rewritten() if stored else []
        modes = set(deals.modes) | ({_CHANGED} if rewritten else set())
        replacing = bool(modes & {_ADDED, _CHANGED})
        if replacing or self.by_hand:
            history.keep_changes(
                cursor, organization=self.organization, kind=self.kind, run=self.run, by=self.by, new=self.by_hand
            )
        if modes != {_SAME}:
            change = REPLACEMENT if replacing else ADDITION
            keep_totals(cursor, change, organization=self.organization, kind=self.kind)
        if _NEW in modes:
            cursor.execute(statements.INSERT_DEALS, [self.organization, self.kind, self.run])
        if replacing:
            cursor.execute(statements.UPDATE_DEALS, {"organization": self.organization, "run": self.run})
        if rewritten:
            cursor.execute(statements.DELETE_LINES, [self.organization, rewritten])
        if modes != {_SAME}:
            cursor.execute(statements.INSERT_SOME_LINES if stored else statements.INSERT_LINES, [self.organization])
        cursor.execute(statements.DROP)
        return _unchanged(deals, set(rewritten)) if _SAME in modes else (0, [])

    def _rewritten(self) -> list[int]:
        """The stored deals that have other lines; they count as changed."""
        self.cursor.execute(statements.DIFFERING, [self.organization])
        ids = [id_ for (id_,) in self.cursor.fetchall()]
        if ids:
            self.cursor.execute(statements.REWRITE, [ids])
        return ids


def _unchanged(deals: "_Deals", rewritten: set[int]) -> tuple[int, list[int]]:
    same = [
        id_ for id_, mode in zip(deals.columns[0], deals.modes, strict=True)
        if mode == _SAME and int(id_) not in rewritten
    ]  # fmt: skip
    among = set(same)
    return sum(1 for id_ in deals.line_columns[0] if id_ in among), list(map(int, same))


@dataclass(frozen=True, slots=True)
class _Deals:
    """The deals of a batch and their lines, in columns of text as COPY takes them."""

    modes: list[str]
    columns: list[list[str]]
    line_columns: list[list[str]]


def _deals(
    cursor: CursorWrapper,
    organization_id: int,
    judged: Judgement,
    rows: list[int],
    stored: dict[str, Stored],
    several: dict[str, Lines],
) -> _Deals:
    """Gather the accepted rows into deals. New ones get their ids here, so that their lines know them at once."""
    numbers = judged.texts["number"]
    heads = [index for index in rows if numbers[index] not in several or several[numbers[index]].rows[0] == index]
    totals = {field: _pick(judged.amounts[field], heads) for field in AMOUNTS}
    last = ["1"] * len(heads)
    position = dict.fromkeys(rows, "1") if several else {}
    if several:
        adding = {number: stored[number] for number in several if number in stored and stored[number].adds}
        before = _last_positions(cursor, organization_id, adding.values())
        for place, head in enumerate(heads):
            number = numbers[head]
            if number not in several:
                continue
            lines = several[number].rows
            deal = adding.get(number)
            offset = before[deal.id] if deal else 0
            position.update((index, str(offset + count)) for count, index in enumerate(lines, 1))
            last[place] = str(offset + len(lines))
            for at, field in enumerate(AMOUNTS):
                totals[field][place] = several[number].totals[at]
    head_numbers = _pick(numbers, heads)
    dates = {day: day.isoformat() for day in set(judged.batch.date)}
    header = [
        [dates[judged.batch.date[index]] for index in heads],
        *(_pick(judged.ids[name], heads) for name in HEADER_NAMES),
    ]
    modes, ids = _modes_and_ids(cursor, head_numbers, header, [totals[field] for field in AMOUNTS], stored)
    columns = [ids, modes, last, _safe(head_numbers), *header, *(totals[field] for field in AMOUNTS)]
    id_of = dict(zip(head_numbers, ids, strict=True)) if several else {}
    return _Deals(
        modes,
        columns,
        [
            [id_of[numbers[index]] for index in rows] if several else ids,
            [position[index] for index in rows] if several else last,
            _pick(judged.ids["brand"], rows),
            _safe(_pick(judged.texts["product"], rows)),
            *(_pick(judged.amounts[field], rows) for field in AMOUNTS),
        ],
    )


def _modes_and_ids(
    cursor: CursorWrapper,
    numbers: Sequence[str],
    header: list[list[str]],
    totals: list[list[str]],
    stored: dict[str, Stored],
) -> tuple[list[str], list[str]]:
    fresh = sum(1 for number in numbers if number not in stored) if stored else len(numbers)
    cursor.execute(statements.NEW_IDS, [fresh])
    new_ids = iter([str(id_) for (id_,) in cursor.fetchall()])
    if not stored:
        return [_NEW] * len(numbers), list(new_ids)
    modes, ids = [], []
    for number, ours, sums in zip(numbers, zip(*header, strict=True), zip(*totals, strict=True), strict=True):
        deal = stored.get(number)
        if deal is None:
            modes.append(_NEW)
            ids.append(next(new_ids))
        else:
            same = (ours, sums) == (deal.header, deal.totals)
            modes.append(_ADDED if deal.adds else _SAME if same else _CHANGED)
            ids.append(str(deal.id))
    return modes, ids


def _last_positions(cursor: CursorWrapper, organization_id: int, deals: Iterable[Stored]) -> dict[int, int]:
    ids = [deal.id for deal in deals]
    if not ids:
        return {}
    cursor.execute(statements.LAST_POSITIONS, [organization_id, ids])
    return dict.fromkeys(ids, 0) | dict(cursor.fetchall())


def _pick(column: list[str], indexes: list[int]) -> list[str]:
    return column[:] if len(indexes) == len(column) else [column[index] for index in indexes]


def _safe(column: list[str]) -> list[str]:
    """Text with what COPY reads as a sign of its own escaped."""
    joined = "".join(column)
    if any(sign in joined for sign in "\\\t\n\r"):
        return [text.translate(_UNSAFE) for text in column]
    return column


def _copy(cursor: CursorWrapper, statement: str, columns: list[list[str]]) -> None:
    with cursor.copy(statement) as copy:
        copy.write("\n".join(map("\t".join, zip(*columns, strict=True))) + "\n")
