"""Addresses of the monthly targets."""

from django.urls import path

from targets import views

app_name = "targets"
urlpatterns = [
    path("", views.grid, name="grid"),
    path("cell/", views.cell_save, name="cell_save"),
    path("undo/", views.edit_undo, name="edit_undo"),
    path("apply/", views.target_apply, name="target_apply"),
    path("copy/", views.month_copy, name="month_copy"),
    path("paste/", views.block_paste, name="block_paste"),
    path("export/", views.grid_export, name="grid_export"),
    path("<int:member_id>/", views.member_detail, name="member_detail"),
]
