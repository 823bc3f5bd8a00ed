"""What a new company still has to do before its first month, told by what is there."""

from dataclasses import dataclass

from accounts.models import AuditEntry, Invitation, Member
from ledger.models import Channel, Deal
from ledger.services.samples import count_sample_deals
from targets.models import MonthlyTarget


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The four steps. `people` counts members and open invitations, `deals` those that are not of the sample data."""

    people: int
    channels: list[str]
    channels_seen: bool
    deals: int
    sample: int
    targets: int

    @property
    def people_done(self) -> bool:
        """Somebody beside the founder."""
        return self.people > 1

    @property
    def channels_done(self) -> bool:
        """Somebody has changed them, or deals came in by them."""
        return self.channels_seen or self.deals > 0

    @property
    def done(self) -> int:
        """How many of the four are done."""
        return sum((self.people_done, self.channels_done, self.deals > 0, self.targets > 0))


def first_steps() -> FirstSteps:
    """How far the open organization is. Seven queries."""
    sample = count_sample_deals()
    invited = Invitation.objects.filter(accepted_at=None, revoked_at=None, member=None)
    channels = Channel.objects.filter(archived_at=None).order_by("position")
    return FirstSteps(
        people=Member.objects.count() + invited.count(),
        channels=list(channels.values_list("name", flat=True)),
        channels_seen=AuditEntry.objects.filter(subject=Channel._meta.label_lower).exists(),
        deals=Deal.objects.count() - sample,
        sample=sample,
        targets=MonthlyTarget.objects.count(),
    )
