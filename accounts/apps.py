"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organizations, their people, teams and zones; tenancy, sign-in and permissions."""

    name = "accounts"
    verbose_name = "Organizations and people"

    def ready(self) -> None:
        """Say how what is audited here is told of."""
        # Models are loaded by now, and not before.
        from accounts.audited import SUBJECTS
        from accounts.subjects import register

        register(*SUBJECTS)
