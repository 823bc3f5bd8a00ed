"""What a log line says: for people while developing, one JSON object a line for machines in production.

Each line carries the request's id, the organization's short name and the user's id. None carries a token, an e-mail
address, a query string, or the values that PostgreSQL names in its errors.

Source: docs/deployment.md, "Logs".
"""

import logging
import logging.config
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pythonjsonlogger.core import LogRecord as Fields
from pythonjsonlogger.json import JsonFormatter

from accounts.tenancy import TenantError, current_organization
from config.masking import masked

requests = logging.getLogger("headway.request")
jobs = logging.getLogger("headway.job")

WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
PROBES = frozenset({"/livez", "/readyz"})
# Whatever else somebody's library hangs on a record stays out: a task's arguments, a whole request.
WRITTEN = {
    *("timestamp", "level", "logger", "message", "exc_info", "stack_info", "request_id", "organization", "user"),
    *("method", "path", "status", "duration_ms", "task", "task_id", "state"),
}


@dataclass
class Work:
    """What the process is busy with: a request, or a task of a worker."""

    request_id: str
    request: HttpRequest | None = None
    task: str = ""
    began: float = field(default_factory=time.perf_counter)

    @property
    def milliseconds(self) -> float:
        """Since it began."""
        return round((time.perf_counter() - self.began) * 1000, 1)


_work: ContextVar[Work | None] = ContextVar("work", default=None)


def request_id() -> str:
    """The id of the request being answered, or of the one that a task came from; else empty."""
    work = _work.get()
    return work.request_id if work else ""


class About(logging.Filter):
    """Adds to each record whose work it belongs to. Runs no query."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        work = _work.get()
        record.request_id = work.request_id if work else ""
        record.organization, record.user = _organization(work), ""
        if work and work.task and not hasattr(record, "task"):
            record.task = work.task
        if work and work.request is not None:
            user = getattr(work.request, "_cached_user", None)  # what `request.user` keeps; asking that would query
            record.user = getattr(user, "pk", None) or ""
        return True


def _organization(work: Work | None) -> str:
    try:
        return current_organization().slug
    except TenantError:
        found = getattr(work.request, "organization", None) if work else None
        return getattr(found, "slug", "")


class JsonLine(JsonFormatter):
    """One line of JSON with the fields of WRITTEN alone."""

    def __init__(self) -> None:
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp=True,
        )

    def process_log_record(self, log_record: Fields) -> Fields:
        """Leave out what is empty or not ours, and mask the rest."""
        return {
            name: masked(value) if isinstance(value, str) else value
            for name, value in log_record.items()
            if name in WRITTEN and value not in ("", None)
        }


class RequestLog:
    """One line for each request, and its id in the answer; the first middleware, so that it sees all of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        work = Work(given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex, request=request)
        token = _work.set(work)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = work.request_id
            response._has_been_logged = True  # type: ignore[attr-defined]  # Django would say it again, with less
            if request.path not in PROBES or response.status_code != 200:
                what = {"method": request.method, "path": request.path, "status": response.status_code}
                requests.info("request", extra=what | {"duration_ms": work.milliseconds})
            return response
        finally:
            _work.reset(token)


# The worker's side: config/celery.py connects these to Celery's signals.


def use_our_logging(**kwargs: Any) -> None:
    """Keep Celery from bringing a format of its own."""
    logging.config.dictConfig(settings.LOGGING)


def send_request_id(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    """Write the id of the request that asked for a task into the message."""
    if headers is not None and request_id():
        headers["request_id"] = request_id()


_begun: dict[str, Token[Work | None]] = {}


def task_begins(task_id: str, task: Any, **kwargs: Any) -> None:
    """From here on lines carry the id of the request that asked for the task, else the task's own."""
    asked = getattr(task.request, "request_id", None) or task_id
    _begun[task_id] = _work.set(Work(asked, task=task.name))


def task_ends(task_id: str, task: Any, state: str | None = None, **kwargs: Any) -> None:
    """One line for each task; an error has been logged with its traceback by now."""
    if (work := _work.get()) is not None:
        jobs.info("task", extra={"task_id": task_id, "state": state, "duration_ms": work.milliseconds})
    if (token := _begun.pop(task_id, None)) is not None:
        _work.reset(token)
