"""Addresses of the reports."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.report, name="report"),
    path("csv/", views.report_csv, name="report-csv"),
    path("xlsx/", views.report_xlsx, name="report-xlsx"),
]
