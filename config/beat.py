"""Celery's beat with a heartbeat: a sign of life in Redis that `/readyz` looks at.

Written by beat itself and not by a task, so that busy workers don't make a beat that runs look dead.
"""

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler
from redis import Redis, RedisError

from config.readiness import HEARTBEAT, redis_server

SECONDS_BETWEEN = 10
log = logging.getLogger("headway.beat")


def give_sign(server: Redis, *, at: float) -> None:
    """Write down when beat was alive last, in seconds since 1970."""
    server.set(HEARTBEAT, f"{at:.0f}")


class Scheduler(PersistentScheduler):
    """The usual one, which gives a sign every ten seconds."""

    given = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due and give a sign; returns the seconds until the next look."""
        wait = super().tick(*args, **kwargs)
        if time.monotonic() - self.given >= SECONDS_BETWEEN or not self.given:
            try:
                give_sign(redis_server(), at=time.time())
                self.given = time.monotonic()
            except RedisError:
                log.warning("Redis doesn't answer, so beat could not give its sign of life.")
        return float(min(wait, SECONDS_BETWEEN))
