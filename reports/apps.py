"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What reads across the other apps: leaderboard and reports."""

    name = "reports"
    verbose_name = "Reports"
