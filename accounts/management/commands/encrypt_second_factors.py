"""Encrypt the secrets of second factors with the first key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.secrets import UnreadableSecret
from accounts.services.second_factors import encrypt_second_factors


class Command(BaseCommand):
    """`encrypt_second_factors`: before a key leaves the settings. Running it again changes nothing."""

    help = "Encrypts the secrets of second factors with the first key of SECOND_FACTOR_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """All of them, one by one."""
        try:
            changed = encrypt_second_factors()
        except UnreadableSecret as error:
            raise CommandError(f"{error} Put the earlier key back, and run this again.") from error
        self.stdout.write(
            f"{changed} second factors encrypted anew." if changed else "Nothing to do: all are encrypted with it."
        )
