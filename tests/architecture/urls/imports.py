"""Imports of files."""

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from tests.architecture.urls.declare import Site


def a_file() -> SimpleUploadedFile:
    """A small CSV."""
    return SimpleUploadedFile("deals.csv", b"number,date,member,net\n1,2026-01-02,somebody,5\n", "text/csv")


JOBS = ("accounts_outboxjob",)
RULES: dict[str, Site] = {
    "ledger:import-list": Site(get=200, least=Role.MANAGER),
    "ledger:import-upload": Site(get=200, post=302, least=Role.MANAGER, files={"file": a_file}),
    "ledger:import-mapping": Site(
        get=200,
        post=(302, 422),
        least=Role.MANAGER,
        path={"import_id": "{waiting_import.pk}"},
        data={"action": "start", "kind": "sale", "decimals": "."},
        fragments=("import-preview",),
    ),
    "ledger:import-detail": Site(
        get=200, least=Role.MANAGER, path={"import_id": "{finished_import.pk}"}, fragments=("import-progress",)
    ),
    "ledger:import-restart": Site(post=302, least=Role.MANAGER, path={"import_id": "{failed_import.pk}"}, changes=JOBS),
    "ledger:import-stop": Site(post=302, least=Role.MANAGER, path={"import_id": "{running_import.pk}"}),
    "ledger:import-discard": Site(post=302, least=Role.MANAGER, path={"import_id": "{waiting_import.pk}"}),
    "ledger:import-undo": Site(
        get=200, post=302, least=Role.MANAGER, path={"import_id": "{finished_import.pk}"}, changes=JOBS
    ),
    "ledger:import-refused": Site(get=200, least=Role.MANAGER, path={"import_id": "{finished_import.pk}"}),
}
