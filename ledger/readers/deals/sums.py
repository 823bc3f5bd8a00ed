"""What the filtered deals come to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Sum

from accounts.models import Member
from accounts.permissions import SEE, dated_people
from ledger.measures import Measure, States, totals_many
from ledger.measures.measure import METRICS
from ledger.models import Deal, Kind
from ledger.readers.deals.filters import NONE, DealFilter, matching


@dataclass(frozen=True, slots=True)
class Sums:
    """Totals of deals."""

    count: int
    quantity: Decimal
    net: Decimal
    gross: Decimal
    margin: Decimal


@dataclass(frozen=True, slots=True)
class _Days:
    start: date
    end: date


def deal_sums(viewer: Member, asked: DealFilter) -> Sums:
    """The totals of what is filtered. One query beside the filter's, two more for managers.

    Whole months by person, channel or company come from the monthly totals, as does everything of all time; the rest is
    added up from the deals (docs/records.md says what that takes).
    """
    days = _Days(asked.first or date.min, asked.last or date.max)
    people = dated_people(viewer, SEE)
    members = _members_of(people, asked, days if people is None else _with_deals(days))
    if members is None or not _fits_totals(asked, days):
        found = matching(viewer, asked).aggregate(
            Count("pk"), **{metric: Sum(metric, default=Decimal(0)) for metric in METRICS if metric != "count"}
        )
        return Sums(found["pk__count"], *(found[metric] for metric in METRICS if metric != "count"))
    include: dict[str, list[int]] = {
        name: [wanted] for name in ("channel", "company") if (wanted := getattr(asked, name)) is not None
    }
    if people is not None or asked.member is not None:
        include["member"] = members
    kinds = [asked.kind] if asked.kind else Kind.values
    states = States.ANY if asked.states is None else asked.states
    found = totals_many(
        {f"{kind} {metric}": Measure(kind, metric, states, include) for kind in kinds for metric in METRICS}, days
    )[()]
    sums = {metric: sum((found[f"{kind} {metric}"] for kind in kinds), Decimal(0)) for metric in METRICS}
    return Sums(int(sums["count"]), *(sums[metric] for metric in METRICS if metric != "count"))


def _with_deals(days: _Days) -> _Days:
    """The part of some days in which there are deals: who joined a team before the first deal has been there always.

    Two look-ups in an index.
    """
    dates = Deal.objects.filter(date__gte=days.start, date__lte=days.end).values_list("date", flat=True)
    first, last = dates.order_by("date").first(), dates.order_by("-date").first()
    return _Days(first or days.start, last or days.end)


def _members_of(people: dict[int, list[tuple[date, date]]] | None, asked: DealFilter, days: _Days) -> list[int] | None:
    """The people whose deals count on all of the days; None where somebody's do on some of them only."""
    if people is None:
        return [] if asked.member is None else [asked.member]
    wanted = {asked.member: people.get(asked.member, [])} if asked.member is not None else people
    found = []
    for member, spans in wanted.items():
        if any(first <= days.start and last >= days.end for first, last in spans):
            found.append(member)
        elif any(first <= days.end and last >= days.start for first, last in spans):
            return None
    return found


def _fits_totals(asked: DealFilter, days: _Days) -> bool:
    """Whether a table of monthly totals has all that is asked; for odd days `ledger.measures` reads the deals."""
    if asked.team is not None or asked.customer or asked.text or asked.zone is not None:
        return False
    if NONE in (asked.member, asked.channel, asked.company):
        return False
    return asked.company is None or (asked.member is None and asked.channel is None)
