"""`restore FILE`: what `backup` wrote, into an empty database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config.backup import BackupError, restore


class Command(BaseCommand):
    """Written as the owner; `migrate` then gives the other roles their rights, and old tables what is new."""

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
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("Restored, and brought up to this version. Start the site.")
