"""What people change about their own login, and where they are signed in. Global, so no organization's audit has it."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.services.letters import send_letter
from accounts.services.outbox import enqueue


def change_login(user: User, *, name: str, target_letters: bool | None = None) -> None:
    """Address somebody by another name, and send them letters about targets or not; None leaves that as it is.

    What an organization calls its member is the organization's own.
    """
    user.name = name
    if target_letters is not None:
        user.target_letters = target_letters
    user.full_clean(exclude=["password"])
    user.save(update_fields=["name", "target_letters"])


@transaction.atomic
def post_password_letter(user: User | None) -> None:
    """Have a worker send the link to a new password; for an address that nobody has, the same work for nothing."""
    enqueue("accounts.tasks.send_password_letter", user_id=user.pk if user else 0)


def send_password_letter(user_id: int) -> bool:
    """Send a login the link to a new password, made only now; False where there is no such login, or it is off."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return False
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    send_letter("accounts/letters/password_reset", to=user.email, path=path, who=user.name)
    return True


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
