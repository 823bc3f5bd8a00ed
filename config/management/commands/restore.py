"""`restore FILE`: what `backup` wrote, into an empty database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config.backup import BackupError, restore
from config.management.commands.migrate import grant_runtime_role


class Command(BaseCommand):
    """Written as the owner; then the product's role gets its rights, as after `migrate`."""

    help = "Read what `backup` wrote into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is next."""
        if "owner" not in settings.DATABASES:
            raise CommandError("Set DATABASE_OWNER_URL to the role that is to own the tables (docs/deployment.md).")
        try:
            restore(connections["owner"], Path(settings.MEDIA_ROOT), options["file"].absolute())
        except BackupError as error:
            raise CommandError(str(error)) from error
        owner, runtime = (connections[each].settings_dict["USER"] for each in ("owner", "default"))
        grant_runtime_role(owner, runtime)
        self.stdout.write("Restored. Run `migrate` if this version is newer than the backup's, then start the site.")
