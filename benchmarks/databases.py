"""Databases of the benchmarks: made by the owner, kept from run to run, used as the runtime role."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.management import call_command
from django.db import connections
from psycopg import sql

from config.owner import create_database, owner_connection


@contextmanager
def database(name: str, about: dict[str, Any], build: Callable[[], None]) -> Iterator[None]:
    """Work in the database `name`, built first unless one is there that was built from the same `about`.

    `about` is kept as the database's comment once it is complete, so that one whose building was cut short is not used.
    """
    fingerprint = json.dumps(about, sort_keys=True)
    known = _comment(name)
    before = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    if known != fingerprint:
        create_database(name)
    try:
        _use({"default": name, "owner": name})
        call_command("migrate", verbosity=0)
        if known != fingerprint:
            build()
            _settle(name, fingerprint)
        yield
    finally:
        _use(before)


def environment() -> dict[str, str]:
    """The environment in which a command of its own works in the database that is in use here."""
    values = dict(os.environ)
    for variable, alias in (("DATABASE_URL", "default"), ("DATABASE_OWNER_URL", "owner")):
        parts = urlsplit(values[variable])
        values[variable] = urlunsplit(parts._replace(path=f"/{connections[alias].settings_dict['NAME']}"))
    return values


def _comment(name: str) -> str | None:
    with owner_connection() as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
    return found[0] if found else None


def _settle(name: str, fingerprint: str) -> None:
    """Do at once what autovacuum would do in the next minutes, and write down that the database is complete."""
    with owner_connection(name) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(fingerprint))
        )


def _use(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
