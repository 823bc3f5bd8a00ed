"""`migrate` as the role that owns the tables, then grants for the role that the product runs as."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections

# What no row policy allows is not granted either, so that an attempt is an error and not "0 rows".
COVERED = """
    SELECT format('%I', c.relname),
           NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('*', 'w')),
           NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('*', 'd'))
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity
"""


class Command(migrate.Command):
    """Django's own, on the `owner` connection where there is one."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Only the default database differs."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner" if "owner" in settings.DATABASES else "default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant."""
        super().handle(*args, **options)
        if options["database"] == "owner" and not options["plan"]:
            grant_runtime_role(connections["owner"].settings_dict["USER"], connections["default"].settings_dict["USER"])


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
