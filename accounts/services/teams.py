"""Teams, who belongs to them and when, and who manages them."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Member, Organization, Team, TeamManager, TeamMembership
from accounts.services.audit import record, save_changes
from accounts.services.conflicts import save_seen_changes
from accounts.services.leaving import hold_member, keep_to_last_day, refuse_after_last_day
from accounts.services.naming import save_new
from accounts.services.removal import delete_unused
from accounts.services.spans import refuse_backwards, refuse_overlap


@transaction.atomic
def add_team(organization: Organization, *, name: str, by: Member | None = None) -> Team:
    """Add a team. Raises ValidationError for a name that is taken."""
    team = Team(organization=organization, name=name)
    save_new(team, by=by)
    return team


@transaction.atomic
def rename_team(team: Team, *, name: str, by: Member | None, seen: str | None = None) -> Team:
    """Give a team another name; `seen` is the one that was shown.

    Raises ValidationError for a name that is taken, ChangedMeanwhile.
    """
    team = Team.objects.select_for_update().get(pk=team.pk)
    save_seen_changes(team, {"name": name}, seen={} if seen is None else {"name": seen}, by=by)
    return team


@transaction.atomic
def delete_team(team: Team, *, by: Member | None) -> None:
    """Delete a team that nobody ever belonged to. Raises InUse."""
    delete_unused(Team.objects.select_for_update().get(pk=team.pk), by=by)


@transaction.atomic
def join_team(
    member: Member, team: Team, *, start: date, end: date | None = None, by: Member | None = None
) -> TeamMembership:
    """Make somebody part of a team from `start` to `end`, both included; saying it twice is saying it once.

    Raises SpansOverlap, ValidationError.
    """
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    member = hold_member(member.pk)
    spans = TeamMembership.objects.filter(team=team, member=member)
    if same := spans.filter(start=start, end=end).first():
        return same
    refuse_backwards(start, end)
    refuse_after_last_day(member, start)
    refuse_overlap(spans, start, end, f"{member} is in {team} already on some of these days.")
    membership = TeamMembership(organization_id=team.organization_id, team=team, member=member, start=start, end=end)
    membership.full_clean()
    membership.save()
    record(membership, {"member": (None, member), "start": (None, start), "end": (None, end)}, by=by, why="added")
    if member.active_to is not None:
        keep_to_last_day(member, by=by)
        membership.refresh_from_db()
    return membership


@transaction.atomic
def leave_team(membership: TeamMembership, *, end: date, by: Member | None) -> TeamMembership:
    """End a membership with a last day. Raises SpansOverlap, ValidationError for one before the first."""
    return redate_membership(membership, start=membership.start, end=end, by=by)


@transaction.atomic
def redate_membership(
    membership: TeamMembership,
    *,
    start: date,
    end: date | None,
    by: Member | None,
    seen: tuple[date, date | None] | None = None,
) -> TeamMembership:
    """Change the first or the last day of a membership; `seen` are those that were shown.

    Raises SpansOverlap, ValidationError, ChangedMeanwhile.
    """
    Team.objects.select_for_update(no_key=True).get(pk=membership.team_id)
    member = hold_member(membership.member_id)
    membership = TeamMembership.objects.select_for_update().get(pk=membership.pk)
    others = TeamMembership.objects.filter(team=membership.team_id, member=membership.member_id)
    others = others.exclude(pk=membership.pk)
    if seen is not None:  # what this person didn't touch stays as somebody else left it
        start = membership.start if start == seen[0] else start
        end = membership.end if end == seen[1] else end
    refuse_backwards(start, end)
    refuse_after_last_day(member, start)
    refuse_overlap(others, start, end, "Another membership in this team covers some of these days.")
    shown = {} if seen is None else {"start": seen[0], "end": seen[1]}
    save_seen_changes(membership, {"start": start, "end": end}, seen=shown, by=by)
    if member.active_to is not None:
        keep_to_last_day(member, by=by)
        membership.refresh_from_db()
    return membership


@transaction.atomic
def move_member(membership: TeamMembership, team: Team, *, start: date, by: Member | None) -> TeamMembership:
    """Let somebody leave one team on the day before `start` and belong to another from then on.

    Raises SpansOverlap, ValidationError.
    """
    list(Team.objects.filter(pk__in=(membership.team_id, team.pk)).order_by("pk").select_for_update(no_key=True))
    hold_member(membership.member_id)
    membership = TeamMembership.objects.select_for_update().get(pk=membership.pk)
    if team.pk == membership.team_id:
        raise ValidationError({"team": "They are in this team already. Choose another one."})
    if start <= membership.start:
        raise ValidationError({"start": "Choose a day after the first day in the old team."})
    if membership.end is not None and start > membership.end + timedelta(days=1):
        raise ValidationError(
            {"start": "They have left the old team before that day. Add them to the new team instead."}
        )
    save_changes(membership, {"end": start - timedelta(days=1)}, by=by, why="moved")
    return join_team(membership.member, team, start=start, by=by)


@transaction.atomic
def remove_membership(membership: TeamMembership, *, by: Member | None) -> None:
    """Take back a membership that was entered by mistake. One that was true gets a last day instead."""
    if TeamMembership.objects.select_for_update().filter(pk=membership.pk).first() is None:
        return  # taken back already
    changes = {
        "member": (membership.member_id, None),
        "team": (membership.team_id, None),
        "start": (membership.start, None),
        "end": (membership.end, None),
    }
    record(membership, changes, by=by, why="removed")
    membership.delete()


@transaction.atomic
def manage_team(member: Member, team: Team, *, by: Member | None = None) -> TeamManager:
    """Make somebody a manager of a team; once is enough."""
    manager, new = TeamManager.objects.get_or_create(organization_id=team.organization_id, team=team, member=member)
    if new:
        record(manager, {"member": (None, member), "team": (None, team)}, by=by, why="added")
    return manager


@transaction.atomic
def stop_managing(manager: TeamManager, *, by: Member | None) -> None:
    """Take a team away from its manager; done twice, it is noted once."""
    if TeamManager.objects.select_for_update().filter(pk=manager.pk).first() is None:
        return
    record(manager, {"member": (manager.member_id, None), "team": (manager.team_id, None)}, by=by, why="removed")
    manager.delete()
