"""Teams: the list, and one team with its managers and everybody who belongs to it."""

from functools import partial
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import readers, services
from accounts.forms.spans import JoinForm, ManagerForm
from accounts.models import Role, Team, TeamManager
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from accounts.views.applying import applied
from accounts.views.spans import FOUND_BY, PEOPLE
from config.fragments import go_to, render_page
from config.lists import Column, export, import_page, listing
from config.seen import NameForm

COLUMNS = (
    Column("name", "Name", attrgetter("name"), order=("name_key",)),
    Column("managers", "Managers", lambda team: ", ".join(each.member.name for each in team.managers.all()), told=True),
    Column("people", "People today", attrgetter("people"), order=("people", "name_key"), number=True, told=True),
)


@require_safe
@member_required(Role.ADMIN)
def team_list(request: TenantRequest) -> HttpResponse:
    """The teams, with their managers and how many belong to them today."""
    teams = readers.teams(today=request.organization.local_date(timezone.now()))
    return render_page(request, "accounts/team_list.html", {"list": listing(request.GET, teams, COLUMNS)})


@require_safe
@member_required(Role.ADMIN)
def team_export(request: TenantRequest) -> HttpResponseBase:
    """The same teams as a CSV."""
    return export(request.GET, readers.teams(today=request.organization.local_date(timezone.now())), COLUMNS, "teams")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def team_import(request: TenantRequest) -> HttpResponse:
    """Teams from a CSV, after a look at what would change."""
    return import_page(
        request,
        COLUMNS,
        many="teams",
        back="settings:team-list",
        plan=services.plan_teams,
        store=partial(services.store_teams, by=request.member),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def team_add(request: TenantRequest) -> HttpResponse:
    """Add a team, and go on to its page."""
    form = NameForm(request.POST if request.method == "POST" else None)
    made: list[Team] = []
    if request.method == "POST" and applied(
        form,
        lambda: made.append(services.add_team(request.organization, name=form.cleaned_data["name"], by=request.member)),
    ):
        messages.success(request, f"{made[0].name} is added.")
        return go_to(request, "settings:team-detail", team_id=made[0].pk)
    context = {"form": form, "kind": "team", "many": "Teams", "back": "settings:team-list"}
    return render_page(request, "accounts/name_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def team_detail(request: TenantRequest, team_id: int) -> HttpResponse:
    """One team: its name, its managers, and who belongs to it when."""
    team = get_object_or_404(Team, pk=team_id)
    form = NameForm(request.POST if request.method == "POST" else None, stands={"name": team.name})
    if request.method == "POST" and applied(
        form,
        lambda: services.rename_team(
            team, name=form.cleaned_data["name"], seen=form.seen().get("name"), by=request.member
        ),
    ):
        messages.success(request, "Saved.")
        return go_to(request, "settings:team-detail", team_id=team.pk)
    return _page(request, team, name_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def team_join(request: TenantRequest, team_id: int) -> HttpResponse:
    """Add somebody to a team from a day."""
    team = get_object_or_404(Team, pk=team_id)
    form = JoinForm(request.POST, today=request.organization.local_date(timezone.now()))
    if request.method != "POST":
        return go_to(request, "settings:team-detail", team_id=team.pk)
    if applied(
        form,
        lambda: services.join_team(
            form.cleaned_data["member"],
            team,
            start=form.cleaned_data["start"],
            end=form.cleaned_data["end"],
            by=request.member,
        ),
    ):
        messages.success(request, f"{form.cleaned_data['member'].name} is in {team.name}.")
        return go_to(request, "settings:team-detail", team_id=team.pk)
    return _page(request, team, join_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def team_manage(request: TenantRequest, team_id: int) -> HttpResponse:
    """Make somebody a manager of a team."""
    team = get_object_or_404(Team, pk=team_id)
    form = ManagerForm(request.POST, today=request.organization.local_date(timezone.now()))
    if request.method != "POST":
        return go_to(request, "settings:team-detail", team_id=team.pk)
    if applied(form, lambda: services.manage_team(form.cleaned_data["member"], team, by=request.member)):
        messages.success(request, f"{form.cleaned_data['member'].name} manages {team.name}.")
        return go_to(request, "settings:team-detail", team_id=team.pk)
    return _page(request, team, manager_form=form)


@require_POST
@member_required(Role.ADMIN)
def manager_remove(request: TenantRequest, team_id: int, manager_id: int) -> HttpResponse:
    """Take a team away from one of its managers."""
    team = get_object_or_404(Team, pk=team_id)
    manager = get_object_or_404(TeamManager.objects.select_related("member"), pk=manager_id, team=team)
    services.stop_managing(manager, by=request.member)
    messages.success(request, f"{manager.member.name} no longer manages {team.name}.")
    return go_to(request, "settings:team-detail", team_id=team.pk)


@require_safe
@member_required(Role.ADMIN)
def team_members_export(request: TenantRequest, team_id: int) -> HttpResponseBase:
    """Everybody who belongs, will belong or has belonged to a team, as a CSV."""
    team = get_object_or_404(Team, pk=team_id)
    return export(request.GET, readers.memberships_of(team), PEOPLE, f"team-{team.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def team_members_import(request: TenantRequest, team_id: int) -> HttpResponse:
    """People and their days from a CSV, after a look at what would change."""
    team = get_object_or_404(Team, pk=team_id)
    return import_page(
        request,
        PEOPLE,
        many="people",
        back="settings:team-detail",
        back_words=team.name,
        found_by=FOUND_BY,
        plan=partial(services.plan_memberships, team),
        store=partial(services.store_memberships, team, by=request.member),
        team_id=team.pk,
    )


@require_POST
@member_required(Role.ADMIN)
def team_delete(request: TenantRequest, team_id: int) -> HttpResponse:
    """Delete a team that nobody ever belonged to."""
    team = get_object_or_404(Team, pk=team_id)
    try:
        services.delete_team(team, by=request.member)
    except services.InUse:
        return _page(request, team, status=409)
    messages.success(request, f"{team.name} is deleted.")
    return go_to(request, "settings:team-list")


def _page(request: TenantRequest, team: Team, *, status: int = 0, **forms: Any) -> HttpResponse:
    """The team's page; a form that was refused stands there as it was typed."""
    today = request.organization.local_date(timezone.now())
    context = {
        "team": readers.team_detail(team, today=today, search=request.GET.get("q", "")),
        "search": request.GET.get("q", ""),
        "in_use": readers.uses_of(team),
        "name_form": NameForm(stands={"name": team.name}),
        "join_form": JoinForm(today=today),
        "manager_form": ManagerForm(today=today),
        "today": today,
    }
    refused = any(form.errors for form in forms.values())
    return render_page(
        request, "accounts/team_detail.html", context | forms, status=status or (422 if refused else 200)
    )
