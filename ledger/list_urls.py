"""Addresses of the lists that records refer to."""

from django.urls import URLPattern

app_name = "lists"
urlpatterns: list[URLPattern] = []
