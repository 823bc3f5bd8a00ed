"""Importing targets from a file, what became of it, and the targets as a file of the same columns."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import member_required, sets_targets
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from config.fragments import go_to, render_page
from config.sheets import sheet
from ledger.reading import REASON, NotReadable
from progress.periods import month_of
from targets import services
from targets.forms import ImportChoicesForm, TargetExportForm, TargetFileForm
from targets.importing import LABELS, Choices, Line, TargetFile, guessed, guessed_date_order, open_file, read_lines
from targets.readers import imported as readers
from targets.services import ImportPlan, Metric, Number, Planned, Refused
from targets.views import notes
from targets.views.words import plural

ROWS_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_required()
def target_import(request: TenantRequest) -> HttpResponseBase:
    """Choose a file of targets, see what it would change, and store just that; the file travels in the form."""
    if not sets_targets(request.member):
        raise PermissionDenied
    if request.method != "POST":
        return _upload_page(request, TargetFileForm())
    if kept := request.POST.get("kept"):
        try:
            file = TargetFile.brought_back(kept)
        except NotReadable as error:
            return _upload_page(request, TargetFileForm(), problem=str(error))
        return _go_on(request, file)
    form = TargetFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, form)
    upload = form.cleaned_data["file"]
    try:
        file = open_file(upload, upload.name)
        file.carried()
    except NotReadable as error:
        return _upload_page(request, form, problem=str(error))
    locale = formats_of(request.organization).locale
    choices = guessed(file.survey, locale, workbook=file.workbook)
    return _plan_page(request, file, ImportChoicesForm(None, headers=file.survey.headers, choices=choices))


def _go_on(request: TenantRequest, file: TargetFile) -> HttpResponseBase:
    """What a form with a file in it asks for: another preview, the refused lines, or to store."""
    form = ImportChoicesForm(request.POST, headers=file.survey.headers, choices=Choices())
    action, now, choices = request.POST.get("action", "preview"), timezone.now(), form.choices()
    if form.is_valid() and not choices.problems:
        lines = _lines(request, file, choices)
        if action == "import":
            try:
                seen = request.POST.get("seen", "")
                batch = services.import_targets(lines, seen=seen, by=request.member, at=now)
            except services.PlanChanged:
                return _plan_page(request, file, form, changed=True)
            return go_to(request, "targets:imported_detail", batch=batch)
        if action == "refused":
            plan = services.plan_import(lines, viewer=request.member, at=now)
            return _refused_file(file, plan, formats_of(request.organization))
    return _plan_page(request, file, form, asked=action != "preview")


def _lines(request: TenantRequest, file: TargetFile, choices: Choices) -> list[Line]:
    return read_lines(file, choices, formats_of(request.organization).locale)


def _upload_page(
    request: TenantRequest, form: TargetFileForm, *, problem: str = "", export: TargetExportForm | None = None
) -> HttpResponse:
    """The page to choose a file on; 422 where that one can't be read."""
    now = timezone.now()
    if problem and form.is_bound:
        form.add_error("file", problem)
    today = request.organization.local_date(now)
    whole_year = {"first": f"{today.year}-01", "last": f"{today.year}-12"}
    context = {
        "form": form,
        "lost": "" if form.is_bound else problem,
        "export": export or TargetExportForm(initial=whole_year),
        "earlier": readers.imported_list(request.member, now),
    }
    wrong = problem or form.errors or (export is not None and export.errors)
    return render_page(request, "targets/import_upload.html", context, status=422 if wrong else 200)


def _plan_page(
    request: TenantRequest, file: TargetFile, form: ImportChoicesForm, *, asked: bool = False, changed: bool = False
) -> HttpResponse:
    """How the file is read and what it would do: 409 where that is no longer what was seen, 422 where it can't be."""
    formats, choices = formats_of(request.organization), form.choices()
    problems = choices.problems
    form.asks_date_order = guessed_date_order(file.survey, choices.columns.get("month", ""), formats.locale) is not None
    if form.is_bound and asked:
        form.explain(problems)
    context: dict[str, Any] = {"file": file, "kept": file.carried(), "form": form, "changed": changed, "plan": None}
    context["open"] = bool(problems) or form.is_bound
    if not problems and (not form.is_bound or form.is_valid()):
        plan = services.plan_import(_lines(request, file, choices), viewer=request.member, at=timezone.now())
        context |= {"plan": plan, **_told(plan, file, choices, formats)}
    else:
        context["missing"] = list(problems.values())
    status = 409 if changed else 422 if asked and not context["plan"] else 200
    return render_page(request, "targets/import_plan.html", context, fragments={"import-preview"}, status=status)


