"""Deals and their lines into the ledger.

Source: docs/adr/0020-one-way-in.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.models import Member
from accounts.tenancy import current_organization
from ledger.ingest import statements
from ledger.ingest.judge import HEADER_NAMES, LIMIT, Judgement
from ledger.ingest.names import NONE, SEPARATOR, WORDS, Resolver
from ledger.ingest.rows import AMOUNTS, NAMES, Batch, Outcome, Seen, Unknowns
from ledger.ingest.writing import ADDED, CHANGED, NEW, SAME, Gathered, Writer

_HEADER = ("date", *HEADER_NAMES)
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
        writer = Writer(cursor, organization_id, kind, run, by.pk if by else None, by_hand)
        return judged.outcome(*writer.write(deals, stored=bool(stored)))


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


def _deals(
    cursor: CursorWrapper,
    organization_id: int,
    judged: Judgement,
    rows: list[int],
    stored: dict[str, Stored],
    several: dict[str, Lines],
) -> Gathered:
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
    return Gathered(
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
        return [NEW] * len(numbers), list(new_ids)
    modes, ids = [], []
    for number, ours, sums in zip(numbers, zip(*header, strict=True), zip(*totals, strict=True), strict=True):
        deal = stored.get(number)
        if deal is None:
            modes.append(NEW)
            ids.append(next(new_ids))
        else:
            same = (ours, sums) == (deal.header, deal.totals)
            modes.append(ADDED if deal.adds else SAME if same else CHANGED)
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
