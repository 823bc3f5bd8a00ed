"""Addresses of who may do what."""

from django.urls import path

from accounts.views import permissions

app_name = "permissions"
urlpatterns = [
    path("", permissions.overview, name="overview"),
    path("export/", permissions.overview_export, name="overview-export"),
    path("people/<int:member_id>/", permissions.person_detail, name="person-detail"),
    path("grants/<int:grant_id>/revoke/", permissions.grant_revoke, name="grant-revoke"),
]
