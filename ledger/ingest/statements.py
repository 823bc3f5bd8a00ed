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

#: `mode`: n a new deal; c its header or its totals change; s both are as stored. `lines`: position of its last line.
CREATE_DEALS = f"""
CREATE TEMPORARY TABLE incoming_deal (
    deal_id bigint, mode "char", lines int, number text, date date, {_ID_COLUMNS},
    {_SUM_COLUMNS}
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

INSERT_LINES = f"""
INSERT INTO ledger_dealline (organization_id, deal_id, position, brand_id, product, {_SUMS})
SELECT %s, deal_id, position, brand_id, product, {_SUMS} FROM incoming_line
"""

#: Makes the stored lines of deals that were there before what the batch says, touching only those that differ, and
#: gives the ids of the deals in which any did.
MERGE_LINES = f"""
WITH surplus AS (
    DELETE FROM ledger_dealline l USING incoming_deal d
    WHERE l.organization_id = %(organization)s AND l.deal_id = d.deal_id AND d.mode <> 'n' AND l.position > d.lines
    RETURNING l.deal_id
), changed AS (
    UPDATE ledger_dealline l
    SET brand_id = i.brand_id, product = i.product, {", ".join(f"{name} = i.{name}" for name in SUMS)}
    FROM incoming_line i
    WHERE l.organization_id = %(organization)s AND l.deal_id = i.deal_id AND l.position = i.position
    AND (l.brand_id, l.product, {", ".join(f"l.{name}" for name in SUMS)})
        IS DISTINCT FROM (i.brand_id, i.product, {", ".join(f"i.{name}" for name in SUMS)})
    RETURNING l.deal_id
), missing AS (
    INSERT INTO ledger_dealline (organization_id, deal_id, position, brand_id, product, {_SUMS})
    SELECT %(organization)s, deal_id, position, brand_id, product, {_SUMS} FROM incoming_line i
    WHERE NOT EXISTS (
        SELECT FROM ledger_dealline l
        WHERE l.organization_id = %(organization)s AND l.deal_id = i.deal_id AND l.position = i.position
    )
    RETURNING deal_id
)
SELECT deal_id FROM surplus UNION SELECT deal_id FROM changed UNION SELECT deal_id FROM missing
"""

UPDATE_DEALS = f"""
UPDATE ledger_deal d
SET date = i.date, {", ".join(f"{name} = i.{name}" for name in (*HEADER_IDS, *SUMS))}, run = %(run)s
FROM incoming_deal i WHERE d.organization_id = %(organization)s AND d.id = i.deal_id AND i.mode = 'c'
"""
STAMP_DEALS = """
UPDATE ledger_deal d SET run = %(run)s FROM incoming_deal i
WHERE d.organization_id = %(organization)s AND d.id = i.deal_id AND i.mode = 's' AND d.run <> %(run)s
"""

DELETE_LINES = "DELETE FROM ledger_dealline WHERE organization_id = %s AND deal_id = ANY(%s)"
DELETE_DEALS = "DELETE FROM ledger_deal WHERE organization_id = %s AND id = ANY(%s)"
