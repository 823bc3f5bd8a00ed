"""Adding a thing that is known by its name."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Member, NamedModel
from accounts.services.audit import record


def save_new(thing: NamedModel, *, by: Member | None) -> None:
    """Save a new row and note it. Raises ValidationError for no name, or one that is taken, also by a moment."""
    thing.full_clean()
    try:
        with transaction.atomic():  # the same form, sent twice at once
            thing.save()
    except IntegrityError as error:
        raise ValidationError({"name": "This name is taken. Choose another one."}) from error
    record(thing, {"name": (None, thing.name)}, by=by, why="added")
