"""What the workers do for targets."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Organization
from accounts.tenancy import tenant
from targets.services import digest

logger = logging.getLogger(__name__)


@shared_task
def begin_digests() -> None:
    """Every quarter of an hour: letters about own targets go out where it is morning. What fails keeps no one else."""
    for organization in Organization.objects.iterator():
        try:
            with tenant(organization):
                digest.begin_digest(at=timezone.now())
        except Exception:
            logger.exception("The digest of organization %s could not be begun", organization.pk)


@shared_task
def send_digest(organization_id: int, digest_id: int, member_id: int) -> None:
    """Send one person's letter. A worker that dies between sending and saying so sends it twice."""
    digest.send_digest(Organization.objects.get(pk=organization_id), digest_id, member_id, at=timezone.now())
