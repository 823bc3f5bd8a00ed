"""Which deals are meant: what a viewer may see, and what the list's filters ask for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from accounts.database import name_key
from accounts.models import Member, TeamMembership
from accounts.permissions import SEE, dated_people
from ledger.models import Customer, Deal, DealLine

Spans = Mapping[int, Iterable[tuple[date, date]]]
#: {what the list can be sorted by: the column}. The id breaks ties, so that a place in the list is never in doubt.
SORTS = {"date": "date", "number": "number", "net": "net"}
#: In place of an id: deals that have no such thing.
NONE = 0


@dataclass(frozen=True, slots=True)
class DealFilter:
    """What is asked for; what is None or empty asks for nothing. Days are both included.

    `member`, `channel`, `company` and `zone` are ids, or NONE for deals without one. `states` are ids of deal states.
    `customer` is the beginning of a name, `text` of a deal's number or of a product on one of its lines. `sort` is a
    key of SORTS, with a minus before it for the largest first.
    """

    kind: str = ""
    first: date | None = None
    last: date | None = None
    member: int | None = None
    team: int | None = None
    channel: int | None = None
    states: tuple[int, ...] | None = None
    company: int | None = None
    zone: int | None = None
    customer: str = ""
    text: str = ""
    sort: str = "-date"

    @property
    def column(self) -> str:
        """The column to sort by."""
        return SORTS[self.sort.removeprefix("-")]

    @property
    def descending(self) -> bool:
        """Whether the largest stands first."""
        return self.sort.startswith("-")

    @property
    def narrows(self) -> bool:
        """Whether anything but the order is asked for."""
        return DealFilter(sort=self.sort) != self


def visible_deals(viewer: Member) -> "QuerySet[Deal]":
    """The deals a member may see: of people whom `SEE` covers on the deal's date. One query, none for admins."""
    people = dated_people(viewer, SEE)
    deals: QuerySet[Any] = Deal.objects.all()
    return deals if people is None else deals.filter(of_people(people))


def matching(viewer: Member, asked: DealFilter) -> "QuerySet[Deal]":
    """The visible deals that a filter asks for, in no order. At most two queries before its own."""
    deals = visible_deals(viewer)
    if asked.kind:
        deals = deals.filter(kind=asked.kind)
    if asked.first:
        deals = deals.filter(date__gte=asked.first)
    if asked.last:
        deals = deals.filter(date__lte=asked.last)
    if asked.team is not None:
        deals = deals.filter(of_people(_people_of_team(asked.team)))
    for name in ("member", "channel", "company", "zone"):
        wanted = getattr(asked, name)
        if wanted is not None:
            deals = deals.filter(**{f"{name}__isnull": True} if wanted == NONE else {name: wanted})
    if asked.states is not None:
        deals = deals.filter(state__in=asked.states)
    if asked.customer:
        customers = Customer.objects.filter(name_key__startswith=name_key(asked.customer))
        deals = deals.filter(customer__in=customers.values("pk"))
    if asked.text:
        lines = DealLine.objects.filter(product__istartswith=asked.text)
        deals = deals.filter(Q(number__istartswith=asked.text) | Q(pk__in=lines.values("deal")))
    return deals


def of_people(people: Spans) -> Q:
    """The deals of people on their days, as a condition; people with the same days share a part of it."""
    groups: defaultdict[tuple[date, date], list[int]] = defaultdict(list)
    for member, spans in people.items():
        for span in spans:
            groups[span].append(member)
    condition = Q(pk__in=[])
    for (first, last), members in groups.items():
        part = Q(member__in=members)
        if first > date.min:
            part &= Q(date__gte=first)
        if last < date.max:
            part &= Q(date__lte=last)
        condition |= part
    return condition


def _people_of_team(team: int) -> Spans:
    spans: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
    rows = TeamMembership.objects.filter(team=team).values_list("member_id", "start", "end")
    for member, start, end in rows:
        spans[member].append((start, end or date.max))
    return spans
