"""What belongs to the site as a whole: the template tags in `config.templatetags`."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Makes `config` an app, so that its template tags and commands are found."""

    name = "config"
    label = "site_config"