def _told(plan: ImportPlan, file: TargetFile, choices: Choices, formats: Formats) -> dict[str, Any]:
    """The plan in words: counts, and the first lines of each kind."""
    months = sorted({each.month for each in plan.changes})
    replaced = [each for each in plan.changes if each.old is not None]
    return {
        "counts": [
            ("New", len(plan.added)),
            ("Changed", len(plan.changed)),
            ("Cleared", len(plan.cleared)),
            ("As before", plan.same),
            ("Lines refused", len(plan.refused)),
        ],
        "months": _span_words(months, formats),
        "going": f"{formats.number(len(plan.changes))} target{'' if len(plan.changes) == 1 else 's'}",
        "refused": [_refused_row(each, file, choices, formats) for each in plan.refused[:ROWS_SHOWN]],
        "tables": [
            ("Changed and cleared", len(replaced), [_row(each, formats) for each in replaced[:ROWS_SHOWN]]),
            ("New", len(plan.added), [_row(each, formats) for each in plan.added[:ROWS_SHOWN]]),
        ],
    }


def _span_words(months: Sequence[date], formats: Formats) -> str:
    """October 2026 to December 2026."""
    if not months:
        return ""
    first, last = formats.month(months[0]), formats.month(months[-1])
    return first if first == last else f"{first} to {last}"


def _row(each: Planned, formats: Formats) -> dict[str, Any]:
    """One number that would be set."""
    metric = each.edit.metric
    return {
        "line": each.line,
        "member": each.member,
        "channel": each.channel,
        "month": formats.month(each.month),
        "what": LABELS[metric],
        "old": _number(each.old, metric, formats),
        "new": _number(each.new, metric, formats),
    }


def _number(number: Number | None, metric: Metric, formats: Formats) -> str:
    if number is None:
        return "none"
    return formats.money(number) if metric == "revenue" else formats.number(number)


def _refused_row(each: Refused, file: TargetFile, choices: Choices, formats: Formats) -> dict[str, Any]:
    """A line that is not stored, and why."""
    header = choices.columns.get(each.column, "")
    place = file.survey.headers.index(header) if header in file.survey.headers else None
    value = each.cells[place] if place is not None and place < len(each.cells) else ""
    return {"line": each.line, "column": header, "value": value[:200], "reason": _reason(each, formats)}


def _reason(refused: Refused, formats: Formats) -> str:
    """Why a line is refused."""
    match refused.reason:
        case str(words):
            return words
        case services.NotYours():
            return "You can't set this person's targets in this month."
        case services.NoSuchNumber() if refused.number is not None and refused.number < 0:
            return "A target can't be below 0."
        case services.NoSuchNumber():
            highest = services.largest("revenue" if refused.column == "revenue" else "count")
            return f"The largest target is {formats.number(highest)}."
        case error:
            return notes.refusal(error, formats)


def _refused_file(file: TargetFile, plan: ImportPlan, formats: Formats) -> HttpResponseBase:
    """The refused lines with the reason, to be mended and imported again."""
    width = len(file.survey.headers)
    rows = ([*each.cells[:width], *[""] * (width - len(each.cells)), _reason(each, formats)] for each in plan.refused)
    return sheet([*file.survey.headers, REASON], rows, "refused-targets")


@require_safe
@never_cache
@member_required()
def imported_detail(request: TenantRequest, batch: uuid.UUID) -> HttpResponse:
    """What an import of targets did, with Undo as long as something of it stands."""
    found = readers.imported(request.member, batch)
    if found is None:
        raise Http404
    formats = formats_of(request.organization)
    context = {
        "found": found,
        "months": _span_words(found.months, formats),
        "month": _nearest(found.months, request.organization.local_date(timezone.now())),
        "counts": [("New", found.added), ("Changed", found.changed), ("Cleared", found.cleared)],
        "total": plural(found.total, "target"),
    }
    return render_page(request, "targets/imported.html", context)


def _nearest(months: Sequence[date], today: date) -> date:
    """The month to look at: the current one, else the first one after it, else the last."""
    current = month_of(today).start
    return next((month for month in months if month >= current), months[-1])


@require_POST
@member_required()
def imported_undo(request: TenantRequest, batch: uuid.UUID) -> HttpResponse:
    """Put back all that an import of targets changed, unless somebody changed some of it since."""
    if readers.imported(request.member, batch) is None:
        raise Http404
    now: datetime = timezone.now()
    formats = formats_of(request.organization)
    try:
        changes = services.undo(batch, by=request.member, at=now)
    except services.ChangedSince as conflict:
        messages.error(request, f"Not undone. {notes.standing_words(conflict.standing, now, formats)}")
    except services.CellClosed as error:
        messages.error(request, f"Not undone. {notes.refusal(error, formats)}")
    except services.NothingToUndo:
        messages.error(request, "There is nothing left to undo.")
    else:
        messages.success(request, f"{plural(len(changes), 'target')} put back.")
    return go_to(request, "targets:imported_detail", batch=batch)


@require_safe
@member_required()
def target_export(request: TenantRequest) -> HttpResponseBase:
    """The targets of some months that the viewer may see, in the columns that an import reads."""
    form = TargetExportForm(request.GET)
    if not form.is_valid():
        if not sets_targets(request.member):
            raise Http404
        return _upload_page(request, TargetFileForm(), export=form)
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    rows = readers.target_rows(request.member, first, last, empty=form.cleaned_data["empty"])
    span = f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}-to-{last:%Y-%m}"
    return sheet(readers.HEADINGS, list(rows), f"targets-by-line-{span}")
