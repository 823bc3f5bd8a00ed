"""The roles of the database and what each may do: `python -m config.roles`, as a superuser, before the first `migrate`.

DATABASE_SUPERUSER_URL says where; the addresses in ROLES say which roles, passwords and database are wanted. Running it
again changes nothing but passwords that have changed. The embedded PostgreSQL makes its roles here too.

Source: docs/deployment.md, "The database's roles".
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

#: Each holds for every role: none is a superuser, makes roles, or replicates.
_NONE = "NOSUPERUSER NOCREATEROLE NOREPLICATION"


@dataclass(frozen=True)
class Role:
    """One role that signs in."""

    name: str
    password: str
    makes_databases: bool = False  # the owner of the embedded servers, for the tests
    reads_everything: bool = False  # for backups: every row of every table, past row-level security, and writes none


def _role(url: str, **rights: bool) -> Role:
    parts = urlsplit(url)
    return Role(unquote(parts.username or ""), unquote(parts.password or ""), **rights)


def wanted_roles(environment: Mapping[str, str]) -> list[Role]:
    """The roles that the addresses name: the owner, the product's, and those of backup and admin where they are set."""
    names = ("DATABASE_OWNER_URL", "DATABASE_URL", "DATABASE_ADMIN_URL")
    roles = [_role(environment[name]) for name in names if environment.get(name)]
    if url := environment.get("DATABASE_BACKUP_URL"):
        roles.append(_role(url, reads_everything=True))
    return roles


def make_roles(connection: psycopg.Connection[Any], roles: Sequence[Role]) -> None:
    """Make what is missing, and set attributes and passwords every time."""
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for role in roles:
        name = sql.Identifier(role.name)
        connection.execute(
            sql.SQL("{verb} ROLE {name} LOGIN {none} {createdb} {bypass} PASSWORD {password}").format(
                verb=sql.SQL("ALTER" if role.name in known else "CREATE"),
                name=name,
                none=sql.SQL(_NONE),
                createdb=sql.SQL("CREATEDB" if role.makes_databases else "NOCREATEDB"),
                bypass=sql.SQL("BYPASSRLS" if role.reads_everything else "NOBYPASSRLS"),
                password=sql.Literal(role.password),
            )
        )
        if role.reads_everything:
            connection.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(name))
            connection.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(name))


def make_database(connection: psycopg.Connection[Any], name: str, *, owner: str) -> None:
    """Make the database, unless it is there."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        names = sql.Identifier(name), sql.Identifier(owner)
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))


def main(environment: Mapping[str, str]) -> int:
    """Make roles and database as the environment says; returns the exit code."""
    needed = ("DATABASE_SUPERUSER_URL", "DATABASE_OWNER_URL", "DATABASE_URL")
    if missing := [name for name in needed if not environment.get(name)]:
        print(f"Set {', '.join(missing)}.", file=sys.stderr)
        return 1
    roles = wanted_roles(environment)
    if faults := [role.name or "?" for role in roles if not role.name or len(role.password) < 16]:
        print(f"These roles need a name and a password of 16 characters: {', '.join(faults)}.", file=sys.stderr)
        return 1
    if len({role.name for role in roles}) < len(roles):
        print("Each address needs a role of its own: one that can do everything keeps nothing apart.", file=sys.stderr)
        return 1
    database = unquote(urlsplit(environment["DATABASE_OWNER_URL"]).path.lstrip("/"))
    with psycopg.connect(environment["DATABASE_SUPERUSER_URL"], autocommit=True, connect_timeout=10) as connection:
        make_roles(connection, roles)
        make_database(connection, database, owner=roles[0].name)
    print(f"The database {database} and the roles {', '.join(role.name for role in roles)} are there.")
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
