"""`/readyz` with each thing it asks about really broken, one at a time."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone
from redis import Redis, RedisError

from accounts.models import OutboxJob
from accounts.services.outbox import MOST_ATTEMPTS
from config import readiness
from config.beat import Scheduler, give_sign
from config.celery import app
from config.embedded import process
from config.embedded import redis as embedded_redis
from config.owner import owner_connection
from tests.own_redis import next_database

LONG_TASK = "ledger.tasks.run_import"
WELL = dict.fromkeys(("database", "migrations", "jobs", "redis", "beat"), "ok")


@pytest.fixture(autouse=True)
def _own_redis(settings: Any) -> Iterator[None]:
    """A Redis database of this module's own, with a beat that was alive just now."""
    settings.REDIS_URL = next_database(settings.REDIS_URL, 16)
    readiness.redis_server.cache_clear()
    server = readiness.redis_server()
    give_sign(server, at=time.time())
    yield
    server.flushdb()
    readiness.redis_server.cache_clear()


def ask() -> tuple[int, dict[str, str]]:
    response = Client().get("/readyz")
    assert "no-store" in response["Cache-Control"]
    found = response.json()
    assert found["ready"] is (response.status_code == 200)
    return response.status_code, found["checks"]


@pytest.mark.django_db
def test_all_is_well() -> None:
    assert ask() == (200, WELL)


@pytest.mark.django_db
def test_it_is_cheap(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        ask()


@pytest.mark.django_db
def test_a_job_that_waits_too_long(settings: Any) -> None:
    OutboxJob.objects.create(task="x", due_at=timezone.now() - timedelta(minutes=settings.JOBS_LATE_AFTER_MINUTES + 1))
    assert ask() == (503, WELL | {"jobs": "late"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("busy", "answer"), [(True, (200, WELL)), (False, (503, WELL | {"jobs": "late"}))], ids=["in-turn", "forgotten"]
)
def test_an_import_that_waits_for_another_one(settings: Any, busy: bool, answer: Any) -> None:
    late = timezone.now() - timedelta(minutes=settings.JOBS_LATE_AFTER_MINUTES + 1)
    OutboxJob.objects.create(task=LONG_TASK, due_at=late)
    if busy:
        OutboxJob.objects.create(task=LONG_TASK, due_at=timezone.now() + timedelta(seconds=5), attempts=1)
    assert ask() == answer


@pytest.mark.django_db
def test_jobs_that_are_due_later_or_just_now_are_fine() -> None:
    OutboxJob.objects.create(task="x", due_at=timezone.now() + timedelta(days=1))
    OutboxJob.objects.create(task="x", due_at=timezone.now() - timedelta(minutes=1))
    assert ask() == (200, WELL)


@pytest.mark.django_db
def test_a_job_that_was_given_up_waits_for_an_operator_and_not_for_the_site(settings: Any) -> None:
    OutboxJob.objects.create(task="x", due_at=timezone.now() - timedelta(days=1), attempts=MOST_ATTEMPTS)
    assert ask() == (200, WELL)


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [None, 130], ids=["never-seen", "two-minutes-ago"])
def test_beat_is_gone(seconds: int | None) -> None:
    if seconds is None:
        readiness.redis_server().flushdb()
    else:
        give_sign(readiness.redis_server(), at=time.time() - seconds)
    assert ask() == (503, WELL | {"beat": "late"})


@pytest.mark.django_db
def test_beat_gives_its_sign(tmp_path: Path) -> None:
    readiness.redis_server().flushdb()
    scheduler = Scheduler(app=app, schedule_filename=str(tmp_path / "schedule"))
    assert scheduler.tick() <= 10
    scheduler.close()
    assert ask() == (200, WELL)


@pytest.mark.django_db(transaction=True)
def test_a_migration_is_missing() -> None:
    with owner_connection() as owner:
        rows = owner.execute(
            "DELETE FROM django_migrations WHERE app = 'targets' RETURNING app, name, applied"
        ).fetchall()
        try:
            assert ask() == (503, WELL | {"migrations": "late", "jobs": "failed"})
        finally:
            insert = "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)"
            owner.cursor().executemany(insert, rows)
    assert ask() == (200, WELL)


@pytest.mark.django_db(transaction=True)
def test_the_database_is_gone() -> None:
    """Nobody listens on its port any more; the answer names the check and nothing else."""
    known = connections["default"].settings_dict
    before = known["PORT"]
    connection.close()
    known["PORT"] = process.free_port()
    try:
        assert ask() == (503, WELL | dict.fromkeys(("database", "migrations", "jobs"), "failed"))
    finally:
        connection.close()
        known["PORT"] = before
    assert ask() == (200, WELL)


@pytest.mark.django_db
def test_redis_stops_and_comes_back(settings: Any, tmp_path: Path) -> None:
    port = process.free_port()
    command = [str(embedded_redis.find_program()), "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"

    def start() -> "subprocess.Popen[bytes]":
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={"PATH": os.environ["PATH"]})
        readiness.redis_server.cache_clear()
        for _ in range(100):
            with suppress(RedisError):
                give_sign(Redis.from_url(settings.REDIS_URL), at=time.time())
                return server
            time.sleep(0.05)
        raise AssertionError("Redis doesn't start")

    server = start()
    assert ask() == (200, WELL)
    process.stop(server)
    assert ask() == (503, WELL | {"redis": "failed", "beat": "failed"})
    server = start()
    assert ask() == (200, WELL)
    process.stop(server)
