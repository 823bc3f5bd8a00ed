"""What a month of targets is made of, read once: pages draw it, and edits are checked against it.

Source: docs/targets-grid.md.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.calendar import pace_calendar
from accounts.models import Member, Organization, TeamMembership
from accounts.permissions import SEE, reaches_all, settable, visible_members
from ledger.measures import Measure, totals_many
from ledger.models import Channel
from progress.pace import Moment, at
from progress.periods import Period, month_of
from targets.models import MonthlyTarget

NO_TEAM = 0
COUNTS = {"count": Measure(metric="count"), "revenue": Measure(metric="net")}
NOTHING: Mapping[str, Decimal] = {"count": Decimal(0), "revenue": Decimal(0)}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the viewer may see, with the team they were in last in the month, and whether the viewer may set."""

    pk: int
    name: str
    role: str
    active_from: date | None
    active_to: date | None
    team: Mapping[str, Any] | None
    settable: bool

    @property
    def team_id(self) -> int:
        """Their team, NO_TEAM where they have none."""
        return self.team["id"] if self.team else NO_TEAM

    def is_here(self, first: date, last: date) -> bool:
        """Whether they are with the organization on any of these days."""
        return (self.active_from or last) <= last and (self.active_to or first) >= first


@dataclass(frozen=True, slots=True)
class Held:
    """What one cell of a month holds. Without a `pk` it never held anything."""

    pk: int | None = None
    count: int | None = None
    revenue: Decimal | None = None
    version: int = 0

    def with_number(self, metric: str, number: int | Decimal | None, version: int) -> "Held":
        """The same once one of its two numbers is another, at a version."""
        changed: dict[str, Any] = {metric: number, "version": version}
        return replace(self, **changed)


UNSET = Held()


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """A month as far as `viewer` may see it. `happened` is {(member, channel): {count, revenue}} of deals."""

    viewer: Member
    moment: Moment
    period: Period
    people: tuple[Person, ...]
    channels: tuple[Channel, ...]
    happened: Mapping[tuple[int | None, int | None], Mapping[str, Decimal]]
    targets: Mapping[tuple[int, int], Held]

    def after(self, changes: "Iterable[Changed]") -> "MonthFacts":
        """The same month once some cells hold something else; what was changed in other months is left out."""
        targets = dict(self.targets)
        for change in changes:
            if change.month == self.period.start:
                place = (change.member_id, change.channel_id)
                targets[place] = targets.get(place, UNSET).with_number(change.metric, change.new, change.version)
        return replace(self, targets=targets)


class Changed(Protocol):
    """What one cell holds after an edit: the `new` number of a metric, and the version."""

    @property
    def member_id(self) -> int: ...
    @property
    def channel_id(self) -> int: ...
    @property
    def month(self) -> date: ...
    @property
    def metric(self) -> str: ...
    @property
    def new(self) -> int | Decimal | None: ...
    @property
    def version(self) -> int: ...


def month_facts(viewer: Member, organization: Organization, month: date, today: date) -> MonthFacts:
    """Everything that a month of targets is made of. At most five queries, whatever the number of people."""
    period = month_of(month)
    everyone = reaches_all(viewer, SEE)
    people = _people(viewer, visible_members(viewer, period.start, period.end), period)
    seen = None if everyone else [person.pk for person in people]
    return MonthFacts(
        viewer=viewer,
        moment=at(period, today, pace_calendar(organization, period), at_risk_percent=organization.at_risk_percent),
        period=period,
        people=people,
        channels=tuple(Channel.objects.all()),
        happened=_happened(period, seen),
        targets=_targets(period.start, seen),
    )


def _people(viewer: Member, members: "QuerySet[Member]", period: Period) -> tuple[Person, ...]:
    """People by name. One query."""
    memberships = TeamMembership.objects.filter(member=OuterRef("pk"), start__lte=period.end)
    last = memberships.exclude(end__lt=period.start).order_by("-start", "team__name_key")
    team = last.values(found=JSONObject(id="team_id", name="team__name"))[:1]
    may_set = settable(viewer, period.start, period.end)
    rows = members.annotate(team=Subquery(team), settable=may_set).order_by("name_key", "pk")
    columns = ("pk", "name", "role", "active_from", "active_to", "team", "settable")
    return tuple(Person(*row) for row in rows.values_list(*columns))


def _happened(
    period: Period, member_ids: Collection[int] | None
) -> dict[tuple[int | None, int | None], Mapping[str, Decimal]]:
    """The deals of these people, or of everybody and nobody. One query."""
    measures = COUNTS
    if member_ids is not None:
        measures = {name: replace(measure, include={"member": member_ids}) for name, measure in COUNTS.items()}
    found = totals_many(measures, period, by=("member", "channel"))
    return {(member, channel): sums for (member, channel), sums in found.items()}


def _targets(month: date, member_ids: Collection[int] | None) -> dict[tuple[int, int], Held]:
    """The targets of a month, of these people or of everybody. One query."""
    rows = MonthlyTarget.objects.filter(month=month)
    if member_ids is not None:
        rows = rows.filter(member__in=member_ids)
    columns = ("member_id", "channel_id", "pk", "count", "revenue", "version")
    return {(member, channel): Held(*held) for member, channel, *held in rows.values_list(*columns)}
