"""What was reached and what was asked for over some months: per person, team and channel.

Reports and the leaderboard read this one thing. Which deals count, who is listed and which team somebody belongs to in
a month are the rules of the targets grid (docs/targets-grid.md), so that no two pages disagree about a number.
Source: docs/reports.md.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from accounts.calendar import pace_calendar
from accounts.models import Member, Organization, Role, TeamMembership
from ledger.measures import totals
from ledger.models import Channel
from progress.amounts import Amount
from progress.periods import Period, are_whole_months, month_of
from progress.results import NOTHING, Result, Stretch, joined, stretch
from progress.rollup import Months, sum_months
from targets.models import MonthlyTarget
from targets.readers import NO_TEAM
from targets.readers.grid import COUNTS

#: {member: [(first day, last day)]} of those whose numbers may be seen, as `permissions.dated_people` says it; None:
#: everybody's, and the deals of nobody.
Seen = Mapping[int, Sequence[tuple[date, date]]]
#: A person, or nobody, in a month.
Share = tuple[int | None, date]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a row. `teams`: {month: team}, NO_TEAM where they had none; `team`: the last one's name."""

    member_id: int
    name: str
    role: str
    active_from: date | None
    active_to: date | None
    teams: Mapping[date, int]
    team: str

    def is_here(self, month: Period) -> bool:
        """Whether they are with the organization on any day of a month."""
        return (self.active_from or month.end) <= month.end and (self.active_to or month.start) >= month.start


@dataclass(frozen=True, slots=True)
class Line:
    """One row: of a person, a team or a channel. No key: what names nobody, or no channel. `team`: a person's."""

    key: int | None
    name: str
    team: str
    result: Result


@dataclass(frozen=True)
class Results:
    """Some months of everybody who may be seen, or of one team or channel of it.

    asked: {share: {channel: (actual, target)}} of each month that a row is about, empty where nothing happened.
    people: {id: person} of those who belong there: salespeople who are with the organization in one of the months, and
    whoever has a target or a deal; by name. channels: those in use, archived ones in which something happened, and
    None where deals name none. teams: {id: name} of these people's, NO_TEAM for who has none.
    """

    stretch: Stretch
    people: Mapping[int, Person]
    channels: Mapping[int | None, str]
    teams: Mapping[int, str]
    asked: Mapping[Share, Mapping[int | None, tuple[Amount, Amount | None]]]

    def narrowed(self, team: int | None = None, channel: int | None = None) -> "Results":
        """One team (NO_TEAM: of none), one channel (0: deals that name none), or both; None leaves all of them."""
        found = self if team is None else self.of_team(team)
        return found if channel is None else found.of_channel(channel or None)

    def of_team(self, team: int) -> "Results":
        """The months in which people belonged to one team (NO_TEAM: to none), as the grid narrows a month."""
        asked = {share: cells for share, cells in self.asked.items() if self._team_of(share) == team}
        return replace(self, asked=asked, people=_present(self.people, asked))

    def of_channel(self, channel: int | None) -> "Results":
        """One channel of the same people."""
        channels = {channel: self.channels[channel]} if channel in self.channels else {}
        asked = {share: {channel: cells[channel]} if channel in cells else {} for share, cells in self.asked.items()}
        return replace(self, asked=asked, channels=channels)

    def by_person(self) -> list[Line]:
        """A row for each person, by name; last the deals of nobody."""
        months: defaultdict[int | None, dict[date, Months]] = defaultdict(dict)
        for (member, month), part in self._shares.items():
            months[member][month] = part
        lines = [
            Line(member, person.name, person.team, self.stretch.result(months[member]))
            for member, person in self.people.items()
        ]
        if None in months:
            lines.append(Line(None, "", "", self.stretch.result(months[None])))
        return lines

    def by_team(self) -> list[Line]:
        """A row for each team with what its people reached in the months they belonged to it; last those of nobody.

        Somebody who was in several teams in a month counts for the one they joined last.
        """
        parts: defaultdict[int | None, defaultdict[date, list[Months]]] = defaultdict(lambda: defaultdict(list))
        for share, part in self._shares.items():
            if share[0] is None or share[0] in self.people:
                parts[self._team_of(share)][share[1]].append(part)
        return [
            Line(team, self.teams.get(team, "") if team is not None else "", "", self._sum(parts[team]))
            for team in [*self.teams, None]
            if team in parts
        ]

    def by_channel(self) -> list[Line]:
        """A row for each channel, in their order; last the deals without one."""
        cells: defaultdict[int | None, defaultdict[date, list[tuple[Amount, Amount | None]]]]
        cells = defaultdict(lambda: defaultdict(list))
        for (_, month), held in self.asked.items():
            for channel, cell in held.items():
                cells[channel][month].append(cell)
        return [
            Line(
                channel,
                name,
                "",
                self.stretch.result({month: sum_months(cells[channel][month]) for month in self.stretch.months}),
            )
            for channel, name in self.channels.items()
        ]

    def overall(self) -> Result:
        """Everything together; the same whichever rows it is split into."""
        parts: defaultdict[date, list[Months]] = defaultdict(list)
        for (_, month), part in self._shares.items():
            parts[month].append(part)
        return self._sum(parts)

    def _team_of(self, share: Share) -> int | None:
        """Somebody's team in a month; None for nobody, and for who has no row."""
        member, month = share
        person = None if member is None else self.people.get(member)
        return person.teams[month] if person else None

    def _sum(self, parts: Mapping[date, Collection[Months]]) -> Result:
        # The months are those of the report, whoever was there in them.
        return self.stretch.result({month: joined(parts.get(month, ())) for month in self.stretch.months})

    @cached_property
    def _shares(self) -> dict[Share, Months]:
        """Each person's month over the channels."""
        return {share: sum_months(cells.values()) if cells else NOTHING for share, cells in self.asked.items()}


