"""Whose deals a manager may import: those of the people who were in a team of theirs on the deal's date."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields
from datetime import date
from itertools import compress

from accounts.database import name_key
from accounts.models import Member
from accounts.permissions import IMPORT, Reach, reaches_all, team_spans
from ledger.ingest.rows import COMPANION, Batch, Refusal
from ledger.models import Deal

NOT_YOURS = "This person was in none of your teams on that day."
NOBODY = "There is no salesperson; a manager imports only the deals of their own teams."
TAKEN = "This deal is stored for somebody who is in none of your teams."


class TeamScope:
    """The people of a manager's teams with their days. Two queries to make, one for each batch."""

    def __init__(self, manager: Member) -> None:
        self.days: dict[str | int, list[tuple[date, date]]] = defaultdict(list)
        if Reach.OWN in IMPORT.of(manager.role):
            self._add(manager, date.min, date.max)
        for membership in team_spans(manager).select_related("member"):
            self._add(membership.member, membership.start, membership.end or date.max)

    def _add(self, member: Member, start: date, end: date) -> None:
        keys: set[str | int] = {member.pk, name_key(member.name), member.email or member.pk}
        for key in keys:
            self.days[key].append((start, end))

    def _covers(self, who: str | int | None, day: date) -> bool:
        return who is not None and any(start <= day <= end for start, end in self.days.get(who, ()))

    def refusals(self, batch: Batch, kind: str) -> list[Refusal]:
        """The rows of a batch that the manager may not bring in, and the other rows of their deals."""
        stored = {
            number: (member, day)
            for number, member, day in Deal.objects.filter(kind=kind, number__in=set(batch.number)).values_list(
                "number", "member_id", "date"
            )
        }
        found = []
        for line, number, member, day in zip(batch.line, batch.number, batch.member, batch.date, strict=True):
            if not member:
                found.append(Refusal(line, "member", "", NOBODY))
            elif not (self._covers(name_key(member), day) or self._covers(member.strip().lower(), day)):
                found.append(Refusal(line, "member", member, NOT_YOURS))
            elif number in stored and not self._covers(*stored[number]):
                found.append(Refusal(line, "number", number, TAKEN))
        if found:
            refused = {refusal.line for refusal in found}
            broken = {number for line, number in zip(batch.line, batch.number, strict=True) if line in refused}
            found += [
                Refusal(line, "", "", COMPANION)
                for line, number in zip(batch.line, batch.number, strict=True)
                if number in broken and line not in refused
            ]
        return found


def scope_of(member: Member | None) -> TeamScope | None:
    """None: everybody's deals, for admins and for the shell."""
    return None if member is None or reaches_all(member, IMPORT) else TeamScope(member)


def without(batch: Batch, lines: Collection[int]) -> Batch:
    """A batch less some of its lines."""
    stays = [line not in lines for line in batch.line]
    return Batch(**{each.name: list(compress(getattr(batch, each.name), stays)) for each in fields(batch)})
