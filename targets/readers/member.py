"""What a salesperson's page shows: their month, where in it they fall behind, their year, and who changed what.

Pace, forecast, candles and patterns come from `progress`; what happened comes from `ledger.measures`.
Source: docs/salesperson-page.md.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import OuterRef, Subquery

from accounts.calendar import pace_calendar
from accounts.models import Member, Organization, TeamMembership
from accounts.permissions import SEE, dated_people, settable
from ledger.measures import Measure, States, daily, totals
from ledger.models import Channel
from progress import rollup
from progress.candles import Candle, candles, candles_over
from progress.pace import Moment, Pace, Phase, at
from progress.pattern import Pattern, by_week, by_weekday
from progress.periods import Period, PeriodKind, WorkCalendar, month_of, months_later, split_into_months, year_of
from progress.recent import recent_days, recent_rate
from progress.rollup import Total
from targets.models import MonthlyTarget
from targets.readers.history import TargetChange, target_changes
from targets.readers.year import Bar, Month, bars

Counted = Mapping[date, Decimal]


@dataclass(frozen=True, slots=True)
class AskedPage:
    """What the page is asked to show: a month, one channel or all, the year's frequency, and how many months back."""

    month: date
    channel_id: int | None = None
    frequency: PeriodKind = PeriodKind.MONTH
    back: int = 6


@dataclass(frozen=True, slots=True)
class Person:
    """Whose page it is. `settable`: whether the viewer may set their targets in the shown month."""

    member_id: int
    name: str
    role: str
    active_from: date | None
    active_to: date | None
    team: str
    settable: bool


@dataclass(frozen=True, slots=True)
class ChannelMonth:
    """One channel with a target or deals; without an id, the deals that name none."""

    channel_id: int | None
    name: str
    pace: Pace


@dataclass(frozen=True, slots=True)
class Chart:
    """The days of the month beside the pace, of one channel or of all with a target. No candles without a target."""

    channel: ChannelMonth | None
    total: Total
    candles: tuple[Candle, ...]


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Everything on a salesperson's page.

    recent_per_day: over the last five days that count; None unless the month is running. weeks, weekdays: over the
    last `back` months before this one. partly_hidden: there are months that the viewer may not see, and which are left
    out of the year and the patterns.
    """

    person: Person
    moment: Moment
    total: Total
    channels: tuple[ChannelMonth, ...]
    chart: Chart
    proposed: int
    recent_per_day: Fraction | None
    weeks: Pattern
    weekdays: Pattern
    year: Period
    bars: tuple[Bar, ...]
    changes: tuple[TargetChange, ...]
    partly_hidden: bool


def member_page(
    viewer: Member, organization: Organization, member_id: int, asked: AskedPage, today: date
) -> MemberPage | None:
    """A person's page as the viewer may see it; None where there is none for them. At most ten queries.

    A manager sees the months in which the person was in a team of theirs on some day.
    """
    month = month_of(asked.month)
    sight = _sight(viewer, member_id)
    if not _covers(sight, month):
        return None
    person = _person(viewer, member_id, month)
    if person is None:
        return None
    year = year_of(month.start, organization.fiscal_start)
    back = [past for past in _months_back(month, today, asked.back) if _covers(sight, past)]
    # Five working days may reach into the month before; the patterns need as many months as are asked for.
    span = Period(months_later(min(month.start, month_of(today).start), -asked.back), max(month.end, year.end))
    calendar = pace_calendar(organization, span)
    moment = at(month, today, calendar)

    names: dict[int | None, str] = {channel.pk: channel.name for channel in Channel.objects.all()}
    targets = _targets(member_id, year)
    happened = _daily(member_id, Period(span.start, month.end))
    channels = _channels(month, moment, names, targets, happened)
    total = _total(channels, moment)
    chosen = next((each for each in channels if each.channel_id == asked.channel_id), None)
    charted = channels if chosen is None or asked.channel_id is None else (chosen,)
    everything = _every_channel(happened)
    shown_year = [part for part in split_into_months(year) if _covers(sight, part)]
    return MemberPage(
        person=person,
        moment=moment,
        total=total,
        channels=channels,
        chart=Chart(
            channel=charted[0] if asked.channel_id is not None and chosen is not None else None,
            total=_total(charted, moment),
            candles=_candles(charted, month, today, calendar, happened),
        ),
        proposed=int(totals(Measure(states=States.PROPOSED, include={"member": [member_id]}), month).get((), 0)),
        recent_per_day=_recent(channels, moment, calendar, happened),
        weeks=by_week(everything, _active(back, person), calendar),
        weekdays=by_weekday(everything, _active(back, person), calendar),
        year=year,
        bars=bars(
            _months(shown_year, member_id, year, targets),
            year,
            asked.frequency,
            organization.fiscal_start,
            today,
            calendar,
        ),
        changes=target_changes(
            {row: names[channel] for (channel, first), (row, _) in targets.items() if first == month.start}
        ),
        partly_hidden=len(shown_year) < 12 or len(back) < asked.back,
    )


def _sight(viewer: Member, member_id: int) -> list[tuple[date, date]]:
    """The days of which a viewer may see a person's numbers. At most one query."""
    people = dated_people(viewer, SEE)
    return [(date.min, date.max)] if people is None else people.get(member_id, [])


def _covers(sight: list[tuple[date, date]], period: Period) -> bool:
    return any(first <= period.end and last >= period.start for first, last in sight)


