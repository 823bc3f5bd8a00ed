"""Two people who change the same thing at the same time: the second one learns what the first one did."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import AuditEntry, Member
from accounts.services.audit import save_changes


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What a field holds now, and who left it so; `who` is "" where nobody is known."""

    value: Any
    who: str


class ChangedMeanwhile(RuntimeError):
    """Fields that this person wanted to change were changed since they saw them: {field: Meanwhile}. None is saved."""

    def __init__(self, fields: dict[str, Meanwhile]) -> None:
        super().__init__(f"Changed meanwhile: {', '.join(fields)}.")
        self.fields = fields


def save_seen_changes(
    subject: models.Model, changes: Mapping[str, Any], *, seen: Mapping[str, Any], by: Member | None
) -> None:
    """Save what this person changed of what they saw, and leave alone what they didn't touch.

    `seen` are the values the page showed; a field that isn't among them is simply set. The row is one that the caller
    has locked. Raises ChangedMeanwhile, ValidationError.
    """
    wanted = {field: value for field, value in changes.items() if field not in seen or seen[field] != value}
    clashing = [
        field
        for field, value in wanted.items()
        if field in seen and getattr(subject, field) not in (seen[field], value)
    ]
    if clashing:
        raise ChangedMeanwhile({field: Meanwhile(getattr(subject, field), _who(subject, field)) for field in clashing})
    save_changes(subject, wanted, by=by)


def _who(subject: models.Model, field: str) -> str:
    entries = AuditEntry.objects.filter(subject=subject._meta.label_lower, subject_id=subject.pk, field=field)
    last = entries.select_related("by").order_by("-at", "-pk").first()
    return last.by.name if last and last.by else ""
