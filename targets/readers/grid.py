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

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.calendar import pace_calendar
from accounts.models import Member, Organization, Role, TeamMembership
from accounts.permissions import SEE, reaches_all, settable, visible_members
from ledger.measures import Measure, States, totals, totals_many
from ledger.models import Channel
from progress import rollup
from progress.pace import Moment, Pace, Phase, at
from progress.periods import Period, month_of
from progress.recent import LOOK_BACK, recent_days, recent_rate
from progress.rollup import Standing, Total
from targets.models import MonthlyTarget

COUNTS = {"count": Measure(metric="count"), "revenue": Measure(metric="net")}
PROPOSED = {"proposed": Measure(metric="count", states=States.PROPOSED)}


@dataclass(frozen=True, slots=True)
class Column:
    """One channel; without an id, the deals that came in without one."""

    channel_id: int | None
    name: str
    archived: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One person in one channel. `version` is what an edit must name; 0: never set."""

    member_id: int | None
    channel_id: int | None
    pace: Pace
    target: int | None
    version: int
    editable: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One person, with a cell for each column. Without an id, the deals that nobody is named on.

    `expected`: an active salesperson, who ought to have a target.
    """

    member_id: int | None
    name: str
    team: str
    cells: tuple[Cell, ...]
    total: Total
    expected: bool
    editable: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """One month as its viewer may see it. `column_totals` stand in the order of `columns`."""

    month: date
    moment: Moment
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    column_totals: tuple[Total, ...]
    overall: Total
    revenue: Total
    standing: Standing[int]

    @property
    def editable(self) -> bool:
        """Whether the viewer may set anything here."""
        return any(row.editable for row in self.rows)

    @property
    def missing(self) -> tuple[Row, ...]:
        """Active salespeople without a count target; asked from the current month on (docs/targets-grid.md)."""
        if self.moment.phase is Phase.CLOSED:
            return ()
        return tuple(row for row in self.rows if row.expected and row.total.pace.target is None)

    def held(self) -> dict[tuple[int, int], tuple[int, int | None]]:
        """{(member, channel): (version, target)} of the cells that the viewer may edit."""
        return {
            (cell.member_id, cell.channel_id): (cell.version, cell.target)
            for row in self.rows
            for cell in row.cells
            if cell.editable and cell.member_id is not None and cell.channel_id is not None
        }

    def row(self, member_id: int | None) -> Row | None:
        """The row of one person; None where the viewer has none."""
        return next((row for row in self.rows if row.member_id == member_id), None)


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
    team: str | None
    settable: bool

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


def grid(viewer: Member, organization: Organization, month: date, today: date) -> Grid:
    """Every salesperson the viewer may see x channel, for one month. At most five queries, whatever the number.

    Rows: salespeople who are with the organization in the month, and whoever has a target or a deal in it; for admins
    the deals of nobody too. Columns: channels in use, archived ones with something in the month, and deals without one.
    """
    period = month_of(month)
    everyone = reaches_all(viewer, SEE)
    people = _people(viewer, visible_members(viewer, period.start, period.end), period)
    happened = _happened(COUNTS, period, None if everyone else [person.member_id for person in people])
    moment = at(period, today, pace_calendar(organization, period))
    targets = _targets(period.start, None if everyone else [person.member_id for person in people])
    return _grid(people, happened, targets, period, moment, always=())


def own_month(viewer: Member, organization: Organization, month: date, today: date) -> OwnMonth:
    """The viewer's own row of the grid, with what a forecast wants to know. At most six queries."""
    period = month_of(month)
    people = _people(viewer, Member.objects.filter(pk=viewer.pk), period)
    happened = _happened(COUNTS | PROPOSED, period, [viewer.pk])
    calendar = pace_calendar(organization, Period(period.start - LOOK_BACK, period.end))
    moment = at(period, today, calendar)
    sheet = _grid(people, happened, _targets(period.start, [viewer.pk]), period, moment, always=(viewer.pk,))
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
    team = memberships.exclude(end__lt=period.start).order_by("-start", "team__name_key").values("team__name")[:1]
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
    people: list[_Person],
    happened: Mapping[_Place, Mapping[str, Decimal]],
    targets: Mapping[tuple[int, int], _Target],
    period: Period,
    moment: Moment,
    *,
    always: Collection[int],
) -> Grid:
    """Put the month together. One query, for the channels."""
    set_places = {place for place, target in targets.items() if target.count is not None or target.revenue is not None}
    places = {*happened, *set_places}
    busy = {member for member, _ in places}
    shown = [
        person
        for person in people
        if (person.role == Role.SALESPERSON and person.is_here(period.start, period.end))
        or person.member_id in busy
        or person.member_id in always
    ]
    columns = _columns({channel for _, channel in places})
    member_ids: list[int | None] = [person.member_id for person in shown]
    if None in busy:
        member_ids.append(None)

    @cache
    def measured(actual: int, target: int | None) -> Pace:
        # A thousand cells have some hundred different pairs of numbers.
        return moment.measure(actual, target)

    counts, cells = [], {}
    money, elsewhere = [], Decimal(0)
    for member in member_ids:
        for column in columns:
            target = targets.get((member, column.channel_id), _NO_TARGET)  # type: ignore[arg-type]  # None has no target
            sums = happened.get((member, column.channel_id), _NOTHING)
            actual = int(sums["count"])
            cells[member, column.channel_id] = (measured(actual, target.count), target)
            counts.append(rollup.Cell(member, column.channel_id, actual, target.count))
            if target.revenue is None:
                elsewhere += sums["revenue"]
            else:
                money.append(rollup.Cell(member, column.channel_id, sums["revenue"], target.revenue))
    # What has no target counts as one, which comes to the same.
    money.append(rollup.Cell(None, None, elsewhere, None))
    sheet = rollup.roll_up(counts, moment, rows=member_ids, columns=[column.channel_id for column in columns])

    def row(member: int | None, person: _Person | None) -> Row:
        here = person is not None and person.is_here(period.start, period.end)
        settable = person is not None and person.settable
        return Row(
            member_id=member,
            name=person.name if person else "",
            team=(person.team or "") if person else "",
            cells=tuple(
                Cell(
                    member_id=member,
                    channel_id=column.channel_id,
                    pace=cells[member, column.channel_id][0],
                    target=(target := cells[member, column.channel_id][1]).count,
                    version=target.version,
                    # What takes no new target can still be cleared.
                    editable=settable
                    and column.channel_id is not None
                    and (target.count is not None or (here and not column.archived)),
                )
                for column in columns
            ),
            total=sheet.rows[member],
            expected=person is not None
            and person.role == Role.SALESPERSON
            and person.is_here(max(period.start, min(moment.today, period.end)), period.end),
            editable=settable,
        )

    rows = [row(person.member_id, person) for person in shown]
    if None in busy:
        rows.append(row(None, None))
    return Grid(
        month=period.start,
        moment=moment,
        columns=tuple(columns),
        rows=tuple(rows),
        column_totals=tuple(sheet.columns[column.channel_id] for column in columns),
        overall=sheet.overall,
        revenue=rollup.total(money, moment),
        standing=rollup.standing({member: total for member, total in sheet.rows.items() if member is not None}),
    )


def _columns(busy: Collection[int | None]) -> list[Column]:
    """Channels in use, archived ones in which something happened, and a last one for deals without a channel."""
    columns = [
        Column(channel.pk, channel.name, archived=channel.archived_at is not None)
        for channel in Channel.objects.all()
        if channel.archived_at is None or channel.pk in busy
    ]
    return [*columns, Column(None, "No channel", archived=False)] if None in busy else columns
