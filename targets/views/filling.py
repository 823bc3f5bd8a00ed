"""Filling many cells: last month's targets again, or one number for more; asked first where numbers would go."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Member
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from config.fragments import go_to, render_page
from ledger.models import Channel
from progress.periods import PeriodKind, month_of, preceding, rest_of_year
from targets import services
from targets.forms import SpreadForm, parse_month, parse_number, read_agreed, read_expected, read_ids, write_agreed
from targets.plain import SpreadPageForm
from targets.readers import grid_of
from targets.services import Filled, Replaced, Spread
from targets.views import notes
from targets.views.edits import answer, facts_of, from_grid, page_query, plain_context, plain_view
from targets.views.words import plural

LISTED = 12


@require_POST
@member_required()
def month_copy(request: TenantRequest) -> HttpResponse:
    """Copy last month's targets, of everyone or of the people named; 409 with a question where numbers would go."""
    month = parse_month(request.POST.get("month", ""))
    if month is None:
        raise Http404
    now, formats = timezone.now(), formats_of(request.organization)
    before = formats.month(preceding(month_of(month), PeriodKind.MONTH).start)
    return _fill(
        request,
        month,
        lambda agreement: services.copy_month(
            month, members=read_ids(request.POST), by=request.member, at=now, **agreement
        ),
        done=lambda count: f"{plural(count, 'target')} copied from {before}.",
        nothing=f"Nothing to copy: {before} has no targets that differ.",
        title=f"Copy the targets of {before}?",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def target_apply(request: TenantRequest) -> HttpResponse:
    """Use one number for more months or more people; 409 with a question where it is not clear what that changes.

    Without JavaScript a page asks which number, and for whom.
    """
    if request.method != "POST":
        return _page(to=request)
    form = SpreadForm(request.POST)
    month = parse_month(request.POST.get("month", ""))
    if month is not None and "page" in request.POST and not form.is_valid():
        return _page(to=request)
    if month is None or not form.is_valid():
        raise Http404
    now, formats, asked = timezone.now(), formats_of(request.organization), form.cleaned_data
    try:
        number = parse_number(asked["number"], asked["metric"], formats)
    except ValueError as error:
        if "page" in request.POST:
            return _page(to=request, problem=str(error))
        return _told(request, month, str(error), status=422)
    spread = Spread(asked["channel"], form.member_ids(), form.months(month, request.organization.fiscal_start))
    shown = "No target" if number is None else formats.number(number)
    return _fill(
        request,
        month,
        lambda agreement: services.apply_target(
            spread, number=number, metric=asked["metric"], by=request.member, at=now, **agreement
        ),
        done=lambda count: f"{shown} now in {plural(count, 'more cell')}.",
        nothing="Nothing to change: those cells hold it already, or nobody is there to reach it.",
        title=f"Use {shown} for more cells?",
    )


def _fill(
    request: TenantRequest,
    month: date,
    act: Callable[[dict[str, Any]], Filled],
    *,
    done: Callable[[int], str],
    nothing: str,
    title: str,
) -> HttpResponse:
    """Fill, and say how many cells that were; or ask first, naming what would be replaced."""
    try:
        filled = act(
            {
                "agreed": read_agreed(request.POST.get("agreed", "")),
                "expected": read_expected(request.POST.get("cells", "")),
                "keep": request.POST.get("keep") == "1",
            }
        )
    except services.UnknownCell as error:
        raise Http404 from error
    except services.NothingToFill:
        return _told(request, month, nothing, status=422)
    except services.WouldReplace as question:
        return _ask(request, month, question, title)
    except services.Conflict:
        return _told(request, month, "Somebody set one of these targets just now. Try again.", status=409)
    text = done(len(filled.changes))
    if filled.kept:
        text = f"{text} {plural(filled.kept, 'other number')} kept."
    if not from_grid(request):
        messages.success(request, text)
        return go_to(request, "targets:grid", query=page_query(request, month, undo=filled.changes[0].batch))
    toast = notes.toast(text, batch=filled.changes[0].batch)
    return answer(month, timezone.now(), to=request, changes=filled.changes, toast=toast)


def _page(*, to: TenantRequest, problem: str = "") -> HttpResponse:
    """Ask for a number and for whom it is; 422 with everything that was typed where it is no number."""
    month, shown = plain_view(to, timezone.now())
    sheet = grid_of(facts_of(to, month, timezone.now()), shown)
    people = [row.member_id for row in sheet.rows if row.editable]
    if not people:
        raise PermissionDenied
    reaches = _reaches(month, to.organization.fiscal_start, len(people), formats_of(to.organization))
    form = SpreadPageForm(sheet, reaches, to.POST or None, initial={"reach": reaches[0][0]})
    if problem:
        form.add_error("number", problem)
    context = plain_context(to, sheet, "One number for many cells", "Go on", form) | {
        "fields": [
            ("page", "1"),
            ("month", f"{month:%Y-%m}"),
            ("metric", "revenue" if shown.revenue else "count"),
            ("members", ",".join(map(str, people))),
        ],
        "lead": "You see how many cells that is, and which other numbers it would replace, before anything is changed.",
    }
    return render_page(to, "targets/plain.html", context, status=422 if to.method == "POST" else 200)


def _reaches(month: date, fiscal_start: int, people: int, formats: Formats) -> list[tuple[str, str]]:
    """What a number can be used for from a month on, in words."""
    later = len(rest_of_year(month, fiscal_start))
    here = formats.month(month)
    found = [("everyone", f"Everyone shown, {here} ({plural(people, 'cell')})")] if people > 1 else []
    if later:
        found = [("year", f"This person, the rest of the year ({plural(later, 'cell')})"), *found]
    if later and people > 1:
        found.append(
            ("both", f"Everyone shown, {here} and the rest of the year ({plural(people * (later + 1), 'cell')})")
        )
    return found or [("everyone", f"This person, {here}")]


def _told(request: TenantRequest, month: date, text: str, *, status: int) -> HttpResponse:
    """Say why nothing was done: in a toast, or on the page again."""
    if from_grid(request):
        return HttpResponse(notes.toast(text, error=True), status=status)
    messages.error(request, text)
    return go_to(request, "targets:grid", query=page_query(request, month))


def _ask(request: TenantRequest, month: date, question: services.WouldReplace, title: str) -> HttpResponse:
    """The question, as a dialog on the grid and as a page of its own without JavaScript."""
    formats = formats_of(request.organization)
    total, replaced = question.total, len(question.replaced)
    context = {
        "title": title,
        "month": month,
        "action": request.get_full_path(),
        "fields": _carried(request.POST),
        "agreed": write_agreed({one.key: one.version for one in question.replaced}),
        "rows": _rows(question.replaced[:LISTED], formats),
        "more": max(0, replaced - LISTED),
        "total": total,
        "replaced": replaced,
        "others": total - replaced,
    }
    template = "targets/replace.html#replace" if from_grid(request) else "targets/replace.html"
    return render_page(request, template, context, status=409)


def _carried(data: QueryDict) -> list[tuple[str, str]]:
    """What was asked for, to be asked for again."""
    answers = {"agreed", "cells", "keep", "csrfmiddlewaretoken"}
    return [(name, value) for name, values in data.lists() if name not in answers for value in values]


def _rows(replaced: Sequence[Replaced], formats: Formats) -> list[tuple[str, str, str, str, str]]:
    """(person, channel, month, number that goes, number that comes) in words. Two queries."""
    members = Member.objects.in_bulk({one.member_id for one in replaced})
    channels: Mapping[int, Channel] = Channel.objects.in_bulk({one.channel_id for one in replaced})
    return [
        (
            members[one.member_id].name,
            channels[one.channel_id].name,
            formats.month(one.month),
            formats.number(one.old),
            "none" if one.new is None else formats.number(one.new),
        )
        for one in replaced
    ]
