"""What the targets grid and a person's own month show: everything fetched, judged and summed, nothing worded.

Pace, forecast and totals come from `progress`; what happened comes from `ledger.measures`.
Source: docs/targets-grid.md.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.calendar import pace_calendar
from accounts.models import Member, Organization, Role, TeamMembership
from accounts.permissions import SEE, reaches_all, settable, visible_members
from ledger.measures import Measure, States, totals, totals_many
from ledger.models import Channel
from progress import rollup
from progress.amounts import Amount
from progress.pace import Moment, Pace, Phase, at
from progress.periods import Period, month_of
from progress.recent import LOOK_BACK, recent_days, recent_rate
from targets.models import MonthlyTarget
from targets.readers.sheet import NO_TEAM, Cell, Column, Grid, Row, Shown

COUNTS = {"count": Measure(metric="count"), "revenue": Measure(metric="net")}
PROPOSED = {"proposed": Measure(metric="count", states=States.PROPOSED)}


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """A person's own month. `recent_per_day` is the average of the last five days that count; None unless running."""

    grid: Grid
    row: Row
    proposed: int
    recent_per_day: Fraction | None


@dataclass(frozen=True, slots=True)
class _Person:
    member_id: int
    name: str
    role: str
    active_from: date | None
    active_to: date | None
    team: Mapping[str, Any] | None
    settable: bool

    @property
    def team_id(self) -> int:
        return self.team["id"] if self.team else NO_TEAM

    def is_here(self, first: date, last: date) -> bool:
        return (self.active_from or last) <= last and (self.active_to or first) >= first


@dataclass(frozen=True, slots=True)
class _Target:
    count: int | None
    revenue: Decimal | None
    version: int


_Place = tuple[int | None, int | None]
_NOTHING: Mapping[str, Decimal] = {"count": Decimal(0), "revenue": Decimal(0), "proposed": Decimal(0)}
_NO_TARGET = _Target(None, None, 0)


def grid(viewer: Member, organization: Organization, month: date, today: date, shown: Shown | None = None) -> Grid:
    """Every salesperson the viewer may see x channel, for one month. At most five queries, whatever the number.

    Rows: salespeople who are with the organization in the month, and whoever has a target or a deal in it; for admins
    the deals of nobody too. Columns: channels in use, archived ones with something in the month, and deals without one.
    """
    period = month_of(month)
    everyone = reaches_all(viewer, SEE)
    people = _people(viewer, visible_members(viewer, period.start, period.end), period)
    happened = _happened(COUNTS, period, None if everyone else [person.member_id for person in people])
    moment = at(period, today, pace_calendar(organization, period), at_risk_percent=organization.at_risk_percent)
    targets = _targets(period.start, None if everyone else [person.member_id for person in people])
    return _grid(people, happened, targets, period, moment, shown=shown or Shown(), always=())


def without_target(viewer: Member, month: date, today: date) -> int:
    """How many active salespeople the viewer may see have no number of deals as target in a month. One query.

    The same people as `Grid.missing` names, for pages that show no grid of the month.
    """
    period = month_of(month)
    day = max(period.start, min(today, period.end))
    set_here = MonthlyTarget.objects.filter(
        organization=OuterRef("organization"), member=OuterRef("pk"), month=period.start, count__isnull=False
    )
    there = visible_members(viewer, period.start, period.end).filter(role=Role.SALESPERSON)
    there = there.exclude(active_from__gt=period.end).exclude(active_to__lt=day)
    return there.filter(~Exists(set_here)).count()


def own_month(viewer: Member, organization: Organization, month: date, today: date) -> OwnMonth:
    """The viewer's own row of the grid, with what a forecast wants to know. At most six queries."""
    period = month_of(month)
    people = _people(viewer, Member.objects.filter(pk=viewer.pk), period)
    happened = _happened(COUNTS | PROPOSED, period, [viewer.pk])
    calendar = pace_calendar(organization, Period(period.start - LOOK_BACK, period.end))
    moment = at(period, today, calendar, at_risk_percent=organization.at_risk_percent)
    targets = _targets(period.start, [viewer.pk])
    sheet = _grid(people, happened, targets, period, moment, shown=Shown(), always=(viewer.pk,))
    recent = None
    if moment.phase is Phase.RUNNING:
        span = recent_days(today, calendar if moment.in_working_days else None)
        only = Measure(metric="count", include={"member": [viewer.pk]})
        recent = recent_rate(totals(only, span)[()])
    return OwnMonth(
        grid=sheet,
        row=sheet.rows[0],
        proposed=int(sum(sums["proposed"] for sums in happened.values())),
        recent_per_day=recent,
    )


def _people(viewer: Member, members: "QuerySet[Member]", period: Period) -> list[_Person]:
    """People by name, with the team they were in last in the period. One query."""
    memberships = TeamMembership.objects.filter(member=OuterRef("pk"), start__lte=period.end)
    last = memberships.exclude(end__lt=period.start).order_by("-start", "team__name_key")
    team = last.values(found=JSONObject(id="team_id", name="team__name"))[:1]
    may_set = settable(viewer, period.start, period.end)
    rows = members.annotate(team=Subquery(team), settable=may_set).order_by("name_key", "pk")
    return [
        _Person(*row) for row in rows.values_list("pk", "name", "role", "active_from", "active_to", "team", "settable")
    ]


def _happened(
    measures: Mapping[str, Measure], period: Period, member_ids: Collection[int] | None
) -> dict[_Place, Mapping[str, Decimal]]:
    """{(member, channel): {measure: sum}} of these people, or of everybody and nobody. One query."""
    if member_ids is not None:
        measures = {
            name: Measure(metric=measure.metric, states=measure.states, include={"member": member_ids})
            for name, measure in measures.items()
        }
    found = totals_many(measures, period, by=("member", "channel"))
    return {(member, channel): sums for (member, channel), sums in found.items()}


