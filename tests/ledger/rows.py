"""Batches for tests, a row at a time."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from accounts.models import Member
from accounts.tenancy import tenant
from ledger.ingest import AMOUNTS, NAMES, Batch, Meaning, Outcome, Seen, Undone, Unknowns, ingest_deals, undo_deals
from tests.conftest import Company

EVERYTHING = Unknowns(
    create=frozenset(NAMES),
    states={"won": Meaning.CONFIRMED, "open": Meaning.PROPOSED, "lost": Meaning.NONE},
)
NOTHING = Unknowns()


def batch(*rows: Mapping[str, Any], first_line: int = 2) -> Batch:
    """A batch of these rows; what a row leaves out is blank, 1.00, a day in March, or the state Won."""
    columns: dict[str, list[Any]] = {field.name: [] for field in fields(Batch)}
    usual: dict[str, Any] = dict.fromkeys((*NAMES, "product"), "")
    usual |= dict.fromkeys(AMOUNTS, Decimal("1.00")) | {"date": date(2026, 3, 2), "state": "Won"}
    for place, row in enumerate(rows):
        for name, value in (usual | {"line": first_line + place} | dict(row)).items():
            columns[name].append(
                Decimal(value).quantize(Decimal("0.01")) if isinstance(value, int) and name in AMOUNTS else value
            )
    return Batch(**columns)


def store(
    company: Company,
    *rows: Mapping[str, Any],
    kind: str = "sale",
    run: UUID | None = None,
    unknowns: Unknowns = EVERYTHING,
    seen: Seen | None = None,
    **further: Any,
) -> Outcome:
    """Ingest rows into a company's ledger, each call a run of its own unless told otherwise."""
    seen = seen or Seen()
    with tenant(company.organization):
        outcome = ingest_deals(batch(*rows), kind=kind, run=run or uuid4(), unknowns=unknowns, seen=seen, **further)
    seen.add(outcome.as_it_was)
    return outcome


def undo(company: Company, run: UUID, *, step: int = 2, by: Member | None = None) -> Undone:
    """Take a run back, a few deals at a time; what became of all of them."""
    deleted = restored = 0
    after: int | None = 0
    undoing = uuid4()
    while after is not None:
        with tenant(company.organization):
            done = undo_deals(run, undo=undoing, by=by, after=after, limit=step)
        deleted, restored, after = deleted + done.deleted, restored + done.restored, done.last_id
    return Undone(deleted, restored, None)


TABLES = (
    "accounts_member",
    "accounts_zone",
    "ledger_brand",
    "ledger_channel",
    "ledger_companymonth",
    "ledger_customer",
    "ledger_customerbranch",
    "ledger_deal",
    "ledger_dealline",
    "ledger_dealstate",
    "ledger_membermonth",
)


def fingerprints(company: Company) -> dict[str, Any]:
    """Every row an ingest may touch, with its id; without the stamp of the run that saw it last."""
    with tenant(company.organization), connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT id, to_jsonb(t) - 'run' FROM {table} t ORDER BY id")
            found[table] = cursor.fetchall()
        return found
