"""Audit rows: written by services, in the transaction of what they tell of."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from accounts.models import AuditEntry, Member
from accounts.tenancy import current_organization

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
