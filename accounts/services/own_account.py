"""What people change about their own login, and where they are signed in. Global, so no organization's audit has it."""

from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import User


def rename_login(user: User, *, name: str) -> None:
    """Address somebody by another name. What an organization calls its member is the organization's own."""
    user.name = name
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name"])


def note_session(user: User, *, session_key: str, ip: str, user_agent: str, at: datetime) -> None:
    """Remember when, where from and with which browser a login was last seen in a session."""
    longest = UserSession._meta.get_field("user_agent").max_length
    UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "ip": ip, "user_agent": user_agent[:longest], "last_seen_at": at},
    )


@transaction.atomic
def end_sessions(sessions: Iterable[UserSession]) -> int:
    """Sign a login out where these sessions are, from their next request on; say how many there were."""
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    return ended


def hold_login(user: User) -> None:
    """Let no second change of this login's factors run beside the current transaction's."""
    User.objects.select_for_update().get(pk=user.pk)
