"""Addresses of the organization's own settings."""

from django.urls import URLPattern

app_name = "settings"
urlpatterns: list[URLPattern] = []
