"""Refuses to run as a database role that row-level security doesn't hold for.

Source: docs/adr/0003-three-locks.md.
"""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

RUNTIME = "default"
# Ways past row policies: roles that ignore them, owners who could drop them, and TRUNCATE, which they don't cover.
FAULTS = {
    "is a superuser, or may become one": """
        SELECT EXISTS (SELECT FROM pg_roles r WHERE r.rolsuper AND pg_has_role(current_user, r.oid, 'MEMBER'))""",
    "has BYPASSRLS, or may become a role that has": """
        SELECT EXISTS (SELECT FROM pg_roles r WHERE r.rolbypassrls AND pg_has_role(current_user, r.oid, 'MEMBER'))""",
    "has CREATEROLE or REPLICATION": """
        SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND (rolcreaterole OR rolreplication))""",
    "owns tables, or may become the role that does": """
        SELECT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
            AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND pg_has_role(current_user, c.relowner, 'MEMBER'))""",
    "may create tables": "SELECT has_schema_privilege(current_user, 'public', 'CREATE')",
    "may truncate tables": """
        SELECT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND has_table_privilege(current_user, c.oid, 'TRUNCATE, TRIGGER'))""",
}
_trusted: set[tuple[str, str, str, str]] = set()


def role_faults(connection: BaseDatabaseWrapper) -> list[str]:
    """What lets this connection's role past row-level security. A query each."""
    found = []
    with connection.cursor() as cursor:
        for fault, question in FAULTS.items():
            cursor.execute(question)
            row = cursor.fetchone()
            if row and row[0]:
                found.append(fault)
    return found


def refuse_unsafe_role(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """At the first connection of each process: web, worker, beat or command. Raises ImproperlyConfigured."""
    settings = connection.settings_dict
    role = (str(settings["HOST"]), str(settings["PORT"]), str(settings["NAME"]), str(settings["USER"]))
    if connection.alias != RUNTIME or role in _trusted:
        return
    if faults := role_faults(connection):
        connection.close()
        raise ImproperlyConfigured(
            f"The database role {role[3]} of DATABASE_URL {'; '.join(faults)}. Organizations would not be kept apart. "
            "Use a role that owns nothing, and give the owner's to `migrate` as DATABASE_OWNER_URL (docs/tenancy.md)."
        )
    _trusted.add(role)


@register(Tags.database)
def runtime_role(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """`manage.py check --database default` says the same."""
    if RUNTIME not in (databases or []):
        return []
    try:
        faults = role_faults(connections[RUNTIME])
    except ImproperlyConfigured as error:
        return [Error(str(error), id="headway.E001")]
    return [Error(f"The database role of DATABASE_URL {fault}.", id="headway.E001") for fault in faults]


def start() -> None:
    """Watch every connection from now on."""
    connection_created.connect(refuse_unsafe_role, dispatch_uid="config.checks.refuse_unsafe_role")
