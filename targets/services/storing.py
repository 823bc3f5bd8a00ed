"""How edits of any number of cells are stored: checked, written and audited in few statements.

Nothing is locked beforehand: the statement that writes a cell names the version that was checked, and leaves alone what
somebody else changed meanwhile. Those cells are then locked and looked at again.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction

from accounts.models import AuditEntry, Member
from accounts.services import record_numbers
from accounts.tenancy import current_organization
from targets.facts import Held, MonthFacts
from targets.services.checking import Known, closed_to, known_of, refusals, rows_of
from targets.services.edits import (
    SUBJECT,
    Change,
    Conflict,
    NotYours,
    Number,
    Order,
    Outcome,
    Place,
    Standing,
)

__all__ = ["Order", "Place", "closed_to", "refusals", "store"]

_NEVER_SET = Standing(None, 0, None, None)
_EMPTY = Held()
# Two writers take rows in the same order, so that they never wait for each other.
_WRITE = """
INSERT INTO targets_monthlytarget AS t (organization_id, month, member_id, channel_id, count, revenue, version)
SELECT %s, * FROM unnest(%s::date[], %s::bigint[], %s::bigint[], %s::int[], %s::numeric[], %s::int[])
    AS wanted (month, member_id, channel_id, count, revenue, version) ORDER BY month, member_id, channel_id
ON CONFLICT (organization_id, month, member_id, channel_id) DO UPDATE
    SET count = excluded.count, revenue = excluded.revenue, version = excluded.version
    WHERE t.version = excluded.version - 1
RETURNING month, member_id, channel_id, id
"""


class _TakenBackError(Exception):
    """Ends what was written of edits that go all or none."""


def store(
    orders: Sequence[Order],
    *,
    by: Member,
    at: datetime,
    why: str,
    batch: uuid.UUID,
    all_or_none: bool,
    month: MonthFacts | None = None,
    known: Known | None = None,
) -> Outcome:
    """Store what can be stored, as one batch; with `all_or_none` nothing where one can't.

    Two statements where what has to be known is `known`, or on the page of their `month`; else up to four more, and one
    or three where a cell was changed meanwhile. Asking for what stands already changes nothing, whatever the version.
    Raises UnknownCell and NotYours, which no page of ours asks for, before anything is written.
    """
    known = known or known_of(orders, by=by, month=month)
    errors = refusals(orders, known.rows, viewer=by, at=at, known=known)
    if foreign := next((error for error in errors.values() if isinstance(error, NotYours)), None):
        raise foreign
    wanted = {index: order for index, order in enumerate(orders) if index not in errors}
    errors |= _conflicts(wanted, known.rows)
    if all_or_none and errors:
        return Outcome((), errors)
    wanted = {index: order for index, order in wanted.items() if index not in errors}
    rows = {place: held for order in wanted.values() if (held := known.rows.get(place := order.place))}
    # One edit is written whole or not at all.
    may_go_back = all_or_none and len(orders) > 1
    try:
        with transaction.atomic(savepoint=may_go_back):
            after = _write(wanted.values(), rows)
            if late := {index: order for index, order in wanted.items() if _missed(order, rows, after)}:
                rows |= rows_of({order.place for order in late.values()}, lock=True)
                errors |= _conflicts(late, rows)
                if may_go_back and errors:
                    raise _TakenBackError
                after |= _write([order for index, order in late.items() if index not in errors], rows)
            done = [order for index, order in wanted.items() if index not in errors]
            _note(done, rows, after, by=by, at=at, why=why, batch=batch)
    except _TakenBackError:
        return Outcome((), errors)
    return Outcome([_change(order, rows, after, batch) for order in done], errors)


def _standing_of(held: Held, metric: str, last: AuditEntry | None) -> Standing:
    """What a cell holds, and who left it so."""
    name = last.by.name if last is not None and last.by is not None else None
    return Standing(getattr(held, metric), held.version, name, last.at if last is not None else None)


def _number(order: Order, rows: Mapping[Place, Held]) -> Number | None:
    """What an order's cell holds."""
    number: Number | None = getattr(rows.get(order.place, _EMPTY), order.edit.metric)
    return number


