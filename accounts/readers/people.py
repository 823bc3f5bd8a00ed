"""People of an organization as its admins see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Prefetch, Q, QuerySet, Value, When

from accounts.models import Invitation, Member, Team, TeamMembership

STATES = (("active", "Active"), ("coming", "Starts later"), ("left", "Left"))
LOGINS = (("yes", "Can sign in"), ("invited", "Invited"), ("no", "No login"))


@dataclass(frozen=True, slots=True)
class TeamSpan:
    """Somebody's time in a team; the last day is included, None for none."""

    team: str
    start: date
    end: date | None


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that a person hasn't used yet."""

    id: int
    email: str
    until: datetime
    expired: bool


@dataclass(frozen=True, slots=True)
class Person:
    """What a person's page shows beside the form."""

    id: int
    name: str
    role: str
    state: str
    login: str
    last_sign_in: datetime | None
    last_day: date | None
    invitation: OpenInvitation | None
    teams: list[TeamSpan]
    manages: list[str]


def people(*, today: date, at: datetime) -> "QuerySet[Any]":
    """Everyone, with `state` and `login` in one word each, and `current_teams`. Two queries, whatever their number."""
    invitations = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)
    running = TeamMembership.objects.filter(Q(end__isnull=True) | Q(end__gte=today), start__lte=today)
    return (
        Member.objects.select_related("user")
        .annotate(state=_state(today))
        .annotate(
            login=Case(
                When(user__isnull=False, then=Value("yes")),
                When(Exists(invitations.filter(member=OuterRef("pk"))), then=Value("invited")),
                default=Value("no"),
                output_field=CharField(),
            )
        )
        .prefetch_related(
            Prefetch(
                "team_memberships",
                queryset=running.select_related("team").order_by("team__name_key"),
                to_attr="current_teams",
            )
        )
    )


def narrowed_people(rows: "QuerySet[Any]", *, role: str, state: str, login: str, team: int | None, today: date) -> Any:
    """Those of a role, a state, with or without a login, or in a team today; "" and None for all."""
    wanted = {name: value for name, value in (("role", role), ("state", state), ("login", login)) if value}
    rows = rows.filter(**wanted)
    if team is None:
        return rows
    running = TeamMembership.objects.filter(Q(end__isnull=True) | Q(end__gte=today), start__lte=today, team=team)
    return rows.filter(Exists(running.filter(member=OuterRef("pk"))))


def person(member_id: int, *, today: date, at: datetime) -> Person | None:
    """One person, None for nobody. Four queries."""
    member = Member.objects.select_related("user").annotate(state=_state(today)).filter(pk=member_id).first()
    if member is None:
        return None
    invitation = (
        Invitation.objects.filter(member=member, accepted_at=None, revoked_at=None).order_by("-created_at").first()
    )
    spans = TeamMembership.objects.filter(member=member).select_related("team").order_by("-start", "team__name_key")
    return Person(
        id=member.pk,
        name=member.name,
        role=member.get_role_display(),
        state=member.state,
        login=member.user.email if member.user else "",
        last_sign_in=member.user.last_login if member.user else None,
        last_day=member.active_to,
        invitation=OpenInvitation(
            invitation.pk, invitation.email, invitation.expires_at, expired=invitation.expires_at <= at
        )
        if invitation
        else None,
        teams=[TeamSpan(span.team.name, span.start, span.end) for span in spans],
        manages=list(Team.objects.filter(managers__member=member).order_by("name_key").values_list("name", flat=True)),
    )


def _state(today: date) -> Case:
    return Case(
        When(active_to__lt=today, then=Value("left")),
        When(active_from__gt=today, then=Value("coming")),
        default=Value("active"),
        output_field=CharField(),
    )