def _targets(month: date, member_ids: Collection[int] | None) -> dict[tuple[int, int], _Target]:
    """{(member, channel): target} of a month, of these people or of everybody. One query."""
    rows = MonthlyTarget.objects.filter(month=month)
    if member_ids is not None:
        rows = rows.filter(member__in=member_ids)
    return {
        (member, channel): _Target(count, revenue, version)
        for member, channel, count, revenue, version in rows.values_list(
            "member_id", "channel_id", "count", "revenue", "version"
        )
    }


def _grid(
    everyone: list[_Person],
    happened: Mapping[_Place, Mapping[str, Decimal]],
    targets: Mapping[tuple[int, int], _Target],
    period: Period,
    moment: Moment,
    *,
    shown: Shown,
    always: Collection[int],
) -> Grid:
    """Put the month together. One query, for the channels."""
    set_places = {place for place, target in targets.items() if target.count is not None or target.revenue is not None}
    places = {*happened, *set_places}
    busy = {member for member, _ in places}
    counted = {member for (member, _), target in targets.items() if target.count is not None}
    present = [
        person
        for person in everyone
        if (person.role == Role.SALESPERSON and person.is_here(period.start, period.end))
        or person.member_id in busy
        or person.member_id in always
    ]
    day = max(period.start, min(moment.today, period.end))
    asked = {
        person.member_id for person in present if person.role == Role.SALESPERSON and person.is_here(day, period.end)
    }
    people = [person for person in present if shown.team is None or person.team_id == shown.team]
    columns = _columns({channel for _, channel in places})
    member_ids: list[int | None] = [person.member_id for person in people]
    nobody = None in busy and shown.team is None
    if nobody:
        member_ids.append(None)

    @cache
    def measured(actual: Amount, target: Amount | None) -> Pace:
        # A thousand cells have some hundred different pairs of numbers.
        return moment.measure(actual, target)

    counts, money, cells = [], [], {}
    for member in member_ids:
        for column in columns:
            channel = column.channel_id
            target = targets.get((member, channel), _NO_TARGET)  # type: ignore[arg-type]  # None has no target
            sums = happened.get((member, channel), _NOTHING)
            count = rollup.Cell(member, channel, int(sums["count"]), target.count)
            revenue = rollup.Cell(member, channel, sums["revenue"], target.revenue)
            counts.append(count)
            money.append(revenue)
            cells[member, channel] = (revenue if shown.revenue else count, target)
    main, beside = (money, counts) if shown.revenue else (counts, money)
    sheet = rollup.roll_up(main, moment, rows=member_ids, columns=[column.channel_id for column in columns])
    other = rollup.total(_squeezed(beside), moment)

    def cell(member: int | None, column: Column, settable: bool, here: bool) -> Cell:
        held, target = cells[member, column.channel_id]
        # What takes no new target can still be cleared.
        open_ = held.target is not None or (here and not column.archived)
        return Cell(
            member_id=member,
            channel_id=column.channel_id,
            pace=measured(held.actual, held.target),
            target=held.target,
            version=target.version,
            editable=settable and open_ and column.channel_id is not None,
        )

    def row(member: int | None, person: _Person | None) -> Row:
        here = person is not None and person.is_here(period.start, period.end)
        settable = person is not None and person.settable
        return Row(
            member_id=member,
            name=person.name if person else "",
            team=person.team["name"] if person and person.team else "",
            cells=tuple(cell(member, column, settable, here) for column in columns),
            total=sheet.rows[member],
            expected=member in asked,
            unset=member not in counted,
            editable=settable,
        )

    rows = [row(person.member_id, person) for person in people]
    if nobody:
        rows.append(row(None, None))
    return Grid(
        shown=shown,
        month=period.start,
        moment=moment,
        columns=tuple(columns),
        people=tuple(rows),
        rows=tuple(row for row in rows if row.total.pace.on_pace is False) if shown.behind else tuple(rows),
        column_totals=tuple(sheet.columns[column.channel_id] for column in columns),
        overall=sheet.overall,
        deals=other if shown.revenue else sheet.overall,
        revenue=sheet.overall if shown.revenue else other,
        standing=rollup.standing({member: total for member, total in sheet.rows.items() if member is not None}),
        teams=_teams(present),
        without_target=0 if moment.phase is Phase.CLOSED else len(asked - counted),
    )


def _squeezed(cells: list[rollup.Cell[int | None, int | None]]) -> list[rollup.Cell[int | None, int | None]]:
    """The same total from fewer cells: what has no target counts as one."""
    elsewhere: Amount = sum((cell.actual for cell in cells if cell.target is None), start=0)
    return [*(cell for cell in cells if cell.target is not None), rollup.Cell(None, None, elsewhere, None)]


def _teams(people: Collection[_Person]) -> dict[int, str]:
    """{id: name} of the teams that stand beside the names, by name; last those without one."""
    named = {person.team["id"]: person.team["name"] for person in people if person.team}
    teams = dict(sorted(named.items(), key=lambda item: str(item[1]).casefold()))
    return {**teams, NO_TEAM: "No team"} if any(person.team is None for person in people) else teams


def _columns(busy: Collection[int | None]) -> list[Column]:
    """Channels in use, archived ones in which something happened, and a last one for deals without a channel."""
    columns = [
        Column(channel.pk, channel.name, archived=channel.archived_at is not None)
        for channel in Channel.objects.all()
        if channel.archived_at is None or channel.pk in busy
    ]
    return [*columns, Column(None, "No channel", archived=False)] if None in busy else columns
