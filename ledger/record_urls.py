"""Addresses of deals: the list, a deal, its form."""

from django.urls import URLPattern

app_name = "records"
urlpatterns: list[URLPattern] = []
