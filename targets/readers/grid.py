"""What the targets grid shows: everything judged and summed, nothing worded.

Pace, forecast and totals come from `progress`; what happened comes from `ledger.measures`.
Source: docs/targets-grid.md.
"""

from collections.abc import Collection
from datetime import date
from functools import cache

from django.db.models import Exists, OuterRef

from accounts.models import Member, Organization, Role
from accounts.permissions import sets_own_until_month_ends, visible_members
from progress import rollup
from progress.amounts import Amount
from progress.pace import Pace, Phase
from progress.periods import month_of
from targets.facts import COUNTS, NOTHING, UNSET, MonthFacts, Person, month_facts
from targets.models import MonthlyTarget
from targets.readers.sheet import NO_TEAM, Cell, Column, Grid, Row, Shown

__all__ = ["COUNTS", "grid", "grid_of", "without_target"]


def grid(viewer: Member, organization: Organization, month: date, today: date, shown: Shown | None = None) -> Grid:
    """Every salesperson the viewer may see x channel, for one month. At most five queries, whatever the number."""
    return grid_of(month_facts(viewer, organization, month, today), shown or Shown())


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


def grid_of(month: MonthFacts, shown: Shown) -> Grid:
    """A month put together, without a query.

    Rows: salespeople who are with the organization in the month, and whoever has a target or a deal in it; for admins
    the deals of nobody too. Columns: channels in use, archived ones with something in the month, and deals without one.
    """
    period, moment, happened, targets = month.period, month.moment, month.happened, month.targets
    set_places = {place for place, target in targets.items() if target.count is not None or target.revenue is not None}
    places = {*happened, *set_places}
    busy = {member for member, _ in places}
    counted = {member for (member, _), target in targets.items() if target.count is not None}
    present = [
        person
        for person in month.people
        if (person.role == Role.SALESPERSON and person.is_here(period.start, period.end)) or person.pk in busy
    ]
    day = max(period.start, min(moment.today, period.end))
    asked = {person.pk for person in present if person.role == Role.SALESPERSON and person.is_here(day, period.end)}
    people = [person for person in present if shown.team is None or person.team_id == shown.team]
    columns = _columns(month, {channel for _, channel in places})
    member_ids: list[int | None] = [person.pk for person in people]
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
            target = targets.get((member, channel), UNSET)  # type: ignore[arg-type]  # None has no target
            sums = happened.get((member, channel), NOTHING)
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

    closed_to = month.viewer.pk if moment.phase is Phase.CLOSED and sets_own_until_month_ends(month.viewer) else None

    def row(member: int | None, person: Person | None) -> Row:
        here = person is not None and person.is_here(period.start, period.end)
        settable = person is not None and person.settable and person.pk != closed_to
        return Row(
            member_id=member,
            name=person.name if person else "",
            team=person.team["name"] if person and person.team else "",
            judged=cache(lambda: tuple(cell(member, column, settable, here) for column in columns)),
            total=sheet.rows[member],
            expected=member in asked,
            unset=member not in counted,
            editable=settable,
        )

    rows = [row(person.pk, person) for person in people]
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


def _teams(people: Collection[Person]) -> dict[int, str]:
    """{id: name} of the teams that stand beside the names, by name; last those without one."""
    named = {person.team["id"]: person.team["name"] for person in people if person.team}
    teams = dict(sorted(named.items(), key=lambda item: str(item[1]).casefold()))
    return {**teams, NO_TEAM: "No team"} if any(person.team is None for person in people) else teams


def _columns(month: MonthFacts, busy: Collection[int | None]) -> list[Column]:
    """Channels in use, archived ones in which something happened, and a last one for deals without a channel."""
    columns = [
        Column(channel.pk, channel.name, archived=channel.archived_at is not None)
        for channel in month.channels
        if channel.archived_at is None or channel.pk in busy
    ]
    return [*columns, Column(None, "No channel", archived=False)] if None in busy else columns
