"""Asking the product's pages through Django's test client, with every statement counted and timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from benchmarks.framework import Row


@dataclass(slots=True)
class Figures:
    """What several runs of one request took: milliseconds in all and in the database, statements, bytes sent."""

    whole: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    statements: list[float] = field(default_factory=list)
    kilobytes: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Statements:
    """Counts and times what goes to the database. Not Django's own log, which costs time for each statement."""

    count: int = 0
    seconds: float = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Run one statement."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.count += 1


def signed_in(email: str) -> Client:
    """A browser that takes gzip, signed in."""
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(User.objects.get(email=email))
    return client


def asked(request: Callable[[], HttpResponse], *, times: int, warm_up: int = 3, status: int = 200) -> Figures:
    """Make a request again and again. RuntimeError if the answer isn't what it should be."""
    figures = Figures()
    for number in range(warm_up + times):
        statements = Statements()
        with connection.execute_wrapper(statements):
            began = time.perf_counter()
            response = request()
            took = time.perf_counter() - began
        if response.status_code != status:
            raise RuntimeError(f"Status {response.status_code}, expected {status}: {response.content[:200]!r}")
        if number >= warm_up:
            figures.whole.append(took * 1000)
            figures.database.append(statements.seconds * 1000)
            figures.statements.append(statements.count)
            figures.kilobytes.append(len(response.content) / 1024)
    return figures


def rows(name: str, figures: Figures, reference: Figures | None = None, **aims: float) -> list[Row]:
    """The figures of a request as rows. `aims`: whole, database (ms), statements, ratio (of the whole time)."""

    def median(of: list[float] | None) -> float | None:
        return sorted(of)[len(of) // 2] if of else None

    return [
        Row(
            f"{name}: in all",
            figures.whole,
            "ms",
            median(reference.whole if reference else None),
            at_most=aims.get("whole"),
            ratio_at_most=aims.get("ratio"),
        ),
        Row(
            f"{name}: in the database",
            figures.database,
            "ms",
            median(reference.database if reference else None),
            at_most=aims.get("database"),
        ),
        Row(f"{name}: statements", figures.statements, "", at_most=aims.get("statements")),
        Row(f"{name}: sent, gzip", figures.kilobytes, "kB"),
    ]
