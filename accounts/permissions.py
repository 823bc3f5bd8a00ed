"""Who may do what: the rights of each role declared once, one function per question, and what each view requires.

The functions ask RIGHTS, and the page about permissions shows it: there is no second copy of the rules. A grant on a
team gives somebody who isn't its manager a manager's rights over its people, and nothing else.
Outsiders never get here (404 from the middleware); members without the right get 403.
Source: docs/tenancy.md, the table of roles.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Flag, auto
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponseBase

from accounts.models import Member, Role, TeamGrant, TeamManager, TeamMembership
from accounts.requests import TenantRequest
from accounts.tenancy import current_organization

P = ParamSpec("P")
RANK = {Role.SALESPERSON: 0, Role.MANAGER: 1, Role.ADMIN: 2}
MANAGE = "manage_this_team"


class Reach(Flag):
    """Whom or what a right covers. TEAMS: whoever was in a team that one manages, or was granted, on the days asked."""

    NOTHING = 0
    OWN = auto()
    OWN_IF_ALLOWED = auto()  # where the organization lets salespeople set their own targets
    TEAMS = auto()
    ALL = auto()


@dataclass(frozen=True, slots=True)
class Right:
    """Something to do, in words, and how far each role reaches."""

    words: str
    admin: Reach
    manager: Reach = Reach.NOTHING
    salesperson: Reach = Reach.NOTHING

    def of(self, role: str) -> Reach:
        """How far a role reaches."""
        return {Role.ADMIN: self.admin, Role.MANAGER: self.manager, Role.SALESPERSON: self.salesperson}[Role(role)]

    @property
    def granted(self) -> bool:
        """Whether a grant on a team gives it for the team's people."""
        return Reach.TEAMS in self.manager


SEE = Right(
    "See targets and deals, and download them",
    admin=Reach.ALL,
    manager=Reach.OWN | Reach.TEAMS,
    salesperson=Reach.OWN,
)
SET_TARGETS = Right("Set monthly targets", admin=Reach.ALL, manager=Reach.TEAMS, salesperson=Reach.OWN_IF_ALLOWED)
IMPORT = Right("Import deals", admin=Reach.ALL, manager=Reach.OWN | Reach.TEAMS)
RECORD = Right("Record, edit and delete deals by hand", admin=Reach.ALL, manager=Reach.OWN | Reach.TEAMS)
SETTINGS = Right("Change settings, lists, people and permissions, and read what changed", admin=Reach.ALL)
RIGHTS = (SEE, SET_TARGETS, IMPORT, RECORD, SETTINGS)


