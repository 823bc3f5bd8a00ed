"""Zones, and who works them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Zone, ZoneAssignment
from accounts.readers.spans import Phase, Span, called, on_day, spans_of


@dataclass(frozen=True, slots=True)
class ZoneDetail:
    """A zone with everybody who works, will work and has worked it."""

    id: int
    name: str
    spans: list[Span]
    found: list[Span]

    @property
    def people(self) -> int:
        """How many are here today."""
        return len({span.member_id for span in self.spans if span.phase == Phase.NOW})


def zones(*, today: date) -> "QuerySet[Any]":
    """Zones with the number of `people` who work them on a day."""
    running = ZoneAssignment.objects.filter(on_day(today), zone=OuterRef("pk")).order_by().values("zone")
    people = running.annotate(people=Count("member", distinct=True)).values("people")
    return Zone.objects.annotate(people=Coalesce(Subquery(people), 0))


def assignments_of(zone: Zone) -> "QuerySet[Any]":
    """Everybody who works, will work or has worked a zone; `person` and `email` are theirs."""
    return ZoneAssignment.objects.filter(zone=zone).annotate(
        person=F("member__name"), email=F("member__email"), name_key=F("member__name_key")
    )


def zone_detail(zone: Zone, *, today: date, search: str = "") -> ZoneDetail:
    """Everything on a zone's page; `found` are those whose names hold what is searched for. One query."""
    spans = spans_of(assignments_of(zone), today=today)
    return ZoneDetail(id=zone.pk, name=zone.name, spans=spans, found=called(spans, search))
