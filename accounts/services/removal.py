"""Deleting a thing that nothing names."""

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import Member, NamedModel
from accounts.readers.uses import uses_of
from accounts.services.audit import record


class InUse(RuntimeError):
    """Other things name this one; the text says which."""


def delete_unused(thing: NamedModel, *, by: Member | None) -> None:
    """Delete a row that the caller has locked, with what belongs to it alone. Raises InUse."""
    reason = uses_of(thing)
    if reason:
        raise InUse(reason)
    record(thing, {"name": (thing.name, None)}, by=by, why="removed")
    try:
        with transaction.atomic():  # somebody may name it between the question and the deed
            thing.delete()
    except (IntegrityError, ProtectedError) as error:
        raise InUse("It has just come into use.") from error
