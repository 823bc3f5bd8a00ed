"""`migrate` as the role that owns the tables, then grants for the role that the product runs as."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's own, on the `owner` connection where there is one."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Only the default database differs."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner" if "owner" in settings.DATABASES else "default")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then grant."""
        super().handle(*args, **options)
        if options["database"] == "owner":
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
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quoted}")
