"""Who stands where over some months, as its viewer may see it.

Numbers and people are those of the reports, the order is that of `progress.ranking`. Source: docs/leaderboard.md.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter

from accounts.models import Member, Organization
from accounts.permissions import SEE, covers, dated_people, sees_whole_leaderboard
from progress.amounts import Amount
from progress.pace import Phase
from progress.periods import Period, PeriodKind, month_of, preceding
from progress.ranking import Entry, Ranking, rank, rank_by_count
from progress.results import Result
from progress.rollup import sum_months
from reports.readers.results import Person, Results, can_be_chosen, results

#: As `dated_people` says it.
People = dict[int, list[tuple[date, date]]] | None
#: As many share one row of cards above the table.
MOST_CARDS = 4


@dataclass(frozen=True, slots=True)
class AskedBoard:
    """What a leaderboard shows: a month, quarter or year, in deals or revenue, of one team or channel alone.

    by_count: by what was reached alone, not by its share of the target. team and channel are as in a report.
    """

    period: Period
    kind: PeriodKind
    by_count: bool = False
    revenue: bool = False
    team: int | None = None
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody on the leaderboard.

    place: None without a target; shared: how many stand on it. moved: places gained since the period before, None if
    there is nothing to compare. open: the month of their page that the viewer may open, None if there is none.
    """

    person: Person
    result: Result
    place: int | None
    shared: int
    moved: int | None
    open: date | None
    is_viewer: bool


@dataclass(frozen=True, slots=True)
class ChannelPlace:
    """Where the viewer stands in one channel, and of how many."""

    key: int | None
    name: str
    result: Result
    place: int | None
    of: int


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A leaderboard. `of`: how many have a place, shown or not; nobody while the period is to come.

    alone: the viewer sees nobody else; `channels_of_viewer` is theirs, and empty for who sees others.
    """

    asked: AskedBoard
    phase: Phase
    ranked: tuple[Contender, ...]
    unranked: tuple[Contender, ...]
    of: int
    alone: bool
    channels_of_viewer: tuple[ChannelPlace, ...]
    teams: Mapping[int, str]
    channels: Mapping[int | None, str]
    before: Period

    @property
    def knows_what_is_asked(self) -> bool:
        """Whether the team and the channel that are asked for are among those to choose from."""
        return can_be_chosen(self.asked.team, self.asked.channel, self.teams, self.channels)

    @property
    def several_months(self) -> bool:
        """Whether some of the months may have targets and others none."""
        return self.asked.kind is not PeriodKind.MONTH

    @property
    def everyone(self) -> tuple[Contender, ...]:
        """All that are shown, in order."""
        return (*self.ranked, *self.unranked)

    @property
    def viewer(self) -> Contender | None:
        """The viewer's own row."""
        return next((each for each in self.everyone if each.is_viewer), None)

    @property
    def first(self) -> tuple[Contender, ...]:
        """The first three places, as far as all who share them fit on four cards and reached anything."""
        found: tuple[Contender, ...] = ()
        for place in (1, 2, 3):
            here = tuple(each for each in self.ranked if each.place == place and each.result.everything > 0)
            if len(found) + len(here) > MOST_CARDS:
                break
            found += here
        return found


