"""Organizations and their settings."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Member, Organization, Role, User
from accounts.services.audit import record
from accounts.services.conflicts import save_seen_changes
from accounts.services.members import add_member
from accounts.tenancy import tenant


@transaction.atomic
def create_organization(name: str, slug: str, *, admin: User, **settings: Any) -> Organization:
    """Found an organization with its first admin and no lists; `ledger.founding` adds those every company starts with.

    `settings` are further fields of Organization. Raises ValidationError where a value doesn't hold.
    """
    organization = Organization(name=name, slug=slug, **settings)
    organization.full_clean()
    organization.save()
    with tenant(organization):
        record(organization, {"name": (None, name)}, by=None, why="added")
        add_member(organization, name=admin.get_full_name(), role=Role.ADMIN, user=admin, email=admin.email)
    return organization


@transaction.atomic
def change_organization(
    organization: Organization, *, by: Member | None, seen: Mapping[str, Any] | None = None, **changes: Any
) -> Organization:
    """Change the organization's settings; of those that were `seen`, only what differs from what was shown.

    Raises ValidationError, ChangedMeanwhile.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    save_seen_changes(organization, changes, seen=seen or {}, by=by)
    return organization