def results(
    organization: Organization, period: Period, today: date, *, seen: Seen | None, revenue: bool = False
) -> Results:
    """Actual and target of each person and channel in each month of a period, of the people who may be `seen`.

    In number of deals, or in revenue. At most six queries, whatever the number of people, channels and months. Raises
    ValueError unless the period is of whole months.
    """
    if not are_whole_months(period.start, period.end):
        raise ValueError(f"{period} is not of whole months")
    calendar = pace_calendar(organization, period)
    span = stretch(period, today, calendar, at_risk_percent=organization.at_risk_percent)
    months = {month: month_of(month) for month in span.months}
    people, teams = _people(seen, period, months)
    asked: dict[Share, dict[int | None, tuple[Amount, Amount | None]]] = {
        (member, first): {}
        for member in people
        for first, month in months.items()
        if seen is None or any(start <= month.end and end >= month.start for start, end in seen.get(member, ()))
    }
    happened = _happened(seen, period, revenue=revenue)
    if seen is None and any(member is None for member, _, _ in happened):
        asked |= {(None, month): {} for month in months}
    targets = _targets(seen, period, revenue=revenue)
    for place in {*happened, *targets}:
        member, channel, first = place
        if (member, first) in asked:
            asked[member, first][channel] = (happened.get(place, 0), targets.get(place))
    present = _present(people, asked)
    return Results(
        stretch=span,
        people=present,
        channels=_channels({channel for cells in asked.values() for channel in cells}),
        teams=_teams(present, asked, teams),
        asked=asked,
    )


def can_be_chosen(
    team: int | None, channel: int | None, teams: Mapping[int, str], channels: Mapping[int | None, str]
) -> bool:
    """Whether a team and a channel that an address asks for are among some; None asks for all, channel 0 for none."""
    return (team is None or team in teams) and (channel is None or (channel or None) in channels)


