"""What edits are checked against, read in few statements or known from the page, and what of them is refused."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from accounts.models import Member
from accounts.permissions import SET_TARGETS, Reach, covers, dated_people
from accounts.tenancy import current_organization
from ledger.models import Channel
from progress.periods import Period, month_of
from targets.facts import Held, MonthFacts
from targets.models import MonthlyTarget
from targets.services.edits import (
    ChannelArchived,
    MemberInactive,
    MonthEnded,
    NoSuchNumber,
    NotYours,
    Order,
    Place,
    UnknownCell,
    largest,
)

#: Whom a right covers on which days, as `permissions.dated_people` says it; None: everybody.
People = dict[int, list[tuple[date, date]]] | None


class Employed(Protocol):
    """Somebody who is with the organization from a day to a day."""

    @property
    def name(self) -> str: ...
    @property
    def active_from(self) -> date | None: ...
    @property
    def active_to(self) -> date | None: ...


class Row(Protocol):
    """What a cell holds already."""

    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Known:
    """What edits are checked against. `settable`: whose targets their author may set, and of which days."""

    members: Mapping[int, Employed]
    channels: Mapping[int, Channel]
    settable: People
    rows: Mapping[Place, Held]


def known_of(
    orders: Sequence[Order],
    *,
    by: Member,
    month: MonthFacts | None = None,
    rows: Mapping[Place, Held] | None = None,
) -> Known:
    """What has to be known of some orders: without a statement where a page read their month, else at most four.

    `rows` are those that are there, where they were read before.
    """
    places = {order.place for order in orders}
    if month is not None and _has_all(month, places, by):
        span = (month.period.start, month.period.end)
        return Known(
            members={person.pk: person for person in month.people},
            channels={channel.pk: channel for channel in month.channels},
            settable={person.pk: [span] for person in month.people if person.settable},
            rows={place: held for place in places if (held := month.targets.get(place[1:]))},
        )
    return Known(
        members=Member.objects.in_bulk({member for _, member, _ in places}) if places else {},
        channels=Channel.objects.in_bulk({channel for _, _, channel in places}) if places else {},
        settable=dated_people(by, SET_TARGETS),
        rows=rows_of(places) if rows is None else rows,
    )


def _has_all(month: MonthFacts, places: Collection[Place], by: Member) -> bool:
    """Whether the page of a month was this person's and shows every one of some cells."""
    people = {person.pk for person in month.people}
    channels = {channel.pk for channel in month.channels}
    return month.viewer == by and all(
        start == month.period.start and member in people and channel in channels for start, member, channel in places
    )


def rows_of(places: Collection[Place], *, lock: bool = False) -> dict[Place, Held]:
    """What some cells hold; those that never held anything are left out. One statement."""
    rows = MonthlyTarget.objects.filter(
        month__in={month for month, _, _ in places},
        member__in={member for _, member, _ in places},
        channel__in={channel for _, _, channel in places},
    )
    if lock:
        rows = rows.select_for_update().order_by("month", "member_id", "channel_id")
    columns = ("month", "member_id", "channel_id", "pk", "count", "revenue", "version")
    found = {(month, member, channel): Held(*held) for month, member, channel, *held in rows.values_list(*columns)}
    return {place: held for place, held in found.items() if place in places}


def refusals(
    orders: Sequence[Order], rows: Mapping[Place, Row], *, viewer: Member, at: datetime, known: Known | None = None
) -> dict[int, Exception]:
    """{index: why} of what `viewer` can't set, whoever else edits; `rows` are those that are there.

    No statement where it is `known`, else at most four. Raises UnknownCell.
    """
    known = known or known_of(orders, by=viewer)
    members, channels = known.members, known.channels
    if any(order.edit.member_id not in members or order.edit.channel_id not in channels for order in orders):
        raise UnknownCell("There is no such person or channel.")
    today = current_organization().local_date(at)
    own_alone = Reach.OWN_IF_ALLOWED in SET_TARGETS.of(viewer.role)
    spans = {month: month_of(month) for month in {order.month for order in orders}}
    errors: dict[int, Exception] = {}
    for index, order in enumerate(orders):
        row, edit, span = rows.get(order.place), order.edit, spans[order.month]
        if not covers(known.settable, edit.member_id, span.start, span.end):
            errors[index] = NotYours()
        elif edit.number is not None and not 0 <= edit.number <= largest(edit.metric):
            errors[index] = NoSuchNumber(f"A target lies between 0 and {largest(edit.metric)}.")
        elif edit.number == (getattr(row, edit.metric) if row else None):
            continue
        elif own_alone and edit.member_id == viewer.pk and span.end < today:
            errors[index] = MonthEnded("This month is over. Ask a manager.")
        elif edit.number is not None and (error := closed_to(members[edit.member_id], channels[edit.channel_id], span)):
            errors[index] = error
    return errors


def closed_to(member: Employed, channel: Channel, month: Period) -> Exception | None:
    """Why nobody can reach a number there; None where somebody can."""
    if channel.archived_at is not None:
        return ChannelArchived(channel.name)
    if member.active_from is not None and member.active_from > month.end:
        return MemberInactive(member.name, starts=member.active_from)
    if member.active_to is not None and member.active_to < month.start:
        return MemberInactive(member.name, left=member.active_to)
    return None
