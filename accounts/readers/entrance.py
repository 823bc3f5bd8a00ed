"""Which organizations somebody may enter."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Member, Organization, User
from accounts.tenancy import login


@dataclass(frozen=True, slots=True)
class Membership:
    """One organization that somebody may enter, and as what."""

    slug: str
    name: str
    role: str


def current_organization_of(user: User, *, slug: str, at: datetime) -> Organization | None:
    """The organization that somebody was in last (`slug`), else the first of those that they may enter, if any."""
    slugs = [each.slug for each in memberships(user, at=at)]
    wanted = slug if slug in slugs else next(iter(slugs), None)
    return Organization.objects.filter(slug=wanted).first()


def memberships(user: User, *, at: datetime) -> list[Membership]:
    """The organizations a login belongs to on the local day of a moment, by name. Two queries and the login setting."""
    with login(user.pk):
        members = {member.organization_id: member for member in Member.objects.filter(user=user)}
    organizations = Organization.objects.filter(pk__in=members).order_by("name", "pk")
    return [
        Membership(slug=organization.slug, name=organization.name, role=members[organization.pk].get_role_display())
        for organization in organizations
        if members[organization.pk].is_active(organization.local_date(at))
    ]
