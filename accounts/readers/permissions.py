"""Who may do what and why: how far each right of a person reaches, and where it comes from.

The rights are those that `accounts.permissions` declares; since when somebody has one is what the audit says.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.db.models import Q, QuerySet

from accounts.models import AuditEntry, Member, Organization, Role, Team, TeamGrant, TeamManager
from accounts.permissions import RIGHTS, Reach, Right, granted_teams

PEOPLE_SHOWN = 50


class Ground(Enum):
    """Where a right comes from, or why there is none."""

    ROLE = "role"
    ALLOWED = "allowed"
    MANAGES = "manages"
    GRANT = "grant"
    NO_ROLE = "no role"
    NO_TEAM = "no team"
    NO_LOGIN = "no login"
    LOCKED = "locked"
    LEFT = "left"
    NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Reason:
    """One ground. `team` for those about a team, `who` gave it and `at` where the audit knows; `day` with dates."""

    ground: Ground
    team: str = ""
    who: str = ""
    at: datetime | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One right of one person: whether, how far, over which teams, and why."""

    right: Right
    reach: Reach
    teams: tuple[str, ...]
    reasons: tuple[Reason, ...]

    @property
    def yes(self) -> bool:
        """Whether the person has it at all."""
        return bool(self.reach)


@dataclass(frozen=True, slots=True)
class Person:
    """A member with an answer for each right."""

    member_id: int
    name: str
    role: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant on a team as it stands."""

    grant_id: int
    member_id: int | None
    name: str
    team: str
    who: str
    at: datetime | None


def people(organization: Organization, today: date, *, only: int | None = None) -> list[Person]:
    """Everybody with a login, or one member whoever it is, with all their rights. Six queries."""
    found = Member.objects.select_related("user").order_by("name_key", "pk")
    members = list(found.filter(pk=only) if only is not None else found.filter(user__isnull=False))
    since = _roles_since([member.pk for member in members])
    led = _led(members)
    return [
        Person(
            member.pk,
            member.name,
            member.get_role_display(),
            tuple(_answer(member, right, organization, today, since.get(member.pk), led) for right in RIGHTS),
        )
        for member in members
    ]


def found_people(text_key: str) -> tuple[list[Member], bool]:
    """The first people with a login whose name holds a text, and whether there are more. One query."""
    members = Member.objects.filter(user__isnull=False, name_key__contains=text_key).order_by("name_key", "pk")
    found = list(members[: PEOPLE_SHOWN + 1])
    return found[:PEOPLE_SHOWN], len(found) > PEOPLE_SHOWN


def grants(member: Member | None = None) -> list[Grant]:
    """The grants that stand, all or one member's, by team and name. Four queries."""
    rows: QuerySet[TeamGrant] = granted_teams().select_related("content_object")
    if member is not None:
        rows = rows.filter(user=member.user_id)
    found = list(rows)
    holders = {holder.user_id: holder for holder in Member.objects.filter(user__in=[each.user_id for each in found])}
    given = _given(TeamGrant, [each.pk for each in found])
    listed = []
    for each in found:
        holder = holders.get(each.user_id)
        who, at = given.get(each.pk, ("", None))
        name = holder.name if holder else ""
        listed.append(Grant(each.pk, holder.pk if holder else None, name, each.content_object.name, who, at))
    return sorted(listed, key=lambda grant: (grant.team.casefold(), grant.name.casefold(), grant.grant_id))


def teams_to_grant(member: Member) -> "QuerySet[Team]":
    """The teams that a member neither manages nor holds a grant on, by name."""
    managed = TeamManager.objects.filter(member=member).values("team") if member.role == Role.MANAGER else []
    held = granted_teams().filter(user=member.user_id).values("content_object")
    return Team.objects.exclude(Q(pk__in=managed) | Q(pk__in=held)).order_by("name_key", "pk")


_Led = dict[int, list[tuple[str, Reason]]]


def _led(members: Collection[Member]) -> _Led:
    """{member: [(team, why)]}: what they manage, as managers, and what was granted to them. Four queries."""
    managers = list(
        TeamManager.objects.filter(member__in=[each.pk for each in members], member__role=Role.MANAGER)
        .select_related("team")
        .order_by("team__name_key")
    )
    holders = {member.user_id: member.pk for member in members if member.user_id}
    granted = list(
        granted_teams().filter(user__in=holders).select_related("content_object").order_by("content_object__name_key")
    )
    since = _given(TeamManager, [each.pk for each in managers])
    given = _given(TeamGrant, [each.pk for each in granted])
    found: _Led = {}
    for manager in managers:
        who, at = since.get(manager.pk, ("", None))
        reason = Reason(Ground.MANAGES, manager.team.name, who, at)
        found.setdefault(manager.member_id, []).append((manager.team.name, reason))
    for grant in granted:
        who, at = given.get(grant.pk, ("", None))
        reason = Reason(Ground.GRANT, grant.content_object.name, who, at)
        found.setdefault(holders[grant.user_id], []).append((grant.content_object.name, reason))
    return found


def _given(model: type[TeamManager] | type[TeamGrant], ids: list[int]) -> dict[int, tuple[str, datetime]]:
    """{id: (who, when)} of rows that were added, as the audit tells. One query."""
    entries = AuditEntry.objects.filter(
        subject=model._meta.label_lower, subject_id__in=ids, field="team", why="added"
    ).select_related("by")
    return {entry.subject_id: (entry.by.name if entry.by else "", entry.at) for entry in entries}


def _roles_since(ids: list[int]) -> dict[int, datetime]:
    """{member: when they got the role they have}. One query."""
    entries = AuditEntry.objects.filter(subject=Member._meta.label_lower, subject_id__in=ids, field="role")
    return dict(entries.order_by("at", "pk").values_list("subject_id", "at"))


def _answer(
    member: Member, right: Right, organization: Organization, today: date, since: datetime | None, led: _Led
) -> Answer:
    """How far a right of a member reaches today, and why."""
    shut = _shut(member, today)
    if shut is not None:
        return Answer(right, Reach.NOTHING, (), (shut,))
    own = right.of(member.role)
    reasons = []
    if Reach.OWN_IF_ALLOWED in own:
        own &= ~Reach.OWN_IF_ALLOWED
        if organization.salespeople_set_targets:
            own |= Reach.OWN
            reasons.append(Reason(Ground.ALLOWED))
    elif own & (Reach.ALL | Reach.OWN):
        reasons.append(Reason(Ground.ROLE, at=since))
    teams = led.get(member.pk, []) if right.granted and Reach.ALL not in own else []
    reach = (own & ~Reach.TEAMS) | (Reach.TEAMS if teams else Reach.NOTHING)
    reasons += [reason for _, reason in teams]
    if not reach:
        reasons.append(Reason(Ground.NO_TEAM if Reach.TEAMS in own else Ground.NO_ROLE))
    return Answer(right, reach, tuple(dict.fromkeys(team for team, _ in teams)), tuple(reasons))


def _shut(member: Member, today: date) -> Reason | None:
    """Why somebody can do nothing at all, if so."""
    if member.user is None:
        return Reason(Ground.NO_LOGIN)
    if not member.user.is_active:
        return Reason(Ground.LOCKED)
    if member.active_to is not None and member.active_to < today:
        return Reason(Ground.LEFT, day=member.active_to)
    if member.active_from is not None and member.active_from > today:
        return Reason(Ground.NOT_YET, day=member.active_from)
    return None
