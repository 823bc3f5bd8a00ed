"""Databases that tests and benchmarks make for themselves, as the role that owns them. The product never comes here."""

import time
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

ATTEMPTS = 120


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
    """Forget a database. Waits for the server's own cleaning in it, which the owner may not interrupt."""
    with owner_connection("postgres") as connection:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
                if attempt == ATTEMPTS:
                    raise
                time.sleep(0.5)
            else:
                return
