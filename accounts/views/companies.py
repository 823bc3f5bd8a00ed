"""Operating companies: the list, and one of them."""

from functools import partial
from operator import attrgetter

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import readers, services
from accounts.models import Company, Role
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from accounts.views.applying import applied
from config.fragments import go_to, render_page
from config.lists import Column, export, import_page, listing
from config.seen import NameForm

COLUMNS = (Column("name", "Name", attrgetter("name"), order=("name_key",)),)


@require_safe
@member_required(Role.ADMIN)
def company_list(request: TenantRequest) -> HttpResponse:
    """The operating companies."""
    companies = listing(request.GET, Company.objects.all(), COLUMNS)
    return render_page(request, "accounts/company_list.html", {"list": companies})


@require_safe
@member_required(Role.ADMIN)
def company_export(request: TenantRequest) -> HttpResponseBase:
    """The same companies as a CSV."""
    return export(request.GET, Company.objects.all(), COLUMNS, "operating-companies")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def company_import(request: TenantRequest) -> HttpResponse:
    """Operating companies from a CSV, after a look at what would change."""
    return import_page(
        request,
        COLUMNS,
        many="operating companies",
        back="settings:company-list",
        plan=services.plan_companies,
        store=partial(services.store_companies, by=request.member),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def company_add(request: TenantRequest) -> HttpResponse:
    """Add an operating company."""
    form = NameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and applied(
        form,
        lambda: services.add_company(request.organization, name=form.cleaned_data["name"], by=request.member),
    ):
        messages.success(request, f"{form.cleaned_data['name']} is added.")
        return go_to(request, "settings:company-list")
    context = {"form": form, "kind": "operating company", "many": "Operating companies"}
    return render_page(
        request,
        "accounts/name_add.html",
        context | {"back": "settings:company-list"},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def company_detail(request: TenantRequest, company_id: int) -> HttpResponse:
    """One operating company: its name, and whether it can go."""
    company = get_object_or_404(Company, pk=company_id)
    form = NameForm(request.POST if request.method == "POST" else None, stands={"name": company.name})
    if request.method == "POST" and applied(
        form,
        lambda: services.rename_company(
            company, name=form.cleaned_data["name"], seen=form.seen().get("name"), by=request.member
        ),
    ):
        messages.success(request, "Saved.")
        return go_to(request, "settings:company-list")
    return _page(request, company, form)


@require_POST
@member_required(Role.ADMIN)
def company_delete(request: TenantRequest, company_id: int) -> HttpResponse:
    """Delete an operating company that nothing names."""
    company = get_object_or_404(Company, pk=company_id)
    try:
        services.delete_company(company, by=request.member)
    except services.InUse:
        return _page(request, company, NameForm(stands={"name": company.name}), status=409)
    messages.success(request, f"{company.name} is deleted.")
    return go_to(request, "settings:company-list")


def _page(request: TenantRequest, company: Company, form: NameForm, *, status: int = 0) -> HttpResponse:
    context = {"company": company, "name_form": form, "in_use": readers.uses_of(company)}
    return render_page(request, "accounts/company_detail.html", context, status=status or (422 if form.errors else 200))
