"""Saving reports under a name, renaming, sharing and deleting them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.database import name_key
from accounts.models import AuditEntry, Member, Role
from accounts.permissions import has_role
from accounts.services import record
from accounts.services.conflicts import save_seen_changes
from reports.models import SavedView

NAME_TAKEN = "You have a saved report of this name. Choose another one."
MOST_VIEWS = 50
TOO_MANY = f"You have {MOST_VIEWS} saved reports, which is the most. Delete one first."
SUBJECT = "reports.savedview"


class NotYours(PermissionDenied):
    """Somebody else's report, or sharing by somebody who may not."""


class NoSuchView(LookupError):
    """This person has deleted no such report."""


@transaction.atomic
def save_view(query: str, *, name: str, shared: bool = False, by: Member) -> SavedView:
    """Keep a report under a name of one's own; saying it twice is saying it once.

    Raises ValidationError for a name that is taken, or too many; NotYours where this person may not share.
    """
    _refuse_sharing(shared, by)
    _hold(by.pk)
    same = SavedView.objects.filter(owner=by, name_key=name_key(name)).first()
    if same is not None and (same.query, same.shared) == (query, shared):
        return same
    if same is not None:
        raise ValidationError({"name": NAME_TAKEN})
    _refuse_more(by)
    return _stored(SavedView(owner=by, name=name, query=query, shared=shared), by=by, why="added")


@transaction.atomic
def change_view(view: SavedView, *, name: str, shared: bool, seen: Mapping[str, Any], by: Member) -> SavedView:
    """Rename or share a report of one's own; `seen` is what the page showed.

    Raises ValidationError for a name that is taken, ChangedMeanwhile, NotYours.
    """
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    if view.owner_id != by.pk:
        raise NotYours
    if shared != view.shared:
        _refuse_sharing(shared, by)
    if SavedView.objects.filter(owner=by, name_key=name_key(name)).exclude(pk=view.pk).exists():
        raise ValidationError({"name": NAME_TAKEN})
    try:
        with transaction.atomic():  # two pages of one person may take a name at once
            save_seen_changes(view, {"name": name, "shared": shared}, seen=seen, by=by)
    except IntegrityError as error:
        raise ValidationError({"name": NAME_TAKEN}) from error
    return view


@transaction.atomic
def delete_view(view: SavedView, *, by: Member) -> None:
    """Delete a report of one's own; admins those that are shared too. One that is gone already is no error.

    Raises NotYours.
    """
    held = SavedView.objects.select_for_update(of=("self",)).filter(pk=view.pk).first()
    if held is None:
        return
    if held.owner_id != by.pk and not (held.shared and has_role(by, Role.ADMIN)):
        raise NotYours
    fields = ("name", "query", "shared", "owner_id")
    record(held, {field: (getattr(held, field), None) for field in fields}, by=by, why="removed")
    held.delete()


@transaction.atomic
def restore_view(view_id: int, *, by: Member) -> SavedView:
    """Put back a report that this person deleted, under its number; shared only where they may still share.

    Twice is once. Raises NoSuchView; ValidationError for a name that its owner has given to another one meanwhile, or
    too many.
    """
    told = AuditEntry.objects.filter(subject=SUBJECT, subject_id=view_id, by=by, why="removed")
    last = told.order_by("-pk").first()
    if last is None:
        raise NoSuchView
    was: dict[str, Any] = {entry.field: entry.old for entry in told.filter(batch=last.batch)}
    owner = _hold(was["owner_id"])
    if back := SavedView.objects.filter(pk=view_id).first():
        return back
    shared = was["shared"] and has_role(by, Role.MANAGER)
    view = SavedView(pk=view_id, owner=owner, name=was["name"], query=was["query"], shared=shared)
    if SavedView.objects.filter(owner=owner, name_key=name_key(view.name)).exists():
        raise ValidationError({"name": NAME_TAKEN})
    _refuse_more(owner)
    return _stored(view, by=by, why="restored")


def _hold(owner_id: int) -> Member:
    """The owner, locked: the same form sent twice at once waits here, and finds what the first one stored."""
    return Member.objects.select_for_update(no_key=True).get(pk=owner_id)


def _refuse_more(owner: Member) -> None:
    if SavedView.objects.filter(owner=owner).count() >= MOST_VIEWS:
        raise ValidationError(TOO_MANY)


def _refuse_sharing(shared: bool, by: Member) -> None:
    if shared and not has_role(by, Role.MANAGER):
        raise NotYours


def _stored(view: SavedView, *, by: Member, why: str) -> SavedView:
    view.organization_id = by.organization_id
    view.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():  # the same form, sent twice at once
            view.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"name": NAME_TAKEN}) from error
    changes = {"name": (None, view.name), "query": (None, view.query), "shared": (None, view.shared)}
    record(view, changes, by=by, why=why)
    return view
