"""Deals that are taken back, by number or with all that a run did.

Source: docs/adr/0024-changes-of-deals.md.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Member
from accounts.tenancy import current_organization
from ledger.ingest import history, statements
from ledger.ingest.history import Undone
from ledger.models import Deal, DealChange


def delete_deals(numbers: Collection[str], *, kind: str, run: UUID, by: Member | None) -> int:
    """Take deals of the open organization back, with their lines and what they add to the totals; returns how many.

    What they were is kept as a DealChange of this `run`.
    """
    organization_id = current_organization().pk
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, [organization_id])
        cursor.execute(
            "SELECT id FROM ledger_deal WHERE organization_id = %s AND kind = %s AND number = ANY(%s)",
            [organization_id, kind, list(numbers)],
        )
        ids = [id_ for (id_,) in cursor.fetchall()]
        if ids:
            what = DealChange.What.DELETED
            cursor.execute(
                history.KEEP_GONE,
                {"organization": organization_id, "ids": ids, "run": run, "by": by.pk if by else None, "what": what},
            )
            history.delete(cursor, ids, organization=organization_id, kind=kind)
    return len(ids)


def put_back_deal(change: DealChange, *, run: UUID, by: Member | None) -> None:
    """Bring a deal that was taken back as it was, under the id that it had; `run` is noted in its history.

    Whatever it names must still be there, and no other deal may have its number meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, [current_organization().pk])
        history.put_back(cursor, change, run=run, by=by.pk if by else None)


def undo_deals(run: UUID, *, undo: UUID, by: Member | None, after: int = 0, limit: int = 20_000) -> Undone:
    """Take back what a run did to the next `limit` deals of the open organization after the id `after`.

    Deals that the run brought are deleted, those that it changed become what they were, unless something else has
    changed them since, or something that they named is gone: then they stay as they are. Call it until `last_id` is
    None, each time in a transaction of its own.
    """
    organization_id = current_organization().pk
    with connection.cursor() as cursor:
        cursor.execute(statements.LOCK, [organization_id])
        values: dict[str, Any] = {"organization": organization_id, "run": run, "after": after, "limit": limit}
        cursor.execute(history.LAST_ID, values)
        (last_id,) = cursor.fetchone()
        cursor.execute(history.WRITTEN_BY, values)
        found = cursor.fetchall()
        cursor.execute(history.BEYOND_REPAIR, {**values, "ids": [id_ for id_, _, changed in found if changed]})
        stay = {id_ for (id_,) in cursor.fetchall()}
        found = [row for row in found if row[0] not in stay]
        for kind in {kind for _, kind, _ in found}:
            brought = [id_ for id_, its, changed in found if its == kind and not changed]
            changed = [id_ for id_, its, changed in found if its == kind and changed]
            if brought:
                history.delete(cursor, brought, organization=organization_id, kind=kind)
            if changed:
                history.restore(
                    cursor,
                    changed,
                    organization=organization_id,
                    kind=kind,
                    run=run,
                    undo=undo,
                    by=by.pk if by else None,
                )
    restored = sum(1 for *_, changed in found if changed)
    return Undone(deleted=len(found) - restored, restored=restored, kept=len(stay), last_id=last_id)


def changed_since(run: UUID) -> int:
    """How many deals that a run had written something else has changed or taken back since."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"organization": current_organization().pk, "run": run, "run_as_text": str(run)}
        cursor.execute(history.CHANGED_SINCE, values)
        (count,) = cursor.fetchone()
    return int(count)


def as_it_is(numbers: Collection[str], *, kind: str, run: UUID) -> list[int]:
    """The ids of the stored deals of these numbers that another run wrote: what a run that goes on has seen."""
    found = Deal.objects.filter(kind=kind, number__in=numbers).exclude(run=run)
    return list(found.values_list("pk", flat=True))
