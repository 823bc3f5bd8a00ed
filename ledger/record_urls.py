"""Addresses of deals: the list, a deal, its form."""

from django.urls import path

from ledger.views import deals, records

app_name = "records"
urlpatterns = [
    path("", deals.deal_list, name="deal-list"),
    path("deals.csv", deals.deal_export, name="deal-export"),
    path("new/", records.deal_new, name="deal-new"),
    path("names/", records.name_options, name="name-options"),
    path("<int:deal_id>/", deals.deal_detail, name="deal-detail"),
    path("<int:deal_id>/edit/", records.deal_edit, name="deal-edit"),
    path("<int:deal_id>/delete/", records.deal_delete, name="deal-delete"),
    path("restore/<int:change_id>/", records.deal_restore, name="deal-restore"),
]
