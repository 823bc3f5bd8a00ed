"""Files of who belongs to a team or works a zone, and when: what they would change, and storing just that.

A line is found by its person and first day; any other is a new entry. So a file brings people and sets last days, and
nothing is ever taken away by it. Nobody begins anywhere after their own last day, or stays longer.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.database import name_key
from accounts.models import Member, Team, TeamMembership, Zone, ZoneAssignment
from accounts.services.audit import record_all
from accounts.services.leaving import after_last_day, earliest, hold_members, keep_to_last_day
from accounts.services.lists import Line, ListChanged, Plan, Planned

AMBIGUOUS = "Several people have this name. Give the e-mail address of the one who is meant."
OVERLAP = "These days overlap others of the same person here."


@dataclass(frozen=True, slots=True)
class Days:
    """What a line means: whose days, and which; `span` is the entry that it speaks of, None for a new one."""

    line: int
    member: Member
    start: date
    end: date | None
    span: Any

    @property
    def until(self) -> date | None:
        """How long it is for, which is their own last day at the most."""
        return earliest(self.end, self.member.active_to)

    @property
    def words(self) -> str:
        """As the user reads it."""
        return f"{self.member.name}, {self.start} to {self.until or 'no last day'}"

    def overlaps(self, start: date, end: date | None) -> bool:
        """Whether it shares a day with other ones, all days included."""
        return start <= (self.end or date.max) and self.start <= (end or date.max)

    def planned(self) -> Planned:
        """What would become of it."""
        if self.span is None:
            values = {"member_id": self.member.pk, "start": self.start, "end": self.end}
            return Planned(self.line, self.words, "add", values=values)
        if self.span.end in (self.end, self.until):
            return Planned(self.line, self.words, "same", entry=self.span)
        words = (f"last day: {self.span.end or 'none'} → {self.until or 'none'}",)
        changes = {"end": (self.span.end, self.end)}
        return Planned(self.line, f"{self.member.name}, {self.start}", "change", "", {}, changes, words, self.span)

    def refused(self, reason: str) -> Planned:
        """Why it would not be stored."""
        return Planned(self.line, self.words, "refuse", reason)


def plan_memberships(team: Team, rows: Sequence[Line]) -> Plan:
    """What a file of a team's people would do. Two queries."""
    return _plan(TeamMembership.objects.filter(team=team), rows)


@transaction.atomic
def store_memberships(team: Team, rows: Sequence[Line], seen: str, *, by: Member | None) -> Plan:
    """Do it. Raises ListChanged where the plan is another one now than was `seen` (its token)."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    return _store(TeamMembership.objects.filter(team=team), rows, seen, by, team=team)


def plan_assignments(zone: Zone, rows: Sequence[Line]) -> Plan:
    """What a file of a zone's people would do. Two queries."""
    return _plan(ZoneAssignment.objects.filter(zone=zone), rows)


@transaction.atomic
def store_assignments(zone: Zone, rows: Sequence[Line], seen: str, *, by: Member | None) -> Plan:
    """Do it. Raises ListChanged where the plan is another one now than was `seen` (its token)."""
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    return _store(ZoneAssignment.objects.filter(zone=zone), rows, seen, by, zone=zone)


def _store(spans: "QuerySet[Any]", rows: Sequence[Line], seen: str, by: Member | None, **place: Team | Zone) -> Plan:
    about = _about(_plan(spans, rows))
    held = hold_members(about)
    plan = _plan(spans.select_for_update(of=("self",)).order_by("pk"), rows)
    if plan.token != seen or _about(plan) != about:
        raise ListChanged
    (where,) = place.values()
    fresh = [spans.model(organization_id=where.organization_id, **place, **row.values) for row in plan.added]
    spans.model.objects.bulk_create(fresh)
    for row in plan.changed:
        row.entry.end = row.changes["end"][1]
    spans.model.objects.bulk_update([row.entry for row in plan.changed], ["end"])
    made = [
        (span, {"member": (None, span.member_id), "start": (None, span.start), "end": (None, span.end)})
        for span in fresh
    ]
    batch = uuid.uuid4()
    record_all(made, by=by, why="imported", batch=batch)
    record_all([(row.entry, row.changes) for row in plan.changed], by=by, why="imported", batch=batch)
    for member in held:
        if member.active_to is not None:
            keep_to_last_day(member, by=by)
    return plan


