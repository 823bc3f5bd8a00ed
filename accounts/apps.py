"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Organizations, their people, teams and zones; tenancy, sign-in and permissions."""

    name = "accounts"
    verbose_name = "Organizations and people"
