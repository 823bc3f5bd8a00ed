"""Organizations, their operating companies and closing days."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import ClosingDay, Company, Member, Organization, Role, User
from accounts.services.audit import record, save_changes
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
def change_organization(organization: Organization, *, by: Member | None, **changes: Any) -> Organization:
    """Change the organization's settings. Raises ValidationError."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    save_changes(organization, changes, by=by)
    return organization


@transaction.atomic
def add_company(organization: Organization, *, name: str, by: Member | None = None) -> Company:
    """Add an operating company. Raises ValidationError for a name that is taken."""
    company = Company(organization=organization, name=name)
    company.full_clean()
    company.save()
    record(company, {"name": (None, name)}, by=by, why="added")
    return company


@transaction.atomic
def rename_company(company: Company, *, name: str, by: Member | None) -> Company:
    """Give an operating company another name. Raises ValidationError for one that is taken."""
    company = Company.objects.select_for_update().get(pk=company.pk)
    save_changes(company, {"name": name}, by=by)
    return company


@transaction.atomic
def add_closing_day(organization: Organization, *, day: date, name: str = "", by: Member | None = None) -> ClosingDay:
    """Close on a day; on one that is closed already, change its name."""
    closing, new = ClosingDay.objects.get_or_create(organization=organization, day=day, defaults={"name": name})
    if new:
        record(closing, {"day": (None, day), "name": (None, name)}, by=by, why="added")
    else:
        save_changes(closing, {"name": name}, by=by)
    return closing


@transaction.atomic
def remove_closing_day(closing: ClosingDay, *, by: Member | None) -> None:
    """Open on this day after all."""
    record(closing, {"day": (closing.day, None), "name": (closing.name, None)}, by=by, why="removed")
    closing.delete()
