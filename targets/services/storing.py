"""How edits of any number of cells are stored: locked, checked, written and audited in few statements."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import AuditEntry, Member
from accounts.permissions import SET_TARGETS, Reach, covers, dated_people
from accounts.tenancy import current_organization
from ledger.models import Channel
from progress.periods import Period, month_of
from targets.models import MonthlyTarget
from targets.services.edits import (
    SUBJECT,
    Change,
    ChannelArchived,
    Conflict,
    Edit,
    MemberInactive,
    MonthEnded,
    NoSuchNumber,
    NotYours,
    Number,
    Outcome,
    Standing,
    UnknownCell,
    largest,
)

Place = tuple[date, int, int]
_UNSET = Standing(None, 0, None, None)


@dataclass(frozen=True, slots=True)
class Order:
    """An edit and its month."""

    month: date
    edit: Edit

    @property
    def place(self) -> Place:
        """Where it goes. Rows are locked in the order of places, so that two writers never wait for each other."""
        return (self.month, self.edit.member_id, self.edit.channel_id)


def store(
    orders: Sequence[Order], *, by: Member, at: datetime, why: str, batch: uuid.UUID, all_or_none: bool
) -> Outcome:
    """Store what can be stored, as one batch; with `all_or_none` nothing where one can't.

    Four statements where the rows are there already, up to eight where some are new, one more where the right depends
    on teams. Asking for what stands already changes nothing, whatever the version. Raises UnknownCell and
    NotYours, which no page of ours asks for, before anything is written.
    """
    rows = _lock({order.place for order in orders})
    errors = refusals(orders, rows, viewer=by, at=at)
    if foreign := next((error for error in errors.values() if isinstance(error, NotYours)), None):
        raise foreign
    fresh = {
        order.place
        for index, order in enumerate(orders)
        if order.place not in rows and order.edit.number is not None and index not in errors
    }
    if fresh and not (all_or_none and errors):
        rows |= _made(fresh)
    errors |= _conflicts(orders, rows, skip=errors)
    if all_or_none and errors:
        return Outcome((), errors)
    wanted = [order for index, order in enumerate(orders) if index not in errors]
    return Outcome(_write(wanted, rows, by=by, at=at, why=why, batch=batch), errors)


def standing_of(target: MonthlyTarget, metric: str, last: AuditEntry | None) -> Standing:
    """What a cell holds, and who left it so."""
    name = last.by.name if last is not None and last.by is not None else None
    return Standing(getattr(target, metric), target.version, name, last.at if last is not None else None)


def _lock(places: Collection[Place]) -> dict[Place, MonthlyTarget]:
    """The rows that are there, locked, with their person and channel. One statement."""
    rows = (
        MonthlyTarget.objects.select_for_update(of=("self",))
        .select_related("member", "channel")
        .filter(
            month__in={month for month, _, _ in places},
            member__in={member for _, member, _ in places},
            channel__in={channel for _, _, channel in places},
        )
        .order_by("month", "member_id", "channel_id")
    )
    found = {(row.month, row.member_id, row.channel_id): row for row in rows}
    return {place: row for place, row in found.items() if place in places}


def _made(places: Collection[Place]) -> dict[Place, MonthlyTarget]:
    """Rows for cells that never had one: two first edits meet in them, so that the second sees a conflict."""
    organization = current_organization()
    fresh = [
        MonthlyTarget(organization=organization, month=month, member_id=member, channel_id=channel, version=0)
        for month, member, channel in sorted(places)
    ]
    MonthlyTarget.objects.bulk_create(fresh, ignore_conflicts=True)
    return _lock(places)


def refusals(
    orders: Sequence[Order], rows: Mapping[Place, MonthlyTarget], *, viewer: Member, at: datetime
) -> dict[int, Exception]:
    """{index: why} of what `viewer` can't set, whoever else edits; `rows` are those that are there.

    At most three statements: people, channels, and teams. Raises UnknownCell.
    """
    members = {row.member_id: row.member for row in rows.values()}
    channels = {row.channel_id: row.channel for row in rows.values()}
    members |= Member.objects.in_bulk({order.edit.member_id for order in orders} - set(members)) if orders else {}
    channels |= Channel.objects.in_bulk({order.edit.channel_id for order in orders} - set(channels)) if orders else {}
    if any(order.edit.member_id not in members or order.edit.channel_id not in channels for order in orders):
        raise UnknownCell("There is no such person or channel.")
    people = dated_people(viewer, SET_TARGETS)
    today = current_organization().local_date(at)
    own_alone = Reach.OWN_IF_ALLOWED in SET_TARGETS.of(viewer.role)
    errors: dict[int, Exception] = {}
    for index, order in enumerate(orders):
        row, edit, span = rows.get(order.place), order.edit, month_of(order.month)
        if not covers(people, edit.member_id, span.start, span.end):
            errors[index] = NotYours()
        elif edit.number is not None and not 0 <= edit.number <= largest(edit.metric):
            errors[index] = NoSuchNumber(f"A target lies between 0 and {largest(edit.metric)}.")
        elif edit.number == (getattr(row, edit.metric) if row else None):
            continue
        elif own_alone and edit.member_id == viewer.pk and span.end < today:
            errors[index] = MonthEnded("This month is over. Ask a manager.")
        elif edit.number is not None and (row is None or row.version == edit.version):
            error = closed_to(members[edit.member_id], channels[edit.channel_id], span)
            if error:
                errors[index] = error
    return errors


def closed_to(member: Member, channel: Channel, month: Period) -> Exception | None:
    """Why nobody can reach a number there; None where somebody can."""
    if channel.archived_at is not None:
        return ChannelArchived(channel.name)
    if member.active_from is not None and member.active_from > month.end:
        return MemberInactive(member.name, starts=member.active_from)
    if member.active_to is not None and member.active_to < month.start:
        return MemberInactive(member.name, left=member.active_to)
    return None


def _conflicts(
    orders: Sequence[Order], rows: dict[Place, MonthlyTarget], *, skip: Collection[int]
) -> dict[int, Exception]:
    """{index: conflict} of what somebody changed since its author saw it. A statement where versions differ."""
    stale = {
        index: order
        for index, order in enumerate(orders)
        if index not in skip
        and order.edit.number != (getattr(rows[order.place], order.edit.metric) if order.place in rows else None)
        and order.edit.version != (rows[order.place].version if order.place in rows else 0)
    }
    if not stale:
        return {}
    histories: dict[int, list[AuditEntry]] = {}
    ids = [rows[order.place].pk for order in stale.values() if order.place in rows]
    entries = AuditEntry.objects.filter(subject=SUBJECT, subject_id__in=ids).select_related("by")
    for entry in entries.order_by("-pk"):
        histories.setdefault(entry.subject_id, []).append(entry)
    conflicts: dict[int, Exception] = {}
    for index, order in stale.items():
        row = rows.get(order.place)
        if row is None:
            conflicts[index] = Conflict(_UNSET)
            continue
        # Count and revenue share a version: what was changed since may be the other of the two, which is no conflict.
        since = row.version - order.edit.version
        history = histories.get(row.pk, [])
        if since < 0 or len(history) < since or any(entry.field == order.edit.metric for entry in history[:since]):
            last = next((entry for entry in history if entry.field == order.edit.metric), None)
            conflicts[index] = Conflict(standing_of(row, order.edit.metric, last))
    return conflicts


def _write(
    orders: Sequence[Order],
    rows: dict[Place, MonthlyTarget],
    *,
    by: Member,
    at: datetime,
    why: str,
    batch: uuid.UUID,
) -> list[Change]:
    """Write and audit. Two statements, none where nothing differs."""
    olds: list[Number | None] = []
    changed: dict[Place, MonthlyTarget] = {}
    for order in orders:
        row, edit = rows.get(order.place), order.edit
        old = getattr(row, edit.metric) if row else None
        olds.append(old)
        if row is not None and old != edit.number:
            setattr(row, edit.metric, edit.number)
            if order.place not in changed:
                row.version += 1
            changed[order.place] = row
    differing = [(order, old) for order, old in zip(orders, olds, strict=True) if old != order.edit.number]
    # No savepoint: nothing is refused any more, and what fails from here ends the whole request.
    with transaction.atomic(savepoint=False):
        _save(changed.values())
        AuditEntry.objects.bulk_create(
            [
                AuditEntry(
                    organization_id=by.organization_id,
                    at=at,
                    by=by,
                    subject=SUBJECT,
                    subject_id=changed[order.place].pk,
                    field=order.edit.metric,
                    old=_plain(old),
                    new=_plain(order.edit.number),
                    why=why,
                    batch=batch,
                )
                for order, old in differing
            ]
        )
    return [
        Change(
            member_id=order.edit.member_id,
            channel_id=order.edit.channel_id,
            month=order.month,
            old=old,
            new=order.edit.number,
            version=rows[order.place].version if order.place in rows else 0,
            batch=batch if old != order.edit.number else None,
            metric=order.edit.metric,
        )
        for order, old in zip(orders, olds, strict=True)
    ]


def _save(rows: Iterable[MonthlyTarget]) -> None:
    """Write rows that are locked. One statement: an insert that finds every row there is the fastest update."""
    held = list(rows)
    fields = ["count", "revenue", "version"]
    if len(held) == 1:
        held[0].save(update_fields=fields)
    elif held:
        MonthlyTarget.objects.bulk_create(
            held,
            update_conflicts=True,
            update_fields=fields,
            unique_fields=["organization", "month", "member", "channel"],
        )


def _plain(number: Number | None) -> int | str | None:
    """As JSON knows it."""
    return str(number) if isinstance(number, Decimal) else number
