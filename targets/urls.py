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
    path("import/", views.target_import, name="target_import"),
    path("import/<uuid:batch>/", views.imported_detail, name="imported_detail"),
    path("import/<uuid:batch>/undo/", views.imported_undo, name="imported_undo"),
    path("file/", views.target_export, name="target_export"),
    path("export/", views.grid_export, name="grid_export"),
    path("<int:member_id>/", views.member_detail, name="member_detail"),
    path("<int:member_id>/<slug:part>.csv", views.member_export, name="member_export"),
]
