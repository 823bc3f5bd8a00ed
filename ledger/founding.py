"""A new organization with the lists that every company starts with; an admin changes them later."""

from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from accounts.services import create_organization
from accounts.services.invitations import new_login
from accounts.services.logins import confirm_address
from accounts.tenancy import tenant
from ledger.models import Channel, DealState

CHANNELS = ("Phone", "E-mail", "Web", "Shop", "Social")
# Name, is_initial, triggers_commission, is_ordered: both of the last two count as confirmed (docs/glossary.md).
STATES = (
    ("Proposed", True, False, False),
    ("Confirmed", False, True, True),
    ("Cancelled", False, False, False),
)


@transaction.atomic
def found_organization(name: str, slug: str, *, admin: User, **settings: Any) -> Organization:
    """Found an organization with its first admin, five channels and three deal states. Raises ValidationError."""
    organization = create_organization(name, slug, admin=admin, **settings)
    with tenant(organization):
        for position, channel in enumerate(CHANNELS):
            Channel.objects.create(organization=organization, name=channel, position=position)
        for position, (state, initial, commission, ordered) in enumerate(STATES):
            DealState.objects.create(
                organization=organization,
                name=state,
                position=position,
                is_initial=initial,
                triggers_commission=commission,
                is_ordered=ordered,
            )
    return organization


@transaction.atomic
def found_with_new_login(
    name: str, slug: str, *, email: str, person: str, password: str, **settings: Any
) -> tuple[Organization, User]:
    """Found an organization with somebody who has no login yet, and has shown that the address is theirs.

    Raises LoginExists, ValidationError.
    """
    user = new_login(email, name=person, password=password)
    confirm_address(user)
    return found_organization(name, slug, admin=user, **settings), user
