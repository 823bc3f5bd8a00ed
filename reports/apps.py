"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What reads across the other apps: leaderboard and reports."""

    name = "reports"
    verbose_name = "Reports"

    def ready(self) -> None:
        """Say how what is audited here is told of."""
        # Models are loaded by now, and not before.
        from accounts.subjects import register
        from reports.audited import SUBJECTS

        register(*SUBJECTS)
