"""The ledger app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What happened: deals, activities, the one way in and the one way out."""

    name = "ledger"
    verbose_name = "Records"
