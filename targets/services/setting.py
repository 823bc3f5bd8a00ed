"""Setting what people typed or pasted."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import Member
from targets.facts import MonthFacts
from targets.services.edits import Change, Edit, EditsRefused, Order, Outcome
from targets.services.storing import store


def set_target(
    member_id: int,
    channel_id: int,
    month: date,
    *,
    count: int | None,
    version: int,
    by: Member,
    at: datetime,
    facts: MonthFacts | None = None,
) -> Change:
    """Set or clear the number of deals one person is asked for through one channel in one month.

    Asking for what already stands changes nothing, whatever the version, so that a request may be repeated. `facts` are
    those of the month where a page has read them: then it takes two statements. Raises UnknownCell, NotYours,
    NoSuchNumber, CellClosed or Conflict, each before anything is written.
    """
    return _set_one(Edit(member_id, channel_id, count, version), month, by=by, at=at, facts=facts)


def set_revenue(
    member_id: int,
    channel_id: int,
    month: date,
    *,
    revenue: Decimal | None,
    version: int,
    by: Member,
    at: datetime,
    facts: MonthFacts | None = None,
) -> Change:
    """The same for the revenue one person is asked for."""
    return _set_one(Edit(member_id, channel_id, revenue, version, "revenue"), month, by=by, at=at, facts=facts)


@transaction.atomic
def set_targets(edits: Sequence[Edit], month: date, *, by: Member, at: datetime) -> list[Change]:
    """Set several cells of one month as one batch: all or none.

    Raises EditsRefused with everything to be told at the cells. UnknownCell and NotYours, which no page of ours asks
    for, end it at once.
    """
    orders = [Order(month, edit) for edit in edits]
    outcome = store(orders, by=by, at=at, why="typed", batch=uuid.uuid4(), all_or_none=True)
    if outcome.errors:
        raise EditsRefused(outcome.errors)
    return list(outcome.changes)


def paste_targets(
    edits: Sequence[Edit], month: date, *, by: Member, at: datetime, facts: MonthFacts | None = None
) -> Outcome:
    """Set a block of cells of one month as one batch: what can be stored is, the rest is told cell by cell.

    `facts` as for `set_target`. Raises UnknownCell or NotYours, and then nothing is stored.
    """
    orders = [Order(month, edit) for edit in edits]
    return store(orders, by=by, at=at, why="pasted", batch=uuid.uuid4(), all_or_none=False, month=facts)


def _set_one(edit: Edit, month: date, *, by: Member, at: datetime, facts: MonthFacts | None) -> Change:
    orders = [Order(month, edit)]
    outcome = store(orders, by=by, at=at, why="typed", batch=uuid.uuid4(), all_or_none=True, month=facts)
    if outcome.errors:
        raise outcome.errors[0]
    return outcome.changes[0]
