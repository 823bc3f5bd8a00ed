"""Invitations: asking people in, and letting them in.

The secret of a letter's link is made when the letter is sent, and only its SHA-256 is kept: neither the database nor
the queue ever holds what opens the door.
"""

import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Invitation, Member, Organization, Role, Team, TeamMembership, User
from accounts.permissions import SETTINGS, reaches_all
from accounts.services.audit import record
from accounts.services.letters import send_letter
from accounts.services.logins import add_login, confirm_address
from accounts.services.members import LoginTaken, add_member, change_member, lock_people
from accounts.services.outbox import enqueue
from accounts.services.teams import join_team
from accounts.tenancy import current_organization, tenant

VALID = timedelta(days=7)
#: The same form sent twice, as by a double click, comes within this time.
TWICE = timedelta(minutes=1)


class AlreadyInvited(ValueError):
    """An invitation to this address, or for this person, is still open."""


class AlreadyMember(ValueError):
    """Somebody with this address is here already, with a login or as one who has left: `member`."""

    def __init__(self, member: Member) -> None:
        super().__init__(f"{member} is here already.")
        self.member = member


class InvitationGone(ValueError):
    """There is no such invitation, or it was used, revoked or left lying too long. Nobody learns which."""


class OtherAddress(ValueError):
    """The invitation is for another address than the one somebody is signed in with."""


class LoginExists(ValueError):
    """The address has a login already, whose owner signs in first."""


def hash_of(token: str) -> str:
    """What is kept of a link's secret."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def invite(
    *,
    email: str,
    at: datetime,
    by: Member | None,
    role: str = Role.SALESPERSON,
    name: str = "",
    team: Team | None = None,
    member: Member | None = None,
) -> Invitation:
    """Invite an address into the open organization, and send the letter. Raises AlreadyMember, AlreadyInvited.

    An open invitation whose sender may invite nobody any more gives way.

    A person who is known by this address and has no login gets one; `member` names somebody else who shall. The same
    invitation twice within a minute is one. Raises ValidationError where a value doesn't hold.
    """
    email = email.strip().lower()
    today = current_organization().local_date(at)
    theirs = Q(email=email) | Q(user__email=email) | Q(pk=member.pk if member else None)
    lock_people(theirs)
    for other in Member.objects.filter(theirs).select_related("user").order_by("pk"):
        left = other.active_to is not None and other.active_to < today
        if other.user_id or left or (member is not None and other.pk != member.pk):
            raise AlreadyMember(other)
        member = other
    own = Q(email=email) | (Q(member=member) if member else Q())
    open_ones = Invitation.objects.filter(own, accepted_at=None, revoked_at=None).select_related("created_by__user")
    for standing in open_ones.order_by("pk").select_for_update(of=("self",)):
        if standing.expires_at > at and is_vouched_for(standing, today):
            same = (standing.email, standing.role, standing.team_id) == (email, role, team.pk if team else None)
            if same and standing.created_at > at - TWICE:
                return standing
            raise AlreadyInvited(f"{standing.email} is invited already.")
        _revoke(standing, at=at, by=by)
    invitation = Invitation(
        organization=current_organization(),
        email=email,
        name=name.strip(),
        role=role,
        team=team,
        member=member,
        token_hash=_hash_that_nothing_has(),
        created_by=by,
        expires_at=at + VALID,
    )
    invitation.clean_fields()
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:  # somebody else was a moment faster
        raise AlreadyInvited(f"{email} is invited already.") from error
    record(invitation, {"email": (None, email), "role": (None, str(role))}, by=by, why="added")
    _post(invitation)
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation, *, at: datetime, by: Member | None) -> Invitation:
    """Send the letter again, with a new link and a week more; the old link no longer works. Raises InvitationGone.

    It is `by`'s invitation from then on.
    """
    invitation = _open(Q(pk=invitation.pk))
    before = {"expires_at": invitation.expires_at, "created_by": invitation.created_by}
    invitation.expires_at = at + VALID
    invitation.token_hash = _hash_that_nothing_has()
    invitation.created_by = by or invitation.created_by
    invitation.save(update_fields=["expires_at", "token_hash", "created_by"])
    changes = {field: (old, getattr(invitation, field)) for field, old in before.items()}
    record(invitation, changes, by=by, why="sent again")
    _post(invitation)
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, at: datetime, by: Member | None) -> None:
    """Let nobody in by this invitation any more; twice is once. Raises InvitationGone where somebody is in already."""
    locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if locked.accepted_at:
        raise InvitationGone
    if not locked.revoked_at:
        _revoke(locked, at=at, by=by)


def send_invitation(organization: Organization, invitation_id: int, *, at: datetime) -> bool:
    """Send an invitation's letter with a link made for it; False where it is no longer open, or nobody stands for it.

    The link is kept before the letter leaves: of two letters the later one's opens the door, and none leads nowhere.
    """
    token = secrets.token_urlsafe(32)
    with tenant(organization):
        try:
            invitation = _open(Q(pk=invitation_id, expires_at__gt=at))
        except InvitationGone:
            return False
        if not is_vouched_for(invitation, organization.local_date(at)):
            return False
        invitation.token_hash = hash_of(token)
        invitation.save(update_fields=["token_hash"])
        who = invitation.created_by.name if invitation.created_by else ""
    send_letter(
        "accounts/letters/invitation",
        to=invitation.email,
        path=f"/join/{organization.slug}/{token}/",
        organization=organization.name,
        who=who,
        addressee=invitation.name,
        days=VALID.days,
    )
    return True


@transaction.atomic
def accept_invitation(token: str, *, user: User, at: datetime, today: date) -> Member:
    """Make the owner of the invited address a member of the open organization. Once: the second time changes nothing.

    `today` is the organization's. Raises InvitationGone, OtherAddress.
    """
    invitation = _by_token(token)
    if invitation.accepted_at:
        member = Member.objects.filter(user=user).first()
        if member is None or user.email != invitation.email:
            raise InvitationGone
        return member
    if invitation.expires_at <= at or not is_vouched_for(invitation, today):
        raise InvitationGone
    if user.email != invitation.email:
        raise OtherAddress
    confirm_address(user)
    try:
        member = _let_in(invitation, user, today)
    except LoginTaken as error:
        raise InvitationGone from error
    if invitation.team:
        _join(member, invitation.team, today, by=invitation.created_by)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    record(invitation, {"accepted_at": (None, at)}, by=member, why="accepted")
    return member


@transaction.atomic
def accept_with_new_login(token: str, *, name: str, password: str, at: datetime, today: date) -> User:
    """Make a login for the invited address and accept with it. Raises InvitationGone, LoginExists.

    The same name and password again within a minute, as by a double click, is the same person.
    """
    invitation = _by_token(token)
    user = User.objects.filter(email=invitation.email).first()
    if invitation.accepted_at:
        if user and at - invitation.accepted_at < TWICE and user.check_password(password):
            return user
        raise InvitationGone
    if invitation.expires_at <= at or not is_vouched_for(invitation, today):
        raise InvitationGone
    if user:
        raise LoginExists
    user = new_login(invitation.email, name=name, password=password)
    accept_invitation(token, user=user, at=at, today=today)
    return user


def new_login(email: str, *, name: str, password: str) -> User:
    """A login with a password whose owner has shown that the address is theirs. Raises LoginExists."""
    try:
        with transaction.atomic():
            return add_login(email, name=name, password=password)
    except (IntegrityError, ValidationError) as error:  # made by another door in the meantime
        raise LoginExists from error


def _let_in(invitation: Invitation, user: User, today: date) -> Member:
    """The member that the invitation is for, with the login; a new one where there is none. Raises LoginTaken."""
    by = invitation.created_by
    theirs = Q(user=user) | Q(email=invitation.email) | Q(pk=invitation.member_id)
    people = list(Member.objects.filter(theirs).order_by("pk"))
    member = next((each for each in people if each.user_id == user.pk), None)
    if member is not None:
        return member
    member = next((each for each in people if each.pk == invitation.member_id), people[0] if people else None)
    if member is None:
        return add_member(
            invitation.organization,
            name=user.get_full_name(),
            role=Role(invitation.role),
            user=user,
            email=invitation.email,
            active_from=today,
            by=by,
        )
    if member.user_id or (member.active_to is not None and member.active_to < today):
        raise LoginTaken("This person has another login, or has left.")
    changes: dict[str, Any] = {} if member.email else {"email": invitation.email}
    return change_member(member, by=by, today=today, user=user, role=Role(invitation.role), **changes)


def _join(member: Member, team: Team, today: date, *, by: Member | None) -> None:
    """Make somebody part of a team from today on; who is, or will be, stays as they are."""
    spans = TeamMembership.objects.filter(team=team, member=member)
    if not spans.filter(Q(end__isnull=True) | Q(end__gte=today)).exists():
        join_team(member, team, start=today, by=by)


def is_vouched_for(invitation: Invitation, today: date) -> bool:
    """Whether whoever sent it could send it today: an invitation opens no door that its sender can't open any more."""
    sender = invitation.created_by
    if sender is None:  # the system
        return True
    signs_in = sender.user is not None and sender.user.is_active and sender.is_active(today)
    return signs_in and reaches_all(sender, SETTINGS)


