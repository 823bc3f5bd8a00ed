"""Deals by hand: the form to record and edit one, deleting it, putting it back, and the names it offers."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import may_record, member_required
from accounts.requests import TenantRequest
from config.formats import formats_of
from config.fragments import go_to, render_page
from ledger import effects
from ledger.effects import Facts, Moved
from ledger.forms.deal import DealSheet, typed_of
from ledger.models import Kind
from ledger.readers import deals as readers
from ledger.readers.deals.detail import image_of, version_of
from ledger.readers.deals.names import brand_names, named_like, wholesaler_names
from ledger.services import records as services
from ledger.views.deal_words import compared, moved_words


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.MANAGER)
def deal_new(request: TenantRequest) -> HttpResponse:
    """Record a deal by hand."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else Kind.SALE.value
    today = request.organization.local_date(timezone.now())
    formats = formats_of(request.organization)
    if request.method != "POST":
        initial = {"kind": kind, "number": readers.free_number(kind, today.year), "date": today}
        sheet = DealSheet(None, by=request.member, formats=formats, initial=initial)
        return _page(request, sheet)
    sheet = DealSheet(request.POST, by=request.member, formats=formats)
    if (action := request.POST.get("action", "save")) != "save":
        return _page(request, sheet.rearranged(request.POST, action, by=request.member))
    if sheet.is_valid():
        moved = _moved(request, None, sheet.facts())
        entry = sheet.entry()
        try:
            deal_id = services.record_deal(entry, run=_run(request), by=request.member)
        except services.NumberTaken as error:
            sheet.header.add_error("number", f"There is already {_a(entry.kind)} with this number.")
            return _page(request, sheet, taken=error.deal_id)
        except services.NotYours:
            sheet.header.add_error("member", "This person was in none of your teams on that day.")
        except services.EntryWrong as error:
            sheet.explain(error.errors)
        else:
            words = f"{Kind(entry.kind).label} {entry.number} recorded."
            messages.success(request, " ".join([words, *moved_words(moved, formats)]))
            return go_to(request, "records:deal-detail", deal_id=deal_id)
    return _page(request, sheet)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.MANAGER)
def deal_edit(request: TenantRequest, deal_id: int) -> HttpResponse:
    """Edit a deal; where somebody changed or deleted it meanwhile, show both (409)."""
    related = ("member", "customer", "customer_branch", "wholesaler_branch", "state")
    deal = readers.visible_deals(request.member).select_related(*related).filter(pk=deal_id).first()
    if deal is None:
        return _deleted_meanwhile(request, deal_id)
    if not may_record(request.member, deal.member_id, deal.date):
        raise PermissionDenied
    formats = formats_of(request.organization)
    lines = list(deal.lines.select_related("brand").order_by("position"))
    version = version_of(image_of(deal, lines))
    if request.method != "POST":
        header, typed = typed_of(deal, lines, formats)
        sheet = DealSheet(None, by=request.member, formats=formats, deal=deal, initial=header, lines=typed)
        return _page(request, sheet, version=version)
    sheet = DealSheet(request.POST, by=request.member, formats=formats, deal=deal)
    opened = request.POST.get("version", "")
    if (action := request.POST.get("action", "save")) != "save":
        return _page(request, sheet.rearranged(request.POST, action, by=request.member), version=opened)
    if sheet.is_valid():
        moved = _moved(request, effects.facts_of(deal), sheet.facts())
        entry = sheet.entry()
        try:
            changed = services.edit_deal(deal_id, entry, version=opened, run=_run(request), by=request.member)
        except services.NoSuchDeal:
            return _deleted_meanwhile(request, deal_id)
        except services.NotYours:
            sheet.header.add_error("member", "This person was in none of your teams on that day.")
        except services.ChangedSince:
            both = compared(deal, lines, entry, formats)
            return _page(request, sheet, version=version, conflict=both, status=409)
        except services.EntryWrong as error:
            sheet.explain(error.errors)
        else:
            words = f"{deal} saved." if changed else f"Nothing about {deal} was changed."
            messages.success(request, " ".join([words, *(moved_words(moved, formats) if changed else [])]))
            return go_to(request, "records:deal-detail", deal_id=deal_id)
    return _page(request, sheet, version=opened)


