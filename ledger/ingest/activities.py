"""Activities into the ledger: as deals, without lines and totals."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.tenancy import current_organization
from ledger.ingest.judge import Rows
from ledger.ingest.names import NONE, WORDS, Resolver
from ledger.ingest.rows import Outcome, Unknowns
from ledger.ingest.statements import LOCK

_TEXTS = ("number", "type", "member", "customer", "customer_branch")

_UPSERT = """
WITH written AS (
    INSERT INTO ledger_activity AS a (
        organization_id, number, date, verified, type_id, member_id, customer_id, branch_id
    )
    SELECT %s, incoming.* FROM unnest(
        %s::text[], %s::date[], %s::bool[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]
    ) AS incoming
    ON CONFLICT (organization_id, number) DO UPDATE
    SET date = excluded.date, verified = excluded.verified, type_id = excluded.type_id,
        member_id = excluded.member_id, customer_id = excluded.customer_id, branch_id = excluded.branch_id
    WHERE (a.date, a.verified, a.type_id, a.member_id, a.customer_id, a.branch_id) IS DISTINCT FROM (
        excluded.date, excluded.verified, excluded.type_id, excluded.member_id, excluded.customer_id, excluded.branch_id
    )
    RETURNING 1
)
SELECT count(*) FROM written
"""


@dataclass(slots=True)
class Activities:
    """Some thousand activities in columns of equal length, as `Batch` holds lines of deals."""

    line: list[int]
    number: list[str]
    date: list[date]
    type: list[str]
    member: list[str]
    customer: list[str]
    customer_branch: list[str]
    verified: list[bool]

    def __len__(self) -> int:
        return len(self.line)


def ingest_activities(batch: Activities, *, unknowns: Unknowns) -> Outcome:
    """Store activities in the open organization by their numbers; rows that don't hold are refused, the others stored.

    `unknowns.create` may name "type" besides the names of deals. Each row needs a type and a person, and a number
    occurs once in a batch.
    """
    organization_id = current_organization().pk
    rows = Rows(batch.line, {name: getattr(batch, name) for name in _TEXTS})
    seen: set[str] = set()
    for index, number in enumerate(rows.texts["number"]):
        if number in seen:
            rows.refuse(index, "number", number, f"Activity {number} is in this file more than once.")
        seen.add(number)
    for field in ("type", "member"):
        for index, name in enumerate(rows.texts[field]):
            if not name.strip():
                rows.refuse(index, field, "", f"The {WORDS[field][0]} is missing.")
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [organization_id])
        resolver = Resolver(cursor, organization_id, unknowns)
        rows.resolve(resolver, ["type", "member", "customer"])
        rows.resolve_branches(resolver, "customer_branch")
        unchanged = _write(cursor, organization_id, batch, rows)
    return rows.outcome(unchanged)


def _write(cursor: CursorWrapper, organization_id: int, batch: Activities, rows: Rows) -> int:
    """Write the accepted rows; how many were stored as they are."""
    accepted = rows.accepted()
    ids = [
        [int(id_) if (id_ := rows.ids[field][index]) != NONE else None for index in accepted]
        for field in ("type", "member", "customer", "customer_branch")
    ]
    plain = [[column[index] for index in accepted] for column in (rows.texts["number"], batch.date, batch.verified)]
    cursor.execute(_UPSERT, [organization_id, *plain, *ids])
    (written,) = cursor.fetchone()
    return len(accepted) - int(written)
