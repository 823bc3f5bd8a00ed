"""What the product needs in order to work, asked in a few milliseconds: the answers of `/readyz`.

Source: docs/deployment.md, "Monitoring".
"""

import logging
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count, Min, Q
from redis import Redis, RedisError

from accounts.services.outbox import LEASE, MOST_ATTEMPTS, of_queue

Answer = Literal["ok", "late", "failed"]

#: Where beat writes its sign of life.
HEARTBEAT = "headway:beat"
BEAT_IS_LATE = timedelta(minutes=2)
PATIENCE = 3  # seconds

log = logging.getLogger("headway.readiness")


@lru_cache(maxsize=1)
def redis_server() -> Redis:
    """Redis with little patience: an answer that comes late is none."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)


def readiness(*, at: datetime) -> dict[str, Answer]:
    """Each check and its answer. Four queries and one question to Redis."""
    return _of_the_database(at) | _of_redis(at)


def _of_the_database(at: datetime) -> dict[str, Answer]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            migrations: Answer = "late" if _migrations() - set(cursor.fetchall()) else "ok"
        # Without its newest migrations the outbox may not be there yet.
        jobs: Answer = _jobs(at) if migrations == "ok" else "failed"
    except (DatabaseError, ImproperlyConfigured) as error:
        log.error("The database failed a readiness check: %s", error)
        return {"database": "failed", "migrations": "failed", "jobs": "failed"}
    return {"database": "ok", "migrations": migrations, "jobs": jobs}


@lru_cache(maxsize=1)
def _migrations() -> set[tuple[str, str]]:
    """What this version of the code wants applied; it doesn't change while the process runs."""
    return set(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def _jobs(at: datetime) -> Answer:
    """Whether a job waits too long. One that may take minutes waits in its turn, as long as a worker is on another."""
    for queue in settings.CELERY_TASK_QUEUES:
        # One that was given up waits for an operator, not for a worker.
        waiting = of_queue(queue).filter(attempts__lt=MOST_ATTEMPTS)
        in_work = Count("pk", filter=Q(attempts__gt=0, due_at__gt=at, due_at__lte=at + LEASE))
        found = waiting.aggregate(oldest=Min("due_at"), in_work=in_work)
        late = found["oldest"] and at - found["oldest"] > timedelta(minutes=settings.JOBS_LATE_AFTER_MINUTES)
        if late and not (found["in_work"] and queue != settings.CELERY_TASK_DEFAULT_QUEUE):
            return "late"
    return "ok"


def _of_redis(at: datetime) -> dict[str, Answer]:
    try:
        seen = redis_server().get(HEARTBEAT)
    except RedisError as error:
        log.error("Redis failed a readiness check: %s", error)
        return {"redis": "failed", "beat": "failed"}
    alive = seen is not None and at.timestamp() - float(seen) < BEAT_IS_LATE.total_seconds()
    return {"redis": "ok", "beat": "ok" if alive else "late"}
