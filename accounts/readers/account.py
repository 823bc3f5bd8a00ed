"""What somebody sees of their own account."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import OuterRef, QuerySet
from django.utils.crypto import constant_time_compare

from accounts.models import Member, Organization, Role, User
from accounts.tenancy import login

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
RECENT = timedelta(minutes=15)  # the time is noted every ten
# The first match names it: Edge and Opera call themselves Chrome as well, and everything calls itself Safari.
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One place where somebody is signed in."""

    id: int
    device: str
    ip: str
    since: datetime
    seen: datetime
    recent: bool  # seen in the last quarter of an hour
    here: bool


@dataclass(frozen=True, slots=True)
class Account:
    """How an account is protected."""

    has_app: bool
    passkeys: int
    unused_codes: int | None
    sessions: int

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in takes more than a password."""
        return self.has_app or self.passkeys > 0


def account(user: User, *, at: datetime) -> Account:
    """A login's second factors and sessions. Three queries."""
    factors = list(Authenticator.objects.filter(user=user))
    codes = next((each for each in factors if each.type == Authenticator.Type.RECOVERY_CODES), None)
    return Account(
        has_app=any(each.type == Authenticator.Type.TOTP for each in factors),
        passkeys=sum(each.type == Authenticator.Type.WEBAUTHN for each in factors),
        unused_codes=len(codes.wrap().get_unused_codes()) if codes else None,
        sessions=len(sessions(user, current="", at=at)),
    )


def sessions(user: User, *, current: str, at: datetime) -> list[SignedIn]:
    """Where a login is signed in at a moment, the session `current` first, then by when it was last seen.

    Leaves out what has expired and what a change of the password has ended. Two queries.
    """
    known = list(UserSession.objects.filter(user=user))
    expected = user.get_session_auth_hash()
    alive = {
        session.session_key
        for session in Session.objects.filter(session_key__in=[each.session_key for each in known], expire_date__gt=at)
        if constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), expected)
    }
    found = [
        SignedIn(
            id=each.pk,
            device=device(each.user_agent),
            ip=each.ip,
            since=each.created_at,
            seen=each.last_seen_at,
            recent=at - each.last_seen_at < RECENT,
            here=each.session_key == current,
        )
        for each in known
        if each.session_key in alive
    ]
    return sorted(found, key=lambda each: (each.here, each.seen), reverse=True)


def device(user_agent: str) -> str:
    """Chrome on Windows, as far as a browser says what it is."""
    browser = next((name for name, pattern in BROWSERS if re.search(pattern, user_agent)), "")
    system = next((name for name, pattern in SYSTEMS if re.search(pattern, user_agent)), "")
    return f"{browser or 'A browser'} on {system}" if system else browser or "Unknown device"


def factors(user: User | OuterRef) -> "QuerySet[Authenticator]":
    """What a login proves itself with beside its password. Recovery codes stand in for one and don't count."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=FACTORS)
    return found


def asking_for_second_factor(user: User, *, at: datetime) -> list[str]:
    """Names of the organizations that ask this login for a second factor on their local day. Two queries."""
    with login(user.pk):
        members = {each.organization_id: each for each in Member.objects.filter(user=user, role=Role.ADMIN)}
    asking = Organization.objects.filter(pk__in=members, admins_need_second_factor=True).order_by("name")
    return [each.name for each in asking if members[each.pk].is_active(each.local_date(at))]


def leads(user: User) -> bool:
    """Whether a login is a manager or an admin anywhere. Two statements, outside of any tenant."""
    with login(user.pk):
        return Member.objects.filter(user=user).exclude(role=Role.SALESPERSON).exists()
