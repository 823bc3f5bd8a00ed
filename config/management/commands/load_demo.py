"""`load_demo`: the made-up dealership that `make demo` shows."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.demo_company.found import TIME_ZONE
from config.demo_company.load import LOGINS, load


class Command(BaseCommand):
    """Load the demo companies where they are missing, and bring their deals up to today."""

    help = "Load the demo companies where they are missing, and bring their deals and targets up to today."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be asked for."""
        parser.add_argument("--logins", action="store_true", help="print role, e-mail and password of three logins")
        parser.add_argument("--today", type=date.fromisoformat, help="a day to take for today (YYYY-MM-DD)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside DEBUG: everybody knows the demo's passwords."""
        if not settings.DEBUG:
            raise CommandError("The demo's passwords are public, so load_demo works with DEBUG=1 alone.")
        if options["logins"]:
            for login in LOGINS:
                self.stdout.write(f"{login.role} {login.email} {login.password}")
            return
        today = options["today"] or timezone.now().astimezone(TIME_ZONE).date()
        loaded = load(today=today)
        done = "Loaded the demo companies" if loaded.founded else "The demo companies are there"
        if loaded.rows or loaded.targets:
            done += f": {loaded.rows:,} lines of deals and {loaded.targets:,} targets up to {today}"
        self.stdout.write(f"{done}.")
