"""A page of the list of deals, found by where the last one ended: the thousandth costs what the first does."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Member
from ledger.models import Deal, Kind
from ledger.readers.deals.filters import DealFilter, matching

DEALS_A_PAGE = 50
_SEPARATOR = "~"


@dataclass(frozen=True, slots=True)
class DealRow:
    """One line of the list."""

    id: int
    kind: str
    number: str
    date: date
    member: str
    customer: str
    channel: str
    state: str
    meaning: str
    quantity: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class DealPage:
    """Some deals of the list. `before` and `after` are the places to go on from, "" where the list ends."""

    rows: list[DealRow]
    before: str
    after: str


def deal_page(viewer: Member, asked: DealFilter, *, after: str = "", before: str = "") -> DealPage:
    """The deals after, or before, a place; an unreadable place is the beginning. Two queries beside the filter's."""
    column, place = asked.column, _place(after or before, asked.column)
    backwards = place is not None and not after
    descending = asked.descending != backwards
    deals = matching(viewer, asked)
    if place is not None:
        deals = deals.filter(_beyond(column, place, descending))
    order = [f"-{column}", "-pk"] if descending else [column, "pk"]
    found = _first(deals, order, column, by_kind=column == "number" and not asked.kind)
    further = len(found) > DEALS_A_PAGE
    shown = found[:DEALS_A_PAGE]
    if backwards:
        shown.reverse()
    has_before, has_after = (further, True) if backwards else (place is not None, further)
    return DealPage(
        rows=_rows([id_ for id_, _ in shown]),
        before=_written(shown[0]) if shown and has_before else "",
        after=_written(shown[-1]) if shown and has_after else "",
    )


def _first(deals: "QuerySet[Deal]", order: list[str], column: str, *, by_kind: bool) -> list[tuple[int, Any]]:
    """The first deals in an order, one more than a page. One query.

    `by_kind`: the index on numbers begins with the kind, so it gives those of each kind in order, and few are sorted.
    """
    if not by_kind:
        return list(deals.order_by(*order).values_list("pk", column)[: DEALS_A_PAGE + 1])
    each, *others = (
        deals.filter(kind=kind).order_by(*order).values_list("pk", column)[: DEALS_A_PAGE + 1] for kind in Kind.values
    )
    return list(
        each.union(*others, all=True).order_by(*(name.replace("pk", "id") for name in order))[: DEALS_A_PAGE + 1]
    )


def _rows(ids: list[int]) -> list[DealRow]:
    """In two steps, ids first: sorting would otherwise carry the names of all that match."""
    deals: QuerySet[Any] = Deal.objects.select_related("member", "customer", "channel", "state")
    found = {
        deal.pk: DealRow(
            id=deal.pk,
            kind=deal.get_kind_display(),
            number=deal.number,
            date=deal.date,
            member=deal.member.name if deal.member else "",
            customer=deal.customer.name if deal.customer else "",
            channel=deal.channel.name if deal.channel else "",
            state=deal.state.name,
            meaning=deal.state.meaning,
            quantity=deal.quantity,
            net=deal.net,
        )
        for deal in deals.filter(pk__in=ids)
    }
    return [found[id_] for id_ in ids if id_ in found]


def _beyond(column: str, place: tuple[Any, int], descending: bool) -> Q:
    """What comes after a place. The first condition follows from the second; the index is searched by it."""
    value, id_ = place
    side = "lt" if descending else "gt"
    return Q(**{f"{column}__{side}e": value}) & (
        Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"pk__{side}": id_})
    )


def _written(row: tuple[int, Any]) -> str:
    id_, value = row
    return f"{id_}{_SEPARATOR}{value}"


def _place(text: str, column: str) -> tuple[Any, int] | None:
    """What `_written` wrote; None for anything else."""
    number, _, value = text.partition(_SEPARATOR)
    if not (number.isascii() and number.isdigit() and len(number) < 19 and value) or "\0" in value:
        return None
    try:
        if column == "date":
            return date.fromisoformat(value), int(number)
        if column == "net":
            amount = Decimal(value)
            return (amount, int(number)) if amount.is_finite() and abs(amount) < 10**14 else None
    except (ValueError, InvalidOperation):
        return None
    return value, int(number)
