"""The SQL that writes deals. All of it names the organization; `incoming_*` are the transaction's temporary tables."""

HEADER_IDS = (
    "member_id",
    "customer_id",
    "customer_branch_id",
    "wholesaler_branch_id",
    "company_id",
    "sales_ledger_id",
    "channel_id",
    "zone_id",
    "state_id",
)
SUMS = ("quantity", "net", "gross", "margin")
_IDS = ", ".join(HEADER_IDS)
_IDS_AS_TEXT = ", ".join(f"{name}::text" for name in HEADER_IDS)
_ID_COLUMNS = ", ".join(f"{name} bigint" for name in HEADER_IDS)
_SUMS = ", ".join(SUMS)
_SUMS_AS_TEXT = ", ".join(f"{name}::text" for name in SUMS)
_SUM_COLUMNS = ", ".join(f"{name} numeric(16, 2)" for name in SUMS)

#: Held to the end of the transaction. Ingests of one organization follow one another: each must see what the last one
#: stored before it decides what to take away from the totals, and so two never wait for each other's rows.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('ledger.ingest', %s))"

#: One look-up a number, whatever the planner believes about the size of an organization.
FIND = f"""
SELECT number, id, run = %s, date, {_IDS_AS_TEXT}, {_SUMS_AS_TEXT}
FROM unnest(string_to_array(%s, chr(31))) AS wanted (wanted) CROSS JOIN LATERAL (
    SELECT * FROM ledger_deal WHERE organization_id = %s AND kind = %s AND number = wanted LIMIT 1
) AS deal
"""

LAST_POSITIONS = """
SELECT deal_id, max(position) FROM ledger_dealline WHERE organization_id = %s AND deal_id = ANY(%s) GROUP BY deal_id
"""

NEW_IDS = "SELECT nextval('ledger_deal_id_seq') FROM generate_series(1, %s)"

#: `mode`: n a new deal; a one that gets further lines; c its header or its totals change; s both are as stored.
#: `lines`: position of its last line. `rewrite`: what stands in its lines differs.
CREATE_DEALS = f"""
CREATE TEMPORARY TABLE incoming_deal (
    deal_id bigint, mode "char", lines int, number text, date date, {_ID_COLUMNS},
    {_SUM_COLUMNS}, rewrite boolean NOT NULL DEFAULT false
) ON COMMIT DROP
"""
CREATE_LINES = f"""
CREATE TEMPORARY TABLE incoming_line (
    deal_id bigint, position int, brand_id bigint, product text, {_SUM_COLUMNS}
) ON COMMIT DROP
"""
COPY_DEALS = f"COPY incoming_deal (deal_id, mode, lines, number, date, {_IDS}, {_SUMS}) FROM STDIN"
COPY_LINES = f"COPY incoming_line (deal_id, position, brand_id, product, {_SUMS}) FROM STDIN"
DROP = "DROP TABLE incoming_deal, incoming_line"

INSERT_DEALS = f"""
INSERT INTO ledger_deal (organization_id, id, kind, number, date, {_IDS}, {_SUMS}, run)
SELECT %s, deal_id, %s, number, date, {_IDS}, {_SUMS}, %s FROM incoming_deal WHERE mode = 'n'
"""

_ADD_LINES = f"""
INSERT INTO ledger_dealline (organization_id, deal_id, position, brand_id, product, {_SUMS})
SELECT %s, deal_id, position, brand_id, product, {", ".join(f"i.{name}" for name in SUMS)} FROM incoming_line i
"""
INSERT_LINES = _ADD_LINES
INSERT_SOME_LINES = f"{_ADD_LINES} JOIN incoming_deal d USING (deal_id) WHERE d.mode IN ('n', 'a') OR d.rewrite"

_LINE = f"position, brand_id, product::text, {_SUMS}"
#: The stored deals whose lines are not those of the batch. One look-up a deal, as in FIND.
DIFFERING = f"""
SELECT d.deal_id FROM incoming_deal d
JOIN (
    SELECT deal_id, array_agg(ROW({_LINE}) ORDER BY position) AS lines FROM incoming_line GROUP BY deal_id
) i USING (deal_id)
CROSS JOIN LATERAL (
    SELECT array_agg(ROW({_LINE}) ORDER BY position) AS lines FROM ledger_dealline
    WHERE organization_id = %s AND deal_id = d.deal_id
) s
WHERE d.mode IN ('c', 's') AND i.lines IS DISTINCT FROM s.lines
"""
REWRITE = "UPDATE incoming_deal SET rewrite = true, mode = 'c' WHERE deal_id = ANY(%s)"

UPDATE_DEALS = f"""
UPDATE ledger_deal d
SET date = i.date, {", ".join(f"{name} = i.{name}" for name in (*HEADER_IDS, *SUMS))}, run = %(run)s
FROM incoming_deal i WHERE d.organization_id = %(organization)s AND d.id = i.deal_id AND i.mode IN ('a', 'c')
"""

DELETE_LINES = "DELETE FROM ledger_dealline WHERE organization_id = %s AND deal_id = ANY(%s)"
DELETE_DEALS = "DELETE FROM ledger_deal WHERE organization_id = %s AND id = ANY(%s)"
