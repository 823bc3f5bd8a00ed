"""The targets app."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    """Monthly targets per salesperson and channel."""

    name = "targets"
    verbose_name = "Monthly targets"
