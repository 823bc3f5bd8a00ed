"""Pasting a block of numbers from a spreadsheet: one request, one undo, and the reason at each cell that can't be."""

from datetime import datetime

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from targets import services
from targets.forms import BlockForm, Pasted, parse_month, parse_number
from targets.services import Conflict, Edit
from targets.views import notes
from targets.views.edits import answer, facts_of, standing_change
from targets.views.words import plural

NAMED = 3


@require_POST
@member_required()
def block_paste(request: TenantRequest) -> HttpResponse:
    """Store what of a block can be stored. 200 where anything was; else 409 for changed cells, 422 for wrong ones."""
    form = BlockForm(request.POST)
    month = parse_month(request.POST.get("month", ""))
    if month is None or not form.is_valid():
        raise Http404
    now, formats, metric = timezone.now(), formats_of(request.organization), form.cleaned_data["metric"]
    wrong: dict[Pasted, Exception] = {}
    edits: dict[Pasted, Edit] = {}
    for cell in form.cleaned_data["cells"]:
        try:
            number = parse_number(cell.text, metric, formats)
        except ValueError as error:
            wrong[cell] = error
        else:
            edits[cell] = Edit(cell.member_id, cell.channel_id, number, cell.version, metric)
    facts = facts_of(request, month, now)
    try:
        outcome = services.paste_targets(list(edits.values()), month, by=request.member, at=now, facts=facts)
    except services.UnknownCell as error:
        raise Http404 from error
    sent = list(edits)
    wrong |= {sent[index]: error for index, error in outcome.errors.items()}
    conflicts = {cell: error.standing for cell, error in wrong.items() if isinstance(error, Conflict)}
    theirs = [
        standing_change((cell.member_id, cell.channel_id), month, metric, standing)
        for cell, standing in conflicts.items()
    ]
    return answer(
        month,
        now,
        to=request,
        facts=facts.after([*outcome.changes, *theirs]),
        changes=outcome.changes,
        places=[(cell.member_id, cell.channel_id) for cell in wrong],
        note=SafeString("".join(_note(cell, error, now, formats) for cell, error in wrong.items())),
        toast=notes.toast(
            report(len(outcome.changes), wrong, form.cleaned_data["outside"] or 0),
            batch=next((change.batch for change in outcome.changes if change.batch), None),
            stay=bool(wrong),
        ),
        status=200 if outcome.changes else 409 if conflicts else 422,
    )


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
