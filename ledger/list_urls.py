"""Addresses of the lists that records refer to."""

from django.urls import URLPattern, path

from ledger.views import channels, lists

app_name = "lists"
BRANCHES = "customers/<int:customer_id>/branches/"


def _pages(kind: str, folder: str) -> list[URLPattern]:
    """The pages that every list has but for that of one row."""
    about = {"kind": kind}
    return [
        path(f"{folder}new/", lists.entry_add, about, name=f"{kind}-add"),
        path(f"{folder}csv/", lists.entry_export, about, name=f"{kind}-export"),
        path(f"{folder}csv/new/", lists.entry_import, about, name=f"{kind}-import"),
        path(f"{folder}<int:entry_id>/delete/", lists.entry_delete, about, name=f"{kind}-delete"),
    ]


def _list(kind: str, folder: str) -> list[URLPattern]:
    return [path(folder, lists.entry_list, {"kind": kind}, name=f"{kind}-list"), *_pages(kind, folder)]


def _entry(kind: str, folder: str) -> URLPattern:
    return path(f"{folder}<int:entry_id>/", lists.entry_edit, {"kind": kind}, name=f"{kind}-edit")


urlpatterns: list[URLPattern] = [
    *_list("channel", "channels/"),
    _entry("channel", "channels/"),
    path("channels/<int:entry_id>/place/", channels.channel_place, name="channel-place"),
    path("channels/<int:entry_id>/archive/", channels.channel_archive, name="channel-archive"),
    path("channels/<int:entry_id>/unarchive/", channels.channel_unarchive, name="channel-unarchive"),
    *_list("state", "states/"),
    path("states/<int:entry_id>/", lists.state_edit, name="state-edit"),
    *_list("ledger", "sales-ledgers/"),
    _entry("ledger", "sales-ledgers/"),
    *_list("brand", "brands/"),
    _entry("brand", "brands/"),
    *_list("family", "brand-families/"),
    _entry("family", "brand-families/"),
    *_list("customer", "customers/"),
    path("customers/<int:entry_id>/", lists.customer_edit, name="customer-edit"),
    *_pages("branch", BRANCHES),
    _entry("branch", BRANCHES),
    *_list("wholesaler", "wholesaler-branches/"),
    _entry("wholesaler", "wholesaler-branches/"),
]
