"""Addresses of the reports."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report, name="report"),
    path("csv/", views.report_csv, name="report-csv"),
    path("xlsx/", views.report_xlsx, name="report-xlsx"),
    path("views/", views.view_list, name="view-list"),
    path("views/new/", views.view_add, name="view-add"),
    path("views/<int:view_id>/", views.view_edit, name="view-edit"),
    path("views/<int:view_id>/delete/", views.view_delete, name="view-delete"),
    path("views/<int:view_id>/restore/", views.view_restore, name="view-restore"),
]
