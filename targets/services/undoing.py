"""Taking a batch of edits back."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

from django.db import transaction

from accounts.models import AuditEntry, Member
from targets.facts import Held
from targets.models import MonthlyTarget
from targets.services.checking import known_of, refusals
from targets.services.edits import (
    SUBJECT,
    Change,
    ChangedSince,
    Edit,
    Metric,
    NothingToUndo,
    NotYours,
    Number,
    Order,
    Place,
    Standing,
)
from targets.services.storing import store


@transaction.atomic
def undo(batch: uuid.UUID, *, by: Member, at: datetime) -> list[Change]:
    """Put back what one batch of edits changed: all of it, or none where a cell was changed since.

    The same number of statements whatever the number of cells. Raises NothingToUndo, ChangedSince, and whatever
    `set_target` raises.
    """
    entries = AuditEntry.objects.filter(batch=batch, subject=SUBJECT, field__in=("count", "revenue"))
    undone = {
        (subject_id, field): (pk, old)
        for subject_id, field, pk, old in entries.exclude(why="undone").values_list("subject_id", "field", "pk", "old")
    }
    rows = _locked({subject_id for subject_id, _ in undone})
    orders = []
    changed: ChangedSince | None = None
    for (subject_id, field), history in _histories(undone).items():
        last, gone = _standing(history)
        if subject_id not in rows or last is None or batch in gone:
            continue
        (month, member, channel), held = rows[subject_id]
        metric = cast(Metric, field)
        if last.batch != batch:
            changed = changed or ChangedSince(Standing(getattr(held, metric), held.version, last.name, last.at))
        old = _number(metric, undone[subject_id, field][1])
        orders.append(Order(month, Edit(member, channel, old, held.version, metric)))
    if not orders:
        raise NothingToUndo("There is nothing to undo.")
    known = known_of(orders, by=by, rows=dict(rows.values()))
    if changed:
        # Whoever may set these targets no more is not told what they are.
        refused = refusals(orders, known.rows, viewer=by, at=at, known=known).values()
        raise next((error for error in refused if isinstance(error, NotYours)), changed)
    outcome = store(orders, by=by, at=at, why="undone", batch=uuid.uuid4(), all_or_none=True, known=known)
    if outcome.errors:
        raise next(iter(outcome.errors.values()))
    return list(outcome.changes)


class _Entry(NamedTuple):
    """What was done to one number, by whom and when."""

    subject_id: int
    field: str
    why: str
    batch: uuid.UUID
    at: datetime
    name: str | None


def _locked(ids: Collection[int]) -> dict[int, tuple[Place, Held]]:
    """{id: (place, what it holds)} of targets, locked. One statement."""
    rows = MonthlyTarget.objects.select_for_update().filter(pk__in=ids).order_by("month", "member_id", "channel_id")
    columns = ("month", "member_id", "channel_id", "pk", "count", "revenue", "version")
    return {
        pk: ((month, member, channel), Held(pk, *held))
        for month, member, channel, pk, *held in rows.values_list(*columns)
    }


def _histories(numbers: Mapping[tuple[int, str], tuple[int, Any]]) -> dict[tuple[int, str], list[_Entry]]:
    """What was done to some numbers since the first of some audit rows, newest first. One statement."""
    since = min((pk for pk, _ in numbers.values()), default=0)
    ids = {subject_id for subject_id, _ in numbers}
    later = AuditEntry.objects.filter(subject=SUBJECT, subject_id__in=ids, pk__gte=since).order_by("-pk")
    found: dict[tuple[int, str], list[_Entry]] = {number: [] for number in numbers}
    for row in later.values_list("subject_id", "field", "why", "batch", "at", "by__name"):
        entry = _Entry(*row)
        if (entry.subject_id, entry.field) in found:
            found[entry.subject_id, entry.field].append(entry)
    return found


def _standing(history: Iterable[_Entry]) -> tuple[_Entry | None, set[uuid.UUID]]:
    """Of a number's history, newest first: the edit that stands, and the batches after it that were taken back.

    Each undo takes back the edit below it, so that edits of one cell are undone one after the other.
    """
    gone: set[uuid.UUID] = set()
    undos = 0
    for entry in history:
        if entry.why == "undone":
            undos += 1
        elif undos:
            undos -= 1
            gone.add(entry.batch)
        else:
            return entry, gone
    return None, gone


def _number(metric: Metric, plain: Any) -> Number | None:
    """As the audit row keeps it."""
    if plain is None:
        return None
    return int(plain) if metric == "count" else Decimal(plain)
