"""One letter a day about targets that salespeople set themselves.

Source: docs/targets-grid.md, "Letters about own targets".
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse

from accounts.models import Organization
from accounts.services.letters import send_letter
from accounts.services.outbox import enqueue
from accounts.tenancy import current_organization, tenant
from targets.models import Digest
from targets.readers import digest as readers
from targets.readers.digest import OwnChange

FIRST_HOUR = 7
#: A letter with more lines names these and says how many more there are.
MOST_LINES = 200


@transaction.atomic
def begin_digest(*, at: datetime) -> Digest | None:
    """Begin the open organization's digest of the day, once it is morning there; None where it is begun, or too early.

    It tells of what was changed until the last midnight, from where the digest before it ended: what a server that was
    down for days left out comes in one letter. Whoever is told gets a job of their own.
    """
    organization = current_organization()
    zone = ZoneInfo(organization.time_zone)
    local = at.astimezone(zone)
    if local.hour < FIRST_HOUR:
        return None
    today, until = local.date(), _midnight(local.date(), zone)
    last = Digest.objects.order_by("-until").first()
    since = last.until if last else _midnight(today - timedelta(days=1), zone)
    if since >= until:
        return None
    # Of two workers the second waits here for the first, and then finds its row.
    digest, new = Digest.objects.get_or_create(
        organization=organization, day=today, defaults={"since": since, "until": until}
    )
    if not new:
        return None
    for member in readers.told(readers.own_changes(since, until), today):
        enqueue("targets.tasks.send_digest", organization_id=organization.pk, digest_id=digest.pk, member_id=member.pk)
    return digest


def send_digest(organization: Organization, digest_id: int, member_id: int, *, at: datetime) -> bool:
    """Send one person's letter of a digest; False where they are not told of anything any more.

    Asked anew whom it concerns: who lost a team since, or was locked out, gets no letter.
    """
    with tenant(organization, read_only=True):
        digest = Digest.objects.get(pk=digest_id)
        told = readers.told(readers.own_changes(digest.since, digest.until), organization.local_date(at))
        found = next(((member, what) for member, what in told.items() if member.pk == member_id), None)
    if found is None:
        return False
    member, what = found
    assert member.user is not None
    changes = sorted({*what.managed, *what.unmanaged}, key=lambda change: change.month)
    zone = ZoneInfo(organization.time_zone)
    first = digest.since.astimezone(zone).date()
    last = (digest.until - timedelta(microseconds=1)).astimezone(zone).date()
    send_letter(
        "targets/letters/own_targets",
        to=member.user.email,
        path=reverse("targets:grid", args=[organization.slug]),
        html=True,
        tenant=organization,
        organization=organization.name,
        addressee=member.name,
        months=_by_month(changes[:MOST_LINES]),
        total=len(changes),
        more=max(0, len(changes) - MOST_LINES),
        people=len({change.member_id for change in changes}),
        person=changes[0].person,
        first=first,
        last=last,
        managed=bool(what.managed),
        unmanaged=bool(what.unmanaged),
        account=reverse("account"),
    )
    return True


def _by_month(changes: Sequence[OwnChange]) -> list[tuple[date, list[OwnChange]]]:
    return [(month, list(lines)) for month, lines in groupby(changes, key=lambda change: change.month)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a local day begins; where the clocks jump over midnight, the moment they jump."""
    return datetime.combine(day, time.min, tzinfo=zone)
