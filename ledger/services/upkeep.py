"""What has to be looked after: imports whose worker died, and files that nobody needs any more."""

from datetime import timedelta
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from ledger.models import Import
from ledger.services.runs import STALLED
from ledger.services.uploads import enqueue_run

KEPT = timedelta(days=7)


@transaction.atomic
def resume_stalled_imports() -> int:
    """Hand imports of the open organization that show no sign of life to the workers again; how many there were.

    The worker that was on one, if it lives after all, may not write to it any more.
    """
    stalled = Import.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        status__in=Import.ACTIVE, heartbeat_at__lt=Now() - STALLED
    )
    found = list(stalled)
    for source in found:
        Import.objects.filter(pk=source.pk).update(status=Import.Status.QUEUED, claim=None, heartbeat_at=Now())
        enqueue_run(source)
    return len(found)


@transaction.atomic
def clean_import_files() -> int:
    """Remove files of the open organization a week after they stopped, and uploads that were never started."""
    old = Q(finished_at__lt=Now() - KEPT, status=Import.Status.FAILED)
    old |= Q(created_at__lt=Now() - KEPT, status=Import.Status.UPLOADED)
    found = list(Import.objects.select_for_update(skip_locked=True, of=("self",)).filter(old).exclude(file=""))
    for source in found:
        name = source.file.name
        transaction.on_commit(partial(default_storage.delete, name))
        if source.status == Import.Status.UPLOADED:
            source.delete()
        else:
            Import.objects.filter(pk=source.pk).update(file="")
    return len(found)
