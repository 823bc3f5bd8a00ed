"""Taking a batch of edits back."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.db import transaction

from accounts.models import AuditEntry, Member
from targets.models import MonthlyTarget
from targets.services.edits import SUBJECT, Change, ChangedSince, Edit, Metric, NothingToUndo, Number, Order
from targets.services.storing import standing_of, store


@transaction.atomic
def undo(batch: uuid.UUID, *, by: Member, at: datetime) -> list[Change]:
    """Put back what one batch of edits changed: all of it, or none where a cell was changed since.

    The same number of statements whatever the number of cells. Raises NothingToUndo, ChangedSince, and whatever
    `set_target` raises.
    """
    entries = AuditEntry.objects.filter(batch=batch, subject=SUBJECT, field__in=("count", "revenue"))
    undone = {(entry.subject_id, entry.field): entry for entry in entries.exclude(why="undone")}
    ids = {subject_id for subject_id, _ in undone}
    targets = {
        target.pk: target
        for target in MonthlyTarget.objects.select_for_update()
        .filter(pk__in=ids)
        .order_by("month", "member_id", "channel_id")
    }
    newest = AuditEntry.objects.filter(subject=SUBJECT, subject_id__in=ids).select_related("by")
    last = {
        (entry.subject_id, entry.field): entry
        for entry in newest.order_by("subject_id", "field", "-pk").distinct("subject_id", "field")
    }
    orders = []
    for (subject_id, field), entry in undone.items():
        target, metric = targets.get(subject_id), cast(Metric, field)
        if target is None:
            continue
        old = _number(metric, entry.old)
        if last[subject_id, field].batch != batch:
            if last[subject_id, field].why == "undone" and getattr(target, metric) == old:
                continue
            raise ChangedSince(standing_of(target, metric, last[subject_id, field]))
        edit = Edit(target.member_id, target.channel_id, old, target.version, metric)
        orders.append(Order(target.month, edit))
    if not orders:
        raise NothingToUndo("There is nothing to undo.")
    outcome = store(orders, by=by, at=at, why="undone", batch=uuid.uuid4(), all_or_none=True)
    if outcome.errors:
        raise next(iter(outcome.errors.values()))
    return list(outcome.changes)


def _number(metric: Metric, plain: Any) -> Number | None:
    """As the audit row keeps it."""
    if plain is None:
        return None
    return int(plain) if metric == "count" else Decimal(plain)