def _by_token(token: str) -> Invitation:
    """The invitation that a link opens, locked, accepted ones included. Raises InvitationGone.

    Its team is locked first, then the people it is about and all admins, its sender among them, then the invitation:
    in the order in which everybody else locks them.
    """
    found = Invitation.objects.filter(token_hash=hash_of(token), revoked_at=None)
    seen = found.first()
    if seen is None:
        raise InvitationGone
    if seen.team_id is not None:
        Team.objects.select_for_update(no_key=True).get(pk=seen.team_id)
    known = [pk for pk in (seen.member_id, seen.created_by_id) if pk is not None]
    lock_people(Q(email=seen.email) | Q(user__email=seen.email) | Q(pk__in=known))
    related = found.select_related("team", "created_by__user", "organization")
    invitation = related.select_for_update(of=("self",)).first()
    if invitation is None:
        raise InvitationGone
    return invitation


def _open(condition: Q) -> Invitation:
    """One that nobody has used or revoked, locked. Raises InvitationGone."""
    found = Invitation.objects.select_for_update(of=("self",)).select_related("created_by__user")
    invitation = found.filter(condition, accepted_at=None, revoked_at=None).first()
    if invitation is None:
        raise InvitationGone
    return invitation


def _revoke(invitation: Invitation, *, at: datetime, by: Member | None) -> None:
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])
    record(invitation, {"revoked_at": (None, at)}, by=by, why="revoked")


def _hash_that_nothing_has() -> str:
    return hash_of(secrets.token_urlsafe(32))


def _post(invitation: Invitation) -> None:
    """Have the letter sent, once this transaction is done."""
    enqueue("accounts.tasks.send_invitation", organization_id=invitation.organization_id, invitation_id=invitation.pk)
