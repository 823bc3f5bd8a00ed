"""`backup FILE`: the database and the uploads that wait, in one file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config.backup import BackupError, back_up


class Command(BaseCommand):
    """Read as the role of DATABASE_BACKUP_URL, the only one that sees every organization's rows."""

    help = "Write the database, and the uploads that wait for import, into one file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how large it became."""
        if "backup" not in settings.DATABASES:
            raise CommandError("Set DATABASE_BACKUP_URL to the role that reads every row (docs/deployment.md).")
        try:
            size = back_up(connections["backup"], Path(settings.MEDIA_ROOT), options["file"].absolute())
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['file']} is written: {size / 1e6:,.1f} MB.")
