"""People of an organization: the list, and each one's page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services
from accounts.forms.people import MemberForm, NewMemberForm, PeopleFilter
from accounts.models import Member, Role
from accounts.permissions import member_required
from accounts.readers import invitations, people
from accounts.requests import TenantRequest
from config.formats import formats_of
from config.fragments import go_to, render_page
from config.lists import Column, export, listing

COLUMNS = (
    Column("name", "Name", lambda person: person.name, ("name_key",)),
    Column("role", "Role", lambda person: person.get_role_display(), ("role", "name_key")),
    Column("teams", "Teams", lambda person: ", ".join(span.team.name for span in person.current_teams)),
    Column("login", "Login", lambda person: dict(people.LOGINS)[person.login], ("login", "name_key")),
    Column("state", "State", lambda person: dict(people.STATES)[person.state], ("state", "name_key")),
    Column("seen", "Last sign-in", lambda person: person.user and person.user.last_login, ("user__last_login",)),
)
SEARCHED = ("email", "user__email")
FILTERS = ("role", "team", "state", "login")
LAST_ADMIN = "An organization keeps at least one admin who can sign in. Make somebody else an admin first."


@require_safe
@member_required(Role.ADMIN)
def member_list(request: TenantRequest) -> HttpResponse:
    """Everyone, with role, teams, login, whether they are still here, and when they last signed in."""
    form = PeopleFilter(request.GET)
    context = {
        "list": listing(request.GET, _chosen(request, form), COLUMNS, filters=FILTERS, also=SEARCHED),
        "form": form,
        "invited": invitations.count_open_invitations(),
    }
    return render_page(request, "accounts/people/member_list.html", context)


@require_safe
@member_required(Role.ADMIN)
def member_export(request: TenantRequest) -> HttpResponseBase:
    """What the list shows, all pages of it, as CSV."""
    formats = formats_of(request.organization)
    email = Column("email", "E-mail", lambda person: person.email or (person.user.email if person.user else ""))
    first = Column("first", "First day", lambda person: person.active_from)
    last = Column("last", "Last day", lambda person: person.active_to)
    *known, _ = COLUMNS
    seen = Column(
        "seen",
        "Last sign-in",
        lambda person: (
            f"{person.user.last_login.astimezone(formats.zone):%Y-%m-%d %H:%M}"
            if person.user and person.user.last_login
            else ""
        ),
        ("user__last_login",),
    )
    columns = (known[0], email, *known[1:], first, last, seen)
    return export(request.GET, _chosen(request, PeopleFilter(request.GET)), columns, "people", also=SEARCHED)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def member_add(request: TenantRequest) -> HttpResponse:
    """Add somebody who has no login, for now."""
    today = request.organization.local_date(timezone.now())
    form = NewMemberForm(request.POST if request.method == "POST" else None, today=today)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            member = services.add_member(
                request.organization,
                name=data["name"],
                email=data["email"],
                role=Role(data["role"]),
                active_from=data["active_from"],
                by=request.member,
            )
        except services.LoginTaken:
            form.add_error("email", "Somebody else has this address already.")
        else:
            if data["team"]:
                services.join_team(member, data["team"], start=data["active_from"] or today, by=request.member)
            messages.success(request, f"{member.name} is added.")
            return go_to(request, "people:member-detail", member_id=member.pk)
    return render_page(request, "accounts/people/member_add.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def member_detail(request: TenantRequest, member_id: int) -> HttpResponse:
    """One person: name, e-mail, role, first and last day, login and teams."""
    member = get_object_or_404(Member, pk=member_id)
    form = MemberForm(request.POST if request.method == "POST" else None, member=member)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                services.change_member(
                    member, by=request.member, today=_today(request), seen=form.seen(), **form.cleaned_data
                )
            except services.ChangedMeanwhile as error:
                form.explain(error)
                status = 409
            except services.LastAdmin:
                form.add_error("active_to" if "active_to" in _changed(form) else "role", LAST_ADMIN)
            except services.LoginTaken:
                form.add_error("email", "Somebody else has this address already.")
            except ValidationError as error:
                form.refuse(error)
            else:
                messages.success(request, f"{form.cleaned_data['name']} is saved.")
                return _back(request, member)
    return _page(request, member, form, status)


@require_POST
@member_required(Role.ADMIN)
def member_leave(request: TenantRequest, member_id: int) -> HttpResponse:
    """Let somebody in no more, from now on. Their records stay."""
    member = get_object_or_404(Member, pk=member_id)
    try:
        services.end_access(member, by=request.member, today=_today(request))
    except services.LastAdmin:
        form = MemberForm(member=member)
        return _page(request, member, form, 422, problem=LAST_ADMIN)
    messages.success(request, f"{member.name} can't sign in to {request.organization.name} any more.")
    return _back(request, member)


@require_POST
@member_required(Role.ADMIN)
def member_return(request: TenantRequest, member_id: int) -> HttpResponse:
    """Take a last day away again."""
    member = get_object_or_404(Member, pk=member_id)
    services.change_member(member, by=request.member, today=_today(request), active_to=None)
    messages.success(request, f"{member.name} is active again.")
    return _back(request, member)


def _chosen(request: TenantRequest, form: PeopleFilter) -> Any:
    """The people that the address asks for."""
    now = timezone.now()
    today = request.organization.local_date(now)
    return people.narrowed_people(people.people(today=today, at=now), **form.chosen(), today=today)


def _page(request: TenantRequest, member: Member, form: MemberForm, status: int, *, problem: str = "") -> HttpResponse:
    now = timezone.now()
    person = people.person(member.pk, today=request.organization.local_date(now), at=now)
    if person is None:
        raise Http404
    context = {"person": person, "form": form, "problem": problem, "own": person.id == request.member.pk}
    return render_page(request, "accounts/people/member_detail.html", context, status=status)


def _back(request: TenantRequest, member: Member) -> HttpResponse:
    """To the person's page, or to the start for whoever is no admin any more."""
    if member.pk == request.member.pk:
        member = Member.objects.get(pk=member.pk)
        if member.role != Role.ADMIN:
            return go_to(request, "overview")
    return go_to(request, "people:member-detail", member_id=member.pk)


def _changed(form: MemberForm) -> set[str]:
    seen = form.seen()
    return {name for name, value in form.cleaned_data.items() if seen.get(name) != value}


def _today(request: TenantRequest) -> Any:
    return request.organization.local_date(timezone.now())
