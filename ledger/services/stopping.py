"""Imports that end before their file does: told to stop, failed, or never started."""

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Member
from accounts.services import record
from ledger.models import Import
from ledger.services.uploads import ImportBusy

STOPPED = "{who} stopped it after line {line:,}. What is stored stays; the import can go on or be undone."
STOPPED_BEFORE = "{who} stopped it before its first row."


@transaction.atomic
def stop_import(source: Import, *, by: Member) -> None:
    """Let the worker on an import stop after the piece that it is storing. Raises ImportBusy where none is on it."""
    locked = Import.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if locked.status not in Import.ACTIVE:
        raise ImportBusy
    words = STOPPED if locked.position else STOPPED_BEFORE
    end_early(locked, words.format(who=by.name, line=locked.position), by=by, why="stopped")


def end_early(locked: Import, problem: str, *, by: Member | None, why: str) -> None:
    """Say why an import has ended; what is stored stays, and the file too, so that it can go on.

    Whoever is on it can't write to it any more: its claim is gone.
    """
    failed = Import.Status.FAILED
    Import.objects.filter(pk=locked.pk).update(status=failed, problem=problem, claim=None, finished_at=Now())
    counts = {"rows_stored": (None, locked.rows_stored), "rows_refused": (None, locked.rows_refused)}
    record(locked, {"status": (locked.status, failed), "problem": (None, problem), **counts}, by=by, why=why)


@transaction.atomic
def discard_upload(source: Import, *, by: Member) -> None:
    """Remove a file that was never imported. Raises ImportBusy once its import was started."""
    locked = Import.objects.select_for_update(of=("self",)).filter(pk=source.pk).first()
    if locked is None:
        return
    if locked.status != Import.Status.UPLOADED:
        raise ImportBusy
    record(locked, {"filename": (locked.filename, None)}, by=by, why="removed")
    transaction.on_commit(partial(default_storage.delete, locked.file.name))
    locked.delete()
