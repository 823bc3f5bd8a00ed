"""Spans of days that must not overlap."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet


class SpansOverlap(ValueError):
    """The person is in this team, or works this zone, already on some of these days."""


def refuse_overlap(spans: "QuerySet[Any]", start: date, end: date | None, message: str) -> None:
    """Raise SpansOverlap where one of the spans shares a day with `start` to `end`, both included. One query."""
    spans = spans.filter(Q(end__isnull=True) | Q(end__gte=start))
    if end is not None:
        spans = spans.filter(start__lte=end)
    if spans.exists():
        raise SpansOverlap(message)


def refuse_backwards(start: date, end: date | None) -> None:
    """Raise ValidationError where the last day comes before the first."""
    if end is not None and end < start:
        raise ValidationError({"end": "The last day is before the first."})
