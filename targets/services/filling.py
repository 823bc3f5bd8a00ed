"""Filling many cells at once: one number for more cells, or last month's targets again."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Member
from accounts.permissions import SET_TARGETS, Reach, settable_members, visible_members
from accounts.tenancy import current_organization
from ledger.models import Channel
from progress.periods import PeriodKind, month_of, preceding
from targets.models import MonthlyTarget
from targets.services.edits import Edit, Filled, Metric, NothingToFill, Number, Replaced, UnknownCell, WouldReplace
from targets.services.storing import Order, closed_to, store

Key = tuple[int, int, date, Metric]
METRICS: tuple[Metric, Metric] = ("count", "revenue")


@dataclass(frozen=True, slots=True)
class Spread:
    """Which cells of a channel get the same number: these people's in these months."""

    channel_id: int
    member_ids: Collection[int]
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
    with what has to be agreed to, NothingToFill, UnknownCell.
    """
    channel = Channel.objects.filter(pk=spread.channel_id).first()
    if channel is None:
        raise UnknownCell("There is no such channel.")
    wanted: dict[Key, Number | None] = {}
    for month in spread.months:
        for member in _reachable(by, month, at).filter(pk__in=spread.member_ids):
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
    what has to be agreed to, or NothingToFill.
    """
    before = preceding(month_of(month), PeriodKind.MONTH)
    people = _reachable(by, month, at) & visible_members(by, before.start, before.end)
    if members is not None:
        people = people.filter(pk__in=members)
    here = {member.pk: member for member in people}
    wanted: dict[Key, Number | None] = {}
    for row in MonthlyTarget.objects.filter(month=before.start, member__in=here).select_related("channel"):
        if closed_to(here[row.member_id], row.channel, month_of(month)) is None:
            for metric in METRICS:
                if getattr(row, metric) is not None:
                    wanted[row.member_id, row.channel_id, month, metric] = getattr(row, metric)
    return _fill(wanted, by=by, at=at, why="copied", agreed=agreed or {}, keep=keep)


def _reachable(by: Member, month: date, at: datetime) -> "QuerySet[Member]":
    """Whose targets of a month a member may set; nobody's of an ended one where it is only their own."""
    span = month_of(month)
    people = settable_members(by, span.start, span.end)
    if Reach.OWN_IF_ALLOWED in SET_TARGETS.of(by.role) and span.end < current_organization().local_date(at):
        people = people.exclude(pk=by.pk)
    return people


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
