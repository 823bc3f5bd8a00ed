"""Saving one cell, and undo: the answers are the parts of the page that the edit changed."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from config.fragments import go_to, render_page
from progress.periods import month_of
from targets import services
from targets.facts import MonthFacts, month_facts
from targets.forms import CellForm, parse_month, parse_number
from targets.readers import Grid, Shown, grid_of
from targets.services import Change, Metric, Standing
from targets.views import cells, notes
from targets.views import shown as view_of
from targets.views.cells import Drawing, Place
from targets.views.grid import around

NOTHING = SafeString("")
SHOWN = ("show", "team", "behind")


@require_POST
@member_required()
def cell_save(request: TenantRequest) -> HttpResponse:
    """Save one cell as typed and answer with its neighbours; 422 where it can't be, 409 where somebody changed it."""
    form = CellForm(request.POST)
    month = parse_month(request.POST.get("month", ""))
    if month is None or not form.is_valid():
        raise Http404
    now, formats = timezone.now(), formats_of(request.organization)
    where = form.cleaned_data
    place = (where["member"], where["channel"])
    try:
        number = parse_number(where["count"], where["metric"], formats)
    except ValueError as error:
        return HttpResponse(notes.cell_note(place, str(error)), status=422)
    facts = facts_of(request, month, now)
    try:
        rest = {"version": where["version"], "by": request.member, "at": now, "facts": facts}
        if where["metric"] == "revenue":
            change = services.set_revenue(*place, month, revenue=number, **rest)
        else:
            change = services.set_target(*place, month, count=number, **rest)
    except services.UnknownCell as error:
        raise Http404 from error
    except services.Conflict as conflict:
        note = notes.conflict_note(place, where["count"], conflict.standing, now, formats)
        facts = facts.after([standing_change(place, month, where["metric"], conflict.standing)])
        return answer(month, now, to=request, facts=facts, places=[place], note=note, status=409)
    except ValueError as error:
        note = notes.cell_note(place, notes.refusal(error, formats))
        return HttpResponse(note, status=422)
    return answer(month, now, to=request, facts=facts.after([change]), changes=[change])


@require_POST
@member_required()
def edit_undo(request: TenantRequest) -> HttpResponse:
    """Take back one edit, however many cells it had, unless one was changed since (409)."""
    now, formats = timezone.now(), formats_of(request.organization)
    try:
        batch = uuid.UUID(request.POST.get("batch", ""))
        changes = services.undo(batch, by=request.member, at=now)
    except services.ChangedSince as conflict:
        text = f"Not undone. {notes.standing_words(conflict.standing, now, formats)}"
        return _not_undone(text, to=request, status=409)
    except services.CellClosed as error:
        return _not_undone(f"Not undone. {notes.refusal(error, formats)}", to=request, status=422)
    except (services.NothingToUndo, ValueError):
        return _not_undone("There is nothing left to undo.", to=request, status=422)
    shown = parse_month(request.GET.get("month", "")) or changes[0].month
    if not from_grid(request):
        messages.success(request, f"{len(changes)} target{'' if len(changes) == 1 else 's'} put back.")
    return answer(shown, now, to=request, changes=changes, undone=True)


def _not_undone(text: str, *, to: TenantRequest, status: int) -> HttpResponse:
    """Say why nothing was put back: in a toast, or on a page."""
    if from_grid(to):
        return HttpResponse(notes.toast(text, error=True), status=status)
    month, _ = plain_view(to, timezone.now())
    context = {"title": "Undo", "told": text, "view": page_query(to, month)}
    return render_page(to, "targets/plain.html", context, status=status)


def from_grid(request: TenantRequest) -> bool:
    """Whether the grid itself asks, which puts the parts of an answer in their places."""
    return bool(request.htmx) and request.htmx.target == "cell-saved"


def facts_of(request: TenantRequest, month: date, now: datetime) -> MonthFacts:
    """The month as the editor sees it: what an edit is checked against, and drawn from once it is stored."""
    return month_facts(request.member, request.organization, month, request.organization.local_date(now))


def standing_change(place: Place, month: date, metric: Metric, standing: Standing) -> Change:
    """What somebody else left in a cell, as a change of what its editor saw."""
    return Change(*place, month, None, standing.number, standing.version, None, metric)


def page_query(request: TenantRequest, month: date, *, undo: uuid.UUID | None = None) -> str:
    """The address of the page an edit came from: its month, what it shows of it, and the batch it offers to undo."""
    query = request.GET.copy()
    for name in set(query) - set(SHOWN):
        del query[name]
    query["month"] = f"{month:%Y-%m}"
    if undo:
        query["undo"] = str(undo)
    return query.urlencode()


def plain_view(request: TenantRequest, now: datetime) -> tuple[date, Shown]:
    """What a page that does without JavaScript works on: the month and the team of the address it was opened from."""
    shown = replace(view_of.read_shown(request.GET), behind=False)
    asked = request.GET.get("month", "") or request.POST.get("month", "")
    return parse_month(asked) or month_of(request.organization.local_date(now)).start, shown


def plain_context(request: TenantRequest, sheet: Grid, title: str, submit: str, form: Form) -> dict[str, Any]:
    """What such a page shows."""
    team = sheet.teams.get(sheet.shown.team, "Unknown team") if sheet.shown.team is not None else ""
    words = ["Revenue" if sheet.shown.revenue else "Deals", formats_of(request.organization).month(sheet.month)]
    return {
        "title": title,
        "submit": submit,
        "form": form,
        "about": ", ".join([*words, team] if team else words),
        "view": page_query(request, sheet.month),
    }


def answer(
    month: date,
    now: datetime,
    *,
    to: TenantRequest,
    facts: MonthFacts | None = None,
    changes: Sequence[Change] = (),
    places: Sequence[Place] = (),
    undone: bool = False,
    note: str = "",
    toast: SafeString = NOTHING,
    status: int = 200,
) -> HttpResponse:
    """What an edit changed on the page, each part under its id; to anybody but the grid, the page again.

    `facts`: of the month after the edit, read where nobody has.
    """
    if not from_grid(to):
        batch = None if undone else next((change.batch for change in changes if change.batch), None)
        return go_to(to, "targets:grid", query=page_query(to, month, undo=batch))
    formats = formats_of(to.organization)
    sheet = grid_of(facts or facts_of(to, month, now), view_of.read_shown(to.GET))
    here = [change for change in changes if change.month == month]
    places = [*places, *((change.member_id, change.channel_id) for change in here)]
    context = {
        "parts": cells.after(Drawing(sheet, formats), places) + changes_part(here, formats),
        "note": note,
        "toast": toast or notes.changes_toast(sheet, changes, formats, undone=undone),
        **around(to, sheet, formats, changed={change.month for change in changes}),
    }
    events = {"target-changed": len(here)} if here else None
    return render_page(to, "targets/grid.html", context, fragments={"cell-saved"}, status=status, events=events)


def changes_part(changes: Sequence[Change], formats: Formats) -> SafeString:
    """What each changed input holds from now on. In the answer's body, since a header holds no thousand cells."""
    if not changes:
        return NOTHING
    held = [
        {
            "cell": f"t{change.member_id}-{change.channel_id}",
            "text": "" if change.new is None else formats.number(change.new),
            "version": change.version,
            "metric": change.metric,
        }
        for change in changes
    ]
    return format_html('<data class="changes" value="{}"></data>', json.dumps(held))