def _person(viewer: Member, member_id: int, month: Period) -> Person | None:
    """The person with the team they were in last in the month. One query."""
    memberships = TeamMembership.objects.filter(member=OuterRef("pk"), start__lte=month.end)
    team = memberships.exclude(end__lt=month.start).order_by("-start", "team__name_key").values("team__name")[:1]
    may_set = settable(viewer, month.start, month.end)
    found = (
        Member.objects.filter(pk=member_id)
        .annotate(team=Subquery(team), settable=may_set)
        .values_list("pk", "name", "role", "active_from", "active_to", "team", "settable")
        .first()
    )
    return found and Person(*found[:5], team=found[5] or "", settable=found[6])


def _targets(member_id: int, year: Period) -> dict[tuple[int, date], tuple[int, int | None]]:
    """{(channel, month): (row, count)} of a year; a cleared target keeps its row. One query."""
    rows = MonthlyTarget.objects.filter(member=member_id, month__range=(year.start, year.end))
    return {
        (channel, month): (row, count)
        for row, channel, month, count in rows.values_list("pk", "channel_id", "month", "count")
    }


def _daily(member_id: int, span: Period) -> dict[int | None, dict[date, Decimal]]:
    """{channel: {day: confirmed deals}}. One query."""
    found: defaultdict[int | None, dict[date, Decimal]] = defaultdict(dict)
    for (day, channel), count in daily(Measure(include={"member": [member_id]}), span, by=("channel",)).items():
        found[channel][day] = count
    return dict(found)


def _within(counted: Counted, period: Period) -> dict[date, Decimal]:
    return {day: count for day, count in counted.items() if day in period}


def _every_channel(happened: Mapping[int | None, Counted]) -> dict[date, Decimal]:
    found: defaultdict[date, Decimal] = defaultdict(Decimal)
    for counted in happened.values():
        for day, count in counted.items():
            found[day] += count
    return dict(found)


def _channels(
    month: Period,
    moment: Moment,
    names: Mapping[int | None, str],
    targets: Mapping[tuple[int, date], tuple[int, int | None]],
    happened: Mapping[int | None, Counted],
) -> tuple[ChannelMonth, ...]:
    """The channels with a target or deals in the month, in the order of the channels; deals without one come last."""
    found = []
    for channel, name in {**names, None: "No channel"}.items():
        target = targets.get((channel, month.start), (0, None))[1] if channel is not None else None
        actual = int(sum(_within(happened.get(channel, {}), month).values()))
        if target is not None or actual:
            found.append(ChannelMonth(channel, name, moment.measure(actual, target)))
    return tuple(found)


def _total(channels: tuple[ChannelMonth, ...], moment: Moment) -> Total:
    cells = [rollup.Cell(None, each.channel_id, each.pace.actual, each.pace.target) for each in channels]
    return rollup.total(cells, moment)


def _candles(
    channels: tuple[ChannelMonth, ...],
    month: Period,
    today: date,
    calendar: WorkCalendar | None,
    happened: Mapping[int | None, Counted],
) -> tuple[Candle, ...]:
    parts = [(_within(happened.get(each.channel_id, {}), month), each.pace.target) for each in channels]
    if len(parts) == 1:
        return candles(parts[0][0], parts[0][1], month, today, calendar)
    return candles_over(parts, month, today, calendar)


def _recent(
    channels: tuple[ChannelMonth, ...],
    moment: Moment,
    calendar: WorkCalendar | None,
    happened: Mapping[int | None, Counted],
) -> Fraction | None:
    """The rate of the last five days that count, in the channels that the month's total is made of."""
    if moment.phase is not Phase.RUNNING:
        return None
    span = recent_days(moment.today, calendar if moment.in_working_days else None)
    compared = {each.channel_id for each in channels if each.pace.judged}
    return recent_rate(
        sum(
            (
                sum(_within(counted, span).values(), Decimal(0))
                for channel, counted in happened.items()
                if not compared or channel in compared
            ),
            Decimal(0),
        )
    )


def _months_back(month: Period, today: date, count: int) -> list[Period]:
    """The ended months before the shown one, or before the current one where that is earlier."""
    last = min(month.start, month_of(today).start)
    return [month_of(months_later(last, -back)) for back in range(count, 0, -1)]


def _active(months: list[Period], person: Person) -> list[Period]:
    """The months cut to the days on which the person was there."""
    first, last = person.active_from or date.min, person.active_to or date.max
    return [
        Period(max(month.start, first), min(month.end, last))
        for month in months
        if month.start <= last and month.end >= first
    ]


def _months(
    shown: list[Period],
    member_id: int,
    year: Period,
    targets: Mapping[tuple[int, date], tuple[int, int | None]],
) -> list[Month]:
    """The year's months, each with its channels' deals and targets. One query."""
    cells: defaultdict[date, dict[int | None, tuple[Decimal, int | None]]] = defaultdict(dict)
    measure = Measure(include={"member": [member_id]})
    for (month, channel), count in totals(measure, year, by=("month", "channel")).items():
        cells[month][channel] = (count, None)
    for (channel, month), (_, target) in targets.items():
        if target is not None:
            cells[month][channel] = (cells[month].get(channel, (Decimal(0), None))[0], target)
    return [Month(part, tuple(cells[part.start].values())) for part in shown]
