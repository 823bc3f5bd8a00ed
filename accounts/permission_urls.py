"""Addresses of who may do what."""

from django.urls import URLPattern

app_name = "permissions"
urlpatterns: list[URLPattern] = []
