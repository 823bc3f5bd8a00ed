"""What deals were before they change: rows of DealChange, and the way back.

Source: docs/adr/0024-changes-of-deals.md.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from ledger.ingest import statements
from ledger.ingest.judge import HEADER_NAMES
from ledger.ingest.names import MODELS
from ledger.ingest.statements import HEADER_IDS, SUMS
from ledger.ingest.totals import ADDITION, DELETION, REPLACEMENT, keep_totals
from ledger.models import DealChange

#: A stored deal `d` as JSON, its lines in order: what DealChange.before holds.
_PAIRS = ", ".join(f"'{name}', d.{name}" for name in ("run", "date", *HEADER_IDS, *SUMS))
_LINE_PAIRS = ", ".join(f"'{name}', l.{name}" for name in ("position", "brand_id", "product", *SUMS))
BEFORE = f"""
jsonb_build_object({_PAIRS}, 'lines', (
    SELECT coalesce(jsonb_agg(jsonb_build_object({_LINE_PAIRS}) ORDER BY l.position), '[]') FROM ledger_dealline l
    WHERE l.organization_id = d.organization_id AND l.deal_id = d.id
))
"""
_KEEP = """
INSERT INTO ledger_dealchange (organization_id, deal_id, kind, number, what, run, by_id, before)
"""
KEEP_CHANGED = f"""
{_KEEP} SELECT %(organization)s, d.id, d.kind, d.number, 'changed', %(run)s, %(by)s, {BEFORE}
FROM incoming_deal i CROSS JOIN LATERAL (
    SELECT * FROM ledger_deal WHERE organization_id = %(organization)s AND id = i.deal_id LIMIT 1
) d
WHERE i.mode IN ('a', 'c') AND d.run <> %(run)s
"""
KEEP_ENTERED = f"""
{_KEEP} SELECT %(organization)s, deal_id, %(kind)s, number, 'entered', %(run)s, %(by)s, NULL
FROM incoming_deal WHERE mode = 'n'
"""
KEEP_GONE = f"""
{_KEEP} SELECT %(organization)s, d.id, d.kind, d.number, %(what)s, %(run)s, %(by)s, {BEFORE}
FROM ledger_deal d WHERE d.organization_id = %(organization)s AND d.id = ANY(%(ids)s)
"""

#: The next deals, by id, that a run wrote last, with what they were before it: NULL for those that it brought.
WRITTEN_BY = """
SELECT d.id, d.kind, c.before IS NOT NULL
FROM (
    SELECT id, kind, run FROM ledger_deal WHERE organization_id = %(organization)s AND id > %(after)s
    ORDER BY id LIMIT %(limit)s
) d
LEFT JOIN LATERAL (
    SELECT before FROM ledger_dealchange WHERE organization_id = %(organization)s AND run = %(run)s AND deal_id = d.id
    ORDER BY id LIMIT 1
) c ON true
WHERE d.run = %(run)s
"""
LAST_ID = """
SELECT max(id) FROM (
    SELECT id FROM ledger_deal WHERE organization_id = %(organization)s AND id > %(after)s ORDER BY id LIMIT %(limit)s
) d
"""
_BACK = ", ".join(f"(b ->> '{name}')::bigint" for name in HEADER_IDS)
_BACK_SUMS = ", ".join(f"(b ->> '{name}')::numeric(16, 2)" for name in SUMS)
_BEFORE_RUN = """
SELECT DISTINCT ON (deal_id) deal_id, number, before AS b FROM ledger_dealchange
WHERE organization_id = %(organization)s AND run = %(run)s AND deal_id = ANY(%(ids)s)
ORDER BY deal_id, id
"""
_BEFORE_CHANGE = """
SELECT deal_id, number, before AS b FROM ledger_dealchange WHERE organization_id = %(organization)s AND id = %(change)s
"""


def _copy_back(mode: str, changes: str) -> str:
    return f"""
    INSERT INTO incoming_deal (deal_id, mode, number, date, {", ".join(HEADER_IDS)}, {", ".join(SUMS)}, rewrite)
    SELECT deal_id, '{mode}', number, (b ->> 'date')::date, {_BACK}, {_BACK_SUMS}, true FROM ({changes}) c
    """


def _copy_lines_back(changes: str) -> str:
    return f"""
    INSERT INTO incoming_line (deal_id, position, brand_id, product, {", ".join(SUMS)})
    SELECT deal_id, l.position, l.brand_id, l.product, {", ".join(f"l.{name}" for name in SUMS)}
    FROM ({changes}) c CROSS JOIN LATERAL jsonb_to_recordset(b -> 'lines') AS l (
        position int, brand_id bigint, product text, {", ".join(f"{name} numeric(16, 2)" for name in SUMS)}
    )
    """


COPY_BACK, COPY_LINES_BACK = _copy_back("c", _BEFORE_RUN), _copy_lines_back(_BEFORE_RUN)
COPY_GONE, COPY_LINES_GONE = _copy_back("n", _BEFORE_CHANGE), _copy_lines_back(_BEFORE_CHANGE)
KEEP_PUT_BACK = f"""
{_KEEP} SELECT %(organization)s, deal_id, kind, number, 'restored', %(run)s, %(by)s, NULL
FROM ledger_dealchange WHERE organization_id = %(organization)s AND id = %(change)s
"""
_GONE = " OR ".join(
    f"(b ->> '{name}_id' IS NOT NULL AND NOT EXISTS (SELECT FROM {MODELS[name]._meta.db_table} t "
    f"WHERE t.organization_id = %(organization)s AND t.id = (b ->> '{name}_id')::bigint))"
    for name in HEADER_NAMES
)
#: Deals that can't be what they were before a run: something that they named has been deleted since.
BEYOND_REPAIR = f"""
SELECT deal_id FROM ({_BEFORE_RUN}) c WHERE {_GONE} OR EXISTS (
    SELECT FROM jsonb_to_recordset(b -> 'lines') AS l (brand_id bigint)
    WHERE l.brand_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM {MODELS["brand"]._meta.db_table} t
        WHERE t.organization_id = %(organization)s AND t.id = l.brand_id
    )
)
"""
RUNS_BACK = f"""
UPDATE ledger_deal d SET run = (c.b ->> 'run')::uuid FROM ({_BEFORE_RUN}) c
WHERE d.organization_id = %(organization)s AND d.id = c.deal_id
"""

#: Deals that a run had written and that something else has changed or taken back since, unless that was undone.
CHANGED_SINCE = """
SELECT count(DISTINCT deal_id) FROM ledger_dealchange c
WHERE organization_id = %(organization)s AND run <> %(run)s AND before ->> 'run' = %(run_as_text)s AND NOT EXISTS (
    SELECT FROM ledger_deal WHERE organization_id = %(organization)s AND id = c.deal_id AND run = %(run)s
)
"""


@dataclass(frozen=True, slots=True)
class Undone:
    """One step of taking a run back; `last_id` is where the next one goes on, None at the end.

    `kept` could not be put back, since something that they named is gone.
    """

    deleted: int
    restored: int
    last_id: int | None
    kept: int = 0


def keep_changes(cursor: CursorWrapper, *, organization: int, kind: str, run: UUID, by: int | None, new: bool) -> None:
    """Note what the deals of `incoming_deal` that are about to change were, unless this run wrote them itself.

    `new`: note as well which deals are new; an import doesn't, since `Deal.run` says so.
    """
    values: dict[str, Any] = {"organization": organization, "kind": kind, "run": run, "by": by}
    cursor.execute(KEEP_CHANGED, values)
    if new:
        cursor.execute(KEEP_ENTERED, values)


def delete(cursor: CursorWrapper, ids: list[int], *, organization: int, kind: str) -> None:
    """Take deals away with their lines and what they add to the totals."""
    keep_totals(cursor, DELETION, organization=organization, kind=kind, ids=ids)
    cursor.execute(statements.DELETE_LINES, [organization, ids])
    cursor.execute(statements.DELETE_DEALS, [organization, ids])


def restore(
    cursor: CursorWrapper, ids: list[int], *, organization: int, kind: str, run: UUID, undo: UUID, by: int | None
) -> None:
    """Make stored deals what they were before `run`; `undo` is the run that this change is noted under."""
    values: dict[str, Any] = {"organization": organization, "run": run, "ids": ids}
    cursor.execute(KEEP_GONE, {**values, "run": undo, "by": by, "what": DealChange.What.RESTORED})
    cursor.execute(statements.CREATE_DEALS)
    cursor.execute(statements.CREATE_LINES)
    cursor.execute(COPY_BACK, values)
    cursor.execute(COPY_LINES_BACK, values)
    keep_totals(cursor, REPLACEMENT, organization=organization, kind=kind)
    cursor.execute(statements.UPDATE_DEALS, values)
    cursor.execute(RUNS_BACK, values)
    cursor.execute(statements.DELETE_LINES, [organization, ids])
    cursor.execute(statements.INSERT_LINES, [organization])
    cursor.execute(statements.DROP)


def put_back(cursor: CursorWrapper, change: DealChange, *, run: UUID, by: int | None) -> None:
    """Store a deal that was taken back as it was before: its id, its lines and the run that had written it."""
    values: dict[str, Any] = {"organization": change.organization_id, "change": change.pk, "run": run, "by": by}
    cursor.execute(KEEP_PUT_BACK, values)
    cursor.execute(statements.CREATE_DEALS)
    cursor.execute(statements.CREATE_LINES)
    cursor.execute(COPY_GONE, values)
    cursor.execute(COPY_LINES_GONE, values)
    keep_totals(cursor, ADDITION, organization=change.organization_id, kind=change.kind)
    cursor.execute(statements.INSERT_DEALS, [change.organization_id, change.kind, change.before["run"]])
    cursor.execute(statements.INSERT_LINES, [change.organization_id])
    cursor.execute(statements.DROP)
