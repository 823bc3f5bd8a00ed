"""Invitations as the list of them, and the person who follows a link, see them."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Invitation, User
from accounts.services.invitations import hash_of, is_vouched_for
from accounts.tenancy import current_organization


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation that nobody has used yet."""

    id: int
    email: str
    name: str
    role: str
    team: str
    member_id: int | None
    who: str
    sent: datetime
    until: datetime
    expired: bool
    vouched: bool  # its sender could still send it; else the link works no longer


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link's reader is asked into. `known`: the address has a login; `used`: somebody got in by it already."""

    email: str
    name: str
    role: str
    team: str
    who: str
    known: bool
    used: bool


def open_invitations(*, at: datetime) -> list[InvitationRow]:
    """Invitations that are neither used nor revoked, the newest first, those that ran out last. One query."""
    today = current_organization().local_date(at)
    found = Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("team", "created_by__user")
    rows = [
        InvitationRow(
            id=each.pk,
            email=each.email,
            name=each.name,
            role=each.get_role_display(),
            team=each.team.name if each.team else "",
            member_id=each.member_id,
            who=each.created_by.name if each.created_by else "",
            sent=each.created_at,
            until=each.expires_at,
            expired=each.expires_at <= at,
            vouched=is_vouched_for(each, today),
        )
        for each in found.order_by("-created_at", "-pk")
    ]
    return sorted(rows, key=lambda row: row.expired)


def count_open_invitations() -> int:
    """How many there are. One query."""
    return Invitation.objects.filter(accepted_at=None, revoked_at=None).count()


def invitation_by_token(token: str, *, at: datetime) -> Asked | None:
    """What a link opens in the open organization; None for nothing any more. Two queries."""
    found = Invitation.objects.select_related("team", "created_by__user", "member")
    each = found.filter(token_hash=hash_of(token), revoked_at=None).first()
    if each is None:
        return None
    today = current_organization().local_date(at)
    if each.accepted_at is None and (each.expires_at <= at or not is_vouched_for(each, today)):
        return None
    return Asked(
        email=each.email,
        name=each.name or (each.member.name if each.member else ""),
        role=each.get_role_display(),
        team=each.team.name if each.team else "",
        who=each.created_by.name if each.created_by else "",
        known=User.objects.filter(email=each.email).exists(),
        used=each.accepted_at is not None,
    )
