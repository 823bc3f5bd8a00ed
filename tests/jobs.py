"""What a worker would do, in the test's own transaction."""

from celery import current_app

from accounts.services import outbox


def do_jobs() -> None:
    """Do every job of the outbox that is due; one that fails waits, as it does with a worker."""
    current_app.loader.import_default_modules()
    while (job := outbox.claim_job("short") or outbox.claim_job("long")) is not None:
        try:
            current_app.tasks[job.task](**job.arguments)
        except OSError as error:
            outbox.postpone_job(job, problem=str(error))
        else:
            outbox.finish_job(job)
