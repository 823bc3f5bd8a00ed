"""The roles and the database of the embedded PostgreSQL.

The owner makes tables and migrates; the app's role owns nothing, so row-level security holds for it.
"""

from __future__ import annotations

import subprocess
import time

import psycopg
from psycopg import sql

from config.embedded.home import ADMIN, APP, DATABASE, OWNER, EmbeddedError, Home

_ROLE = "{verb} ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {createdb} PASSWORD {password}"


def _connect(home: Home, port: int, database: str) -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1",
        port=port,
        user=ADMIN,
        password=home.secrets().postgres_admin,
        dbname=database,
        autocommit=True,
        connect_timeout=5,
        sslmode="disable",
        gssencmode="disable",
    )


def wait_until_ready(server: subprocess.Popen[bytes], home: Home, port: int) -> bool:
    """Wait up to a minute until the server takes our password; False once it has ended by itself."""
    end = time.monotonic() + 60
    while server.poll() is None:
        try:
            _connect(home, port, "postgres").close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedError(
                    f"PostgreSQL's data under {home.path} has other passwords than secrets.json. "
                    f"Begin again with `make demo-reset`, or remove {home.path}."
                ) from error
            if time.monotonic() > end:
                raise EmbeddedError(f"PostgreSQL doesn't answer on port {port} after a minute: {error}") from error
            time.sleep(0.05)
        else:
            return True
    return False


def set_up(home: Home, port: int) -> None:
    """Make the two roles and the database where they are missing, and set the attributes and passwords every time."""
    known = home.secrets()
    wanted = {OWNER: ("CREATEDB", known.postgres_owner), APP: ("NOCREATEDB", known.postgres_app)}
    with _connect(home, port, "postgres") as connection:
        roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, (createdb, password) in wanted.items():
            connection.execute(
                sql.SQL(_ROLE).format(
                    verb=sql.SQL("ALTER" if role in roles else "CREATE"),
                    role=sql.Identifier(role),
                    createdb=sql.SQL(createdb),
                    password=sql.Literal(password),
                )
            )
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            names = sql.Identifier(DATABASE), sql.Identifier(OWNER)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
