"""Somebody in a team or a zone, from a day to a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from accounts.database import name_key


class Phase(StrEnum):
    """Where a span stands today."""

    NOW = "now"
    LATER = "later"
    PAST = "past"


ORDER = [Phase.NOW, Phase.LATER, Phase.PAST]


@dataclass(frozen=True, slots=True)
class Span:
    """One membership or assignment. `end` is the last day, None while nobody has said one."""

    id: int
    member_id: int
    person: str
    start: date
    end: date | None
    phase: Phase


def spans_of(rows: "QuerySet[Any]", *, today: date) -> list[Span]:
    """Those that run today by name, then those to come, then the past ones, the latest first. One query.

    `rows` are annotated with `person`, the member's name.
    """
    spans = [
        Span(
            id=row.pk,
            member_id=row.member_id,
            person=row.person,
            start=row.start,
            end=row.end,
            phase=phase_of(row.start, row.end, today),
        )
        for row in rows.order_by("member__name_key", "start")
    ]
    return sorted(spans, key=lambda span: (ORDER.index(span.phase), _age(span, today)))


def called(spans: list[Span], search: str) -> list[Span]:
    """Those whose person's name holds every word that is searched for."""
    words = name_key(search.replace("\0", "")).split()
    return [span for span in spans if all(word in name_key(span.person) for word in words)]


def on_day(day: date) -> Q:
    """Spans that run on a day."""
    return Q(start__lte=day) & (Q(end__isnull=True) | Q(end__gte=day))


def phase_of(start: date, end: date | None, today: date) -> Phase:
    """Where a span from `start` to `end` stands on a day."""
    if start > today:
        return Phase.LATER
    return Phase.NOW if end is None or end >= today else Phase.PAST


def _age(span: Span, today: date) -> timedelta:
    """Past ones by their last day, those to come by their first; running ones stay by name."""
    if span.phase == Phase.PAST and span.end is not None:
        return today - span.end
    return span.start - today if span.phase == Phase.LATER else timedelta()
