"""The ledger app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What happened: deals, activities, the one way in and the one way out."""

    name = "ledger"
    verbose_name = "Records"

    def ready(self) -> None:
        """Say how what is audited here is told of."""
        # Models are loaded by now, and not before.
        from accounts.subjects import register
        from ledger.audited import SUBJECTS

        register(*SUBJECTS)
