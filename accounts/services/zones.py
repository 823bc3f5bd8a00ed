"""Zones, and who works them when."""

from datetime import date

from django.db import transaction

from accounts.models import Member, Organization, Zone, ZoneAssignment
from accounts.services.audit import record, save_changes
from accounts.services.spans import refuse_overlap


@transaction.atomic
def add_zone(organization: Organization, *, name: str, by: Member | None = None) -> Zone:
    """Add a zone. Raises ValidationError for a name that is taken."""
    zone = Zone(organization=organization, name=name)
    zone.full_clean()
    zone.save()
    record(zone, {"name": (None, name)}, by=by, why="added")
    return zone


@transaction.atomic
def rename_zone(zone: Zone, *, name: str, by: Member | None) -> Zone:
    """Give a zone another name. Raises ValidationError for one that is taken."""
    zone = Zone.objects.select_for_update().get(pk=zone.pk)
    save_changes(zone, {"name": name}, by=by)
    return zone


@transaction.atomic
def assign_zone(
    member: Member, zone: Zone, *, start: date, end: date | None = None, by: Member | None = None
) -> ZoneAssignment:
    """Give somebody a zone from `start` to `end`, both included. Raises SpansOverlap, ValidationError."""
    Zone.objects.select_for_update().get(pk=zone.pk)
    spans = ZoneAssignment.objects.filter(zone=zone, member=member)
    refuse_overlap(spans, start, end, f"{member} works {zone} already on some of these days.")
    assignment = ZoneAssignment(organization_id=zone.organization_id, zone=zone, member=member, start=start, end=end)
    assignment.full_clean()
    assignment.save()
    record(assignment, {"member": (None, member), "start": (None, start), "end": (None, end)}, by=by, why="added")
    return assignment


@transaction.atomic
def end_assignment(assignment: ZoneAssignment, *, end: date, by: Member | None) -> ZoneAssignment:
    """End an assignment with a last day. Raises ValidationError for one before the first."""
    assignment = ZoneAssignment.objects.select_for_update().get(pk=assignment.pk)
    others = ZoneAssignment.objects.filter(zone=assignment.zone_id, member=assignment.member_id)
    others = others.exclude(pk=assignment.pk)
    refuse_overlap(others, assignment.start, end, "Another assignment of this zone covers some of these days.")
    save_changes(assignment, {"end": end}, by=by)
    return assignment
