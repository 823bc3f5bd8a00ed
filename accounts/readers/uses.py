"""What names a thing, and so keeps it from being deleted."""

from collections.abc import Iterator
from typing import Any

from accounts.models import TeamGrant, TeamManager, TenantModel

# Rows that belong to the thing they name and go with it.
GO_ALONG = (TeamManager, TeamGrant)


def uses_of(thing: TenantModel) -> str:
    """Why a thing can't be deleted, as a sentence; "" where nothing names it. One query per table that may.

    Tables that are `derived`, such as sums of deals, go without saying where what they follow from is there.
    """
    naming = list(_naming(thing))
    own = [model for model in naming if not getattr(model, "derived", False)]
    names = dict.fromkeys(str(model._meta.verbose_name_plural) for model in own or naming)
    return f"It is in use by {_listed([*names])}." if names else ""


def _naming(thing: TenantModel) -> Iterator[type[TenantModel]]:
    """The tables with a row that names it."""
    for relation in thing._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        if not (relation.auto_created and relation.one_to_many) or not issubclass(model, TenantModel):
            continue
        field: Any = relation
        if model not in GO_ALONG and model.objects.filter(**{field.field.name: thing.pk}).exists():
            yield model


def _listed(words: list[str]) -> str:
    """Words as a reader would say them: a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
