"""Who may do what: one function per question, and the declaration each view of an organization's site carries.

Outsiders never get here (404 from the middleware); members without the right get 403.
Source: docs/tenancy.md, the table of roles.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase

from accounts.models import Member, Role, TeamMembership
from accounts.requests import TenantRequest

P = ParamSpec("P")
RANK = {Role.SALESPERSON: 0, Role.MANAGER: 1, Role.ADMIN: 2}


def member_required(
    least: Role = Role.SALESPERSON,
) -> Callable[
    [Callable[Concatenate[TenantRequest, P], HttpResponseBase]],
    Callable[Concatenate[TenantRequest, P], HttpResponseBase],
]:
    """Declare who may open a view: members of this role or a higher one. The guard tests read `view.least_role`."""

    def declare(
        view: Callable[Concatenate[TenantRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[TenantRequest, P], HttpResponseBase]:
        @wraps(view)
        def admitted(request: TenantRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not has_role(request.member, least):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        admitted.least_role = least  # type: ignore[attr-defined]
        return admitted

    return declare


def has_role(member: Member, least: Role) -> bool:
    """Whether a member's role is this one or a higher one."""
    return RANK[Role(member.role)] >= RANK[least]


def visible_members(viewer: Member, first: date, last: date) -> "QuerySet[Member]":
    """The people whose numbers a member may see for a span of days, both included.

    Admins see everyone; managers themselves and whoever was in a team of theirs on any of these days; salespeople
    themselves.
    """
    members: QuerySet[Any] = Member.objects.all()
    if viewer.role == Role.ADMIN:
        return members
    own = Q(pk=viewer.pk)
    if viewer.role == Role.MANAGER:
        own |= Q(pk__in=_managed(viewer, first, last))
    return members.filter(own)


def may_set_target(viewer: Member, member: Member, first: date, last: date) -> bool:
    """Whether `viewer` may set `member`'s monthly target for a month: admins everyone's, managers their teams'."""
    if viewer.role == Role.ADMIN:
        return True
    return viewer.role == Role.MANAGER and _managed(viewer, first, last).filter(member=member.pk).exists()


def settable_members(viewer: Member, first: date, last: date) -> "QuerySet[Member]":
    """Everybody for whom `may_set_target` says yes, for grids that ask for many people at once."""
    members: QuerySet[Any] = Member.objects.all()
    if viewer.role == Role.ADMIN:
        return members
    return members.filter(pk__in=_managed(viewer, first, last)) if viewer.role == Role.MANAGER else members.none()


def _managed(viewer: Member, first: date, last: date) -> "QuerySet[Any]":
    """Ids of the members who were in a team that `viewer` manages on any of these days."""
    return (
        TeamMembership.objects.filter(team__managers__member=viewer.pk, start__lte=last)
        .filter(Q(end__isnull=True) | Q(end__gte=first))
        .values("member")
    )
