"""What the workers do for imports."""

from typing import Any

from celery import shared_task

from accounts.models import Organization
from accounts.tenancy import tenant
from ledger import services


@shared_task(bind=True)
def run_import(self: Any, organization_id: int, import_id: int) -> None:
    """Run one import to its end. A job that was begun before takes over: whoever was on it is gone."""
    takeover = self.request.retries > 0
    services.run_import(Organization.objects.get(pk=organization_id), import_id, takeover=takeover)


@shared_task
def undo_import(organization_id: int, import_id: int) -> None:
    """Take one import back. Done twice, the second time finds nothing to do."""
    services.run_undo(Organization.objects.get(pk=organization_id), import_id)


@shared_task
def resume_stalled_imports() -> None:
    """Every minute: imports without a sign of life start again."""
    for organization in Organization.objects.iterator():
        with tenant(organization):
            services.resume_stalled_imports()


@shared_task
def clean_import_files() -> None:
    """Every night: files of imports that stopped a week ago go."""
    for organization in Organization.objects.iterator():
        with tenant(organization):
            services.clean_import_files()
