"""The lists that records refer to: their rows, what names a row, and what another meaning of a state would move."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import TenantModel
from ledger.models import (
    Brand,
    BrandFamily,
    Channel,
    CompanyMonth,
    Customer,
    CustomerBranch,
    DealState,
    Kind,
    MemberMonth,
    SalesLedger,
    WholesalerBranch,
)

# What follows from deals, and goes with them.
DERIVED = (CompanyMonth, MemberMonth)


@dataclass(frozen=True, slots=True)
class Use:
    """How many rows of one kind name a thing, in words: 12 and "deals"."""

    count: int
    words: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel with the number of its deals, and what stands above and below it in the order of the pages."""

    pk: int
    name: str
    archived: bool
    deals: int
    above: int | None
    below: int | None


@dataclass(frozen=True, slots=True)
class StateRow:
    """A deal state, what its deals count as, and how many they are."""

    pk: int
    name: str
    meaning: str
    is_ordered: bool
    deals: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Deals of one kind in one month that would count as something else."""

    month: date
    kind: str
    deals: int
    net: Decimal


@dataclass(frozen=True, slots=True)
class Moves:
    """What other flags of a state would move. `was` and `becomes` are "confirmed", "proposed" or "neither".

    `orders` is 1 where its deals would become real orders, -1 where they would be none any more, else 0.
    """

    was: str
    becomes: str
    orders: int
    months: list[Moved]

    @property
    def deals(self) -> int:
        """All of them."""
        return sum(each.deals for each in self.months)

    @property
    def net(self) -> Decimal:
        """What they add up to."""
        return sum((each.net for each in self.months), Decimal(0))

    @property
    def words(self) -> str:
        """What happens to them, to go on after their number."""
        orders = {0: "", 1: "count as real orders", -1: "no longer count as real orders"}[self.orders]
        if self.was == self.becomes:
            return f"would {orders}"
        was = "count as nothing" if self.was == "neither" else f"are {self.was}"
        becomes = "count as nothing" if self.becomes == "neither" else f"be {self.becomes}"
        return f"{was} today and would {becomes}" + (f" and {orders}" if orders else "")

    @property
    def token(self) -> str:
        """Tells these moves from any other, so that nothing is stored but what was shown."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def channels(*, archived: bool | None = False) -> "QuerySet[Channel]":
    """Channels in use, archived ones, or all (None)."""
    rows: QuerySet[Channel] = Channel.objects.all()
    return rows if archived is None else rows.filter(archived_at__isnull=not archived)


def channel_rows(shown: Iterable[Channel], *, ordered: bool) -> list[ChannelRow]:
    """The channels with their deals. `ordered`: they are shown in their own order. One query, from the totals."""
    rows = list(shown)
    counts = _sums(MemberMonth.objects.all(), "channel")
    neighbours = [None, *(row.pk for row in rows), None] if ordered else [None] * (len(rows) + 2)
    return [
        ChannelRow(
            row.pk,
            row.name,
            row.archived_at is not None,
            counts.get(row.pk, 0),
            neighbours[place],
            neighbours[place + 2],
        )
        for place, row in enumerate(rows)
    ]


def states() -> "QuerySet[DealState]":
    """The deal states."""
    return DealState.objects.all()


def state_rows(shown: Iterable[DealState]) -> list[StateRow]:
    """The states with what they mean and their deals. One query, from the totals."""
    counts = _sums(CompanyMonth.objects.all(), "state")
    return [StateRow(row.pk, row.name, row.meaning, row.is_ordered, counts.get(row.pk, 0)) for row in shown]


def state_moves(state: DealState, *, is_initial: bool, triggers_commission: bool, is_ordered: bool) -> Moves:
    """What these flags would move, by month and kind, the newest first. One query, from the monthly totals."""
    becomes = DealState(is_initial=is_initial, triggers_commission=triggers_commission).meaning
    orders = int(is_ordered) - int(state.is_ordered)
    months: list[Moved] = []
    if becomes != state.meaning or orders:
        rows = CompanyMonth.objects.filter(state=state).order_by("-month", "-kind").values_list("month", "kind")
        months = [
            Moved(month, str(Kind(kind).label), deals, net)
            for month, kind, deals, net in rows.annotate(deals=Sum("count"), amount=Sum("net"))
        ]
    return Moves(state.meaning, becomes, orders, months)


def sales_ledgers() -> "QuerySet[SalesLedger]":
    """The sales ledgers."""
    return SalesLedger.objects.all()


def brands(family: str = "") -> "QuerySet[Brand]":
    """Brands with their family; of one family alone by its id as text, "none" for those without."""
    rows: QuerySet[Brand] = Brand.objects.select_related("family").annotate(family_key=F("family__name_key"))
    if family == "none":
        return rows.filter(family=None)
    if family:
        return rows.filter(family=int(family)) if _is_id(family) else rows.none()
    return rows


def families() -> "QuerySet[Any]":
    """Brand families with the number of their brands."""
    return BrandFamily.objects.annotate(brand_count=Count("brands"))


def family_names() -> list[tuple[int, str]]:
    """(id, name) of every brand family, by name. One query."""
    return list(BrandFamily.objects.order_by("name_key").values_list("pk", "name"))


def wholesalers() -> "QuerySet[WholesalerBranch]":
    """The wholesaler branches."""
    return WholesalerBranch.objects.all()


def branches(customer: Customer) -> "QuerySet[CustomerBranch]":
    """The branches of a customer."""
    return CustomerBranch.objects.filter(customer=customer)


def uses(thing: TenantModel) -> list[Use]:
    """What names a thing and so keeps it from being deleted. One query for every table that may; no sums of deals."""
    found = []
    for relation in thing._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        if not (relation.auto_created and relation.one_to_many) or model in DERIVED:
            continue
        field: Any = relation
        if count := model.objects.filter(**{field.field.name: thing.pk}).count():
            words = model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural
            found.append(Use(count, str(words)))
    return found


def _sums(rows: "QuerySet[Any]", dimension: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(dimension).annotate(deals=Sum("count")))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def customers() -> "QuerySet[Any]":
    """Customers with the number of their branches."""
    counted = CustomerBranch.objects.filter(customer=OuterRef("pk")).order_by().values("customer")
    number = Subquery(counted.annotate(number=Count("pk")).values("number"))
    return Customer.objects.annotate(branch_count=Coalesce(number, 0))


def customers_page(rows: "QuerySet[Any]", page: int, size: int) -> tuple[list[Any], int]:
    """One page of customers in the order of their names, and how many there are in all. Two queries, or three.

    Keys first, since an index holds them: what isn't on the page is never fetched. A page that isn't full says the
    number itself, so that a search reads every key once. Source: docs/adr/0026-customer-search.md.
    """
    keys = rows.order_by(rows.query.order_by[0]).values_list("name_key", flat=True)
    start = (page - 1) * size
    found = list(keys[start : start + size + 1])
    total = start + len(found)
    if len(found) > size or (start and not found):
        total = keys.count()
    if start and not found:
        start = (max(-(-total // size), 1) - 1) * size
        found = list(keys[start : start + size])
    there = {row.name_key: row for row in customers().filter(name_key__in=found[:size])}
    return [there[key] for key in found[:size] if key in there], total
