"""Addresses of the leaderboard."""

from django.urls import path

from reports.views.leaderboard import leaderboard, leaderboard_csv

app_name = "leaderboard"
urlpatterns = [
    path("", leaderboard, name="leaderboard"),
    path("csv/", leaderboard_csv, name="leaderboard-csv"),
]
