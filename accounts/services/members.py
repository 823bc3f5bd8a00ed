"""People of an organization."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Member, Organization, Role, User
from accounts.services.audit import record
from accounts.services.conflicts import save_seen_changes
from accounts.services.leaving import keep_to_last_day


class LastAdmin(ValueError):
    """The organization would be left without an admin who can sign in."""


class LoginTaken(ValueError):
    """This login, or this address, is another member's already."""


@transaction.atomic
def add_member(
    organization: Organization,
    *,
    name: str,
    role: Role = Role.SALESPERSON,
    user: User | None = None,
    email: str = "",
    active_from: date | None = None,
    by: Member | None = None,
) -> Member:
    """Add a person to the open organization, with a login or without. Raises LoginTaken."""
    email = email.strip().lower()
    _refuse_taken(Member.objects.all(), user, email)
    member = Member.objects.create(
        organization=organization, name=name, role=role, user=user, email=email, active_from=active_from
    )
    record(member, {"name": (None, name), "role": (None, str(role))}, by=by, why="added")
    return member


@transaction.atomic
def change_member(
    member: Member, *, by: Member | None, today: date, seen: Mapping[str, Any] | None = None, **changes: Any
) -> Member:
    """Change name, e-mail, role, login, first or last day; of those that were `seen`, only what differs from it.

    Somebody who leaves gets a last day, with which their teams and zones end, and keeps the records; nobody is deleted.
    `today` is the organization's.
    Raises ValidationError, LoginTaken, LastAdmin, ChangedMeanwhile.
    """
    lock_people(Q(pk=member.pk))
    member = Member.objects.get(pk=member.pk)
    last_day = member.active_to
    if "email" in changes:
        changes["email"] = changes["email"].strip().lower()
    _refuse_taken(Member.objects.exclude(pk=member.pk), changes.get("user"), changes.get("email", ""))
    save_seen_changes(member, changes, seen=seen or {}, by=by)
    if member.active_to != last_day:
        keep_to_last_day(member, by=by)
    admins = Member.objects.filter(role=Role.ADMIN, user__is_active=True)
    if not admins.filter(Q(active_to__isnull=True) | Q(active_to__gte=today)).exists():
        raise LastAdmin("An organization keeps at least one admin who can sign in.")
    return member


def lock_people(condition: Q) -> None:
    """Lock some members, and all admins, until the transaction is done. One statement.

    All in one order and before anything else about people is locked: two admins who demote each other wait instead of
    both succeeding, and nobody waits for somebody who waits for them. Rows that refer to them can be written meanwhile.
    """
    people = Member.objects.filter(Q(role=Role.ADMIN) | condition).order_by("pk")
    list(people.select_for_update(of=("self",), no_key=True))


def end_access(member: Member, *, by: Member | None, today: date) -> Member:
    """Let somebody in no more, from now on: yesterday was the last day. Raises LastAdmin."""
    last = today - timedelta(days=1)
    first = min(member.active_from, last) if member.active_from else None
    return change_member(member, by=by, today=today, active_from=first, active_to=last)


def _refuse_taken(others: Any, user: User | None, email: str) -> None:
    taken = (Q(user=user) if user else Q()) | (Q(email=email) if email else Q())
    if taken and others.filter(taken).exists():
        raise LoginTaken("Another member has this login or this e-mail address.")
