"""Servers and workers of a test's own, which it may stop, kill and start again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, connections

from accounts.models import OutboxJob
from accounts.services import outbox
from accounts.tenancy import tenant
from config import caching
from config.embedded import process
from config.embedded import redis as redis_launcher
from config.embedded.home import PROJECT, Home
from ledger import services
from ledger.ingest.totals import differences
from ledger.models import Deal, DealLine, Import
from tests.conftest import Company

SECONDS = 30  # a machine under load is slow; a test that works never waits so long


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait until it holds."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"not within {SECONDS} s: {what}"
        time.sleep(0.05)


class Redis:
    """A Redis that the test alone uses. It comes back on the same port, with nothing of what it held."""

    def __init__(self, folder: Path) -> None:
        self.home = Home.open(folder)
        self.port: int | None = None
        self.start()

    def start(self) -> None:
        self.running = redis_launcher.launch(self.home, fast=True, wished_port=self.port)
        self.port = self.running.port

    def stop(self) -> None:
        process.stop(self.running.process)

    @property
    def url(self) -> str:
        assert self.port is not None
        return redis_launcher.urls(self.home, self.port)["REDIS_URL"]


@pytest.fixture
def redis(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """In use by this process, too: for its rate limits and for what it tells the workers."""
    server = Redis(tmp_path / "redis-home")
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": server.url}}
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(current_app.conf, "broker_write_url", server.url)
    monkeypatch.setattr(outbox, "_silent_since", float("-inf"))
    monkeypatch.setattr(caching, "_silent_since", float("-inf"))
    yield server
    server.stop()


class Processes:
    """Processes of the product on the test's database and Redis."""

    def __init__(self, redis: Redis, folder: Path, media: Path) -> None:
        self.redis, self.folder, self.media = redis, folder, media
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *command: str) -> "subprocess.Popen[bytes]":
        known = connections["default"].settings_dict
        database = f"{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
        environment = dict(os.environ) | {
            "DATABASE_URL": f"postgres://{database}",
            "REDIS_URL": self.redis.url,
            "MEDIA_ROOT": str(self.media),
            "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT or 25}",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            started = process.start([sys.executable, "-m", *command], log=log, environment=environment, folder=PROJECT)
        self.running.append(started)
        return started

    def worker(self, *, concurrency: int = 1, queues: str = "short,long") -> "subprocess.Popen[bytes]":
        """One with a beat of its own."""
        schedule = self.folder / f"beat-{len(self.running)}"
        options = ["--beat", "--schedule", str(schedule), "--loglevel", "INFO", "--concurrency", str(concurrency)]
        options += ["--queues", queues, "--hostname", f"worker-{len(self.running)}@%h"]
        return self.start("worker", "celery", "-A", "config", "worker", *options)

    def kill(self, victim: "subprocess.Popen[bytes]") -> None:
        """SIGKILL, to it and to what it started: it can't say goodbye."""
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()

    def log(self) -> str:
        """What the workers wrote."""
        file = self.folder / "worker.log"
        return file.read_text(errors="replace") if file.exists() else ""


@pytest.fixture
def processes(redis: Redis, tmp_path: Path, settings: Any) -> Iterator[Processes]:
    made = Processes(redis, tmp_path, Path(settings.MEDIA_ROOT))
    yield made
    print(made.log()[-4000:])  # shown where a test fails
    for each in made.running:
        if each.poll() is None:
            made.kill(each)


def deals(company: Company, count: int, *, prefix: str = "D") -> bytes:
    """So many deals of two lines each, over two months, of two people."""
    slug = company.organization.slug
    lines = ["Number,Date,Salesperson,State,Product,Net amount"]
    for number in range(count):
        who = f"{slug} manager" if number % 2 else f"{slug} admin"
        lines += [
            f"{prefix}{number},2026-{3 + number % 2:02}-{1 + number % 28:02},{who},{slug} confirmed,p{line},1.25"
            for line in (1, 2)
        ]
    return "\n".join(lines).encode()


def start(company: Company, content: bytes) -> Import:
    """An import that is handed to the workers."""
    with tenant(company.organization):
        source = services.upload_import(ContentFile(content, name="deals.csv"), filename="deals.csv", by=company.admin)
        return services.start_import(source, by=company.admin)


def state(company: Company, source: Import) -> Import:
    with tenant(company.organization):
        return Import.objects.get(pk=source.pk)


def wait_for(company: Company, *sources: Import) -> None:
    """Until all of them are done, and no job is left."""
    for source in sources:
        eventually(lambda source=source: state(company, source).status == "done", f"import {source.pk} is done")  # type: ignore[misc]
    eventually(lambda: not OutboxJob.objects.exists(), "every job is gone")


def check(company: Company, count: int, *, lines: int | None = None) -> None:
    """Each deal stands there once, with its lines, and the totals are what the deals add up to."""
    with tenant(company.organization), connection.cursor() as cursor:
        assert Deal.objects.count() == Deal.objects.values("number").distinct().count() == count
        assert DealLine.objects.count() == (2 * count if lines is None else lines)
        assert differences(cursor, company.organization.pk) == []


@contextmanager
def load(ask: Callable[[], int], *, threads: int = 2) -> Iterator[list[int]]:
    """Ask again and again from threads while the block runs; the statuses that were answered, 0 for none."""
    answers: list[int] = []
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(0.05):
            answers.append(ask())

    running = [threading.Thread(target=go_on, daemon=True) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in running:
            thread.join()