def _conflicts(orders: Mapping[int, Order], rows: Mapping[Place, Held]) -> dict[int, Exception]:
    """{index: conflict} of what somebody changed since its author saw it. A statement where versions differ."""
    stale = {
        index: order
        for index, order in orders.items()
        if order.edit.number != _number(order, rows) and order.edit.version != rows.get(order.place, _EMPTY).version
    }
    if not stale:
        return {}
    histories: dict[int, list[AuditEntry]] = {}
    ids = [held.pk for order in stale.values() if (held := rows.get(order.place))]
    entries = AuditEntry.objects.filter(subject=SUBJECT, subject_id__in=ids).select_related("by")
    for entry in entries.order_by("-pk"):
        histories.setdefault(entry.subject_id, []).append(entry)
    conflicts: dict[int, Exception] = {}
    for index, order in stale.items():
        held, metric = rows.get(order.place), order.edit.metric
        if held is None or held.pk is None:
            conflicts[index] = Conflict(_NEVER_SET)
            continue
        history = histories.get(held.pk, [])
        if _touched(metric, history, since=held.version - order.edit.version):
            last = next((entry for entry in history if entry.field == metric), None)
            conflicts[index] = Conflict(_standing_of(held, metric, last))
    return conflicts


def _touched(metric: str, history: Sequence[AuditEntry], *, since: int) -> bool:
    """Whether one of the last so many writes changed a metric; count and revenue share the version.

    A write has one batch and a row for each metric. Where the history doesn't say, it did.
    """
    batches = list(dict.fromkeys(entry.batch for entry in history))
    newest = set(batches[: max(since, 0)])
    return len(newest) < since or since < 0 or any(e.field == metric for e in history if e.batch in newest)


def _missed(order: Order, rows: Mapping[Place, Held], after: Mapping[Place, Held]) -> bool:
    """Whether an order should have been written and was not, since somebody else was faster."""
    return order.place not in after and order.edit.number != _number(order, rows)


def _write(orders: Collection[Order], rows: Mapping[Place, Held]) -> dict[Place, Held]:
    """Write what differs from `rows`, where those are what is there; -> what was written. One statement or none."""
    wanted: dict[Place, Held] = {}
    for order in orders:
        if order.edit.number != _number(order, rows):
            before = rows.get(order.place, _EMPTY)
            held = wanted.get(order.place, before)
            wanted[order.place] = held.with_number(order.edit.metric, order.edit.number, before.version + 1)
    if not wanted:
        return {}
    values = [(*place, held.count, held.revenue, held.version) for place, held in wanted.items()]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [current_organization().pk, *(list(column) for column in zip(*values, strict=True))])
        written = {(month, member, channel): pk for month, member, channel, pk in cursor.fetchall()}
    return {place: replace(wanted[place], pk=pk) for place, pk in written.items()}


def _note(
    orders: Collection[Order],
    rows: Mapping[Place, Held],
    after: Mapping[Place, Held],
    *,
    by: Member,
    at: datetime,
    why: str,
    batch: uuid.UUID,
) -> None:
    """Leave an audit row for each number that is another one now. One statement, none where nothing differs."""
    noted = [
        (after[order.place].pk, order.edit.metric, old, order.edit.number)
        for order in orders
        if (old := _number(order, rows)) != order.edit.number
    ]
    record_numbers(SUBJECT, noted, by=by, at=at, why=why, batch=batch)


def _change(order: Order, rows: Mapping[Place, Held], after: Mapping[Place, Held], batch: uuid.UUID) -> Change:
    """What came of an order."""
    edit, old = order.edit, _number(order, rows)
    return Change(
        member_id=edit.member_id,
        channel_id=edit.channel_id,
        month=order.month,
        old=old,
        new=edit.number,
        version=(after.get(order.place) or rows.get(order.place, _EMPTY)).version,
        batch=batch if old != edit.number else None,
        metric=edit.metric,
    )