def _about(plan: Plan) -> set[int]:
    """Whose days would be stored."""
    return {row.values["member_id"] for row in plan.added} | {row.entry.member_id for row in plan.changed}


def _plan(spans: "QuerySet[Any]", rows: Sequence[Line]) -> Plan:
    there = list(spans)
    stand = {(span.member_id, span.start): span for span in there}
    people = _People()
    read = {row.line: _read(row, people, stand) for row in rows}
    first: dict[tuple[int, date], int] = {}
    for line, days in read.items():
        if isinstance(days, Days) and (before := first.setdefault((days.member.pk, days.start), line)) != line:
            read[line] = days.refused(f"Line {before:,} has this person and first day already.")
    for days in _overlapping(there, [days for days in read.values() if isinstance(days, Days)]):
        read[days.line] = days.refused(OVERLAP)
    return Plan([days.planned() if isinstance(days, Days) else days for days in read.values()])


class _People:
    """Everybody, by name and by address. One query."""

    def __init__(self) -> None:
        self.named: dict[str, list[Member]] = defaultdict(list)
        self.addressed: dict[str, Member] = {}
        for member in Member.objects.all():
            self.named[member.name_key].append(member)
            if member.email:
                self.addressed[member.email.casefold()] = member

    def find(self, name: str, email: str) -> Member | str:
        """The one who is meant, or why nobody is."""
        if email:
            member = self.addressed.get(email.casefold())
            if member is None:
                return "Nobody has this e-mail address."
            if name and name_key(name) != member.name_key:
                return f"This e-mail address belongs to {member.name}."
            return member
        if not name:
            return "It says nobody."
        found = self.named.get(name_key(name), [])
        return found[0] if len(found) == 1 else AMBIGUOUS if found else "Nobody has this name."


def _read(row: Line, people: _People, stand: dict[tuple[int, date], Any]) -> Days | Planned:
    name = " ".join(row.cells["person"].split())
    member = people.find(name, row.cells.get("email", "").strip())
    if isinstance(member, str):
        return Planned(row.line, name or row.cells.get("email", ""), "refuse", member)
    try:
        start = _day(row.cells.get("start", ""), "first")
        if start is None:
            raise ValueError("The first day is missing.")
        span = stand.get((member.pk, start))
        end = _day(row.cells["end"], "last") if "end" in row.cells else span.end if span else None
    except ValueError as error:
        return Planned(row.line, name, "refuse", str(error))
    days = Days(row.line, member, start, end, span)
    reason = "The last day is before the first." if end and end < start else after_last_day(member, start)
    return days.refused(reason) if reason else days


def _day(text: str, which: str) -> date | None:
    """A day as `CSV out` writes it, None for an empty cell. Raises ValueError with words for the user."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise ValueError(f"The {which} day is not written as 2026-12-24.") from error


def _overlapping(there: Sequence[Any], meant: Sequence[Days]) -> list[Days]:
    """Those that share days with others of the same person, once everything else is stored."""
    spans: dict[int, list[Any]] = defaultdict(list)
    for span in there:
        spans[span.member_id].append(span)
    changes = {days.span.pk: days for days in meant if days.span is not None and days.span.end != days.end}
    refused: list[Days] = []

    def clashes(days: Days) -> bool:
        others = (span for span in spans[days.member.pk] if days.span is None or span.pk != days.span.pk)
        return any(days.overlaps(span.start, changes.get(span.pk, span).end) for span in others)

    while wrong := [days for days in changes.values() if clashes(days)]:
        refused += wrong  # and what they would have changed stands as before, which may clash with others
        for days in wrong:
            del changes[days.span.pk]
    added: dict[int, list[Days]] = defaultdict(list)
    for days in meant:
        if days.span is None:
            if clashes(days) or any(days.overlaps(each.start, each.end) for each in added[days.member.pk]):
                refused.append(days)
            else:
                added[days.member.pk].append(days)
    return refused
