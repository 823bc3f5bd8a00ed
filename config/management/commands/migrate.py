"""`migrate` as the role that owns the tables, without making a running site wait; then grants for the product's role.

Source: docs/migrations.md.
"""

import os
import time
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import DatabaseError, connections

# What no row policy allows is not granted either, so that an attempt is an error and not "0 rows".
COVERED = """
    SELECT format('%I', c.relname),
           NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('*', 'w')),
           NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('*', 'd'))
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
"""

# What operators write (docs/operators.md): signing in, and what `config.operators.pages` offers. Nobody is made staff.
OPERATOR_WRITES = {
    "django_session": "INSERT, UPDATE, DELETE",
    "usersessions_usersession": "INSERT, UPDATE, DELETE",
    "account_emailaddress": "INSERT, UPDATE",
    "mfa_authenticator": "UPDATE",
    "accounts_user": "UPDATE (last_login, password, is_active)",
    "accounts_organization": "UPDATE",
    "accounts_auditentry": "INSERT",
    "accounts_outboxjob": "UPDATE",
}


class Command(migrate.Command):
    """Django's own, on the `owner` connection where there is one."""

    def add_arguments(self, parser: CommandParser) -> None:
        """The owner's database by default, and how patient it is."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner" if "owner" in settings.DATABASES else "default")
        parser.add_argument(
            "--lock-timeout", type=float, default=5, help="seconds to wait for a table that others use, 5 by default"
        )
        parser.add_argument(
            "--statement-timeout", type=float, default=900, help="seconds that one statement may take, 900 by default"
        )
        parser.add_argument("--attempts", type=int, default=6, help="how often to try for a table in use, 6 by default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant."""
        database = options["database"]
        limits = {"lock_timeout": options["lock_timeout"], "statement_timeout": options["statement_timeout"]}
        set_limits(database, limits)
        try:
            self.migrate_patiently(*args, **options)
            if database == "owner" and not options["plan"] and not options["check_unapplied"]:
                owner, runtime = (connections[each].settings_dict["USER"] for each in ("owner", "default"))
                grant_runtime_role(owner, runtime)
                grant_operator_role(env_role("DATABASE_ADMIN_URL"))
        finally:
            set_limits(database, dict.fromkeys(limits, 0))

    def migrate_patiently(self, *args: Any, **options: Any) -> None:
        """Give way to whoever holds a table, and try again later from the migration that had to.

        Whoever waits for a table makes all who come after wait as well, so it never waits long. Raises CommandError.
        """
        for attempt in range(1, options["attempts"] + 1):
            try:
                super().handle(*args, **options)
            except DatabaseError as error:
                if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                    raise CommandError(
                        f"A statement took longer than {options['statement_timeout']:g} seconds and was ended. The "
                        "migration it belongs to changed nothing. Give it longer with --statement-timeout once you "
                        "know what it locks (docs/migrations.md)."
                    ) from error
                if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                    raise
                if attempt == options["attempts"]:
                    raise CommandError(
                        f"Others kept a table in use during {attempt} attempts. The migration that needs it changed "
                        "nothing, those before it are done. Run it again at a quieter time (docs/migrations.md)."
                    ) from error
                seconds = min(2 ** (attempt - 1), 30)
                self.stderr.write(f"Others use a table; the site goes on. Attempt {attempt + 1} in {seconds} s.")
                time.sleep(seconds)
            else:
                return


def set_limits(database: str, seconds: dict[str, float]) -> None:
    """PostgreSQL's own limits for this connection; 0 takes one away."""
    connection = connections[database]
    if connection.needs_rollback:
        return  # a test's transaction has failed and ends with it
    with connection.cursor() as cursor:
        for setting, limit in seconds.items():
            cursor.execute(f"SET {setting} = {round(limit * 1000)}")  # milliseconds


def env_role(variable: str) -> str:
    """The role that an address of the environment names; "" where it isn't set."""
    return unquote(urlsplit(os.environ.get(variable, "")).username or "")


def grant_operator_role(role: str) -> None:
    """Every row may be read, of the open organization alone as policies have it; written is what OPERATOR_WRITES lists.

    Does nothing where no such role was made.
    """
    connection = connections["owner"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None or role == connections["default"].settings_dict["USER"]:
            return
        quoted = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}")
        cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        for table, rights in OPERATOR_WRITES.items():
            cursor.execute(f"GRANT {rights} ON {table} TO {quoted}")


def grant_runtime_role(owner: str, role: str) -> None:
    """Rows may be read and written, nothing more: TRUNCATE and DDL would go round row-level security."""
    if role == owner:
        return
    connection = connections["owner"]
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        for table in ("django_migrations", "django_content_type", "auth_permission"):
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {quoted}")
        cursor.execute(COVERED)
        for table, unchangeable, undeletable in cursor.fetchall():
            if unchangeable:
                cursor.execute(f"REVOKE UPDATE ON {table} FROM {quoted}")
            if undeletable:
                cursor.execute(f"REVOKE DELETE ON {table} FROM {quoted}")
