"""What stands in a log line, and what never does."""

import json
import logging
import os
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.embedded.home import PROJECT
from config.logs import About, JsonLine
from config.masking import masked
from ledger.tasks import clean_import_files
from tests.conftest import Company

TOKEN = "c9abc4-0123456789abcdef0123456789abcdef"
LETS_SOMEBODY_IN = {"key", "token", "secret", "code"}


class Lines(logging.Handler):
    """Keeps what the console's handler would write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[dict[str, Any]] = []
        self.setFormatter(JsonLine())
        self.addFilter(About())

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(json.loads(self.format(record)))


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler.written
    logging.getLogger().removeHandler(handler)


def of(lines: list[dict[str, Any]], logger: str) -> dict[str, Any]:
    return next(line for line in lines if line["logger"] == logger)


def test_a_request_is_one_line(acme: Company, lines: list[dict[str, Any]]) -> None:
    path = acme.url("targets/")
    response = acme.client(acme.manager).get(f"{path}?q=ann@acme.example", headers={"X-Request-ID": "from-the-proxy.1"})
    line = of(lines, "headway.request")
    assert response["X-Request-ID"] == line["request_id"] == "from-the-proxy.1"
    assert (line["organization"], line["user"]) == ("acme", acme.manager.user_id)
    assert (line["method"], line["path"], line["status"], line["level"]) == ("GET", path, response.status_code, "INFO")
    assert line["duration_ms"] > 0
    assert set(line) <= {
        *("timestamp", "level", "logger", "message", "request_id", "organization", "user"),
        *("method", "path", "status", "duration_ms"),
    }


@pytest.mark.parametrize("given", ["", "short", "a" * 65, 'x", "level": "y', "a\tb c d e f g"])
def test_a_request_without_a_usable_id_gets_one(given: str, db: None, lines: list[dict[str, Any]]) -> None:
    response = Client().get("/accounts/login/", headers={"X-Request-ID": given})
    assert len(response["X-Request-ID"]) == 32
    assert of(lines, "headway.request")["request_id"] == response["X-Request-ID"]


def test_probes_that_succeed_are_not_worth_a_line(db: None, lines: list[dict[str, Any]]) -> None:
    Client().get("/livez")
    assert [line for line in lines if line["logger"] == "headway.request"] == []


def walk(patterns: list[Any], route: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, route + str(each.pattern))
        else:
            yield route + str(each.pattern), each


def test_no_address_gives_its_token_away(db: None, lines: list[dict[str, Any]]) -> None:
    """Whatever address has a token in it, today's and tomorrow's."""
    from django.urls import reverse

    asked = []
    for _, pattern in walk(get_resolver().url_patterns):
        converters = dict.fromkeys(pattern.pattern.regex.groupindex, "acme")
        if pattern.name and LETS_SOMEBODY_IN & set(converters):
            values = {name: TOKEN if name in LETS_SOMEBODY_IN else "acme" for name in converters}
            asked.append(reverse(pattern.name, kwargs=values))
    assert any("/password/reset/key/" in path for path in asked)
    for path in asked:
        Client().get(path)
    paths = [line["path"] for line in lines if line["logger"] == "headway.request"]
    assert len(paths) == len(asked)
    assert TOKEN not in json.dumps(lines)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        pytest.param("to ann.o'neill+x@mail.acme.example now", "to ann.o'***@*** now", id="an-address"),
        pytest.param(
            'duplicate key\nDETAIL:  Key (email)=("x") already exists.', "duplicate key\nDETAIL: left out", id="a-value"
        ),
        pytest.param("COPY failed\nCONTEXT:  COPY t, line 1: Ann,5", "COPY failed\nCONTEXT: left out", id="a-row"),
        pytest.param("/o/acme/targets/7/", "/o/acme/targets/7/", id="a-usual-path-stays"),
    ],
)
def test_masked(text: str, left: str) -> None:
    assert masked(text) == left


def test_what_libraries_hang_on_a_record_stays_out(lines: list[dict[str, Any]]) -> None:
    logging.getLogger("somebody").error(
        "failed", extra={"data": {"args": "['ann@acme.example']"}, "request": "GET /?x"}
    )
    assert set(of(lines, "somebody")) == {"timestamp", "level", "logger", "message"}


def test_an_error_brings_its_traceback_without_values(lines: list[dict[str, Any]]) -> None:
    try:
        raise ValueError("no ann@acme.example")
    except ValueError:
        logging.getLogger("somebody").exception("failed")
    found = of(lines, "somebody")
    assert "Traceback" in found["exc_info"]
    assert "ann@" not in found["exc_info"]


def test_a_job_is_one_line(db: None, lines: list[dict[str, Any]]) -> None:
    clean_import_files.apply(task_id="job-1")
    line = of(lines, "headway.job")
    assert (line["task"], line["task_id"], line["request_id"]) == (clean_import_files.name, "job-1", "job-1")
    assert line["state"] == "SUCCESS"
    assert line["duration_ms"] > 0


SCRIPT = """
import django, logging
django.setup()
from django.test import Client
from django.urls import path
from config import urls
def fails(request):
    secret = "kept in a local variable"
    raise ValueError("no such person: ann@acme.example")
urls.urlpatterns.append(path("fails/", fails))
client = Client(raise_request_exception=False)
client.post("/fails/?q=typed", {"name": "a typed name"}, headers={"Cookie": "sessionid=stolen", "Host": "localhost"})
import sentry_sdk
sentry_sdk.flush()
"""


def test_an_error_is_reported_without_people() -> None:
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            encoding = self.headers.get("Content-Encoding")
            received.append(import_module("brotli").decompress(body) if encoding == "br" else zlib.decompress(body, 47))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        dsn = f"http://public@127.0.0.1:{server.server_port}/1"
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=PROJECT,
            env=os.environ | {"SENTRY_DSN": dsn, "RELEASE": "9.9", "DJANGO_SETTINGS_MODULE": "config.settings"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        server.shutdown()
    assert done.returncode == 0, done.stderr
    told = b"\n".join(received).decode()
    assert "ValueError" in told
    assert '"release":"9.9"' in told
    assert "in fails" in told or '"fails"' in told
    for hidden in ("ann@acme", "kept in a local", "a typed name", "stolen", "q=typed"):
        assert hidden not in told, hidden
