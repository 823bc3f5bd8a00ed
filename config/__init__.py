"""Settings, addresses, the worker and what all pages share."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
