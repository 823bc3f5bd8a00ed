"""Filling many cells at once: one number for more cells, or last month's targets again."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Member, Role
from accounts.permissions import SET_TARGETS, Reach, settable_members, visible_members
from accounts.tenancy import current_organization
from ledger.models import Channel
from progress.periods import PeriodKind, month_of, preceding
from targets.models import MonthlyTarget
from targets.services.edits import (
    Edit,
    Filled,
    Metric,
    NothingToFill,
    NotYours,
    Number,
    Replaced,
    UnknownCell,
    WouldReplace,
)
from targets.services.storing import Order, closed_to, store

Key = tuple[int, int, date, Metric]
METRICS: tuple[Metric, Metric] = ("count", "revenue")


@dataclass(frozen=True, slots=True)
class Spread:
    """Which cells of a channel get the same number: these people's in these months."""

    channel_id: int
    member_ids: Collection[int] | None  # None: every salesperson
    months: Sequence[date]


@transaction.atomic
def apply_target(
    spread: Spread,
    *,
    number: Number | None,
    by: Member,
    at: datetime,
    metric: Metric = "count",
    agreed: Mapping[Key, int] | None = None,
    keep: bool = False,
) -> Filled:
    """Give all cells of a spread one number, as one batch; whoever isn't there in a month is left out.

    Other numbers are replaced only where `agreed` names them at their version; `keep` leaves them. Raises WouldReplace
    with what has to be agreed to, NothingToFill, UnknownCell, and NotYours where no month has anybody `by` may set.
    """
    channel = Channel.objects.filter(pk=spread.channel_id).first()
    if channel is None:
        raise UnknownCell("There is no such channel.")
    wanted: dict[Key, Number | None] = {}
    months = {month: _people(by, month, spread.member_ids, at) for month in spread.months}
    if not any(months.values()):
        raise NotYours
    for month, people in months.items():
        for member in people:
            if closed_to(member, channel, month_of(month)) is None:
                wanted[member.pk, channel.pk, month, metric] = number
    return _fill(wanted, by=by, at=at, why="applied", agreed=agreed or {}, keep=keep)


@transaction.atomic
def copy_month(
    month: date,
    *,
    members: Collection[int] | None,
    by: Member,
    at: datetime,
    agreed: Mapping[Key, int] | None = None,
    keep: bool = False,
) -> Filled:
    """Copy the targets of the month before, counts and revenue, for `members` or for everyone `by` may set.

    One batch. Empty cells copy nothing, archived channels and people who aren't there in the month are left out. Other
    numbers are replaced only where `agreed` names them at their version; `keep` leaves them. Raises WouldReplace with
    what has to be agreed to, NothingToFill, UnknownCell or NotYours.
    """
    before = preceding(month_of(month), PeriodKind.MONTH)
    here = {member.pk: member for member in _people(by, month, members, at)}
    if not here:
        raise NotYours
    seen = visible_members(by, before.start, before.end).filter(pk__in=here)
    here = {pk: here[pk] for pk in seen.values_list("pk", flat=True)}
    wanted: dict[Key, Number | None] = {}
    for row in MonthlyTarget.objects.filter(month=before.start, member__in=here).select_related("channel"):
        if closed_to(here[row.member_id], row.channel, month_of(month)) is None:
            for metric in METRICS:
                if getattr(row, metric) is not None:
                    wanted[row.member_id, row.channel_id, month, metric] = getattr(row, metric)
    return _fill(wanted, by=by, at=at, why="copied", agreed=agreed or {}, keep=keep)


def _people(by: Member, month: date, member_ids: Collection[int] | None, at: datetime) -> list[Member]:
    """Those of some people, or of all salespeople, whose targets of a month a member may set. Raises UnknownCell."""
    span = month_of(month)
    people = settable_members(by, span.start, span.end)
    if Reach.OWN_IF_ALLOWED in SET_TARGETS.of(by.role) and span.end < current_organization().local_date(at):
        people = people.exclude(pk=by.pk)  # their own, which ended
    if member_ids is None:
        return list(people.filter(role=Role.SALESPERSON))
    found = list(people.filter(pk__in=member_ids))
    if len(found) < len(member_ids) and Member.objects.filter(pk__in=member_ids).count() < len(set(member_ids)):
        raise UnknownCell("There is no such person.")
    return found


def _fill(
    wanted: Mapping[Key, Number | None],
    *,
    by: Member,
    at: datetime,
    why: str,
    agreed: Mapping[Key, int],
    keep: bool,
) -> Filled:
    """Set what is wanted, once every number that goes is agreed to."""
    rows = {
        (row.member_id, row.channel_id, row.month): row
        for row in MonthlyTarget.objects.select_for_update()
        .filter(
            month__in={month for _, _, month, _ in wanted},
            member__in={member for member, _, _, _ in wanted},
            channel__in={channel for _, channel, _, _ in wanted},
        )
        .order_by("month", "member_id", "channel_id")
    }
    replaced, orders, kept = [], [], 0
    for (member, channel, month, metric), number in wanted.items():
        row = rows.get((member, channel, month))
        old = getattr(row, metric) if row else None
        version = row.version if row else 0
        if old is not None and old != number:
            if keep:
                kept += 1
                continue
            replaced.append(Replaced(member, channel, month, metric, old, number, version))
        if old != number:
            orders.append(Order(month, Edit(member, channel, number, version, metric)))
    if not orders:
        raise NothingToFill("No target would change.")
    if any(agreed.get(one.key) != one.version for one in replaced):
        raise WouldReplace(replaced, len(wanted))
    outcome = store(orders, by=by, at=at, why=why, batch=uuid.uuid4(), all_or_none=False)
    if outcome.errors:  # a first number set by somebody else in this very moment
        raise next(iter(outcome.errors.values()))
    return Filled([change for change in outcome.changes if change.batch], kept)
