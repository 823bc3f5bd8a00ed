"""Databases that tests and benchmarks make for themselves, as the role that owns them. The product never comes here."""

from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

ATTEMPTS = 20


def owner_connection(database: str = "") -> "psycopg.Connection[Any]":
    """A plain autocommit connection as the owner, to the database in use or another one."""
    settings = connections["owner"].settings_dict
    return psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        dbname=database or settings["NAME"],
        autocommit=True,
    )


def create_database(name: str) -> None:
    """Make an empty database, in place of one of that name."""
    drop_database(name)
    with owner_connection("postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )


def drop_database(name: str) -> None:
    """Forget a database, whoever is connected to it.

    FORCE ends the connections of our own roles and is refused while the server cleans up in there; without FORCE the
    server ends its own cleaning and waits for everyone else. So they take turns.
    """
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    with owner_connection("postgres") as connection:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                connection.execute(drop if attempt % 2 == 0 else drop + sql.SQL(" WITH (FORCE)"))
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                if attempt == ATTEMPTS:
                    raise
            else:
                return
