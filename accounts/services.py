"""What changes organizations and their people: one function an intention, each in one transaction."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Member, Organization, Role, Team, TeamManager, TeamMembership, User
from accounts.tenancy import tenant


class SpansOverlap(ValueError):
    """The person is in this team already on some of these days."""


def create_organization(name: str, slug: str, *, admin: User, **settings: Any) -> Organization:
    """Found an organization with its first admin. `settings` are further fields of Organization.

    Raises ValidationError where a value doesn't hold.
    """
    organization = Organization(name=name, slug=slug, **settings)
    organization.full_clean()
    with transaction.atomic():
        organization.save()
        with tenant(organization):
            add_member(organization, name=admin.get_full_name(), role=Role.ADMIN, user=admin, email=admin.email)
    return organization


def add_member(
    organization: Organization,
    *,
    name: str,
    role: Role = Role.SALESPERSON,
    user: User | None = None,
    email: str = "",
    active_from: date | None = None,
) -> Member:
    """Add a person to the open organization, with a login or without."""
    return Member.objects.create(
        organization=organization,
        name=name,
        role=role,
        user=user,
        email=email.strip().lower(),
        active_from=active_from,
    )


@transaction.atomic
def join_team(member: Member, team: Team, *, start: date, end: date | None = None) -> TeamMembership:
    """Make somebody part of a team from `start` to `end`, both included. Raises SpansOverlap."""
    Team.objects.select_for_update().get(pk=team.pk)
    ends_after = Q(end__isnull=True) | Q(end__gte=start)
    overlapping = TeamMembership.objects.filter(ends_after, team=team, member=member)
    if end is not None:
        overlapping = overlapping.filter(start__lte=end)
    if overlapping.exists():
        raise SpansOverlap(f"{member} is in {team} already on some of these days.")
    return TeamMembership.objects.create(
        organization_id=team.organization_id, team=team, member=member, start=start, end=end
    )


def manage_team(member: Member, team: Team) -> TeamManager:
    """Make somebody a manager of a team; once is enough."""
    manager, _ = TeamManager.objects.get_or_create(organization_id=team.organization_id, team=team, member=member)
    return manager
