"""Which of their own targets salespeople changed, and who is told.

Source: docs/targets-grid.md, "Letters about own targets".
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import AuditEntry, Member, Role, TeamManager, TeamMembership
from progress.periods import month_of
from targets.models import MonthlyTarget
from targets.readers.history import FIELDS, SUBJECT

Number = int | Decimal


@dataclass(frozen=True, slots=True)
class OwnChange:
    """What somebody made of one target of their own in a span of time: what it was first, what they left last.

    None is no target. Where somebody else changed it after them, `now` is what that left and `replaced_by` who did.
    """

    member_id: int
    person: str
    channel: str
    month: date
    metric: str
    old: Number | None
    new: Number | None
    now: Number | None
    replaced_by: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one person is told: of people whose team they manage, and of people nobody manages."""

    managed: tuple[OwnChange, ...]
    unmanaged: tuple[OwnChange, ...]


def own_changes(since: datetime, until: datetime) -> list[OwnChange]:
    """What salespeople changed of their own targets from `since` on, before `until`; by month, person and channel.

    A target that ended as it began is left out. Three queries, one where nobody changed any.
    """
    window = AuditEntry.objects.filter(subject=SUBJECT, field__in=FIELDS, at__gte=since, at__lt=until)
    touched = set(window.filter(by__role=Role.SALESPERSON).values_list("subject_id", flat=True))
    if not touched:
        return []
    targets = MonthlyTarget.objects.select_related("member", "channel").in_bulk(touched)
    cells: dict[tuple[int, str], list[AuditEntry]] = defaultdict(list)
    for entry in window.filter(subject_id__in=targets).select_related("by").order_by("pk"):
        cells[entry.subject_id, entry.field].append(entry)
    found = [
        (target, change)
        for (subject_id, metric), entries in cells.items()
        if (change := _change(target := targets[subject_id], metric, entries)) is not None
    ]
    found.sort(key=lambda pair: _order(*pair))
    return [change for _, change in found]


def told(changes: Sequence[OwnChange], today: date) -> dict[Member, Told]:
    """Who is told of which changes: the managers of the person's teams in the month, or admins where there is none.

    A manager is one who can sign in on the day `today`; who wants no letters still is one, and gets none. At most
    four queries, none for no changes.
    """
    if not changes:
        return {}
    managed: dict[Member, list[OwnChange]] = defaultdict(list)
    unmanaged: list[OwnChange] = []
    leaders = _leaders({change.member_id for change in changes}, today)
    for change in changes:
        span = month_of(change.month)
        theirs = {
            leader
            for start, end, leader in leaders.get(change.member_id, ())
            if start <= span.end and (end or span.end) >= span.start
        }
        for leader in theirs:
            managed[leader].append(change)
        if not theirs:
            unmanaged.append(change)
    admins = _here(Member.objects.filter(role=Role.ADMIN), today) if unmanaged else []
    everybody = sorted({*managed, *admins}, key=lambda member: member.pk)
    return {
        member: Told(tuple(managed.get(member, ())), tuple(unmanaged) if member in admins else ())
        for member in everybody
        if member.user is not None and member.user.target_letters
    }


def _change(target: MonthlyTarget, metric: str, entries: Sequence[AuditEntry]) -> OwnChange | None:
    """The first and the last of some changes of one number, oldest first; None where nothing of one's own is left."""
    own = [entry for entry in entries if entry.by_id == target.member_id and target.member.role == Role.SALESPERSON]
    last = entries[-1]
    if not own or own[0].old == last.new or own[0].old == own[-1].new:
        return None
    return OwnChange(
        member_id=target.member_id,
        person=_one_line(target.member.name),
        channel=_one_line(target.channel.name),
        month=target.month,
        metric=metric,
        old=_number(metric, own[0].old),
        new=_number(metric, own[-1].new),
        now=_number(metric, last.new),
        replaced_by="" if last is own[-1] else _one_line(last.by.name if last.by else "somebody"),
    )


def _order(target: MonthlyTarget, change: OwnChange) -> tuple[Any, ...]:
    return (target.month, target.member.name_key, target.member_id, target.channel.position, change.channel)


def _leaders(member_ids: Collection[int], today: date) -> dict[int, list[tuple[date, date | None, Member]]]:
    """{member: [(first day, last day, manager)]} of teams whose manager can sign in. Three queries."""
    spans = list(
        TeamMembership.objects.filter(member__in=member_ids).values_list("member_id", "team_id", "start", "end")
    )
    managers = TeamManager.objects.filter(team__in={team for _, team, _, _ in spans}).values_list("team_id", "member")
    people = Member.objects.filter(pk__in={member for _, member in managers}).exclude(role=Role.SALESPERSON)
    here = {member.pk: member for member in _here(people, today)}
    of_team: dict[int, list[Member]] = defaultdict(list)
    for team, member in managers:
        if member in here:
            of_team[team].append(here[member])
    found: dict[int, list[tuple[date, date | None, Member]]] = defaultdict(list)
    for member, team, start, end in spans:
        found[member] += [(start, end, leader) for leader in of_team[team]]
    return found


def _here(members: Any, today: date) -> list[Member]:
    """Those of some members who can sign in."""
    return [member for member in members.filter(user__is_active=True).select_related("user") if member.is_active(today)]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _number(metric: str, plain: Any) -> Number | None:
    """As the audit row keeps it."""
    if plain is None:
        return None
    return int(plain) if metric == "count" else Decimal(plain)
