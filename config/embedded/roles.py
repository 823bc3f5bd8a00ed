"""The roles and the database of the embedded PostgreSQL.

The owner makes tables and migrates; the app's role owns nothing, so row-level security holds for it; the backup's role
reads every row and writes none. What each may do stands in `config.roles`, as for production.
"""

from __future__ import annotations

import subprocess
import time

import psycopg

from config.embedded.home import ADMIN, APP, BACKUP, DATABASE, OPERATOR, OWNER, EmbeddedError, Home
from config.roles import Role, make_database, make_roles


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
    """Make the roles and the database where they are missing, and set the attributes and passwords every time."""
    known = home.secrets()
    with _connect(home, port, "postgres") as connection:
        make_roles(
            connection,
            [
                Role(OWNER, known.postgres_owner, makes_databases=True),
                Role(APP, known.postgres_app),
                Role(BACKUP, known.postgres_backup, reads_everything=True),
                Role(OPERATOR, known.postgres_operator),
            ],
        )
        make_database(connection, DATABASE, owner=OWNER)
