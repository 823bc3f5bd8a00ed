"""Reports saved under a name."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import has_role, member_required
from accounts.requests import TenantRequest
from accounts.services import ChangedMeanwhile
from config.formats import formats_of
from config.fragments import go_to, render_page
from reports import services
from reports.forms import ViewForm
from reports.models import SavedView
from reports.readers.saved import deleted_view, filter_names, saved_views
from reports.views import address, words


@require_safe
@member_required()
def view_list(request: TenantRequest) -> HttpResponse:
    """The reports that the viewer saved, and those that others share."""
    asked = request.GET.get("deleted", "")
    deleted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= address.LONGEST_ID else 0
    names = filter_names(request.member)
    context = {
        "views": [(saved, _told(request, saved.query, names)) for saved in saved_views(request.member)],
        "deleted": deleted,
        "deleted_name": deleted_view(request.member, deleted) if deleted else "",
    }
    return render_page(request, "reports/view_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def view_add(request: TenantRequest) -> HttpResponse:
    """Save the report that the address says under a name."""
    form = ViewForm(request.POST if request.method == "POST" else None, may_share=_may_share(request))
    query = _read(request, request.GET.dict()).query()
    if form.is_bound and form.is_valid():
        try:
            view = services.save_view(query, name=form.cleaned_data["name"], shared=form.shares, by=request.member)
        except ValidationError as error:
            _refuse(form, error)
        else:
            messages.success(request, f"{view.name} is saved.")
            return go_to(request, "reports:report", query=query)
    context = {"form": form, "query": query, "told": _told(request, query, filter_names(request.member))}
    return render_page(request, "reports/view_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def view_edit(request: TenantRequest, view_id: int) -> HttpResponse:
    """Rename or share a report of one's own."""
    view = get_object_or_404(SavedView, pk=view_id, owner=request.member)
    # Who may share no more may still stop sharing.
    may_share = _may_share(request) or view.shared
    stands = {"name": view.name, "shared": view.shared}
    form = ViewForm(request.POST if request.method == "POST" else None, stands=stands, may_share=may_share)
    if form.is_bound and form.is_valid():
        try:
            shared = form.shares if may_share else view.shared
            name = form.cleaned_data["name"]
            services.change_view(view, name=name, shared=shared, seen=form.seen(), by=request.member)
        except ChangedMeanwhile as error:
            form.explain(error)
        except ValidationError as error:
            _refuse(form, error)
        else:
            messages.success(request, "Saved.")
            return go_to(request, "reports:view-list")
    context = {"form": form, "view": view, "told": _told(request, view.query, filter_names(request.member))}
    return render_page(request, "reports/view_edit.html", context, status=422 if form.errors else 200)


@require_POST
@member_required()
def view_delete(request: TenantRequest, view_id: int) -> HttpResponse:
    """Delete a saved report; the list offers to put it back."""
    view = next((saved for saved in saved_views(request.member) if saved.view_id == view_id and saved.deletable), None)
    if view is None:
        raise Http404
    services.delete_view(SavedView.objects.get(pk=view_id), by=request.member)
    return go_to(request, "reports:view-list", query=f"deleted={view_id}")


@require_POST
@member_required()
def view_restore(request: TenantRequest, view_id: int) -> HttpResponse:
    """Put a report back that one has just deleted."""
    try:
        view = services.restore_view(view_id, by=request.member)
    except services.NoSuchView as error:
        raise Http404 from error
    except ValidationError as error:
        taken = "name" in getattr(error, "error_dict", {})
        words = "There is another saved report of this name by now." if taken else " ".join(error.messages)
        messages.error(request, f"Not put back. {words}")
    else:
        messages.success(request, f"{view.name} is back.")
    return go_to(request, "reports:view-list")


def _may_share(request: TenantRequest) -> bool:
    return has_role(request.member, Role.MANAGER)


def _read(request: TenantRequest, data: dict[str, Any]) -> address.Read:
    today = request.organization.local_date(timezone.now())
    return address.read(data, today, request.organization.fiscal_start)


def _told(request: TenantRequest, query: str, names: tuple[dict[int, str], dict[int, str]]) -> str:
    """What a saved report shows, in words."""
    read = _read(request, QueryDict(query).dict())
    written = words.words_of(request.organization, formats_of(request.organization), revenue=read.asked.revenue)
    return words.description(read, written, *names)


def _refuse(form: ViewForm, error: ValidationError) -> None:
    found = getattr(error, "error_dict", {}).get("name")
    form.add_error("name" if found else None, found or error)
