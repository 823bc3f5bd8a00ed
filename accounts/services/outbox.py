"""Work that must happen: written down beside what it follows from, done by a worker, gone once it is done.

A job runs at least once, never for sure only once: after a failure or a worker's death it runs again. So whatever a
task does must come out the same when it is done twice.

Source: docs/adr/0070-outbox.md.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial, update_wrapper

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from kombu.exceptions import KombuError

from accounts.models import OutboxJob

logger = logging.getLogger(__name__)

#: So long a worker holds a job without a sign of life, and so often it gives one.
LEASE = timedelta(seconds=10)
SIGN_OF_LIFE = 2.5
#: Afterwards a job stays as it is, with its problem, until somebody asks for it again (`retry_job`).
MOST_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=1)
LONGEST_PROBLEM = 2000

#: What a message to the broker may cost a page, in seconds, and how long a broker that was silent is left alone.
PATIENCE = 0.5
LEFT_ALONE = 5.0
_MESSAGE_OPTIONS = {"max_retries": 0, "socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
_silent_since = float("-inf")


def enqueue(task: str, **ids: int) -> OutboxJob:
    """Have a worker run a task (`ledger.tasks.run_import`) with these ids, once this transaction is done.

    The task is called with them by name. Pass ids alone: what else the work needs stands in the tables.
    """
    job = OutboxJob.objects.create(task=task, arguments=ids)
    _nudge_once(queue_of(task))
    return job


@transaction.atomic
def enqueue_once(task: str, **ids: int) -> OutboxJob | None:
    """The same, unless this very job waits and nobody has begun it; None then.

    Its lock is held until this transaction is done, so that whoever begins it sees what was done here.
    """
    waiting = OutboxJob.objects.select_for_update(skip_locked=True).filter(task=task, arguments=ids, attempts=0)
    return None if waiting.first() else enqueue(task, **ids)


def queue_of(task: str) -> str:
    """The queue whose workers do a task: that of letters and the like, or that of what may take minutes."""
    routes: dict[str, dict[str, str]] = settings.CELERY_TASK_ROUTES
    return routes.get(task, {}).get("queue", settings.CELERY_TASK_DEFAULT_QUEUE)


def _nudge_once(queue: str) -> None:
    """One message a queue is enough for all jobs of a transaction."""
    if not any(getattr(waiting[1], "args", None) == (queue,) for waiting in connection.run_on_commit):
        # With the name that Django logs where it fails.
        transaction.on_commit(update_wrapper(partial(nudge, queue), nudge), robust=True)


def nudge(queue: str) -> None:
    """Tell a worker that there is something to do. It looks by itself every few seconds, so this may fail."""
    global _silent_since  # noqa: PLW0603 - one broker a process
    if time.monotonic() - _silent_since < LEFT_ALONE:
        return
    try:
        with current_app.connection_for_write(transport_options=_MESSAGE_OPTIONS) as broker:
            current_app.send_task(
                "accounts.tasks.dispatch_jobs", [queue], queue=queue, connection=broker, retry=False, expires=60
            )
    except (KombuError, OSError) as error:
        _silent_since = time.monotonic()
        logger.warning("The broker doesn't answer; jobs wait until it does: %s", error)


def run_next_job(queue: str, work: Callable[[OutboxJob], None]) -> bool:
    """Do the job of a queue that has waited longest; False where none is due.

    What `work` raises is kept as the job's problem.
    """
    job = claim_job(queue)
    if job is None:
        return False
    try:
        with _signs_of_life(job):
            work(job)
    except Exception as error:
        logger.exception("Job %s failed (attempt %s): %s", job.pk, job.attempts, job)
        postpone_job(job, problem=f"{type(error).__name__}: {error}")
    else:
        finish_job(job)
    return True


def of_queue(queue: str) -> "QuerySet[OutboxJob]":
    """The jobs of one queue. The default one has every task that no route names, unknown ones too."""
    elsewhere = [task for task in settings.CELERY_TASK_ROUTES if queue_of(task) != queue]
    if queue == settings.CELERY_TASK_DEFAULT_QUEUE:
        return OutboxJob.objects.exclude(task__in=elsewhere)
    return OutboxJob.objects.filter(task__in=set(settings.CELERY_TASK_ROUTES) - set(elsewhere))


@transaction.atomic
def claim_job(queue: str) -> OutboxJob | None:
    """Take the job of a queue that has waited longest. Nobody else gets it before its LEASE is over or it was put off.

    No lock is held while the work goes on: the row says until when it is taken, and the number of the attempt whose
    it is.
    """
    due = of_queue(queue).select_for_update(skip_locked=True).filter(due_at__lte=Now(), attempts__lt=MOST_ATTEMPTS)
    job = due.order_by("due_at", "id").first()
    if job is not None:
        OutboxJob.objects.filter(pk=job.pk).update(attempts=F("attempts") + 1, due_at=Now() + LEASE)
        job.attempts += 1
    return job


def finish_job(job: OutboxJob) -> None:
    """The work is done. Left alone where a later attempt has begun."""
    OutboxJob.objects.filter(pk=job.pk, attempts=job.attempts).delete()


def postpone_job(job: OutboxJob, *, problem: str) -> None:
    """Try again after a while that doubles each time, from ten seconds up to an hour."""
    wait = min(timedelta(seconds=5 * 2**job.attempts), LONGEST_WAIT)
    mine = OutboxJob.objects.filter(pk=job.pk, attempts=job.attempts)
    mine.update(due_at=Now() + wait, problem=problem.replace("\0", "")[:LONGEST_PROBLEM])
    if job.attempts >= MOST_ATTEMPTS:
        logger.error("Job %s was given up after %s attempts: %s", job.pk, job.attempts, job)


@transaction.atomic
def retry_job(job: OutboxJob) -> None:
    """Begin again at once with a job that waits after a failure, or was given up."""
    OutboxJob.objects.filter(pk=job.pk).update(attempts=0, due_at=Now())
    _nudge_once(queue_of(job.task))


@contextmanager
def _signs_of_life(job: OutboxJob) -> Iterator[None]:
    """Keep the job taken while the work goes on, on a connection beside the work's."""
    done = threading.Event()

    def give() -> None:
        while not done.wait(SIGN_OF_LIFE):
            try:
                OutboxJob.objects.filter(pk=job.pk, attempts=job.attempts).update(due_at=Now() + LEASE)
            except DatabaseError:
                logger.warning("Job %s can't give a sign of life", job.pk, exc_info=True)
                connection.close()
        connection.close()

    thread = threading.Thread(target=give, name=f"job-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
