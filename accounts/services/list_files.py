"""Files of operating companies, teams, zones and closing days: what they would change, and storing just that."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import ClosingDay, Company, Member, Team, Zone
from accounts.services.closing_days import add_closing_days
from accounts.services.lists import Line, ListChanged, Plan, Planned, Wanted, plan_entries, store_entries
from accounts.tenancy import current_organization

LONGEST_CLOSING_NAME = 120


def plan_companies(rows: Sequence[Line]) -> Plan:
    """What a file of operating companies would do."""
    return plan_entries(Company.objects.all(), _named(rows))


def store_companies(rows: Sequence[Line], seen: str, *, by: Member | None) -> Plan:
    """Do it. Raises ListChanged."""
    return _stored(Company.objects.all(), rows, seen, by)


def plan_teams(rows: Sequence[Line]) -> Plan:
    """What a file of teams would do."""
    return plan_entries(Team.objects.all(), _named(rows))


def store_teams(rows: Sequence[Line], seen: str, *, by: Member | None) -> Plan:
    """Do it. Raises ListChanged."""
    return _stored(Team.objects.all(), rows, seen, by)


def plan_zones(rows: Sequence[Line]) -> Plan:
    """What a file of zones would do."""
    return plan_entries(Zone.objects.all(), _named(rows))


def store_zones(rows: Sequence[Line], seen: str, *, by: Member | None) -> Plan:
    """Do it. Raises ListChanged."""
    return _stored(Zone.objects.all(), rows, seen, by)


def plan_closing_days(rows: Sequence[Line]) -> Plan:
    """What a file of closing days would do: days are added, and get the names that the file has. One query."""
    there = {closing.day: closing for closing in ClosingDay.objects.all()}
    lines: dict[date, int] = {}
    return Plan([_planned_day(row, there, lines) for row in rows])


@transaction.atomic
def store_closing_days(rows: Sequence[Line], seen: str, *, by: Member | None) -> Plan:
    """Do it. Raises ListChanged."""
    list(ClosingDay.objects.select_for_update())
    plan = plan_closing_days(rows)
    if plan.token != seen:
        raise ListChanged
    days = {row.values["day"]: row.values["name"] for row in (*plan.added, *plan.changed)}
    add_closing_days(current_organization(), days=days, by=by)
    return plan


def _named(rows: Sequence[Line]) -> list[Wanted]:
    return [Wanted(row.line, {"name": row.cells["name"]}) for row in rows]


def _stored(entries: "QuerySet[Any]", rows: Sequence[Line], seen: str, by: Member | None) -> Plan:
    return store_entries(entries, _named(rows), seen=seen, by=by)


def _planned_day(row: Line, there: dict[date, ClosingDay], lines: dict[date, int]) -> Planned:
    text = row.cells["day"].strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Planned(row.line, text, "refuse", "The day is not written as 2026-12-24.")
    closing = there.get(day)
    name = " ".join(row.cells.get("name", closing.name if closing else "").split())
    if not 2000 <= day.year <= 2099:
        return Planned(row.line, text, "refuse", "The day is not between 2000 and 2099.")
    if len(name) > LONGEST_CLOSING_NAME:
        return Planned(row.line, text, "refuse", f"What for is longer than {LONGEST_CLOSING_NAME} characters.")
    if day in lines:
        return Planned(row.line, text, "refuse", f"Line {lines[day]:,} has this day already.")
    lines[day] = row.line
    values = {"day": day, "name": name}
    if closing is None:
        return Planned(row.line, text, "add", values=values)
    if closing.name == name:
        return Planned(row.line, text, "same", entry=closing)
    words = (f"{closing.name or 'none'} → {name or 'none'}",)
    changes = {"name": (closing.name, name)}
    return Planned(row.line, text, "change", values=values, changes=changes, words=words, entry=closing)
