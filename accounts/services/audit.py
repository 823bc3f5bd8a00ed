"""Audit rows: written by services, in the transaction of what they tell of."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models

from accounts.models import AuditEntry, Member
from accounts.tenancy import current_organization

_NUMBERS = """
INSERT INTO accounts_auditentry (organization_id, at, by_id, subject, why, batch, subject_id, field, old, new)
SELECT %s, %s, %s, %s, %s, %s, noted.*
FROM unnest(%s::bigint[], %s::text[], %s::jsonb[], %s::jsonb[]) AS noted (subject_id, field, old, new)
"""
Changes = Mapping[str, tuple[Any, Any]]


def record(
    subject: models.Model, changes: Changes, *, by: Member | None, why: str, batch: uuid.UUID | None = None
) -> list[AuditEntry]:
    """Note `{field: (old, new)}` of one thing, without those that stayed the same. One statement, none for no change.

    Rows of one `batch` can be undone together; without one, this call's rows are a batch of their own.
    """
    return record_all([(subject, changes)], by=by, why=why, batch=batch)


def record_all(
    changes: Iterable[tuple[models.Model, Changes]], *, by: Member | None, why: str, batch: uuid.UUID | None = None
) -> list[AuditEntry]:
    """The same for many things at once, as one batch. One statement for every 5,000 changes."""
    batch = batch or uuid.uuid4()
    entries = [
        AuditEntry(
            organization=current_organization(),
            by=by,
            subject=subject._meta.label_lower,
            subject_id=subject.pk,
            field=field,
            old=_plain(old),
            new=_plain(new),
            why=why,
            batch=batch,
        )
        for subject, fields in changes
        for field, (old, new) in fields.items()
        if old != new
    ]
    return AuditEntry.objects.bulk_create(entries, batch_size=5000) if entries else []


def record_numbers(
    subject: str,
    changes: Sequence[tuple[int | None, str, int | Decimal | None, int | Decimal | None]],
    *,
    by: Member,
    at: datetime,
    why: str,
    batch: uuid.UUID,
) -> None:
    """Note (id, field, old, new) of many numbers of one kind of thing. One statement, none for no change.

    Written by hand: putting rows together takes the ORM five times as long as the database needs to store them.
    """
    if not changes:
        return
    ids, fields, olds, news = zip(*changes, strict=True)
    columns = [list(ids), list(fields), [_json(old) for old in olds], [_json(new) for new in news]]
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [current_organization().pk, at, by.pk, subject, why, batch, *columns])


def _json(number: int | Decimal | None) -> str | None:
    """As the audit keeps a number; an amount as its text."""
    return f'"{number}"' if isinstance(number, Decimal) else None if number is None else str(number)


def save_changes(subject: models.Model, changes: Mapping[str, Any], *, by: Member | None, why: str = "typed") -> None:
    """Set, validate and save fields of one row, and note what they were. Raises ValidationError.

    The row is one that the caller has locked.
    """
    differing = {field: value for field, value in changes.items() if getattr(subject, field) != value}
    before = {field: getattr(subject, field) for field in differing}
    for field, value in differing.items():
        setattr(subject, field, value)
    if not differing:
        return
    subject.full_clean()
    subject.save()
    record(subject, {field: (old, differing[field]) for field, old in before.items()}, by=by, why=why)


def _plain(value: Any) -> Any:
    """As JSON knows it: rows as their ids, dates and amounts as text."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | uuid.UUID) else value
