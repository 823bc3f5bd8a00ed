"""Pasting a block of numbers from a spreadsheet: one request, one undo, and the reason at each cell that can't be."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from accounts.models import Member
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from accounts.tenancy import current_organization
from config.formats import Formats, formats_of
from config.fragments import go_to, render_page
from targets import services
from targets.facts import MonthFacts
from targets.forms import BlockForm, Pasted, parse_month, parse_number
from targets.plain import BlockPageForm
from targets.readers import grid_of
from targets.services import Change, Conflict, Edit, Metric
from targets.views import notes, whole_form
from targets.views.edits import answer, facts_of, page_query, plain_context, plain_view, standing_change
from targets.views.words import plural

NAMED = 3
MOVED = (
    "Nothing is stored: the people or channels of this page have changed since you opened it, so that some numbers "
    "would go to others than you meant. Look at the targets page, and paste again."
)


@dataclass(frozen=True, slots=True)
class Block:
    """What came of a block: the changes, what could not be stored and why, and the month as it is now."""

    changes: Sequence[Change]
    wrong: dict[Pasted, Exception]
    facts: MonthFacts

    @property
    def batch(self) -> uuid.UUID | None:
        """What takes it back."""
        return next((change.batch for change in self.changes if change.batch), None)

    @property
    def status(self) -> int:
        """200 where anything was stored; else 409 where others were faster, 422 for wrong cells."""
        conflicts = any(isinstance(error, Conflict) for error in self.wrong.values())
        return 200 if self.changes or not self.wrong else 409 if conflicts else 422


@require_http_methods(["GET", "HEAD", "POST"])
@member_required()
def block_paste(request: TenantRequest) -> HttpResponse:
    """Store what of a block can be stored. Without JavaScript a page asks for the block and its first cell."""
    now = timezone.now()
    if request.method != "POST" or "block" in request.POST:
        return _on_a_page(now, to=request)
    form = BlockForm(request.POST)
    month = parse_month(request.POST.get("month", ""))
    if month is None or not form.is_valid():
        raise Http404
    formats, facts = formats_of(request.organization), facts_of(request, month, now)
    block = _stored(form.cleaned_data["cells"], form.cleaned_data["metric"], facts, by=request.member, at=now)
    return answer(
        month,
        now,
        to=request,
        facts=block.facts,
        changes=block.changes,
        places=[(cell.member_id, cell.channel_id) for cell in block.wrong],
        note=SafeString("".join(_note(cell, error, now, formats) for cell, error in block.wrong.items())),
        toast=notes.toast(
            report(len(block.changes), block.wrong, form.cleaned_data["outside"] or 0),
            batch=block.batch,
            stay=bool(block.wrong),
        ),
        status=block.status,
    )


def _stored(cells: Sequence[Pasted], metric: Metric, facts: MonthFacts, *, by: Member, at: datetime) -> Block:
    """Store the numbers among some texts. Raises Http404 for unknown people and channels, NotYours."""
    month, formats = facts.period.start, formats_of(current_organization())
    wrong: dict[Pasted, Exception] = {}
    edits: dict[Pasted, Edit] = {}
    for cell in cells:
        try:
            number = parse_number(cell.text, metric, formats)
        except ValueError as error:
            wrong[cell] = error
        else:
            edits[cell] = Edit(cell.member_id, cell.channel_id, number, cell.version, metric)
    try:
        outcome = services.paste_targets(list(edits.values()), month, by=by, at=at, facts=facts)
    except services.UnknownCell as error:
        raise Http404 from error
    sent = list(edits)
    wrong |= {sent[index]: error for index, error in outcome.errors.items()}
    theirs = [
        standing_change((cell.member_id, cell.channel_id), month, metric, error.standing)
        for cell, error in wrong.items()
        if isinstance(error, Conflict)
    ]
    return Block(outcome.changes, wrong, facts.after([*outcome.changes, *theirs]))


def _on_a_page(now: datetime, *, to: TenantRequest) -> HttpResponse:
    """Ask for a block and store it; what could not be stored is told there, beside everything that was pasted."""
    month, shown = plain_view(to, now)
    facts = facts_of(to, month, now)
    sheet = grid_of(facts, shown)
    if not sheet.editable:
        raise PermissionDenied
    metric: Metric = "revenue" if shown.revenue else "count"
    formats = formats_of(to.organization)
    form = BlockPageForm(sheet, to.POST or None, initial={"loaded": whole_form.write_loaded(sheet.held())})
    context = plain_context(to, sheet, "Paste from a spreadsheet", "Paste", form)
    if to.method != "POST":
        return render_page(to, "targets/plain.html", context)
    if not form.is_valid():
        return render_page(to, "targets/plain.html", context, status=422)
    loaded, held = whole_form.read_loaded(form.cleaned_data["loaded"]), sheet.held()
    if loaded and list(loaded) != list(held):  # the block would fall on other cells than its author saw
        form.data = to.POST.copy()
        as_seen = {place: loaded.get(place, held[place]) for place in held}
        form.data["loaded"] = whole_form.write_loaded(as_seen)
        return render_page(to, "targets/plain.html", context | {"told": MOVED}, status=409)
    seen = {place: version for place, (version, _) in loaded.items()}
    cells, outside = form.cells(seen)
    block = _stored(cells, metric, facts, by=to.member, at=now)
    text = report(len(block.changes), block.wrong, outside)
    if block.changes and not block.wrong:
        messages.success(to, text)
        return go_to(to, "targets:grid", query=page_query(to, month, undo=block.batch))
    # From here on the form knows what others set meanwhile, so that pasting again replaces it.
    form.data = to.POST.copy()
    form.data["loaded"] = whole_form.write_loaded(grid_of(block.facts, shown).held())
    conflicts = [
        notes.standing_words(e.standing, now, formats) for e in block.wrong.values() if isinstance(e, Conflict)
    ]
    again = f" {conflicts[0]} Paste again to replace it." if conflicts else ""
    context |= {
        "told": f"{text}{again} What you pasted is still here.",
        "undo_batch": block.batch,
        "stored": bool(block.changes),
    }
    return render_page(to, "targets/plain.html", context, status=block.status)


def report(stored: int, wrong: dict[Pasted, Exception], outside: int) -> str:
    """38 pasted, 2 not: B7 is not a number."""
    text = f"{stored} pasted"
    if wrong:
        named = [_reason(cell, error) for cell, error in list(wrong.items())[:NAMED]]
        more = f", and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        text = f"{text}, {len(wrong)} not: {', '.join(named)}{more}"
    lies = f" {plural(outside, 'number')} had no cell to go to." if outside else ""
    return f"{text}.{lies}"


def _reason(cell: Pasted, error: Exception) -> str:
    """Why one cell of the block is not stored, by its place in the block."""
    match error:
        case Conflict():
            return f"{cell.where} was changed meanwhile"
        case services.CellClosed():
            return f"{cell.where} takes no target"
    if not any(sign.isdecimal() for sign in cell.text):
        return f"{cell.where} is not a number"
    return f"{cell.where} can’t be {cell.text.strip()[:20]}"


def _note(cell: Pasted, error: Exception, now: datetime, formats: Formats) -> SafeString:
    place = (cell.member_id, cell.channel_id)
    if isinstance(error, Conflict):
        return notes.conflict_note(place, cell.text, error.standing, now, formats)
    return notes.cell_note(place, notes.refusal(error, formats))
