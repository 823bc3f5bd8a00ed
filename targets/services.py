"""What changes monthly targets: one function an intention, each in one transaction with its audit rows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import AuditEntry, Member
from accounts.permissions import may_set_target
from ledger.models import Channel
from progress.periods import Period, month_of
from targets.models import MonthlyTarget

SUBJECT = "targets.monthlytarget"
LARGEST = 1_000_000


class UnknownCell(LookupError):
    """There is no such person or channel in the organization."""


class NotYours(PermissionDenied):
    """This member may not set that person's targets."""


class NoSuchNumber(ValueError):
    """Below 0 or above LARGEST."""


class CellClosed(ValueError):
    """The cell takes no new target; clearing one is still possible."""


class ChannelArchived(CellClosed):
    """The channel is archived."""


class MemberInactive(CellClosed):
    """The person is not with the organization in the month: `starts` later, or has `left` before."""

    def __init__(self, name: str, *, starts: date | None = None, left: date | None = None) -> None:
        super().__init__(name)
        self.name, self.starts, self.left = name, starts, left


@dataclass(frozen=True, slots=True)
class Standing:
    """What a cell holds, who left it so and when; `name` and `at` are None where nobody has set it."""

    count: int | None
    version: int
    name: str | None
    at: datetime | None


class Conflict(RuntimeError):
    """Somebody changed the cell since the editor saw it; `standing` says who set what and when."""

    def __init__(self, standing: Standing) -> None:
        super().__init__("The target was changed since.")
        self.standing = standing


class ChangedSince(Conflict):
    """An edit can't be undone: somebody changed the cell after it."""


class NothingToUndo(LookupError):
    """No edit of targets carries this batch id, or it is undone already."""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell after a write. `batch` is what `undo` takes, None where nothing had to be changed."""

    member_id: int
    channel_id: int
    month: date
    old: int | None
    new: int | None
    version: int
    batch: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants one cell to hold: None clears it. `version` is what they saw, 0 for never set."""

    member_id: int
    channel_id: int
    count: int | None
    version: int


class EditsRefused(ValueError):
    """Some of several edits can't be made, so none was. `errors` is {place in the list: error}."""

    def __init__(self, errors: dict[int, Exception]) -> None:
        super().__init__(f"{len(errors)} edits refused.")
        self.errors = errors


@transaction.atomic
def set_target(
    member_id: int, channel_id: int, month: date, *, count: int | None, version: int, by: Member, at: datetime
) -> Change:
    """Set or clear the number of deals one person is asked for through one channel in one month.

    Asking for what already stands changes nothing, whatever the version, so that a request may be repeated. Raises
    UnknownCell, NotYours, NoSuchNumber, ChannelArchived, MemberInactive or Conflict.
    """
    edit = Edit(member_id, channel_id, count, version)
    return _set(edit, month, by=by, at=at, why="typed", batch=uuid.uuid4())


@transaction.atomic
def set_targets(edits: Sequence[Edit], month: date, *, by: Member, at: datetime) -> list[Change]:
    """Set several cells of one month as one batch: all or none.

    Raises EditsRefused with everything to be told at the cells. UnknownCell and NotYours, which no page of ours asks
    for, end it at once.
    """
    batch = uuid.uuid4()
    changes: list[Change] = []
    errors: dict[int, Exception] = {}
    # In one order whoever saves, so that two people who save the same cells never wait for each other.
    for place, edit in sorted(enumerate(edits), key=lambda item: (item[1].member_id, item[1].channel_id)):
        try:
            changes.append(_set(edit, month, by=by, at=at, why="typed", batch=batch))
        except (NoSuchNumber, CellClosed, Conflict) as error:
            errors[place] = error
    if errors:
        raise EditsRefused(errors)
    return changes


