"""Deals: the list, the file of what is listed, and one deal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import is_admitted, member_required
from accounts.requests import TenantRequest
from config.fragments import go_to, render_page
from ledger import effects
from ledger.forms.deal_filter import DealFilterForm
from ledger.readers import deals as readers
from ledger.readers.deals import SORTS, DealFilter
from progress.periods import PeriodKind, month_of, preceding

#: What says where in the list one is, and not which list.
PLACE = ("after", "before", "deleted")


@dataclass(frozen=True, slots=True)
class Preset:
    """A span of days to choose at once."""

    name: str
    query: str
    current: bool


@dataclass(frozen=True, slots=True)
class Sort:
    """A heading that sorts: `now` is ascending, descending, or "" where another one does."""

    query: str
    now: str


@require_safe
@member_required()
def deal_list(request: TenantRequest) -> HttpResponse:
    """The deals that the viewer may see, filtered, sorted and summed."""
    form = DealFilterForm(request.GET, viewer=request.member)
    asked = form.asked()
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    today = request.organization.local_date(timezone.now())
    may_record = is_admitted(request.member, Role.MANAGER)
    context = {
        "form": form,
        "asked": asked,
        "page": readers.deal_page(request.member, asked, **place),
        "sums": readers.deal_sums(request.member, asked),
        "presets": presets(request.GET, asked, today),
        "sorts": sorts(request.GET, asked),
        "query": query_of(request.GET),
        "may_record": may_record,
        "deleted": readers.deleted_deal(request.member, _id(request.GET.get("deleted", ""))) if may_record else None,
    }
    return render_page(request, "ledger/deal_list.html", context, fragments={"deals"})


@require_safe
@member_required()
def deal_export(request: TenantRequest) -> HttpResponseBase:
    """What is filtered as a CSV, streamed."""
    asked = DealFilterForm(request.GET, viewer=request.member).asked()
    name = f"{asked.kind}s" if asked.kind else "deals"
    return StreamingHttpResponse(
        readers.deals_csv(request.member, asked),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


@require_safe
@member_required()
def deal_detail(request: TenantRequest, deal_id: int) -> HttpResponse:
    """One deal with its lines, what it counts towards, and its history; one that was deleted can be put back.

    The address of one that was deleted and came again in another way, as by an import, leads to what came.
    """
    detail = readers.deal_detail(request.member, deal_id)
    if detail is None:
        if again := readers.namesake_of(request.member, deal_id):
            return go_to(request, "records:deal-detail", deal_id=again)
        deleted = readers.deletion_of(request.member, deal_id) if is_admitted(request.member, Role.MANAGER) else None
        if deleted is None:
            raise Http404
        return go_to(request, "records:deal-list", query=f"deleted={deleted.change_id}")
    facts = effects.facts_of(detail.deal)
    context = {
        "detail": detail,
        "deal": detail.deal,
        "counts": effects.of_change(facts, facts, viewer=request.member),
        "run": uuid4(),
        "editable": detail.editable and is_admitted(request.member, Role.MANAGER),
    }
    return render_page(request, "ledger/deal_detail.html", context)


def sorts(data: QueryDict, asked: DealFilter) -> dict[str, Sort]:
    """{column: its heading}: the way it is sorted now, and what a click asks for."""
    found = {}
    for name in SORTS:
        now = "" if asked.column != name else "descending" if asked.descending else "ascending"
        begins = name if name == "number" else f"-{name}"
        turned = {"ascending": f"-{name}", "descending": name}.get(now, begins)
        found[name] = Sort(query_of(data, {"sort": turned}), now)
    return found


def presets(data: QueryDict, asked: DealFilter, today: date) -> list[Preset]:
    """The spans that people ask for most, as links that keep every other filter."""
    month = month_of(today)
    before = preceding(month, PeriodKind.MONTH)
    spans: list[tuple[str, date | None, date | None]] = [
        ("This month", month.start, month.end),
        ("Last month", before.start, before.end),
        ("This year", today.replace(month=1, day=1), today.replace(month=12, day=31)),
        ("Last 12 months", _year_before(today), today),
        ("All time", None, None),
    ]
    return [
        Preset(
            name,
            query_of(data, {"first": first.isoformat() if first else "", "last": last.isoformat() if last else ""}),
            (asked.first, asked.last) == (first, last),
        )
        for name, first, last in spans
    ]


def query_of(data: QueryDict, changes: Mapping[str, str] | None = None) -> str:
    """The query string of a list: what is asked for without blanks and without the place in it."""
    asked = {name: value for name, value in data.items() if isinstance(value, str)} | dict(changes or {})
    return urlencode({name: value for name, value in asked.items() if value and name not in PLACE})


def _year_before(today: date) -> date:
    return today - timedelta(days=364)


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
