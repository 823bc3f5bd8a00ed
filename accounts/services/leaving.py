"""What follows from somebody's last day: their teams and zones end with it.

Otherwise managers would go on seeing and setting the targets of somebody who left, and teams would go on having them.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, Member, TeamMembership, ZoneAssignment
from accounts.services.audit import record

LEFT, BACK = "left", "back"
Span = TeamMembership | ZoneAssignment


def hold_member(member_id: int) -> Member:
    """The member as they stand, so that nobody gives them a last day meanwhile.

    A team or zone is locked before its people are, and these before the spans between them.
    """
    return Member.objects.select_for_update(no_key=True).get(pk=member_id)


def hold_members(ids: Collection[int]) -> list[Member]:
    """The same for several people, in the one order in which people are locked."""
    return list(Member.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))


def after_last_day(member: Member, start: date) -> str:
    """Why something can't begin on a day after somebody has left, in words for the user; "" where it can."""
    if member.active_to is None or start <= member.active_to:
        return ""
    left = f"{member.active_to.day} {member.active_to:%b %Y}"
    return f"The last day of {member} is {left}. Choose a day until then."


def refuse_after_last_day(member: Member, start: date) -> None:
    """Raise ValidationError where something would begin after somebody has left."""
    if reason := after_last_day(member, start):
        raise ValidationError({"start": reason})


def keep_to_last_day(member: Member, *, by: Member | None) -> None:
    """End the member's teams and zones with the last day; let those go on that only ended with an earlier one.

    What would have begun after it is taken back. Two queries each for teams and zones, besides the writes.
    """
    for model in (TeamMembership, ZoneAssignment):
        spans: list[Span] = list(model.objects.filter(member=member).order_by("start", "pk").select_for_update())
        wanted = _wanted_ends(model, spans)
        for place, span in enumerate(spans):
            if member.active_to is not None and span.start > member.active_to:
                _take_back(span, by=by)
                continue
            end = earliest(wanted[span.pk], member.active_to)
            for later in spans[place + 1 :]:  # what was added while they were gone
                if _where(later) == _where(span) and (end is None or later.start <= end):
                    end = later.start - timedelta(days=1)
            if end != span.end:
                before, span.end = span.end, end
                span.save(update_fields=["end"])
                sooner = earliest(before, end) == end
                record(span, {"end": (before, end)}, by=by, why=LEFT if sooner else BACK)


def earliest(day: date | None, other: date | None) -> date | None:
    """The earlier of two days; None is never."""
    return min((each for each in (day, other) if each is not None), default=None)


def _wanted_ends(model: type[Span], spans: list[Span]) -> dict[int, date | None]:
    """{id: the last day that somebody chose}, whatever a last day in the organization has made of it since."""
    entries = AuditEntry.objects.filter(
        subject=model._meta.label_lower, subject_id__in=[span.pk for span in spans], field="end"
    )
    chosen: dict[int, date | None] = {span.pk: span.end for span in spans}
    latest: dict[int, AuditEntry] = {}
    for entry in entries.order_by("pk"):
        known = latest.get(entry.subject_id)
        if entry.why not in (LEFT, BACK):
            chosen[entry.subject_id] = _day(entry.new)
        elif known is None or known.why not in (LEFT, BACK):
            chosen[entry.subject_id] = _day(entry.old)
        latest[entry.subject_id] = entry
    # Without its audit row, as a demo company is made, the row itself is what somebody chose.
    return {
        span.pk: chosen[span.pk] if (last := latest.get(span.pk)) and _day(last.new) == span.end else span.end
        for span in spans
    }


def _take_back(span: Span, *, by: Member | None) -> None:
    place = "team" if isinstance(span, TeamMembership) else "zone"
    changes = {name: (getattr(span, f"{name}_id", getattr(span, name, None)), None) for name in ("member", place)}
    record(span, changes | {"start": (span.start, None), "end": (span.end, None)}, by=by, why=LEFT)
    span.delete()


def _where(span: Span) -> int:
    return span.team_id if isinstance(span, TeamMembership) else span.zone_id


def _day(plain: str | None) -> date | None:
    return None if plain is None else date.fromisoformat(plain)
