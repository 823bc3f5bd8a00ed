"""Saving one cell, and undo: the answers are the parts of the page that the edit changed."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.formats import formats_of
from config.fragments import go_to, render_page
from targets import readers, services
from targets.forms import CellForm, parse_count, parse_month
from targets.services import Change
from targets.views import cells, notes
from targets.views.cells import Drawing, Place
from targets.views.grid import around


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
        count = parse_count(where["count"], formats)
        change = services.set_target(*place, month, count=count, version=where["version"], by=request.member, at=now)
    except services.UnknownCell as error:
        raise Http404 from error
    except services.Conflict as conflict:
        note = notes.conflict_note(place, where["count"], conflict.standing, now, formats)
        return _reply(request, month, [place], now, note=note, status=409)
    except ValueError as error:
        note = notes.cell_note(place, notes.refusal(error, formats))
        return HttpResponse(note, status=422)
    return _reply(request, month, [place], now, changes=[change])


@require_POST
@member_required()
def edit_undo(request: TenantRequest) -> HttpResponse:
    """Take back one edit, unless its cells were changed since (409)."""
    now, formats = timezone.now(), formats_of(request.organization)
    try:
        batch = uuid.UUID(request.POST.get("batch", ""))
        changes = services.undo(batch, by=request.member, at=now)
    except services.ChangedSince as conflict:
        text = f"Not undone. {notes.standing_words(conflict.standing, now, formats)}"
        return HttpResponse(notes.toast(text, error=True), status=409)
    except services.CellClosed as error:
        return HttpResponse(notes.toast(f"Not undone. {notes.refusal(error, formats)}", error=True), status=422)
    except (services.NothingToUndo, ValueError):
        return HttpResponse(notes.toast("There is nothing left to undo.", error=True), status=422)
    places = [(change.member_id, change.channel_id) for change in changes]
    return _reply(request, changes[0].month, places, now, changes=changes, undone=True)


def _reply(
    request: TenantRequest,
    month: date,
    places: Sequence[Place],
    now: datetime,
    *,
    changes: Sequence[Change] = (),
    undone: bool = False,
    note: str = "",
    status: int = 200,
) -> HttpResponse:
    """What an edit changed on the page, each part under its id; to anybody but the grid, the page again."""
    if not request.htmx or request.htmx.target != "cell-saved":
        return go_to(request, "targets:grid", query=f"month={month:%Y-%m}")
    formats = formats_of(request.organization)
    sheet = readers.grid(request.member, request.organization, month, request.organization.local_date(now))
    context = {
        "parts": cells.after(Drawing(sheet, formats), places),
        "note": note,
        "toast": notes.changes_toast(sheet, changes, formats, undone=undone),
        **around(request, sheet, formats),
    }
    cells_now = [
        {
            "cell": f"t{change.member_id}-{change.channel_id}",
            "text": "" if change.new is None else formats.number(change.new),
            "version": change.version,
        }
        for change in changes
    ]
    return render_page(
        request,
        "targets/grid.html",
        context,
        fragments={"cell-saved"},
        status=status,
        events={"target-changed": cells_now} if changes else None,
    )
