"""The lists that records refer to: their words, columns, rows and forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from django.db.models import Model, QuerySet

from accounts.services.lists import Plan
from config.lists import Column
from ledger.forms.lists import BrandForm, EntryForm, StateForm
from ledger.models import (
    Brand,
    BrandFamily,
    Channel,
    Customer,
    CustomerBranch,
    DealState,
    SalesLedger,
    WholesalerBranch,
)
from ledger.readers import lists as readers
from ledger.services import lists as services

NAME = Column("name", "Name", attrgetter("name"), order=("name_key",))


def _all(rows: "QuerySet[Any]", query: Mapping[str, str]) -> "QuerySet[Any]":
    return rows


def _as_they_are(rows: Sequence[Any], query: Mapping[str, str]) -> Sequence[Any]:
    return rows


def _none() -> list[tuple[str, str]]:
    return []


@dataclass(frozen=True, slots=True)
class Kind:
    """One list. `name` begins the names of its views, `back` is the view that shows it.

    `about`, `nothing`, `begin` are the words of its page; `filtered` applies `filters` of the address, whose `choices`
    the page offers; `shown` makes rows of the page; `plan` and `store` are the services for a file.
    """

    name: str
    model: type[Any]
    one: str
    many: str
    about: str
    begin: str
    rows: Callable[[], "QuerySet[Any]"]
    plan: Callable[..., Plan]
    store: Callable[..., Plan]
    columns: tuple[Column, ...] = (NAME,)
    form: type[EntryForm] = EntryForm
    row: str = "ledger/rows/entry.html"
    usual: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    controls: str = ""
    filtered: Callable[["QuerySet[Any]", Mapping[str, str]], "QuerySet[Any]"] = _all
    choices: Callable[[], Sequence[tuple[str, str]]] = _none
    shown: Callable[[Sequence[Any], Mapping[str, str]], Sequence[Any]] = _as_they_are
    cut: Callable[["QuerySet[Any]", int, int], tuple[list[Any], int]] | None = None
    back: str = ""
    actions: str = ""
    import_words: str = ""
    icon: str = "list"


def _named(name: str, model: type[Model], rows: Callable[[], "QuerySet[Any]"], **more: Any) -> Kind:
    """A list whose file holds names alone."""
    return Kind(
        name=name,
        model=model,
        rows=rows,
        back=more.pop("back", f"lists:{name}-list"),
        plan=more.pop("plan", lambda lines: services.plan_names(model.objects.all(), lines)),  # type: ignore[attr-defined]
        store=more.pop("store", lambda lines, **how: services.store_names(model.objects.all(), lines, **how)),  # type: ignore[attr-defined]
        **more,
    )


def _yes(field: str) -> Callable[[Any], str]:
    return lambda row: "yes" if getattr(row, field) else "no"


def _by_archive(rows: "QuerySet[Any]", query: Mapping[str, str]) -> "QuerySet[Any]":
    show = query.get("show")
    return rows if show == "all" else rows.filter(archived_at__isnull=show != "archived")


def _channel_rows(rows: Sequence[Channel], query: Mapping[str, str]) -> Sequence[Any]:
    return readers.channel_rows(rows, ordered=not (query.get("q") or query.get("sort")))


def _by_family(rows: "QuerySet[Any]", query: Mapping[str, str]) -> "QuerySet[Any]":
    return readers.brands(query.get("family", ""))


def _families() -> list[tuple[str, str]]:
    return [*((str(pk), name) for pk, name in readers.family_names()), ("none", "Without a family")]


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _named(
            "channel",
            Channel,
            partial(readers.channels, archived=None),
            one="channel",
            many="channels",
            about="How a deal came in. They are the columns of the targets page, in this order.",
            begin="Add the ways in which your deals come in: phone, web, shop.",
            columns=(
                NAME,
                Column("deals", "Deals", number=True),
                Column("status", "Status", lambda row: "Archived" if row.archived_at else "In use", told=True),
            ),
            row="ledger/rows/channel.html",
            usual=("position",),
            filters=("show",),
            controls="ledger/rows/channel_filter.html",
            filtered=_by_archive,
            shown=_channel_rows,
            actions="Order",
        ),
        _named(
            "state",
            DealState,
            readers.states,
            one="deal state",
            many="deal states",
            about="The stages of a deal, and which of them count towards targets.",
            begin="Add the stages that your deals go through.",
            columns=(
                NAME,
                Column("proposed", "Proposed", _yes("is_initial")),
                Column("confirmed", "Confirmed", _yes("triggers_commission")),
                Column("ordered", "A real order", _yes("is_ordered")),
                Column("deals", "Deals", number=True),
            ),
            form=StateForm,
            row="ledger/rows/state.html",
            usual=("position",),
            shown=lambda rows, query: readers.state_rows(rows),
            plan=services.plan_states,
            store=services.store_states,
            import_words="The other columns say yes or no.",
        ),
        _named(
            "ledger",
            SalesLedger,
            readers.sales_ledgers,
            one="sales ledger",
            many="sales ledgers",
            about="Streams of orders that customers buy through, such as Amazon or Shopify orders.",
            begin="Imports add the ones they meet. You can add them by hand too.",
        ),
        _named(
            "brand",
            Brand,
            readers.brands,
            one="brand",
            many="brands",
            about="What you sell, by maker.",
            begin="Imports add the ones they meet. You can add them by hand too.",
            columns=(
                NAME,
                Column(
                    "family",
                    "Brand family",
                    lambda row: row.family.name if row.family else "",
                    order=("family_key", "name_key"),
                ),
            ),
            form=BrandForm,
            row="ledger/rows/brand.html",
            filters=("family",),
            controls="ledger/rows/brand_filter.html",
            filtered=_by_family,
            choices=_families,
            plan=services.plan_brands,
            store=services.store_brands,
        ),
        _named(
            "family",
            BrandFamily,
            readers.families,
            one="brand family",
            many="brand families",
            about="Groups of brands that are looked at together.",
            begin="Add a family, then put brands into it.",
            columns=(
                NAME,
                Column(
                    "brands",
                    "Brands",
                    attrgetter("brand_count"),
                    order=("brand_count", "name_key"),
                    number=True,
                    told=True,
                ),
            ),
            row="ledger/rows/family.html",
        ),
        _named(
            "customer",
            Customer,
            readers.customers,
            one="customer",
            many="customers",
            about="Who buys from you. A customer may have several branches.",
            begin="Imports add the ones they meet. You can add them by hand too.",
            columns=(NAME, Column("branches", "Branches", attrgetter("branch_count"), number=True, told=True)),
            row="ledger/rows/customer.html",
            cut=readers.customers_page,
            icon="users",
        ),
        _named(
            "branch",
            CustomerBranch,
            CustomerBranch.objects.all,
            one="branch",
            many="branches",
            about="Places of a customer.",
            begin="Add the places of this customer, if they have several.",
            row="ledger/rows/branch.html",
            back="lists:customer-edit",
            plan=services.plan_branches,
            store=services.store_branches,
            icon="pin",
        ),
        _named(
            "wholesaler",
            WholesalerBranch,
            readers.wholesalers,
            one="wholesaler branch",
            many="wholesaler branches",
            about="Places of wholesalers through which customers are served.",
            begin="Imports add the ones they meet. You can add them by hand too.",
            icon="pin",
        ),
    )
}
