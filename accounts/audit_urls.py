"""Addresses of what changed."""

from django.urls import path

from accounts.views import audit

app_name = "audit"
urlpatterns = [
    path("", audit.entry_list, name="entry-list"),
    path("export/", audit.entry_export, name="entry-export"),
]
