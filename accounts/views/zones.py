"""Zones: the list, and one zone with everybody who works it."""

from functools import partial
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import readers, services
from accounts.forms.spans import JoinForm
from accounts.models import Role, Zone
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from accounts.views.applying import applied
from accounts.views.spans import FOUND_BY, PEOPLE
from config.fragments import go_to, render_page
from config.lists import Column, export, import_page, listing
from config.seen import NameForm

COLUMNS = (
    Column("name", "Name", attrgetter("name"), order=("name_key",)),
    Column("people", "People today", attrgetter("people"), order=("people", "name_key"), number=True, told=True),
)


@require_safe
@member_required(Role.ADMIN)
def zone_list(request: TenantRequest) -> HttpResponse:
    """The zones, and how many people work them today."""
    zones = readers.zones(today=request.organization.local_date(timezone.now()))
    return render_page(request, "accounts/zone_list.html", {"list": listing(request.GET, zones, COLUMNS)})


@require_safe
@member_required(Role.ADMIN)
def zone_export(request: TenantRequest) -> HttpResponseBase:
    """The same zones as a CSV."""
    return export(request.GET, readers.zones(today=request.organization.local_date(timezone.now())), COLUMNS, "zones")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def zone_import(request: TenantRequest) -> HttpResponse:
    """Zones from a CSV, after a look at what would change."""
    return import_page(
        request,
        COLUMNS,
        many="zones",
        back="settings:zone-list",
        plan=services.plan_zones,
        store=partial(services.store_zones, by=request.member),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def zone_add(request: TenantRequest) -> HttpResponse:
    """Add a zone, and go on to its page."""
    form = NameForm(request.POST if request.method == "POST" else None)
    made: list[Zone] = []
    if request.method == "POST" and applied(
        form,
        lambda: made.append(services.add_zone(request.organization, name=form.cleaned_data["name"], by=request.member)),
    ):
        messages.success(request, f"{made[0].name} is added.")
        return go_to(request, "settings:zone-detail", zone_id=made[0].pk)
    context = {"form": form, "kind": "zone", "many": "Zones", "back": "settings:zone-list"}
    return render_page(request, "accounts/name_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def zone_detail(request: TenantRequest, zone_id: int) -> HttpResponse:
    """One zone: its name, and who works it when."""
    zone = get_object_or_404(Zone, pk=zone_id)
    form = NameForm(request.POST if request.method == "POST" else None, stands={"name": zone.name})
    if request.method == "POST" and applied(
        form,
        lambda: services.rename_zone(
            zone, name=form.cleaned_data["name"], seen=form.seen().get("name"), by=request.member
        ),
    ):
        messages.success(request, "Saved.")
        return go_to(request, "settings:zone-detail", zone_id=zone.pk)
    return _page(request, zone, name_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def zone_assign(request: TenantRequest, zone_id: int) -> HttpResponse:
    """Give somebody a zone from a day."""
    zone = get_object_or_404(Zone, pk=zone_id)
    form = JoinForm(request.POST, today=request.organization.local_date(timezone.now()))
    if request.method != "POST":
        return go_to(request, "settings:zone-detail", zone_id=zone.pk)
    if applied(
        form,
        lambda: services.assign_zone(
            form.cleaned_data["member"],
            zone,
            start=form.cleaned_data["start"],
            end=form.cleaned_data["end"],
            by=request.member,
        ),
    ):
        messages.success(request, f"{form.cleaned_data['member'].name} works {zone.name}.")
        return go_to(request, "settings:zone-detail", zone_id=zone.pk)
    return _page(request, zone, join_form=form)


@require_safe
@member_required(Role.ADMIN)
def zone_people_export(request: TenantRequest, zone_id: int) -> HttpResponseBase:
    """Everybody who works, will work or has worked a zone, as a CSV."""
    zone = get_object_or_404(Zone, pk=zone_id)
    return export(request.GET, readers.assignments_of(zone), PEOPLE, f"zone-{zone.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def zone_people_import(request: TenantRequest, zone_id: int) -> HttpResponse:
    """People and their days from a CSV, after a look at what would change."""
    zone = get_object_or_404(Zone, pk=zone_id)
    return import_page(
        request,
        PEOPLE,
        many="people",
        back="settings:zone-detail",
        back_words=zone.name,
        found_by=FOUND_BY,
        plan=partial(services.plan_assignments, zone),
        store=partial(services.store_assignments, zone, by=request.member),
        zone_id=zone.pk,
    )


@require_POST
@member_required(Role.ADMIN)
def zone_delete(request: TenantRequest, zone_id: int) -> HttpResponse:
    """Delete a zone that nobody ever worked and no deal names."""
    zone = get_object_or_404(Zone, pk=zone_id)
    try:
        services.delete_zone(zone, by=request.member)
    except services.InUse:
        return _page(request, zone, status=409)
    messages.success(request, f"{zone.name} is deleted.")
    return go_to(request, "settings:zone-list")


def _page(request: TenantRequest, zone: Zone, *, status: int = 0, **forms: Any) -> HttpResponse:
    """The zone's page; a form that was refused stands there as it was typed."""
    today = request.organization.local_date(timezone.now())
    context = {
        "zone": readers.zone_detail(zone, today=today, search=request.GET.get("q", "")),
        "search": request.GET.get("q", ""),
        "in_use": readers.uses_of(zone),
        "name_form": NameForm(stands={"name": zone.name}),
        "join_form": JoinForm(today=today),
        "today": today,
    }
    refused = any(form.errors for form in forms.values())
    return render_page(
        request, "accounts/zone_detail.html", context | forms, status=status or (422 if refused else 200)
    )
