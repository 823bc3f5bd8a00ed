"""The pages of every list that records refer to; what sets them apart stands in `ledger.views.kinds`."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import NamedModel, Role
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from accounts.services import ChangedMeanwhile
from config.formats import formats_of
from config.fragments import go_to, render_page
from config.lists import export, import_page, listing
from ledger.forms.lists import StateForm
from ledger.models import Customer, DealState
from ledger.readers import lists as readers
from ledger.services import lists as services
from ledger.views.kinds import KINDS, Kind


@require_safe
@member_required(Role.ADMIN)
def entry_list(request: TenantRequest, kind: str) -> HttpResponse:
    """One list: search, sort, page."""
    return render_page(request, "ledger/entry_list.html", _list_context(request, KINDS[kind], None))


@require_safe
@member_required(Role.ADMIN)
def entry_export(request: TenantRequest, kind: str, customer_id: int | None = None) -> HttpResponseBase:
    """Exactly what the list shows, as a CSV."""
    about = KINDS[kind]
    rows = about.filtered(_rows(about, customer_id), request.GET)
    return export(request.GET, rows, about.columns, about.many.replace(" ", "-"), usual=about.usual)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def entry_import(request: TenantRequest, kind: str, customer_id: int | None = None) -> HttpResponse:
    """Rows from a CSV, after a look at what would change."""
    about = KINDS[kind]
    plan, store = about.plan, about.store
    owner: Any = () if customer_id is None else (get_object_or_404(Customer.objects.all(), pk=customer_id),)
    return import_page(
        request,
        about.columns,
        many=about.many,
        back=about.back,
        intro=about.import_words,
        plan=partial(plan, *owner),
        store=lambda lines, seen: store(*owner, lines, seen=seen, by=request.member),
        **_address(about, customer_id),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def entry_add(request: TenantRequest, kind: str, customer_id: int | None = None) -> HttpResponse:
    """Add a row."""
    about = KINDS[kind]
    _rows(about, customer_id)  # a customer of somebody else is not there
    form = about.form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            entry = services.add_entry(about.model(), by=request.member, **form.cleaned_data, **_owner(customer_id))
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"{entry.name} added.")
            return go_to(request, about.back, **_address(about, customer_id))
    context = _frame(request, about, customer_id) | {"form": form}
    return render_page(request, "ledger/entry_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def entry_edit(request: TenantRequest, kind: str, entry_id: int, customer_id: int | None = None) -> HttpResponse:
    """Rename a row, or change what else it holds; and what else can be done with it."""
    about = KINDS[kind]
    entry = get_object_or_404(_rows(about, customer_id), pk=entry_id)
    form = about.form(request.POST if request.method == "POST" else None, stands=entry)
    if form.is_bound and form.is_valid() and _change(request, entry, form):
        return go_to(request, about.back, **_address(about, customer_id))
    return _entry_page(request, about, entry, customer_id, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def customer_edit(request: TenantRequest, entry_id: int) -> HttpResponse:
    """A customer and the list of their branches."""
    about = KINDS["customer"]
    customer = get_object_or_404(Customer.objects.all(), pk=entry_id)
    form = about.form(request.POST if request.method == "POST" else None, stands=customer)
    if form.is_bound and form.is_valid() and _change(request, customer, form):
        return go_to(request, "lists:customer-edit", entry_id=customer.pk)
    branches = _list_context(request, KINDS["branch"], customer.pk)
    return _entry_page(request, about, customer, None, form=form, branches=branches, list=branches["list"])


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def state_edit(request: TenantRequest, entry_id: int) -> HttpResponse:
    """Rename a state or change what its deals count as; what that moves is shown before it is stored."""
    state = get_object_or_404(DealState.objects.all(), pk=entry_id)
    form = StateForm(request.POST if request.method == "POST" else None, stands=state)
    moves = None
    if form.is_bound and form.is_valid():
        moves = readers.state_moves(state, **form.flags(state))
        agreed = not moves.deals or request.POST.get("moves") == moves.token
        if agreed and _change(request, state, form):
            return go_to(request, "lists:state-list")
    return _entry_page(
        request,
        KINDS["state"],
        state,
        None,
        form=form,
        moves=None if form.errors else moves,
        outdated="moves" in request.POST,
    )


@require_POST
@member_required(Role.ADMIN)
def entry_delete(request: TenantRequest, kind: str, entry_id: int, customer_id: int | None = None) -> HttpResponse:
    """Delete a row that nothing names."""
    about = KINDS[kind]
    entry = get_object_or_404(_rows(about, customer_id), pk=entry_id)
    try:
        services.delete_entry(entry, by=request.member)
    except services.EntryInUse:
        return _entry_page(request, about, entry, customer_id, form=about.form(None, stands=entry), refused=True)
    messages.success(request, f"{entry.name} deleted.")
    return go_to(request, about.back, **_address(about, customer_id))


def _change(request: TenantRequest, entry: NamedModel, form: Any) -> bool:
    """Whether what was typed is stored now; what is wrong with it stands in the form."""
    try:
        services.change_entry(entry, seen=form.seen(), by=request.member, **form.cleaned_data)
    except ChangedMeanwhile as error:
        form.explain(error)
    except ValidationError as error:
        form.refuse(error)
    else:
        messages.success(request, "Saved.")
        return True
    return False


def _entry_page(
    request: TenantRequest,
    about: Kind,
    entry: NamedModel,
    customer_id: int | None,
    *,
    form: Any,
    refused: bool = False,
    **more: Any,
) -> HttpResponse:
    """The page of one row: its form, what names it, and deleting it."""
    uses = readers.uses(entry)
    formats = formats_of(request.organization)
    address = {"organization": request.organization.slug, "entry_id": entry.pk, **_owner(customer_id)}
    context = _frame(request, about, customer_id) | {
        "form": form,
        "entry": entry,
        "uses": [f"{formats.number(each.count)} {each.words}" for each in uses],
        "refused": refused,
        "delete": reverse(f"lists:{about.name}-delete", kwargs=address),
        **more,
    }
    status = 409 if refused else 422 if form.errors else 200
    return render_page(request, "ledger/entry_edit.html", context, status=status)


def _list_context(request: TenantRequest, about: Kind, customer_id: int | None) -> dict[str, Any]:
    rows = about.filtered(_rows(about, customer_id), request.GET)
    page: Any = listing(
        request.GET, rows, about.columns, usual=about.usual, filters=about.filters, cut=about.cut or None
    )
    page = replace(page, rows=about.shown(page.rows, request.GET))
    return _frame(request, about, customer_id) | {
        "list": page,
        "choices": about.choices(),
        "chosen": {name: request.GET.get(name, "") for name in about.filters},
        "moved": request.GET.get("moved", ""),
    }


def _frame(request: TenantRequest, about: Kind, customer_id: int | None) -> dict[str, Any]:
    """The words of a list and the addresses of its pages."""
    address = {"organization": request.organization.slug, **_owner(customer_id)}
    pages = {page: reverse(f"lists:{about.name}-{page}", kwargs=address) for page in ("add", "export", "import")}
    back = reverse(about.back, kwargs={"organization": request.organization.slug, **_address(about, customer_id)})
    return {"about": about, "pages": pages, "back": back}


def _rows(about: Kind, customer_id: int | None) -> "QuerySet[Any]":
    if customer_id is None:
        return about.rows()
    return readers.branches(get_object_or_404(Customer.objects.all(), pk=customer_id))


def _owner(customer_id: int | None) -> dict[str, int]:
    return {} if customer_id is None else {"customer_id": customer_id}


def _address(about: Kind, customer_id: int | None) -> dict[str, Any]:
    """What the page that a list stands on is called with: for branches, their customer's."""
    return {} if customer_id is None else {"entry_id": customer_id}
