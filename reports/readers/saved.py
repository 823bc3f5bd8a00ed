"""Reports that were saved under a name."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import AuditEntry, Member, Role, Team, TeamManager, TeamMembership
from accounts.permissions import SEE, dated_people, has_role, sees_whole_leaderboard
from ledger.models import Channel
from reports.models import SavedView


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved report. `owner` is "" where it is the viewer's own; deletable: whether the viewer may delete it."""

    view_id: int
    name: str
    query: str
    shared: bool
    owner: str
    deletable: bool

    @property
    def own(self) -> bool:
        """Whether it is the viewer's."""
        return not self.owner


def saved_views(viewer: Member) -> list[Saved]:
    """The viewer's own by name, then those that others share. One query."""
    rows = SavedView.objects.filter(Q(owner=viewer.pk) | Q(shared=True)).order_by("name_key", "pk")
    found = [
        Saved(
            view_id,
            name,
            query,
            shared,
            "" if owner_id == viewer.pk else owner,
            owner_id == viewer.pk or has_role(viewer, Role.ADMIN),
        )
        for view_id, name, query, shared, owner_id, owner in rows.values_list(
            "pk", "name", "query", "shared", "owner_id", "owner__name"
        )
    ]
    return sorted(found, key=lambda saved: not saved.own)


def deleted_view(viewer: Member, view_id: int) -> str:
    """What a report was called that the viewer deleted and that is still gone; "" otherwise. At most two queries."""
    told = AuditEntry.objects.filter(subject="reports.savedview", subject_id=view_id, by=viewer, why="removed")
    name = told.filter(field="name").order_by("-pk").values_list("old", flat=True).first()
    return "" if name is None or SavedView.objects.filter(pk=view_id).exists() else str(name)


def filter_names(viewer: Member) -> tuple[dict[int, str], dict[int, str]]:
    """What teams that the viewer sees and channels are called, for reports narrowed to one. At most three queries.

    Teams of the people whom they see, and those they manage, which may have nobody yet.
    """
    teams = Team.objects.all()
    if not sees_whole_leaderboard(viewer):
        of_people = TeamMembership.objects.filter(member__in=dated_people(viewer, SEE) or ())
        managed = TeamManager.objects.filter(member=viewer.pk)
        teams = teams.filter(Q(pk__in=of_people.values("team")) | Q(pk__in=managed.values("team")))
    return dict(teams.values_list("pk", "name")), dict(Channel.objects.values_list("pk", "name"))
