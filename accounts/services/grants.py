"""Rights over a team for somebody who isn't its manager."""

from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import Member, Role, Team, TeamGrant, TeamManager
from accounts.permissions import MANAGE
from accounts.services.audit import record


class GrantRefused(ValueError):
    """This person can't get rights over this team, or has them already; the text says why."""


@transaction.atomic
def grant_team(team: Team, *, to: Member, by: Member | None) -> TeamGrant:
    """Give a member's login a manager's rights over a team's people; once is enough. Raises GrantRefused."""
    to = Member.objects.select_for_update(no_key=True).get(pk=to.pk)
    if to.user_id is None:
        raise GrantRefused(f"{to.name} has no login yet. Invite them first.")
    if to.role == Role.ADMIN:
        raise GrantRefused(f"{to.name} is an admin and needs no grant.")
    if to.role == Role.MANAGER and TeamManager.objects.filter(team=team, member=to).exists():
        raise GrantRefused(f"{to.name} manages {team.name} already.")
    permission = Permission.objects.get(codename=MANAGE, content_type__app_label="accounts")
    grant: TeamGrant
    grant, new = TeamGrant.objects.get_or_create(
        organization_id=team.organization_id, permission=permission, user_id=to.user_id, content_object=team
    )
    if new:
        record(grant, {"member": (None, to), "team": (None, team)}, by=by, why="added")
    return grant


@transaction.atomic
def revoke_grant(grant: TeamGrant, *, by: Member | None) -> None:
    """Take the rights over a team back; a grant that is gone already is no error."""
    locked = TeamGrant.objects.select_for_update(of=("self",)).filter(pk=grant.pk).first()
    if locked is None:
        return
    member = Member.objects.filter(user=locked.user_id).first()
    record(locked, {"member": (member, None), "team": (locked.content_object_id, None)}, by=by, why="removed")
    locked.delete()