@transaction.atomic
def undo(batch: uuid.UUID, *, by: Member, at: datetime) -> list[Change]:
    """Put back what one batch of edits changed: all of it, or none where a cell was changed since.

    Raises NothingToUndo, ChangedSince, and whatever `set_target` raises.
    """
    entries = AuditEntry.objects.filter(batch=batch, subject=SUBJECT, field="count")
    undone = {entry.subject_id: entry for entry in entries.exclude(why="undone")}
    targets = MonthlyTarget.objects.select_for_update().filter(pk__in=undone).order_by("member_id", "channel_id")
    new_batch = uuid.uuid4()
    changes = []
    for target in targets:
        entry = undone[target.pk]
        last = _last_entry(target)
        if last is None or last.batch != batch:
            if last is not None and last.why == "undone" and target.count == entry.old:
                continue
            raise ChangedSince(_standing(target, last))
        edit = Edit(target.member_id, target.channel_id, entry.old, target.version)
        changes.append(_set(edit, target.month, by=by, at=at, why="undone", batch=new_batch))
    if not changes:
        raise NothingToUndo("There is nothing to undo.")
    return changes


def _set(edit: Edit, month: date, *, by: Member, at: datetime, why: str, batch: uuid.UUID) -> Change:
    """One cell: admit, lock, check, store, audit. Six or seven statements."""
    period = month_of(month)
    member = Member.objects.filter(pk=edit.member_id).first()
    channel = Channel.objects.filter(pk=edit.channel_id).first()
    if member is None or channel is None:
        raise UnknownCell("There is no such person or channel.")
    if not may_set_target(by, member, period.start, period.end):
        raise NotYours
    if edit.count is not None and not 0 <= edit.count <= LARGEST:
        raise NoSuchNumber(f"A target lies between 0 and {LARGEST}.")
    target = _locked(member, channel, month, make=edit.count is not None)
    if target is None or target.count == edit.count:
        return Change(member.pk, channel.pk, month, edit.count, edit.count, target.version if target else 0, None)
    if target.version != edit.version:
        raise Conflict(_standing(target, _last_entry(target)))
    if edit.count is not None:
        _check_open(member, channel, period)
    old, target.count, target.version = target.count, edit.count, target.version + 1
    target.save(update_fields=["count", "version"])
    AuditEntry.objects.create(
        organization_id=by.organization_id,
        at=at,
        by=by,
        subject=SUBJECT,
        subject_id=target.pk,
        field="count",
        old=old,
        new=edit.count,
        why=why,
        batch=batch,
    )
    return Change(member.pk, channel.pk, month, old, edit.count, target.version, batch)


def _locked(member: Member, channel: Channel, month: date, *, make: bool) -> MonthlyTarget | None:
    """The cell's row, locked; where there is none yet, `make` one, so that two first edits meet in it too."""
    place = {"member": member, "channel": channel, "month": month}
    rows = MonthlyTarget.objects.select_for_update().filter(**place)
    target = rows.first()
    if target is None and make:
        fresh = MonthlyTarget(organization_id=member.organization_id, version=0, **place)
        MonthlyTarget.objects.bulk_create([fresh], ignore_conflicts=True)
        target = rows.get()
    return target


def _check_open(member: Member, channel: Channel, month: Period) -> None:
    """Refuse a new number where nobody can reach it."""
    if channel.archived_at is not None:
        raise ChannelArchived(channel.name)
    if member.active_from is not None and member.active_from > month.end:
        raise MemberInactive(member.name, starts=member.active_from)
    if member.active_to is not None and member.active_to < month.start:
        raise MemberInactive(member.name, left=member.active_to)


def _last_entry(target: MonthlyTarget) -> AuditEntry | None:
    """Who changed a cell last."""
    entries = AuditEntry.objects.filter(subject=SUBJECT, subject_id=target.pk, field="count").select_related("by")
    return entries.order_by("-pk").first()


def _standing(target: MonthlyTarget, last: AuditEntry | None) -> Standing:
    name = last.by.name if last is not None and last.by is not None else None
    return Standing(target.count, target.version, name, last.at if last is not None else None)
