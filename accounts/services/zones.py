"""Zones, and who works them when."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Member, Organization, Zone, ZoneAssignment
from accounts.services.audit import record, save_changes
from accounts.services.conflicts import save_seen_changes
from accounts.services.leaving import hold_member, keep_to_last_day, refuse_after_last_day
from accounts.services.naming import save_new
from accounts.services.removal import delete_unused
from accounts.services.spans import refuse_backwards, refuse_overlap


@transaction.atomic
def add_zone(organization: Organization, *, name: str, by: Member | None = None) -> Zone:
    """Add a zone. Raises ValidationError for a name that is taken."""
    zone = Zone(organization=organization, name=name)
    save_new(zone, by=by)
    return zone


@transaction.atomic
def rename_zone(zone: Zone, *, name: str, by: Member | None, seen: str | None = None) -> Zone:
    """Give a zone another name; `seen` is the one that was shown.

    Raises ValidationError for a name that is taken, ChangedMeanwhile.
    """
    zone = Zone.objects.select_for_update().get(pk=zone.pk)
    save_seen_changes(zone, {"name": name}, seen={} if seen is None else {"name": seen}, by=by)
    return zone


@transaction.atomic
def delete_zone(zone: Zone, *, by: Member | None) -> None:
    """Delete a zone that nobody ever worked and no deal names. Raises InUse."""
    delete_unused(Zone.objects.select_for_update().get(pk=zone.pk), by=by)


@transaction.atomic
def assign_zone(
    member: Member, zone: Zone, *, start: date, end: date | None = None, by: Member | None = None
) -> ZoneAssignment:
    """Give somebody a zone from `start` to `end`, both included; saying it twice is saying it once.

    Raises SpansOverlap, ValidationError.
    """
    Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
    member = hold_member(member.pk)
    spans = ZoneAssignment.objects.filter(zone=zone, member=member)
    if same := spans.filter(start=start, end=end).first():
        return same
    refuse_backwards(start, end)
    refuse_after_last_day(member, start)
    refuse_overlap(spans, start, end, f"{member} works {zone} already on some of these days.")
    assignment = ZoneAssignment(organization_id=zone.organization_id, zone=zone, member=member, start=start, end=end)
    assignment.full_clean()
    assignment.save()
    record(assignment, {"member": (None, member), "start": (None, start), "end": (None, end)}, by=by, why="added")
    if member.active_to is not None:
        keep_to_last_day(member, by=by)
        assignment.refresh_from_db()
    return assignment


@transaction.atomic
def end_assignment(assignment: ZoneAssignment, *, end: date, by: Member | None) -> ZoneAssignment:
    """End an assignment with a last day. Raises SpansOverlap, ValidationError for one before the first."""
    return redate_assignment(assignment, start=assignment.start, end=end, by=by)


@transaction.atomic
def redate_assignment(
    assignment: ZoneAssignment,
    *,
    start: date,
    end: date | None,
    by: Member | None,
    seen: tuple[date, date | None] | None = None,
) -> ZoneAssignment:
    """Change the first or the last day of an assignment; `seen` are those that were shown.

    Raises SpansOverlap, ValidationError, ChangedMeanwhile.
    """
    Zone.objects.select_for_update(no_key=True).get(pk=assignment.zone_id)
    member = hold_member(assignment.member_id)
    assignment = ZoneAssignment.objects.select_for_update().get(pk=assignment.pk)
    others = ZoneAssignment.objects.filter(zone=assignment.zone_id, member=assignment.member_id)
    others = others.exclude(pk=assignment.pk)
    if seen is not None:  # what this person didn't touch stays as somebody else left it
        start = assignment.start if start == seen[0] else start
        end = assignment.end if end == seen[1] else end
    refuse_backwards(start, end)
    refuse_after_last_day(member, start)
    refuse_overlap(others, start, end, "Another assignment of this zone covers some of these days.")
    shown = {} if seen is None else {"start": seen[0], "end": seen[1]}
    save_seen_changes(assignment, {"start": start, "end": end}, seen=shown, by=by)
    if member.active_to is not None:
        keep_to_last_day(member, by=by)
        assignment.refresh_from_db()
    return assignment


@transaction.atomic
def move_assignment(assignment: ZoneAssignment, zone: Zone, *, start: date, by: Member | None) -> ZoneAssignment:
    """Let somebody leave one zone on the day before `start` and work another from then on.

    Raises SpansOverlap, ValidationError.
    """
    list(Zone.objects.filter(pk__in=(assignment.zone_id, zone.pk)).order_by("pk").select_for_update(no_key=True))
    hold_member(assignment.member_id)
    assignment = ZoneAssignment.objects.select_for_update().get(pk=assignment.pk)
    if zone.pk == assignment.zone_id:
        raise ValidationError({"zone": "They work this zone already. Choose another one."})
    if start <= assignment.start:
        raise ValidationError({"start": "Choose a day after the first day in the old zone."})
    if assignment.end is not None and start > assignment.end + timedelta(days=1):
        raise ValidationError(
            {"start": "They have left the old zone before that day. Add them to the new zone instead."}
        )
    save_changes(assignment, {"end": start - timedelta(days=1)}, by=by, why="moved")
    return assign_zone(assignment.member, zone, start=start, by=by)


@transaction.atomic
def remove_assignment(assignment: ZoneAssignment, *, by: Member | None) -> None:
    """Take back an assignment that was entered by mistake. One that was true gets a last day instead."""
    if ZoneAssignment.objects.select_for_update().filter(pk=assignment.pk).first() is None:
        return  # taken back already
    changes = {
        "member": (assignment.member_id, None),
        "zone": (assignment.zone_id, None),
        "start": (assignment.start, None),
        "end": (assignment.end, None),
    }
    record(assignment, changes, by=by, why="removed")
    assignment.delete()
