"""What the workers do for the product as a whole."""

from celery import current_app, shared_task
from django.db import close_old_connections
from django.utils import timezone

from accounts.models import Organization, OutboxJob
from accounts.services import invitations, outbox, own_account

MOST_AT_ONCE = 50


# Acknowledged as it starts: the jobs stand in the database, so a lost message loses nothing.
@shared_task(acks_late=False)
def dispatch_jobs(queue: str) -> None:
    """Every few seconds, and whenever a job was written down: do what is due in a queue."""
    for _ in range(MOST_AT_ONCE):
        close_old_connections()
        if not outbox.run_next_job(queue, _run):
            return


def _run(job: OutboxJob) -> None:
    """Call the task in this very process; `self.request.retries` tells it how often it was tried before."""
    current_app.tasks[job.task].apply(kwargs=job.arguments, retries=job.attempts - 1, throw=True)


@shared_task
def send_invitation(organization_id: int, invitation_id: int) -> None:
    """Send an invitation's letter; a second time, as after a worker's death, its link replaces the first one's."""
    organization = Organization.objects.get(pk=organization_id)
    invitations.send_invitation(organization, invitation_id, at=timezone.now())


@shared_task
def send_password_letter(user_id: int) -> None:
    """Send the link to a new password; a second letter's link does the same."""
    own_account.send_password_letter(user_id)
