"""Who changed somebody's targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from accounts.models import AuditEntry

SUBJECT = "targets.monthlytarget"
FIELDS = ("count", "revenue")
PAGE = 20
MOST = 10_000


@dataclass(frozen=True, slots=True)
class TargetChange:
    """One change of one target. `by` is empty where nobody did it; old and new are JSON values, None is no target."""

    at: datetime
    by: str
    channel: str
    month: date
    field: str
    old: Any
    new: Any
    why: str


@dataclass(frozen=True, slots=True)
class History:
    """One page of changes, newest first; `page` counts from 1, `more`: whether there are older ones."""

    changes: tuple[TargetChange, ...] = ()
    page: int = 1
    more: bool = False


def target_changes(rows: Mapping[int, tuple[str, date]], page: int) -> History:
    """A page of the changes of some targets; {row: (name of its channel, month)}. One query, none without targets."""
    if not rows:
        return History(page=page)
    found = _changes(rows, (page - 1) * PAGE, page * PAGE + 1)
    return History(found[:PAGE], page, more=len(found) > PAGE)


def all_changes(rows: Mapping[int, tuple[str, date]]) -> History:
    """The same without pages, for a file, up to MOST changes."""
    return History(_changes(rows, 0, MOST)) if rows else History()


def _changes(rows: Mapping[int, tuple[str, date]], first: int, last: int) -> tuple[TargetChange, ...]:
    entries = AuditEntry.objects.filter(subject=SUBJECT, subject_id__in=rows, field__in=FIELDS)
    changed = entries.exclude(old=F("new")).exclude(old__isnull=True, new__isnull=True)
    return tuple(
        TargetChange(
            at=entry.at,
            by=entry.by.name if entry.by else "",
            channel=rows[entry.subject_id][0],
            month=rows[entry.subject_id][1],
            field=entry.field,
            old=entry.old,
            new=entry.new,
            why=entry.why,
        )
        for entry in changed.select_related("by").order_by("-at", "-pk")[first:last]
    )
