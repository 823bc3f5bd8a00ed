"""From a file to an import that waits for a worker."""

import hashlib
from os import SEEK_END
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Member
from accounts.services import record
from accounts.services.outbox import enqueue_once
from accounts.tenancy import current_organization
from ledger.ingest.rows import NAMES
from ledger.models import Import
from ledger.reading import (
    NotReadable,
    Survey,
    as_csv,
    guess_columns,
    guess_meaning,
    is_workbook,
    open_table,
    survey,
)
from ledger.reading.survey import MOST_STATES
from ledger.services.choices import Choices, ChoicesWrong, checked, creatable, guessed_formats, saved_choices

LONGEST_FILENAME = 240


class ImportBusy(RuntimeError):
    """This import is on its way or done: its choices stand."""


@transaction.atomic
def upload_import(file: File[bytes], *, filename: str, by: Member | None) -> Import:
    """Keep a file in the open organization with a first suggestion of how to read it.

    The choices are those of the last import of the same columns, where there was one; otherwise guesses. Raises
    NotReadable with words for the user, having kept nothing.
    """
    if file.size > settings.IMPORT_MAX_BYTES:
        most = settings.IMPORT_MAX_BYTES // 1024**2
        raise NotReadable(f"The file is larger than {most:,} MB. Cut it into parts and import them one by one.")
    stream = cast("IO[bytes]", file)
    stream.seek(0)
    workbook = is_workbook(stream)
    if workbook:
        stream = as_csv(stream)
        file = File(stream, name=f"{filename}.csv")
        file.size = stream.seek(0, SEEK_END)
        stream.seek(0)
    found = survey(stream, open_table(stream))
    stream.seek(0)
    source = Import(
        organization=current_organization(),
        filename=filename.replace("\0", "")[-LONGEST_FILENAME:],
        size=file.size,
        survey=found.kept(),
        shape=_shape(found.headers, workbook=workbook),
        created_by=by,
    )
    choices = _remembered(source.shape, by) or suggested(found, by)
    source.kind = choices.kind
    source.mapping, source.options = choices.as_json()
    source.file = file
    source.file.name = source.file.field.generate_filename(source, "upload.csv")
    source.file.save(filename, file, save=False)
    source.save()
    return source


def _shape(headers: list[str], *, workbook: bool) -> str:
    """What files of the same columns share. Workbooks are apart: their dates and numbers are written in one way."""
    words = [*headers, "workbook"] if workbook else headers
    return hashlib.sha256("\0".join(words).casefold().encode()).hexdigest()


def _remembered(shape: str, by: Member | None) -> Choices | None:
    """The choices of the last import of these columns that was started, less what `by` may not let it create."""
    last = (
        Import.objects.filter(shape=shape).exclude(status=Import.Status.UPLOADED).order_by("-created_at", "-id").first()
    )
    if last is None:
        return None
    choices = saved_choices(last)
    return Choices(**{**vars(choices), "create": choices.create & creatable(by)})


def suggested(found: Survey, by: Member | None) -> Choices:
    """What names and values of the columns suggest. States whose word says nothing stay open."""
    columns = guess_columns(found.headers, found.samples)
    date_order, decimals = guessed_formats(found, columns)
    states = {name: guess_meaning(name) for name in found.distinct.get(columns.get("state", ""), [])}
    return Choices(
        columns=columns,
        date_order=date_order,
        decimals=decimals,
        create=frozenset(NAMES) & creatable(by),
        states={name: meaning for name, meaning in states.items() if meaning is not None},
    )


@transaction.atomic
def configure_import(source: Import, *, choices: Choices, by: Member | None) -> Import:
    """Keep how a file is to be read. Raises ChoicesWrong, or ImportBusy once it has been started."""
    locked = Import.objects.select_for_update().get(pk=source.pk)
    if locked.status not in (Import.Status.UPLOADED, Import.Status.FAILED) or locked.position:
        raise ImportBusy
    choices = checked(choices, locked.survey["headers"], by=by)
    states = choices.columns.get("state")
    if states and states not in locked.survey["distinct"]:
        raise ChoicesWrong({"state": f"{states} has more than {MOST_STATES} different values. Is this the state?"})
    locked.kind = choices.kind
    locked.mapping, locked.options = choices.as_json()
    locked.save(update_fields=["kind", "mapping", "options"])
    return locked


@transaction.atomic
def start_import(source: Import, *, by: Member | None, enqueue: bool = True) -> Import:
    """Hand an import to the workers; one that stopped goes on where it was. Raises ChoicesWrong or ImportBusy.

    Without `enqueue` the caller runs it.
    """
    locked = Import.objects.select_for_update().get(pk=source.pk)
    if locked.status not in (Import.Status.UPLOADED, Import.Status.FAILED) or not locked.file:
        raise ImportBusy
    checked(saved_choices(locked), locked.survey["headers"], by=by)
    changes: dict[str, Any] = {"status": Import.Status.QUEUED, "problem": "", "claim": None, "heartbeat_at": Now()}
    Import.objects.filter(pk=locked.pk).update(**changes, finished_at=None)
    record(locked, {"status": (locked.status, Import.Status.QUEUED)}, by=by, why="started")
    if enqueue:
        enqueue_run(locked)
    return locked


def enqueue_run(source: Import) -> None:
    """Tell a worker, once this transaction is done."""
    enqueue_once("ledger.tasks.run_import", organization_id=source.organization_id, import_id=source.pk)
