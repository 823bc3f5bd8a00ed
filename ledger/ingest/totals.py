"""The monthly totals, kept in the transaction that changes the deals.

Source: docs/algorithms/monthly-totals.md.
"""

from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

from ledger.ingest.statements import LOCK, SUMS

#: {table: its dimensions beside month, kind and state}
TABLES = {
    "ledger_membermonth": ("member_id", "channel_id"),
    "ledger_companymonth": ("company_id",),
}
_COLUMNS = ("date", "state_id", "member_id", "channel_id", "company_id", *SUMS)

#: What a batch brings where all is new.
ADDITION = f"SELECT 1 AS count, {', '.join(_COLUMNS)} FROM incoming_deal WHERE mode <> 's'"
#: What it takes away as well: the deals as they stood before. Read before the deals are written.
REPLACEMENT = f"""
{ADDITION}
UNION ALL
SELECT -1, {", ".join(f"-d.{name}" if name in SUMS else f"d.{name}" for name in _COLUMNS)}
FROM incoming_deal i CROSS JOIN LATERAL (
    SELECT * FROM ledger_deal WHERE organization_id = %(organization)s AND id = i.deal_id LIMIT 1
) d
WHERE i.mode IN ('a', 'c')
"""
#: Deals that are taken back.
DELETION = f"""
SELECT -1 AS count, {", ".join(f"-{name} AS {name}" if name in SUMS else name for name in _COLUMNS)}
FROM ledger_deal WHERE organization_id = %(organization)s AND id = ANY(%(ids)s)
"""
FIRST_OF_MONTH = "(date - (extract(day FROM date)::int - 1))"


def keep_totals(cursor: CursorWrapper, change: str, *, organization: int, kind: str, **parameters: Any) -> None:
    """Add a change to both tables; a row that comes to 0 deals goes. `change` is ADDITION, REPLACEMENT or DELETION."""
    values = {"organization": organization, "kind": kind, **parameters}
    for table in TABLES:
        cursor.execute(_add(table, change), values)
        empty = [id_ for (id_,) in cursor.fetchall()]
        if empty:
            cursor.execute(f"DELETE FROM {table} WHERE organization_id = %s AND id = ANY(%s)", [organization, empty])


def _add(table: str, change: str) -> str:
    """Add sums to a table, and give the ids of the rows whose count has come to 0."""
    keys = ("state_id", *TABLES[table])
    measures = ("count", *SUMS)
    return f"""
    WITH kept AS (
        INSERT INTO {table} AS t (organization_id, kind, month, {", ".join(keys)}, {", ".join(measures)})
        SELECT %(organization)s, %(kind)s, {FIRST_OF_MONTH} AS month, {", ".join(keys)},
            {", ".join(f"sum({name})" for name in measures)}
        FROM ({change}) AS change
        GROUP BY month, {", ".join(keys)}
        HAVING {" OR ".join(f"sum({name}) <> 0" for name in measures)}
        ON CONFLICT (organization_id, month, kind, {", ".join(keys)}) DO UPDATE
        SET {", ".join(f"{name} = t.{name} + excluded.{name}" for name in measures)}
        RETURNING id, count
    )
    SELECT id FROM kept WHERE count = 0
    """


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell of a table that doesn't say what its deals add up to.

    `cell` is {column: value}, `stored` and `counted` {"count", "quantity", "net", "gross", "margin": value}; these are
    equal where the fault is a row of 0 deals, which shouldn't be there.
    """

    table: str
    cell: dict[str, Any]
    stored: dict[str, Any]
    counted: dict[str, Any]


def differences(cursor: CursorWrapper, organization: int) -> list[Difference]:
    """Recount every deal of the organization and compare; one query a table, each over one snapshot."""
    found = []
    measures = ("count", *SUMS)
    for table, dimensions in TABLES.items():
        keys = ("kind", "month", "state_id", *dimensions)
        cursor.execute(
            f"""
            SELECT {", ".join(keys)}, {", ".join(f"sum({name}) FILTER (WHERE stored)" for name in measures)},
                {", ".join(f"sum({name}) FILTER (WHERE NOT stored)" for name in measures)}
            FROM (
                SELECT true AS stored, {", ".join(keys)}, {", ".join(measures)}
                FROM {table} WHERE organization_id = %(organization)s
                UNION ALL
                SELECT false, kind, {FIRST_OF_MONTH}, state_id, {", ".join(dimensions)}, 1, {", ".join(SUMS)}
                FROM ledger_deal WHERE organization_id = %(organization)s
            ) AS both_of_them
            GROUP BY {", ".join(keys)}
            HAVING bool_or(stored AND count = 0) OR {
                " OR ".join(f"sum(CASE WHEN stored THEN {name} ELSE -{name} END) <> 0" for name in measures)
            }
            ORDER BY {", ".join(keys)}
            """,
            {"organization": organization},
        )
        for row in cursor.fetchall():
            stored, counted = row[len(keys) : -len(measures)], row[-len(measures) :]
            found.append(
                Difference(
                    table,
                    dict(zip(keys, row, strict=False)),
                    {name: value or 0 for name, value in zip(measures, stored, strict=True)},
                    {name: value or 0 for name, value in zip(measures, counted, strict=True)},
                )
            )
    return found


def recount(cursor: CursorWrapper, organization: int) -> None:
    """Make the totals of the organization anew from its deals, while no ingest writes any."""
    cursor.execute(LOCK, [organization])
    for table, dimensions in TABLES.items():
        keys = ("state_id", *dimensions)
        cursor.execute(f"DELETE FROM {table} WHERE organization_id = %s", [organization])
        cursor.execute(
            f"""
            INSERT INTO {table} (organization_id, kind, month, {", ".join(keys)}, count, {", ".join(SUMS)})
            SELECT %(organization)s, kind, {FIRST_OF_MONTH} AS month, {", ".join(keys)}, count(*),
                {", ".join(f"sum({name})" for name in SUMS)}
            FROM ledger_deal WHERE organization_id = %(organization)s GROUP BY kind, month, {", ".join(keys)}
            """,
            {"organization": organization},
        )
