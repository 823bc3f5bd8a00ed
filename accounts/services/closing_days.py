"""Days on which the organization is closed, beside its country's public holidays."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from accounts.models import ClosingDay, Member, Organization
from accounts.services.audit import record, save_changes
from accounts.services.conflicts import save_seen_changes


@transaction.atomic
def add_closing_day(organization: Organization, *, day: date, name: str = "", by: Member | None = None) -> ClosingDay:
    """Close on a day; on one that is closed already, change its name. Raises ValidationError."""
    closing = ClosingDay.objects.select_for_update().filter(day=day).first()
    if closing is None:
        ClosingDay(organization=organization, day=day, name=name).full_clean()
        closing, new = ClosingDay.objects.get_or_create(organization=organization, day=day, defaults={"name": name})
        if new:
            record(closing, {"day": (None, day), "name": (None, name)}, by=by, why="added")
            return closing
    save_changes(closing, {"name": name}, by=by)
    return closing


@transaction.atomic
def add_closing_days(organization: Organization, *, days: Mapping[date, str], by: Member | None) -> int:
    """Close on several days, {day: name}; how many were new or got another name. Raises ValidationError."""
    before = dict(ClosingDay.objects.filter(day__in=days).values_list("day", "name"))
    different = {day: name for day, name in days.items() if before.get(day) != name}
    for day, name in different.items():
        add_closing_day(organization, day=day, name=name, by=by)
    return len(different)


@transaction.atomic
def rename_closing_day(closing: ClosingDay, *, name: str, by: Member | None, seen: str | None = None) -> ClosingDay:
    """Give a closing day another name; `seen` is the one that was shown. Raises ValidationError, ChangedMeanwhile."""
    closing = ClosingDay.objects.select_for_update().get(pk=closing.pk)
    save_seen_changes(closing, {"name": name}, seen={} if seen is None else {"name": seen}, by=by)
    return closing


@transaction.atomic
def remove_closing_day(closing: ClosingDay, *, by: Member | None) -> None:
    """Open on this day after all; done twice, it is noted once."""
    if ClosingDay.objects.select_for_update().filter(pk=closing.pk).first() is None:
        return
    record(closing, {"day": (closing.day, None), "name": (closing.name, None)}, by=by, why="removed")
    closing.delete()
