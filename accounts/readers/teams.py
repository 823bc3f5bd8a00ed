"""Teams, who belongs to them, and who manages them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Team, TeamManager, TeamMembership
from accounts.readers.spans import Phase, Span, called, on_day, spans_of


@dataclass(frozen=True, slots=True)
class TeamDetail:
    """A team with everybody who belongs, will belong and has belonged to it."""

    id: int
    name: str
    managers: list[TeamManager]
    spans: list[Span]
    found: list[Span]

    @property
    def people(self) -> int:
        """How many are here today."""
        return len({span.member_id for span in self.spans if span.phase == Phase.NOW})


def teams(*, today: date) -> "QuerySet[Any]":
    """Teams with the number of `people` who belong to them on a day. Their managers cost one query for all."""
    running = TeamMembership.objects.filter(on_day(today), team=OuterRef("pk")).order_by().values("team")
    people = running.annotate(people=Count("member", distinct=True)).values("people")
    managers = TeamManager.objects.select_related("member").order_by("member__name_key", "pk")
    return Team.objects.annotate(people=Coalesce(Subquery(people), 0)).prefetch_related(
        Prefetch("managers", queryset=managers)
    )


def memberships_of(team: Team) -> "QuerySet[Any]":
    """Everybody who belongs, will belong or has belonged to a team; `person` and `email` are theirs."""
    return TeamMembership.objects.filter(team=team).annotate(
        person=F("member__name"), email=F("member__email"), name_key=F("member__name_key")
    )


def team_detail(team: Team, *, today: date, search: str = "") -> TeamDetail:
    """Everything on a team's page; `found` are those whose names hold what is searched for. Two queries."""
    managers = TeamManager.objects.filter(team=team).select_related("member").order_by("member__name_key", "pk")
    spans = spans_of(memberships_of(team), today=today)
    return TeamDetail(id=team.pk, name=team.name, managers=list(managers), spans=spans, found=called(spans, search))
