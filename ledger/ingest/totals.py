"""The monthly totals, kept in the transaction that changes the deals.

Source: docs/algorithms/monthly-totals.md.
"""

from typing import Any

from django.db.backends.utils import CursorWrapper

from ledger.ingest.statements import SUMS

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
WHERE i.mode = 'c'
"""
#: Deals that are taken back.
DELETION = f"""
SELECT -1 AS count, {", ".join(f"-{name} AS {name}" if name in SUMS else name for name in _COLUMNS)}
FROM ledger_deal WHERE organization_id = %(organization)s AND id = ANY(%(ids)s)
"""
#: Every deal, as `check_totals` counts them.
ALL = f"""
SELECT 1 AS count, kind, {", ".join(_COLUMNS)} FROM ledger_deal WHERE organization_id = %(organization)s
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
