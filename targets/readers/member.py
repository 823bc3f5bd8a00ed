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
from accounts.permissions import SEE, dated_people, sets_own_until_month_ends, settable
from ledger.measures import Measure, States, daily, totals
from ledger.models import Channel
from progress import rollup
from progress.amounts import Amount
from progress.candles import Candle, candles, candles_over
from progress.pace import Moment, Pace, Phase, at
from progress.pattern import Pattern, by_week, by_weekday
from progress.periods import Period, PeriodKind, WorkCalendar, month_of, months_later, split_into_months, year_of
from progress.recent import recent_days, recent_rate
from progress.rollup import Total
from targets.models import MonthlyTarget
from targets.readers.history import History, all_changes, target_changes
from targets.readers.year import Bar, Month, bars

Counted = Mapping[date, Decimal]
Targets = Mapping[tuple[int, date], tuple[int, Amount | None]]  # of (channel, month): its row and what it says


@dataclass(frozen=True, slots=True)
class AskedPage:
    """What the page is asked to show: a month, one channel or all, the year's frequency, and how many months back.

    revenue: amounts instead of deals. changes: which page of the changed targets; 0: all of them.
    """

    month: date
    channel_id: int | None = None
    frequency: PeriodKind = PeriodKind.MONTH
    back: int = 6
    revenue: bool = False
    changes: int = 1

    def measure(self, member_id: int, states: States = States.CONFIRMED) -> Measure:
        """What is counted."""
        return Measure(metric="net" if self.revenue else "count", states=states, include={"member": [member_id]})


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
    out of the year, the patterns and the changes, which are those of the year's targets.
    """

    person: Person
    moment: Moment
    total: Total
    channels: tuple[ChannelMonth, ...]
    chart: Chart
    proposed: Amount
    recent_per_day: Fraction | None
    weeks: Pattern
    weekdays: Pattern
    year: Period
    bars: tuple[Bar, ...]
    history: History
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
    person = _person(viewer, member_id, month, today)
    if person is None:
        return None
    year = year_of(month.start, organization.fiscal_start)
    back = [past for past in _months_back(month, today, asked.back) if _covers(sight, past)]
    # Five working days may reach into the month before; the patterns need as many months as are asked for.
    span = Period(months_later(min(month.start, month_of(today).start), -asked.back), max(month.end, year.end))
    calendar = pace_calendar(organization, span)
    moment = at(month, today, calendar, at_risk_percent=organization.at_risk_percent)

    names: dict[int | None, str] = {channel.pk: channel.name for channel in Channel.objects.all()}
    targets = _targets(member_id, year, asked)
    happened = _daily(asked.measure(member_id), Period(span.start, month.end))
    channels = _channels(month, moment, names, targets, happened, whole=not asked.revenue)
    total = _total(channels, moment)
    chosen = next((each for each in channels if each.channel_id == asked.channel_id), None)
    charted = channels if chosen is None or asked.channel_id is None else (chosen,)
    everything = _every_channel(happened)
    shown_year = [part for part in split_into_months(year) if _covers(sight, part)]
    shown_months = {part.start for part in shown_year}
    changed = {row: (names[channel], first) for (channel, first), (row, _) in targets.items() if first in shown_months}
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
        proposed=totals(asked.measure(member_id, States.PROPOSED), month).get((), Decimal(0)),
        recent_per_day=_recent(channels, moment, calendar, happened),
        weeks=by_week(everything, _active(back, person), calendar),
        weekdays=by_weekday(everything, _active(back, person), calendar),
        year=year,
        bars=bars(
            _months(shown_year, asked.measure(member_id), year, targets),
            year,
            asked.frequency,
            organization.fiscal_start,
            today,
            calendar,
        ),
        history=target_changes(changed, asked.changes) if asked.changes else all_changes(changed),
        partly_hidden=len(shown_year) < 12 or len(back) < asked.back,
    )


def _sight(viewer: Member, member_id: int) -> list[tuple[date, date]]:
    """The days of which a viewer may see a person's numbers. At most one query."""
    people = dated_people(viewer, SEE)
    return [(date.min, date.max)] if people is None else people.get(member_id, [])


def _covers(sight: list[tuple[date, date]], period: Period) -> bool:
    return any(first <= period.end and last >= period.start for first, last in sight)


def _person(viewer: Member, member_id: int, month: Period, today: date) -> Person | None:
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
    own_is_over = member_id == viewer.pk and month.end < today and sets_own_until_month_ends(viewer)
    return found and Person(*found[:5], team=found[5] or "", settable=found[6] and not own_is_over)


def _targets(member_id: int, year: Period, asked: AskedPage) -> Targets:
    """{(channel, month): (row, target)} of a year; a cleared target keeps its row. One query."""
    rows = MonthlyTarget.objects.filter(member=member_id, month__range=(year.start, year.end))
    return {
        (channel, month): (row, target)
        for row, channel, month, target in rows.values_list(
            "pk", "channel_id", "month", "revenue" if asked.revenue else "count"
        )
    }


def _daily(measure: Measure, span: Period) -> dict[int | None, dict[date, Decimal]]:
    """{channel: {day: what was confirmed}}. One query."""
    found: defaultdict[int | None, dict[date, Decimal]] = defaultdict(dict)
    for (day, channel), count in daily(measure, span, by=("channel",)).items():
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
    targets: Targets,
    happened: Mapping[int | None, Counted],
    *,
    whole: bool,
) -> tuple[ChannelMonth, ...]:
    """The channels with a target or deals in the month, in the order of the channels; deals without one come last."""
    found = []
    for channel, name in {**names, None: "No channel"}.items():
        target = targets.get((channel, month.start), (0, None))[1] if channel is not None else None
        reached = sum(_within(happened.get(channel, {}), month).values(), Decimal(0))
        actual: Amount = int(reached) if whole else reached
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
    measure: Measure,
    year: Period,
    targets: Targets,
) -> list[Month]:
    """The year's months, each with its channels' deals and targets. One query."""
    cells: defaultdict[date, dict[int | None, tuple[Decimal, Amount | None]]] = defaultdict(dict)
    for (month, channel), count in totals(measure, year, by=("month", "channel")).items():
        cells[month][channel] = (count, None)
    for (channel, month), (_, target) in targets.items():
        if target is not None:
            cells[month][channel] = (cells[month].get(channel, (Decimal(0), None))[0], target)
    return [Month(part, tuple(cells[part.start].values())) for part in shown]