def member_required(
    least: Role = Role.SALESPERSON,
) -> Callable[
    [Callable[Concatenate[TenantRequest, P], HttpResponseBase]],
    Callable[Concatenate[TenantRequest, P], HttpResponseBase],
]:
    """Declare who may open a view: those whom `is_admitted` admits. The guard tests read `view.least_role`."""

    def declare(
        view: Callable[Concatenate[TenantRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[TenantRequest, P], HttpResponseBase]:
        @wraps(view)
        def admitted(request: TenantRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not is_admitted(request.member, least):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        admitted.least_role = least  # type: ignore[attr-defined]
        return admitted

    return declare


def has_role(member: Member, least: Role) -> bool:
    """Whether a member's role is this one or a higher one."""
    return RANK[Role(member.role)] >= RANK[least]


def is_admitted(member: Member, least: Role) -> bool:
    """Whether a member may open pages of a role: by their own, or those of managers by a grant on a team."""
    return has_role(member, least) or (least == Role.MANAGER and holds_grant(member))


def reaches_all(member: Member, right: Right) -> bool:
    """Whether a right of a member covers everybody and everything."""
    return Reach.ALL in right.of(member.role)


def members_to_admit() -> "QuerySet[Member]":
    """Members as the middleware admits them: `holds_grant` costs no query for these."""
    grants = granted_teams().filter(user=OuterRef("user"))
    return Member.objects.annotate(known_grant=Exists(grants))


def holds_grant(member: Member) -> bool:
    """Whether any team was granted to a member. A query, but for those from `members_to_admit`."""
    known: bool | None = getattr(member, "known_grant", None)
    return granted_teams().filter(user=member.user_id).exists() if known is None else known


def granted_teams() -> "QuerySet[TeamGrant]":
    """The grants that count: guardian's rows of one permission on one team. Global permissions give nothing."""
    return TeamGrant.objects.filter(permission__codename=MANAGE, permission__content_type__app_label="accounts")


def visible_members(viewer: Member, first: date, last: date) -> "QuerySet[Member]":
    """The people whose numbers a member may see for a span of days, both included.

    Admins see everyone; everybody else themselves, and managers and holders of a grant whoever was in a team of
    theirs on any of these days.
    """
    return Member.objects.filter(_people(viewer, SEE, first, last))


def may_set_target(viewer: Member, member: Member, first: date, last: date) -> bool:
    """Whether `viewer` may set `member`'s monthly target for a month: admins everyone's, managers their teams'.

    Salespeople their own, where the organization lets them.
    """
    return reaches_all(viewer, SET_TARGETS) or settable_members(viewer, first, last).filter(pk=member.pk).exists()


def settable_members(viewer: Member, first: date, last: date) -> "QuerySet[Member]":
    """Everybody for whom `may_set_target` says yes."""
    return Member.objects.filter(settable(viewer, first, last))


def sets_targets(viewer: Member) -> bool:
    """Whether a member's role, a grant, or the organization lets them set monthly targets of anybody."""
    return is_admitted(viewer, Role.MANAGER) or _covers_own(SET_TARGETS.of(viewer.role))


def settable(viewer: Member, first: date, last: date) -> Q:
    """`may_set_target` as a condition on members, for grids that ask for many people at once."""
    return _people(viewer, SET_TARGETS, first, last)


def sets_own_until_month_ends(viewer: Member) -> bool:
    """Whether somebody's own targets of ended months are for others to set: of those who set them by leave alone."""
    return Reach.OWN_IF_ALLOWED in SET_TARGETS.of(viewer.role)


def sees_whole_leaderboard(viewer: Member) -> bool:
    """Whether somebody sees everybody on the leaderboard: admins, and all where the organization shows it to all."""
    return reaches_all(viewer, SEE) or current_organization().everyone_sees_leaderboard


def may_record(viewer: Member, member_id: int | None, day: date) -> bool:
    """Whether `viewer` may record, edit or delete somebody's deal of a day; nobody's deals are for admins alone."""
    return covers(dated_people(viewer, RECORD), member_id, day, day)


def covers(people: dict[int, list[tuple[date, date]]] | None, member_id: int | None, first: date, last: date) -> bool:
    """Whether `dated_people` names somebody on any of some days, both included; nobody (None) where it names all."""
    return people is None or any(start <= last and first <= end for start, end in people.get(member_id or 0, ()))


def dated_people(viewer: Member, right: Right) -> dict[int, list[tuple[date, date]]] | None:
    """Whom or whose records a right covers, and of which days: {member: [(first, last)]}, both included.

    None: everybody's and nobody's, of all days; else one query.
    """
    reach = right.of(viewer.role)
    if Reach.ALL in reach:
        return None
    found: dict[int, list[tuple[date, date]]] = {}
    if _covers_own(reach):
        found[viewer.pk] = [(date.min, date.max)]
    if right.granted:
        for member, start, end in team_spans(viewer).values_list("member_id", "start", "end"):
            found.setdefault(member, []).append((start, end or date.max))
    return found


def team_spans(viewer: Member) -> "QuerySet[TeamMembership]":
    """Who belongs when to the teams that a member manages or was granted."""
    led = Q()
    if viewer.role == Role.MANAGER:
        led |= Q(team__in=TeamManager.objects.filter(member=viewer.pk).values("team"))
    if viewer.user_id is not None and getattr(viewer, "known_grant", True):
        led |= Q(team__in=granted_teams().filter(user=viewer.user_id).values("content_object"))
    return TeamMembership.objects.filter(led) if led else TeamMembership.objects.none()


def _people(viewer: Member, right: Right, first: date, last: date) -> Q:
    """The members whom a right covers on any of some days, as a condition on members."""
    reach = right.of(viewer.role)
    if Reach.ALL in reach:
        return Q(pk__isnull=False)
    people = Q(pk__in=[])
    if _covers_own(reach):
        people |= Q(pk=viewer.pk)
    if right.granted:
        spans = team_spans(viewer).filter(Q(end__isnull=True) | Q(end__gte=first), start__lte=last)
        people |= Q(pk__in=spans.values("member"))
    return people


def _covers_own(reach: Reach) -> bool:
    return Reach.OWN in reach or (Reach.OWN_IF_ALLOWED in reach and current_organization().salespeople_set_targets)
