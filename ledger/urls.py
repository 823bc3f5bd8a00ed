"""Addresses of imports."""

from django.urls import path

from ledger.views import imports as views

app_name = "ledger"
urlpatterns = [
    path("", views.import_list, name="import-list"),
    path("new/", views.import_upload, name="import-upload"),
    path("<int:import_id>/", views.import_detail, name="import-detail"),
    path("<int:import_id>/columns/", views.import_mapping, name="import-mapping"),
    path("<int:import_id>/restart/", views.import_restart, name="import-restart"),
    path("<int:import_id>/stop/", views.import_stop, name="import-stop"),
    path("<int:import_id>/discard/", views.import_discard, name="import-discard"),
    path("<int:import_id>/undo/", views.import_undo, name="import-undo"),
    path("<int:import_id>/refused.csv", views.import_refused, name="import-refused"),
]
