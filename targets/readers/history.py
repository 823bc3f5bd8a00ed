"""Who changed somebody's targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import AuditEntry

SUBJECT = "targets.monthlytarget"
FIELDS = ("count", "revenue")
MOST = 50


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One change of one target. `by` is empty where nobody did it; old and new are JSON values, None is no target."""

    at: datetime
    by: str
    channel: str
    field: str
    old: Any
    new: Any
    why: str


def target_changes(channels: Mapping[int, str]) -> tuple[TargetChange, ...]:
    """The last changes of some targets, newest first; {row: name of its channel}. One query, none without targets."""
    if not channels:
        return ()
    entries = AuditEntry.objects.filter(subject=SUBJECT, subject_id__in=channels, field__in=FIELDS)
    rows = entries.select_related("by").order_by("-at", "-pk")[:MOST]
    return tuple(
        TargetChange(
            at=entry.at,
            by=entry.by.name if entry.by else "",
            channel=channels[entry.subject_id],
            field=entry.field,
            old=entry.old,
            new=entry.new,
            why=entry.why,
        )
        for entry in rows
        if entry.old != entry.new
    )
