"""Filling many cells at once: one number for more cells, or last month's targets again."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Member, Role
from accounts.permissions import SEE, SET_TARGETS, Reach, covers, dated_people
from accounts.tenancy import current_organization
from ledger.models import Channel
from progress.periods import Period, PeriodKind, month_of, preceding
from targets.models import MonthlyTarget
from targets.services.checking import Known, People, closed_to, rows_of
from targets.services.edits import (
    Edit,
    Filled,
    Metric,
    NothingToFill,
    NotYours,
    Number,
    Order,
    Replaced,
    UnknownCell,
    WouldReplace,
)
from targets.services.storing import store

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
    expected: int | None = None,
    keep: bool = False,
) -> Filled:
    """Give all cells of a spread one number, as one batch; whoever isn't there in a month is left out.

    Other numbers are replaced only where `agreed` names them at their version; `keep` leaves them. `expected`: how many
    cells the author was told it would be. Raises WouldReplace with what has to be agreed to and the true number of
    cells, NothingToFill, UnknownCell, and NotYours where no month has anybody `by` may set.
    """
    channel = Channel.objects.filter(pk=spread.channel_id).first()
    if channel is None:
        raise UnknownCell("There is no such channel.")
    crew = _crew(by, spread.member_ids, at)
    wanted: dict[Key, Number | None] = {}
    months = {month: crew.of(month_of(month)) for month in spread.months}
    if not any(months.values()):
        raise NotYours
    for month, people in months.items():
        for member in people:
            if closed_to(member, channel, month_of(month)) is None:
                wanted[member.pk, channel.pk, month, metric] = number
    channels = {channel.pk: channel}
    return _fill(wanted, crew, channels, by=by, at=at, why="applied", agreed=agreed or {}, expected=expected, keep=keep)


@transaction.atomic
def copy_month(
    month: date,
    *,
    members: Collection[int] | None,
    by: Member,
    at: datetime,
    agreed: Mapping[Key, int] | None = None,
    expected: int | None = None,
    keep: bool = False,
) -> Filled:
    """Copy the targets of the month before, counts and revenue, for `members` or for everyone `by` may set.

    One batch. Empty cells copy nothing, archived channels and people who aren't there in the month are left out. Other
    numbers are replaced only where `agreed` names them at their version; `keep` leaves them. `expected` as for
    `apply_target`. Raises WouldReplace with what has to be agreed to, NothingToFill, UnknownCell or NotYours.
    """
    before = preceding(month_of(month), PeriodKind.MONTH)
    crew = _crew(by, members, at)
    here = crew.of(month_of(month))
    if not here:
        raise NotYours
    seen = dated_people(by, SEE)
    sources = {member.pk: member for member in here if covers(seen, member.pk, before.start, before.end)}
    wanted: dict[Key, Number | None] = {}
    channels: dict[int, Channel] = {}
    for row in MonthlyTarget.objects.filter(month=before.start, member__in=sources).select_related("channel"):
        if closed_to(sources[row.member_id], row.channel, month_of(month)) is None:
            channels[row.channel_id] = row.channel
            for metric in METRICS:
                if getattr(row, metric) is not None:
                    wanted[row.member_id, row.channel_id, month, metric] = getattr(row, metric)
    return _fill(wanted, crew, channels, by=by, at=at, why="copied", agreed=agreed or {}, expected=expected, keep=keep)


@dataclass(frozen=True, slots=True)
class _Crew:
    """People, and of which days `by` may set whose targets; `own_until`: before it not their own."""

    members: dict[int, Member]
    settable: People
    by: Member
    own_until: date

    def of(self, month: Period) -> list[Member]:
        """Those whose targets of a month may be set."""
        return [
            member
            for member in self.members.values()
            if covers(self.settable, member.pk, month.start, month.end)
            and (member.pk != self.by.pk or month.end >= self.own_until)
        ]


def _crew(by: Member, member_ids: Collection[int] | None, at: datetime) -> _Crew:
    """Some people, or all salespeople. At most two queries, whatever the number of months. Raises UnknownCell."""
    people = Member.objects.filter(role=Role.SALESPERSON)
    if member_ids is not None:
        people = Member.objects.filter(pk__in=member_ids)
    members = {member.pk: member for member in people}
    if member_ids is not None and len(members) < len(set(member_ids)):
        raise UnknownCell("There is no such person.")
    own_alone = Reach.OWN_IF_ALLOWED in SET_TARGETS.of(by.role)
    own_until = current_organization().local_date(at) if own_alone else date.min
    return _Crew(members, dated_people(by, SET_TARGETS), by, own_until)


def _fill(
    wanted: Mapping[Key, Number | None],
    crew: _Crew,
    channels: Mapping[int, Channel],
    *,
    by: Member,
    at: datetime,
    why: str,
    agreed: Mapping[Key, int],
    expected: int | None,
    keep: bool,
) -> Filled:
    """Set what is wanted once all of it is agreed to. Three statements, whatever the number of cells."""
    rows = rows_of({(month, member, channel) for member, channel, month, _ in wanted})
    replaced, orders, kept = [], [], 0
    for (member, channel, month, metric), number in wanted.items():
        row = rows.get((month, member, channel))
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
    if expected not in (None, len(wanted)) or any(agreed.get(one.key) != one.version for one in replaced):
        raise WouldReplace(replaced, len(wanted))
    known = Known(crew.members, channels, crew.settable, rows)
    outcome = store(orders, by=by, at=at, why=why, batch=uuid.uuid4(), all_or_none=False, known=known)
    if outcome.errors:  # set by somebody else in this very moment; the transaction takes the others back
        raise next(iter(outcome.errors.values()))
    return Filled([change for change in outcome.changes if change.batch], kept)
