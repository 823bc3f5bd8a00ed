"""What imports of targets brought, and the targets as a file that an import takes back."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery

from accounts.models import AuditEntry, Member, Role
from accounts.permissions import SEE, SET_TARGETS, covers, dated_people, reaches_all
from ledger.models import Channel
from progress.periods import Period, month_of, split_into_months
from targets.models import MonthlyTarget
from targets.services import SUBJECT
from targets.services.checking import closed_to

REMEMBERED = timedelta(days=90)
MOST_LISTED = 10
HEADINGS = ("Salesperson", "Channel", "Month", "Deals", "Revenue")
Row = tuple[str, str, str, int | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One import in the list of them; `numbers` is how many it set, changed or cleared."""

    batch: uuid.UUID
    who: str
    at: datetime
    numbers: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What one import did, in numbers; those that `stand` have not been changed since, the `undone` were put back."""

    batch: uuid.UUID
    who: str
    at: datetime
    added: int
    changed: int
    cleared: int
    stand: int
    undone: int
    months: list[date]

    @property
    def total(self) -> int:
        """All that it set, changed or cleared."""
        return self.added + self.changed + self.cleared

    @property
    def since(self) -> int:
        """Those that somebody has changed since."""
        return self.total - self.stand - self.undone


def imported_list(viewer: Member, at: datetime) -> list[ImportedRow]:
    """The latest imports of the last 90 days: admins see everybody's, others their own. One query."""
    found = (
        _entries(viewer)
        .filter(at__gte=at - REMEMBERED)
        .values_list("batch", "by__name")
        .annotate(first=Min("at"), numbers=Count("pk"))
        .order_by("-first", "batch")
    )
    return [ImportedRow(batch, who or "Somebody", at, numbers) for batch, who, at, numbers in found[:MOST_LISTED]]


def imported(viewer: Member, batch: uuid.UUID) -> Imported | None:
    """What an import did and what of it stands; None where there is none that the viewer may see. Two queries."""
    entries = _entries(viewer).filter(batch=batch)
    later = AuditEntry.objects.filter(
        organization=OuterRef("organization"),
        subject=SUBJECT,
        subject_id=OuterRef("subject_id"),
        field=OuterRef("field"),
        pk__gt=OuterRef("pk"),
    )
    found = entries.annotate(then=Subquery(later.order_by("pk").values("why")[:1])).aggregate(
        at=Min("at"),
        who=Min("by__name"),
        added=Count("pk", filter=Q(old__isnull=True)),
        cleared=Count("pk", filter=Q(new__isnull=True)),
        changed=Count("pk", filter=Q(old__isnull=False, new__isnull=False)),
        stand=Count("pk", filter=Q(then__isnull=True)),
        undone=Count("pk", filter=Q(then="undone")),
    )
    if found["at"] is None:
        return None
    touched = MonthlyTarget.objects.filter(pk__in=entries.values("subject_id"))
    months = list(touched.order_by("month").values_list("month", flat=True).distinct())
    return Imported(batch=batch, months=months, **{**found, "who": found["who"] or "Somebody"})


def _entries(viewer: Member) -> "QuerySet[AuditEntry]":
    entries = AuditEntry.objects.filter(subject=SUBJECT, why="imported")
    return entries if reaches_all(viewer, SET_TARGETS) else entries.filter(by=viewer.pk)


def target_rows(viewer: Member, first: date, last: date, *, empty: bool) -> Iterator[Row]:
    """The targets of some months that a viewer may see, as `HEADINGS` says, by month, person and channel.

    `empty`: also the cells without one that could hold one. Somebody whose name others share stands there by e-mail
    address, so that an import finds each. Four queries.
    """
    held = {
        (month, member, channel): (count, revenue)
        for month, member, channel, count, revenue in MonthlyTarget.objects.filter(month__range=(first, last))
        .exclude(count=None, revenue=None)
        .values_list("month", "member_id", "channel_id", "count", "revenue")
    }
    people, channels = list(Member.objects.all()), list(Channel.objects.order_by("position", "name_key"))
    shared = Counter(member.name_key for member in people)
    visible = dated_people(viewer, SEE)
    people.sort(key=lambda member: (member.name_key, member.pk))
    for span in split_into_months(Period(first, month_of(last).end)):
        month = span.start
        for member in people:
            if not covers(visible, member.pk, span.start, span.end):
                continue
            name = member.email if shared[member.name_key] > 1 and member.email else member.name
            for channel in channels:
                numbers = held.get((month, member.pk, channel.pk))
                fillable = empty and member.role == Role.SALESPERSON and closed_to(member, channel, span) is None
                if numbers or fillable:
                    yield (name, channel.name, f"{month:%Y-%m}", *(numbers or (None, None)))