def _people(
    seen: Seen | None, period: Period, months: Mapping[date, Period]
) -> tuple[dict[int, Person], dict[int, str]]:
    """Everybody who may be seen, by name, with their teams, and the names of these. Two queries."""
    members = Member.objects.all() if seen is None else Member.objects.filter(pk__in=seen)
    spans: defaultdict[int, list[tuple[date, date | None, int]]] = defaultdict(list)
    names: dict[int, str] = {}
    joined_teams = TeamMembership.objects.filter(start__lte=period.end).exclude(end__lt=period.start)
    if seen is not None:
        joined_teams = joined_teams.filter(member__in=seen)
    # As the grid asks for a month: the last start first, of equal ones the first name.
    for member, start, end, team, name in joined_teams.order_by("-start", "team__name_key").values_list(
        "member_id", "start", "end", "team_id", "team__name"
    ):
        spans[member].append((start, end, team))
        names[team] = name
    found = {}
    about = members.order_by("name_key", "pk").values_list("pk", "name", "role", "active_from", "active_to")
    for member, called, role, first_day, last_day in about:
        teams = {first: _team(spans[member], month) for first, month in months.items()}
        last = names.get(_team(spans[member], period), "")
        found[member] = Person(member, called, role, first_day, last_day, teams, last)
    return found, names


def _team(spans: Sequence[tuple[date, date | None, int]], days: Period) -> int:
    """The team joined last among those of some days."""
    return next(
        (team for start, end, team in spans if start <= days.end and (end is None or end >= days.start)), NO_TEAM
    )


def _happened(seen: Seen | None, period: Period, *, revenue: bool) -> dict[tuple[int | None, int | None, date], Amount]:
    """{(member, channel, month): reached} of these people, or of everybody and nobody. One query."""
    measure = COUNTS["revenue" if revenue else "count"]
    if seen is not None:
        measure = replace(measure, include={"member": seen})
    found = totals(measure, period, by=("member", "channel", "month"))
    return {(key[0], key[1], key[2]): value if revenue else int(value) for key, value in found.items()}


def _targets(
    seen: Seen | None, period: Period, *, revenue: bool
) -> dict[tuple[int | None, int | None, date], Amount | None]:
    """{(member, channel, month): target}; None where only the other one, deals or revenue, is set. One query."""
    rows = MonthlyTarget.objects.filter(month__range=(period.start, period.end))
    rows = rows.exclude(count__isnull=True, revenue__isnull=True)
    if seen is not None:
        rows = rows.filter(member__in=seen)
    return {
        (member, channel, month): money if revenue else count
        for member, channel, month, count, money in rows.values_list(
            "member_id", "channel_id", "month", "count", "revenue"
        )
    }


def _present(people: Mapping[int, Person], asked: Mapping[Share, Mapping[int | None, object]]) -> dict[int, Person]:
    """Those with a row, in the order of `people`."""
    there = {member for member, _ in _there(people, asked)}
    return {member: person for member, person in people.items() if member in there}


def _there(
    people: Mapping[int, Person], asked: Mapping[Share, Mapping[int | None, object]]
) -> Iterator[tuple[int, date]]:
    """Who belongs to the grid of which month."""
    for (member, month), cells in asked.items():
        person = None if member is None else people.get(member)
        if person and (cells or (person.role == Role.SALESPERSON and person.is_here(month_of(month)))):
            yield person.member_id, month


def _teams(
    people: Mapping[int, Person], asked: Mapping[Share, Mapping[int | None, object]], names: Mapping[int, str]
) -> dict[int, str]:
    """{id: name} of the teams in which people stand in a month, by name; last those without one."""
    found = {people[member].teams[month] for member, month in _there(people, asked)}
    teams = {team: names[team] for team in sorted(found - {NO_TEAM}, key=lambda team: names[team].casefold())}
    return {**teams, NO_TEAM: "No team"} if NO_TEAM in found else teams


def _channels(busy: Collection[int | None]) -> dict[int | None, str]:
    """Channels in use, archived ones in which something happened, and a last one for deals without one. One query."""
    channels: dict[int | None, str] = {
        channel.pk: channel.name
        for channel in Channel.objects.all()
        if channel.archived_at is None or channel.pk in busy
    }
    return {**channels, None: "No channel"} if None in busy else channels
