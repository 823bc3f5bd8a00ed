"""Teams, who belongs to them and when, and who manages them."""

from datetime import date

from django.db import transaction

from accounts.models import Member, Organization, Team, TeamManager, TeamMembership
from accounts.services.audit import record, save_changes
from accounts.services.spans import refuse_overlap


@transaction.atomic
def add_team(organization: Organization, *, name: str, by: Member | None = None) -> Team:
    """Add a team. Raises ValidationError for a name that is taken."""
    team = Team(organization=organization, name=name)
    team.full_clean()
    team.save()
    record(team, {"name": (None, name)}, by=by, why="added")
    return team


@transaction.atomic
def rename_team(team: Team, *, name: str, by: Member | None) -> Team:
    """Give a team another name. Raises ValidationError for one that is taken."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    save_changes(team, {"name": name}, by=by)
    return team


@transaction.atomic
def join_team(
    member: Member, team: Team, *, start: date, end: date | None = None, by: Member | None = None
) -> TeamMembership:
    """Make somebody part of a team from `start` to `end`, both included. Raises SpansOverlap, ValidationError."""
    Team.objects.select_for_update().get(pk=team.pk)
    spans = TeamMembership.objects.filter(team=team, member=member)
    refuse_overlap(spans, start, end, f"{member} is in {team} already on some of these days.")
    membership = TeamMembership(organization_id=team.organization_id, team=team, member=member, start=start, end=end)
    membership.full_clean()
    membership.save()
    record(membership, {"member": (None, member), "start": (None, start), "end": (None, end)}, by=by, why="added")
    return membership


@transaction.atomic
def leave_team(membership: TeamMembership, *, end: date, by: Member | None) -> TeamMembership:
    """End a membership with a last day. Raises ValidationError for one before the first."""
    membership = TeamMembership.objects.select_for_update().get(pk=membership.pk)
    others = TeamMembership.objects.filter(team=membership.team_id, member=membership.member_id)
    others = others.exclude(pk=membership.pk)
    refuse_overlap(others, membership.start, end, "Another membership in this team covers some of these days.")
    save_changes(membership, {"end": end}, by=by)
    return membership


@transaction.atomic
def manage_team(member: Member, team: Team, *, by: Member | None = None) -> TeamManager:
    """Make somebody a manager of a team; once is enough."""
    manager, new = TeamManager.objects.get_or_create(organization_id=team.organization_id, team=team, member=member)
    if new:
        record(manager, {"member": (None, member), "team": (None, team)}, by=by, why="added")
    return manager


@transaction.atomic
def stop_managing(manager: TeamManager, *, by: Member | None) -> None:
    """Take a team away from its manager."""
    record(manager, {"member": (manager.member_id, None), "team": (manager.team_id, None)}, by=by, why="removed")
    manager.delete()
