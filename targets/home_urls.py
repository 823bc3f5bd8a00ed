"""Addresses of a member's own page."""

from django.urls import path

from targets import views

app_name = "home"
urlpatterns = [
    path("goals/", views.my_goals, name="goals"),
]
