"""What belongs to the site as a whole: its checks, commands and template tags."""

from django.apps import AppConfig

from config.celery import app as celery_app

__all__ = ["SiteConfig", "celery_app"]  # Celery's application, so that every process with Django can enqueue a task


class SiteConfig(AppConfig):
    """Makes `config` an app, so that its template tags and commands are found."""

    name = "config"
    label = "site_config"

    def ready(self) -> None:
        """Refuse a database role that sees every organization."""
        from config import checks  # needs the apps to be loaded

        checks.start()