@require_POST
@member_required(Role.MANAGER)
def deal_delete(request: TenantRequest, deal_id: int) -> HttpResponse:
    """Take a deal back; the list then offers to put it back."""
    try:
        change_id = services.delete_deal(
            deal_id, version=request.POST.get("version", ""), run=_run(request), by=request.member
        )
    except services.NoSuchDeal as error:
        raise Http404 from error
    except services.ChangedSince:
        messages.warning(request, "Not deleted: this deal was changed after you opened it. This is how it is now.")
        return go_to(request, "records:deal-detail", deal_id=deal_id)
    return go_to(request, "records:deal-list", query=f"deleted={change_id}")


@require_POST
@member_required(Role.MANAGER)
def deal_restore(request: TenantRequest, change_id: int) -> HttpResponse:
    """Put back a deal that was deleted."""
    try:
        deal_id = services.restore_deal(change_id, run=uuid4(), by=request.member)
    except services.NoSuchDeal as error:
        raise Http404 from error
    except services.EntryWrong as error:
        messages.error(request, f"Not put back. {error}")
        return go_to(request, "records:deal-list")
    messages.success(request, "The deal is back.")
    return go_to(request, "records:deal-detail", deal_id=deal_id)


@require_safe
@member_required(Role.MANAGER)
def name_options(request: TenantRequest) -> HttpResponse:
    """Names that begin with what is typed in a field of the form, as options."""
    field = next((name for name in ("customer_branch", "customer") if name in request.GET), "customer")
    names = named_like(field, request.GET.get(field, ""), customer=request.GET.get("customer", ""))
    return render_page(request, "ledger/name_options.html", {"names": names})


def _deleted_meanwhile(request: TenantRequest, deal_id: int) -> HttpResponse:
    """Where somebody deleted a deal that this one edits: what was typed, to be recorded anew (409)."""
    deleted = readers.deletion_of(request.member, deal_id)
    if deleted is None:
        raise Http404
    if request.method != "POST":
        return go_to(request, "records:deal-list", query=f"deleted={deleted.change_id}")
    typed = request.POST.copy()
    typed["kind"], typed["number"] = deleted.kind.value, deleted.number
    sheet = DealSheet(typed, by=request.member, formats=formats_of(request.organization))
    return _page(request, sheet, deleted=deleted, status=409)


def _page(
    request: TenantRequest,
    sheet: DealSheet,
    *,
    version: str = "",
    taken: int | None = None,
    deleted: readers.DeletedDeal | None = None,
    conflict: list[tuple[str, str, str]] | None = None,
    status: int = 0,
) -> HttpResponse:
    """The form; 422 with what was typed where something is wrong with it."""
    before = effects.facts_of(sheet.deal) if sheet.deal else None
    _suggest_names(request, sheet)
    context: dict[str, Any] = {
        "sheet": sheet,
        "form": sheet.header,
        "deal": sheet.deal,
        "version": version,
        "run": uuid4()
        if taken or conflict or deleted
        else _run(request),  # what was sent under the old one may be stored
        "taken": taken,
        "deleted": deleted,
        "conflict": conflict,
        "moved": [each for each in _moved(request, before, sheet.facts()) if each.before != each.after],
        "brands": brand_names(),
        "wholesalers": wholesaler_names(),
    }
    return render_page(
        request,
        "ledger/deal_form.html",
        context,
        fragments={"deal-moves"},
        status=status or (422 if sheet.bound else 200),
    )


def _suggest_names(request: TenantRequest, sheet: DealSheet) -> None:
    """Let the browser ask for customers and branches that begin with what is typed."""
    url = reverse("records:name-options", kwargs={"organization": request.organization.slug})
    for name, more in (("customer", "this"), ("customer_branch", "[name=customer]")):
        sheet.header.fields[name].widget.attrs |= {
            "hx-get": url,
            "hx-trigger": "focus, input changed delay:250ms",
            "hx-include": more,
            "hx-target": f"#{name}-names",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }


def _moved(request: TenantRequest, before: Facts | None, after: Facts | None) -> list[Moved]:
    return effects.of_change(before, after, viewer=request.member)


def _run(request: TenantRequest) -> UUID:
    """The run that the form was opened for, so that sending it twice stores once."""
    try:
        return UUID(request.POST.get("run", ""))
    except ValueError:
        return uuid4()


def _a(kind: str) -> str:
    return "an order" if kind == Kind.ORDER else "a sale"
