"""Operating companies."""

from django.db import transaction

from accounts.models import Company, Member, Organization
from accounts.services.conflicts import save_seen_changes
from accounts.services.naming import save_new
from accounts.services.removal import delete_unused


@transaction.atomic
def add_company(organization: Organization, *, name: str, by: Member | None = None) -> Company:
    """Add an operating company. Raises ValidationError for a name that is taken."""
    company = Company(organization=organization, name=name)
    save_new(company, by=by)
    return company


@transaction.atomic
def rename_company(company: Company, *, name: str, by: Member | None, seen: str | None = None) -> Company:
    """Give an operating company another name; `seen` is the one that was shown.

    Raises ValidationError for a name that is taken, ChangedMeanwhile.
    """
    company = Company.objects.select_for_update().get(pk=company.pk)
    save_seen_changes(company, {"name": name}, seen={} if seen is None else {"name": seen}, by=by)
    return company


@transaction.atomic
def delete_company(company: Company, *, by: Member | None) -> None:
    """Delete an operating company without records. Raises InUse."""
    delete_unused(Company.objects.select_for_update().get(pk=company.pk), by=by)
