"""Recount the monthly totals and compare."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts.models import Organization
from accounts.tenancy import tenant
from ledger.ingest.totals import Difference, differences, recount


class Command(BaseCommand):
    """`check_totals [--organization SLUG] [--repair]`: exit code 1 if any total was wrong, repaired or not."""

    help = "Recounts the monthly totals from the deals and reports any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which organizations, and whether to repair."""
        parser.add_argument("--organization", metavar="SLUG", help="only this one")
        parser.add_argument("--repair", action="store_true", help="make wrong totals anew from the deals")

    def handle(self, *args: Any, **options: Any) -> None:
        """One organization after another, each in a transaction of its own."""
        organizations = Organization.objects.order_by("slug")
        if options["organization"]:
            organizations = organizations.filter(slug=options["organization"])
            if not organizations:
                raise CommandError(f"There is no organization {options['organization']}.")
        wrong = 0
        for organization in organizations:
            with tenant(organization), connection.cursor() as cursor:
                found = differences(cursor, organization.pk)
                if found and options["repair"]:
                    recount(cursor, organization.pk)
            wrong += len(found)
            for difference in found:
                self.stdout.write(f"{organization.slug}: {described(difference)}")
            if found:
                verb = "repaired" if options["repair"] else "wrong"
                self.stdout.write(f"{organization.slug}: {len(found)} totals {verb}")
            elif options["verbosity"] > 0:
                self.stdout.write(f"{organization.slug}: every total is right")
        if wrong:
            raise SystemExit(1)


def described(difference: Difference) -> str:
    """A difference in one line."""
    cell = " ".join(f"{name.removesuffix('_id')}={value}" for name, value in difference.cell.items())
    wrong = [
        f"{name} {difference.stored[name]}, recounted {difference.counted[name]}"
        for name in difference.stored
        if difference.stored[name] != difference.counted[name]
    ]
    return f"{difference.table} {cell}: {'; '.join(wrong) or 'an empty row'}"
