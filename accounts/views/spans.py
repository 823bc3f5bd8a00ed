"""One membership in a team, or one assignment to a zone: its days, a move to another place, a mistake taken back."""

from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms.spans import DatedForm, MoveForm
from accounts.models import Role, Team, TeamMembership, Zone, ZoneAssignment
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from accounts.views.applying import applied
from config.fragments import go_to, render_page
from config.lists import Column

Span = TeamMembership | ZoneAssignment

#: The list of a team's or a zone's people as a file, and how its lines find them.
PEOPLE = (
    Column("person", "Person", attrgetter("person"), order=("member__name_key", "start")),
    Column("email", "E-mail", attrgetter("email")),
    Column("start", "From", attrgetter("start")),
    Column("end", "Until", attrgetter("end")),
)
FOUND_BY = (
    "Lines are found by person and first day, written as 2026-12-24: a known one gets the last day that the file says, "
    "any other is added. The e-mail address is only needed where several people have the same name."
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def membership_detail(request: TenantRequest, span_id: int) -> HttpResponse:
    """Change since when and until when somebody belongs to a team."""
    membership = _membership(span_id)
    form = DatedForm(request.POST if request.method == "POST" else None, stands=_dates(membership))
    if request.method == "POST" and applied(
        form,
        lambda: services.redate_membership(
            membership,
            start=form.cleaned_data["start"],
            end=form.cleaned_data["end"],
            seen=_seen(form),
            by=request.member,
        ),
    ):
        messages.success(request, f"The days of {membership.member.name} are saved.")
        return go_to(request, "settings:team-detail", team_id=membership.team_id)
    return _membership_page(request, membership, dates_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def membership_move(request: TenantRequest, span_id: int) -> HttpResponse:
    """Move somebody to another team on a day."""
    membership = _membership(span_id)
    if request.method != "POST":
        return go_to(request, "settings:membership-detail", span_id=membership.pk)
    form = MoveForm(request.POST, places=_other_teams(membership), kind="team")
    if applied(
        form,
        lambda: services.move_member(
            membership, form.cleaned_data["team"], start=form.cleaned_data["start"], by=request.member
        ),
    ):
        team = form.cleaned_data["team"]
        messages.success(request, f"{membership.member.name} moves from {membership.team.name} to {team.name}.")
        return go_to(request, "settings:team-detail", team_id=team.pk)
    return _membership_page(request, membership, move_form=form)


@require_POST
@member_required(Role.ADMIN)
def membership_remove(request: TenantRequest, span_id: int) -> HttpResponse:
    """Take back a membership that was a mistake."""
    membership = _membership(span_id)
    services.remove_membership(membership, by=request.member)
    messages.success(request, f"The entry of {membership.member.name} is removed.")
    return go_to(request, "settings:team-detail", team_id=membership.team_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def assignment_detail(request: TenantRequest, span_id: int) -> HttpResponse:
    """Change since when and until when somebody works a zone."""
    assignment = _assignment(span_id)
    form = DatedForm(request.POST if request.method == "POST" else None, stands=_dates(assignment))
    if request.method == "POST" and applied(
        form,
        lambda: services.redate_assignment(
            assignment,
            start=form.cleaned_data["start"],
            end=form.cleaned_data["end"],
            seen=_seen(form),
            by=request.member,
        ),
    ):
        messages.success(request, f"The days of {assignment.member.name} are saved.")
        return go_to(request, "settings:zone-detail", zone_id=assignment.zone_id)
    return _assignment_page(request, assignment, dates_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def assignment_move(request: TenantRequest, span_id: int) -> HttpResponse:
    """Move somebody to another zone on a day."""
    assignment = _assignment(span_id)
    if request.method != "POST":
        return go_to(request, "settings:assignment-detail", span_id=assignment.pk)
    form = MoveForm(request.POST, places=_other_zones(assignment), kind="zone")
    if applied(
        form,
        lambda: services.move_assignment(
            assignment, form.cleaned_data["zone"], start=form.cleaned_data["start"], by=request.member
        ),
    ):
        zone = form.cleaned_data["zone"]
        messages.success(request, f"{assignment.member.name} moves from {assignment.zone.name} to {zone.name}.")
        return go_to(request, "settings:zone-detail", zone_id=zone.pk)
    return _assignment_page(request, assignment, move_form=form)


@require_POST
@member_required(Role.ADMIN)
def assignment_remove(request: TenantRequest, span_id: int) -> HttpResponse:
    """Take back an assignment that was a mistake."""
    assignment = _assignment(span_id)
    services.remove_assignment(assignment, by=request.member)
    messages.success(request, f"The entry of {assignment.member.name} is removed.")
    return go_to(request, "settings:zone-detail", zone_id=assignment.zone_id)


def _membership(span_id: int) -> TeamMembership:
    return get_object_or_404(TeamMembership.objects.select_related("member", "team"), pk=span_id)


def _assignment(span_id: int) -> ZoneAssignment:
    return get_object_or_404(ZoneAssignment.objects.select_related("member", "zone"), pk=span_id)


def _other_teams(membership: TeamMembership) -> Any:
    return Team.objects.exclude(pk=membership.team_id)


def _other_zones(assignment: ZoneAssignment) -> Any:
    return Zone.objects.exclude(pk=assignment.zone_id)


def _membership_page(request: TenantRequest, membership: TeamMembership, **forms: Any) -> HttpResponse:
    """The page of a membership; the form that was refused stands there as it was typed."""
    names = {"all": "settings:team-list", "place": "settings:team-detail", "page": "settings:membership-detail"}
    names |= {"move": "settings:membership-move", "remove": "settings:membership-remove"}
    move_form = MoveForm(places=_other_teams(membership), kind="team")
    return _page(request, membership, membership.team, names, forms={"move_form": move_form} | forms)


def _assignment_page(request: TenantRequest, assignment: ZoneAssignment, **forms: Any) -> HttpResponse:
    """The page of an assignment; the form that was refused stands there as it was typed."""
    names = {"all": "settings:zone-list", "place": "settings:zone-detail", "page": "settings:assignment-detail"}
    names |= {"move": "settings:assignment-move", "remove": "settings:assignment-remove"}
    move_form = MoveForm(places=_other_zones(assignment), kind="zone")
    return _page(request, assignment, assignment.zone, names, forms={"move_form": move_form} | forms)


def _page(
    request: TenantRequest, span: Span, place: Team | Zone, names: dict[str, str], *, forms: dict[str, Any]
) -> HttpResponse:
    context = {
        "span": span,
        "place": place,
        "kind": "team" if isinstance(place, Team) else "zone",
        "names": names,
        "dates_form": DatedForm(stands=_dates(span)),
        "today": request.organization.local_date(timezone.now()),
    } | forms
    refused = any(form.errors for form in forms.values())
    return render_page(request, "accounts/span_detail.html", context, status=422 if refused else 200)


def _dates(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end}


def _seen(form: DatedForm) -> tuple[Any, Any] | None:
    """The days that the page showed; None where the post doesn't tell."""
    seen = form.seen()
    return (seen["start"], seen["end"]) if seen.keys() >= {"start", "end"} else None
