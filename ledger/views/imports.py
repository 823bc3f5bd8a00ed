"""Importing in the browser: the list, the upload, the columns, the progress and what was refused."""

from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Role
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.fragments import go_to, render_page
from ledger import readers, services
from ledger.forms.imports import ImportMappingForm, ImportUploadForm, StatesForm
from ledger.models import Import
from ledger.reading import NotReadable


@require_safe
@member_required(Role.MANAGER)
def import_list(request: TenantRequest) -> HttpResponse:
    """What was imported, by whom, when, and with which result."""
    page = readers.import_list(request.member, _page_number(request))
    return render_page(request, "ledger/import_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.MANAGER)
def import_upload(request: TenantRequest) -> HttpResponse:
    """Choose a file."""
    form = ImportUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = ImportUploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                source = services.upload_import(file, filename=file.name, by=request.member)
            except NotReadable as error:
                form.add_error("file", str(error))
            else:
                return go_to(request, "ledger:import-mapping", import_id=source.pk)
    return render_page(request, "ledger/import_upload.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.MANAGER)
def import_mapping(request: TenantRequest, import_id: int) -> HttpResponse:
    """Say which column is what, look at the first rows, and start."""
    source = get_object_or_404(readers.visible_imports(request.member), pk=import_id)
    if source.status != Import.Status.UPLOADED or not source.file:
        return go_to(request, "ledger:import-detail", import_id=source.pk)
    posted = request.POST if request.method == "POST" else None
    form = ImportMappingForm(posted, source=source, choices=services.saved_choices(source), by=request.member)
    starting = posted is not None and posted.get("action") == "start"
    context = _mapping_context(request, source, form)
    if starting and form.is_valid() and not context["open_states"]:
        try:
            source = services.configure_import(source, choices=form.choices(), by=request.member)
            services.start_import(source, by=request.member)
        except services.ChoicesWrong as error:
            form.explain(error.errors)
        except services.ImportBusy:
            return go_to(request, "ledger:import-detail", import_id=source.pk)
        else:
            return go_to(request, "ledger:import-detail", import_id=source.pk)
    return render_page(
        request,
        "ledger/import_mapping.html",
        context | {"starting": starting},
        fragments={"import-preview"},
        status=422 if starting else 200,
    )


def _mapping_context(request: TenantRequest, source: Import, form: ImportMappingForm) -> dict[str, Any]:
    choices, answers = form.choices(), form.answers()
    states, complete = readers.states_of(source, choices)
    unanswered = [
        state.name
        for state in states
        if not state.known and not (state.name in choices.states or answers.get(state.name))
    ]
    choices = readers.with_guesses(choices, states, answers)
    zone = ZoneInfo(request.organization.time_zone)
    return {
        "source": source,
        "form": form,
        "known_channels": readers.known_channels(),
        "known_states": readers.known_states(),
        "states": StatesForm(states, choices.states, answers),
        "states_complete": complete,
        "makes_states": "state" in choices.create,
        "open_states": unanswered if "state" in choices.create else [],
        "preview": readers.preview(source, choices, zone=zone, viewer=request.member),
    }


@require_safe
@member_required(Role.MANAGER)
def import_detail(request: TenantRequest, import_id: int) -> HttpResponse:
    """How far an import is; once it has ended, what became of it and which rows were refused."""
    imports = readers.visible_imports(request.member).select_related("created_by", "undone_by")
    source = get_object_or_404(imports, pk=import_id)
    if source.status == Import.Status.UPLOADED:
        return go_to(request, "ledger:import-mapping", import_id=source.pk)
    detail = readers.import_detail(source)
    context = {
        "detail": detail,
        "brought": readers.brought(source) if detail.status == Import.Status.DONE and detail.rows_stored else None,
        "refused": None if detail.active else readers.refused_page(source, _page_number(request)),
    }
    return render_page(request, "ledger/import_detail.html", context, fragments={"import-progress"})


@require_POST
@member_required(Role.MANAGER)
def import_restart(request: TenantRequest, import_id: int) -> HttpResponse:
    """Let an import that stopped go on where it was."""
    source = get_object_or_404(readers.visible_imports(request.member), pk=import_id)
    try:
        services.start_import(source, by=request.member)
    except services.ImportBusy:
        pass  # It runs already, or is done: its page says so.
    except services.ChoicesWrong:
        return go_to(request, "ledger:import-mapping", import_id=source.pk)
    return go_to(request, "ledger:import-detail", import_id=source.pk)


@require_POST
@member_required(Role.MANAGER)
def import_stop(request: TenantRequest, import_id: int) -> HttpResponse:
    """End an import that runs; it can go on, or be undone."""
    source = get_object_or_404(readers.visible_imports(request.member), pk=import_id)
    with suppress(services.ImportBusy):  # It has ended meanwhile: its page says so.
        services.stop_import(source, by=request.member)
    return go_to(request, "ledger:import-detail", import_id=source.pk)


@require_POST
@member_required(Role.MANAGER)
def import_discard(request: TenantRequest, import_id: int) -> HttpResponse:
    """Forget a file that was never imported."""
    source = get_object_or_404(readers.visible_imports(request.member), pk=import_id)
    try:
        services.discard_upload(source, by=request.member)
    except services.ImportBusy:
        return go_to(request, "ledger:import-detail", import_id=source.pk)
    messages.success(request, "The file is discarded. Nothing was imported.")
    return go_to(request, "ledger:import-list")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.MANAGER)
def import_undo(request: TenantRequest, import_id: int) -> HttpResponse:
    """Take back all that an import brought and changed, after saying what that is."""
    imports = readers.visible_imports(request.member).select_related("created_by")
    source = get_object_or_404(imports, pk=import_id)
    if request.method == "POST":
        try:
            services.undo_import(source, by=request.member)
        except services.NoLongerYours:
            words = "Not undone: some of its deals are of people who were in none of your teams. Ask an admin."
            messages.error(request, words)
        except services.NotUndoable:
            pass  # It is being undone already, or runs: its page says so.
        return go_to(request, "ledger:import-detail", import_id=source.pk)
    if not source.may_be_undone:
        return go_to(request, "ledger:import-detail", import_id=source.pk)
    context = {"detail": readers.import_detail(source), "reach": readers.undo_reach(source)}
    return render_page(request, "ledger/import_undo.html", context)


@require_safe
@member_required(Role.MANAGER)
def import_refused(request: TenantRequest, import_id: int) -> HttpResponseBase:
    """The refused rows as a CSV to correct and import again."""
    source = get_object_or_404(readers.visible_imports(request.member), pk=import_id)
    return StreamingHttpResponse(
        readers.refused_csv(source),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="refused-rows-{source.pk}.csv"'},
    )


def _page_number(request: TenantRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
