"""PostgreSQL is restarted while people work."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections

from config.embedded import postgres, process
from config.embedded.home import PROJECT, Home
from tests.chaos.conftest import Processes, check, deals, eventually, load, start, state, wait_for
from tests.conftest import Company

pytestmark = pytest.mark.django_db(transaction=True)


class Postgres:
    """A server that the test alone uses, with the product's tables."""

    def __init__(self, folder: Path) -> None:
        self.home = Home.open(folder)
        self.running = postgres.launch(self.home, fast=True, wished_port=None)

    def restart(self) -> None:
        """As an operator does: whoever is connected is cut off."""
        port = self.running.port
        self.stop()
        self.running = postgres.launch(self.home, fast=True, wished_port=port)

    def stop(self) -> None:
        process.stop(self.running.process, signal.SIGINT)


@pytest.fixture
def own_postgres(tmp_path: Path, transactional_db: None) -> Iterator[Postgres]:
    """In use by this process and by what it starts, in place of the one of all tests."""
    server = Postgres(tmp_path / "postgres-home")
    urls = postgres.urls(server.home, server.running.port)
    before: dict[str, dict[str, Any]] = {}
    for alias, name in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
        url = urlsplit(urls[name])
        known = connections[alias].settings_dict
        before[alias] = dict(known)
        connections[alias].close()
        known |= {"PORT": url.port, "USER": url.username, "PASSWORD": url.password, "NAME": url.path.lstrip("/")}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=PROJECT, env=dict(os.environ) | urls, check=True)
    yield server
    for alias, known in before.items():
        connections[alias].close()
        connections[alias].settings_dict.update(known)
    server.stop()
    postgres.remove_elsewhere(server.home)


def test_web_and_workers_come_back_and_imports_go_on(
    own_postgres: Postgres, acme: Company, processes: Processes
) -> None:
    port = process.free_port()
    web = ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "2", "--worker-class", "gthread"]
    processes.start("web", "gunicorn", "config.wsgi", *web)
    processes.worker()
    source = start(acme, deals(acme, 40_000))
    client = acme.client(acme.admin)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    page = urllib.request.Request(f"http://127.0.0.1:{port}{acme.url('targets/')}", headers={"Cookie": cookie})

    def ask() -> int:
        try:
            with urllib.request.urlopen(page, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    eventually(lambda: ask() == 200, "the web answers")
    eventually(lambda: state(acme, source).rows_stored > 0, "the first piece is stored")
    with load(ask) as answers:
        connections["default"].close()
        own_postgres.restart()
        back = len(answers)
        eventually(lambda: answers[back:].count(200) > 5, "the web answers again")
        late = len(answers)
        wait_for(acme, source)
    assert set(answers[late:]) == {200}
    assert state(acme, source).rows_stored == 80_000
    check(acme, 40_000)
