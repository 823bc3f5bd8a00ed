"""Public holidays, the organization's own closing days, and how many days are left to work."""

from functools import partial
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import readers, services
from accounts.choices import countries, regions
from accounts.forms.holidays import FIRST, LAST, ClosingDayForm, ClosingNameForm
from accounts.models import ClosingDay, Role
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from accounts.views.applying import applied
from config.formats import formats_of
from config.fragments import go_to, render_page
from config.lists import Column, export, import_page

COLUMNS = (
    Column("day", "Day", attrgetter("day"), order=("day",)),
    Column("name", "What for", attrgetter("name")),
)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def holiday_list(request: TenantRequest) -> HttpResponse:
    """A year's days off, and a form to close on another day."""
    form = ClosingDayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["day"]
        services.add_closing_day(request.organization, day=day, name=form.cleaned_data["name"], by=request.member)
        messages.success(request, f"Closed on {formats_of(request.organization).day(day)}.")
        return go_to(request, "settings:holiday-list", query=f"year={day.year}")
    return _page(request, year_asked(request), form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def closing_day_detail(request: TenantRequest, closing_id: int) -> HttpResponse:
    """Say anew what the organization is closed for."""
    closing = get_object_or_404(ClosingDay, pk=closing_id)
    form = ClosingNameForm(request.POST if request.method == "POST" else None, stands={"name": closing.name})
    if request.method == "POST" and applied(
        form,
        lambda: services.rename_closing_day(
            closing, name=form.cleaned_data["name"], seen=form.seen().get("name"), by=request.member
        ),
    ):
        messages.success(request, "Saved.")
        return go_to(request, "settings:holiday-list", query=f"year={closing.day.year}")
    context = {"closing": closing, "form": form}
    return render_page(request, "accounts/closing_day_detail.html", context, status=422 if form.errors else 200)


@require_POST
@member_required(Role.ADMIN)
def closing_day_remove(request: TenantRequest, closing_id: int) -> HttpResponse:
    """Open on a day after all."""
    closing = get_object_or_404(ClosingDay, pk=closing_id)
    day = closing.day
    services.remove_closing_day(closing, by=request.member)
    messages.success(request, f"Open on {formats_of(request.organization).day(day)} again.")
    return go_to(request, "settings:holiday-list", query=f"year={day.year}")


@require_safe
@member_required(Role.ADMIN)
def closing_day_export(request: TenantRequest) -> HttpResponseBase:
    """The closing days of every year as a CSV."""
    return export({}, ClosingDay.objects.all(), COLUMNS, "closing-days")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def closing_day_import(request: TenantRequest) -> HttpResponse:
    """Closing days from a CSV, after a look at what would change."""
    return import_page(
        request,
        COLUMNS,
        many="closing days",
        back="settings:holiday-list",
        intro="The name is the day, written as 2026-12-24.",
        plan=services.plan_closing_days,
        store=partial(services.store_closing_days, by=request.member),
    )


def year_asked(request: TenantRequest) -> int:
    """The year of the address, this one where it names none that calendars know."""
    text = request.GET.get("year", "")
    if text.isascii() and text.isdigit() and FIRST.year <= int(text[:6]) <= LAST.year:
        return int(text)
    return request.organization.local_date(timezone.now()).year


def _page(request: TenantRequest, year: int, form: Any) -> HttpResponse:
    organization = request.organization
    this_year = request.organization.local_date(timezone.now()).year
    context = {
        "shown": readers.holiday_year(organization, year),
        "years": sorted({this_year, this_year + 1, year}),
        "country": dict(countries()).get(organization.holiday_country, organization.holiday_country),
        "region": dict(regions(organization.holiday_country)).get(organization.holiday_region, ""),
        "form": form,
    }
    return render_page(request, "accounts/holiday_list.html", context, status=422 if form.errors else 200)