def leaderboard(viewer: Member, organization: Organization, asked: AskedBoard, today: date) -> Leaderboard:
    """Who stands where, of the people whom the viewer may see, or of everybody where the organization shows them all.

    Who may see nobody but themselves gets their own row alone, with its place among everybody. At most thirteen
    queries, whatever the number of people, channels and months.
    """
    may_see = dated_people(viewer, SEE)
    everybody = sees_whole_leaderboard(viewer)
    alone = not everybody and may_see is not None and set(may_see) <= {viewer.pk}
    seen = None if everybody or alone else may_see

    def load(period: Period) -> Results:
        return results(organization, period, today, seen=seen, revenue=asked.revenue)

    found = load(asked.period)
    board = Leaderboard(
        asked=asked,
        phase=found.stretch.whole.phase,
        ranked=(),
        unranked=(),
        of=0,
        alone=alone,
        channels_of_viewer=(),
        teams=_teams_of(viewer, found) if alone else found.teams,
        channels=found.channels,
        before=preceding(asked.period, asked.kind),
    )
    if board.phase is Phase.UPCOMING or not board.knows_what_is_asked:
        return board
    of_team = found.narrowed(asked.team)
    shown = of_team.narrowed(channel=asked.channel)
    before = _places_before(load(board.before).narrowed(asked.team, asked.channel), asked)
    ranking = _ranking(shown, asked)
    lines = _results(_only(shown, viewer.pk) if alone else shown)
    shared = Counter(placed.place for placed in ranking.ranked)
    months = _months(found, may_see, today)

    def contender(key: int, place: int | None) -> Contender:
        return Contender(
            person=shown.people[key],
            result=lines[key],
            place=place,
            shared=shared[place] if place else 0,
            moved=before[key] - place if place and key in before else None,
            open=months.get(key),
            is_viewer=key == viewer.pk,
        )

    ranked, unranked = ranking.ranked, ranking.unranked
    return replace(
        board,
        ranked=tuple(contender(each.entry.key, each.place) for each in ranked if each.entry.key in lines),
        unranked=tuple(contender(entry.key, None) for entry in unranked if entry.key in lines),
        of=len(ranked),
        channels_of_viewer=_channels_of(viewer.pk, of_team, asked) if alone and asked.channel is None else (),
    )


def _ranking(found: Results, asked: AskedBoard) -> Ranking[int]:
    """The order of these people. Deals of nobody have no place.

    Sums a person's cells at once, which comes to the same as their `Result`, without what only a shown row needs.
    """
    cells: defaultdict[int | None, list[tuple[Amount, Amount | None]]] = defaultdict(list)
    for (member, _), held in found.asked.items():
        cells[member] += held.values()
    sums = {member: sum_months(cells[member]) for member in found.people}
    if asked.by_count:
        return rank_by_count(Entry(key, part.everything, part.target) for key, part in sums.items())
    return rank(Entry(key, part.actual, part.target) for key, part in sums.items())


def _results(found: Results) -> dict[int, Result]:
    """{person: what they came to}."""
    return {line.key: line.result for line in found.by_person() if line.key is not None}


def _places_before(found: Results, asked: AskedBoard) -> dict[int, int]:
    """{person: their place}; empty where nobody reached anything, since all would have shared the first."""
    ranked = _ranking(found, asked).ranked
    return {each.entry.key: each.place for each in ranked} if any(each.entry.actual for each in ranked) else {}


def _teams_of(member: Member, found: Results) -> dict[int, str]:
    """The teams that somebody was in."""
    person = found.people.get(member.pk)
    theirs = set(person.teams.values()) if person else set()
    return {team: name for team, name in found.teams.items() if team in theirs}


def _only(found: Results, member: int) -> Results:
    people = {key: person for key, person in found.people.items() if key == member}
    return replace(
        found, people=people, asked={share: held for share, held in found.asked.items() if share[0] in people}
    )


def _channels_of(member: int, found: Results, asked: AskedBoard) -> tuple[ChannelPlace, ...]:
    """Somebody's places channel by channel; none for who isn't there."""
    own = _only(found, member)
    places = []
    for channel, name in found.channels.items():
        ranked = _ranking(found.of_channel(channel), asked).ranked
        place = next((each.place for each in ranked if each.entry.key == member), None)
        places += [
            ChannelPlace(channel, name, result, place, len(ranked))
            for result in _results(own.of_channel(channel)).values()
        ]
    return tuple(places)


def _months(found: Results, may_see: People, today: date) -> dict[int, date]:
    """{person: the newest month of theirs that has begun, of those whose page the viewer may open}."""
    return {
        member: month
        for member, month in sorted(found.asked, key=itemgetter(1))
        if member is not None and month <= today and covers(may_see, member, month, month_of(month).end)
    }
