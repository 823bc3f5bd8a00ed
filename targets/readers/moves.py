"""Which monthly targets a deal moves: of its person and channel in its month, before and after a change."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from accounts.models import Member
from accounts.permissions import visible_members
from ledger.effects import Facts, Moved
from ledger.measures import totals_many
from ledger.models import Channel
from progress.periods import month_of
from targets.models import MonthlyTarget
from targets.readers.grid import COUNTS

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell of the targets grid."""

    month: date
    member_id: int
    channel_id: int


def moves(before: Facts | None, after: Facts | None, viewer: Member) -> Iterable[Moved]:
    """The cells that a deal counts in before or after, its old one first; revenue where a target asks for it.

    Four queries, two more where the deal leaves its month; none for a deal that counts nowhere.
    """
    places = list(dict.fromkeys(place for facts in (before, after) if (place := _place(facts))))
    if not places:
        return
    # Month by month: who was in a team of the viewer's in one of them need not have been in the other.
    seen = {
        (month, id_): name
        for month in {place.month for place in places}
        for id_, name in visible_members(viewer, month, month_of(month).end)
        .filter(pk__in=[place.member_id for place in places])
        .values_list("pk", "name")
    }
    channels = dict(Channel.objects.filter(pk__in=[place.channel_id for place in places]).values_list("pk", "name"))
    targets = {
        (target.month, target.member_id, target.channel_id): target
        for target in MonthlyTarget.objects.filter(
            month__in={place.month for place in places},
            member__in={place.member_id for place in places},
            channel__in=channels,
        )
    }
    happened = _happened(places)
    for place in places:
        name = seen.get((place.month, place.member_id))
        if name is None or place.channel_id not in channels:
            continue
        what = f"{name}, {channels[place.channel_id]}"
        target = targets.get((place.month, place.member_id, place.channel_id))
        was, becomes = _counts(before, place), _counts(after, place)
        count, revenue = happened.get(place, (ZERO, ZERO))
        aim = None if target is None else target.count
        yield Moved(what, place.month, False, count, count - was + becomes, None if aim is None else Decimal(aim))
        if target is not None and target.revenue is not None:
            gained = (after.net if after and becomes else ZERO) - (before.net if before and was else ZERO)
            yield Moved(what, place.month, True, revenue, revenue + gained, target.revenue)


def _place(facts: Facts | None) -> _Place | None:
    """The cell that a deal counts in; none unless it is a confirmed sale of somebody through a channel."""
    if facts is None or facts.kind != "sale" or not facts.confirmed:
        return None
    if facts.member_id is None or facts.channel_id is None:
        return None
    return _Place(month_of(facts.date).start, facts.member_id, facts.channel_id)


def _counts(facts: Facts | None, place: _Place) -> int:
    return int(_place(facts) == place)


def _happened(places: list[_Place]) -> dict[_Place, tuple[Decimal, Decimal]]:
    """{place: (deals, revenue)} as stored. A query for each month."""
    found = {}
    for month in {place.month for place in places}:
        members = {place.member_id for place in places}
        measures = {name: replace(measure, include={"member": members}) for name, measure in COUNTS.items()}
        for (member, channel), sums in totals_many(measures, month_of(month), by=("member", "channel")).items():
            found[_Place(month, member, channel)] = (sums["count"], sums["revenue"])
    return found
