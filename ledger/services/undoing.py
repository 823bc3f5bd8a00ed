"""Taking a whole import back, some thousand deals in a transaction.

Source: docs/adr/0024-changes-of-deals.md.
"""

from datetime import date
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import Member, Organization
from accounts.permissions import IMPORT, dated_people
from accounts.services import record
from accounts.services.outbox import enqueue
from accounts.tenancy import tenant
from ledger.ingest import changed_since, undo_deals
from ledger.models import Deal, DealChange, Import

DEALS_AT_ONCE = 10_000
_WHOSE = ("before__member_id", "before__date")


class NotUndoable(RuntimeError):
    """This import is on its way, has brought nothing, or is undone."""


class NoLongerYours(NotUndoable):
    """Some of its deals are, or were before it, of people whose deals this member may not import any more."""


@transaction.atomic
def undo_import(source: Import, *, by: Member | None) -> Import:
    """Hand the taking back of an import to the workers. Raises NotUndoable and NoLongerYours."""
    locked = Import.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if not locked.may_be_undone:
        raise NotUndoable
    if not _reaches(by, locked.run):
        raise NoLongerYours
    old, locked.status, locked.undone_by = locked.status, Import.Status.UNDOING, by
    locked.deals_kept = changed_since(locked.run)
    locked.save(update_fields=["status", "undone_by", "deals_kept"])
    record(locked, {"status": (old, Import.Status.UNDOING)}, by=by, why="undone")
    enqueue("ledger.tasks.undo_import", organization_id=locked.organization_id, import_id=locked.pk)
    return locked


def _reaches(by: Member | None, run: UUID) -> bool:
    """Whether all deals that a run left, and those that it changed as they were before, are of people of one's own."""
    people = None if by is None else dated_people(by, IMPORT)
    if people is None:
        return True
    after = Deal.objects.filter(run=run).values_list("member_id", "date").distinct()
    before = DealChange.objects.filter(run=run, before__isnull=False)
    touched = {*after, *((who, date.fromisoformat(day)) for who, day in before.values_list(*_WHOSE).distinct())}
    return all(any(first <= day <= last for first, last in people.get(who or 0, ())) for who, day in touched)


def run_undo(organization: Organization, import_id: int) -> None:
    """Bring the taking back of an import to its end, from where an earlier worker left it.

    Two workers at once take turns: each step holds the import's row.
    """
    going_on = True
    while going_on:
        with tenant(organization):
            going_on = _step(import_id)


def _step(import_id: int) -> bool:
    """Whether more is to be done."""
    source = Import.objects.select_for_update(of=("self",)).filter(pk=import_id, status=Import.Status.UNDOING).first()
    if source is None:
        return False
    by = Member.objects.get(pk=source.undone_by_id) if source.undone_by_id else None
    done = undo_deals(source.run, undo=_run_of(source), by=by, after=source.undo_position, limit=DEALS_AT_ONCE)
    changes = Import.objects.filter(pk=import_id)
    changes.update(
        deals_deleted=F("deals_deleted") + done.deleted,
        deals_restored=F("deals_restored") + done.restored,
        deals_kept=F("deals_kept") + done.kept,
    )
    if done.last_id is None:
        changes.update(status=Import.Status.UNDONE, undone_at=Now())
        return False
    changes.update(undo_position=done.last_id, heartbeat_at=Now())
    return True


def _run_of(source: Import) -> UUID:
    """The run under which the deals' history notes it; the same for every worker on it."""
    return uuid5(source.run, "undo")
