"""Batches for tests, a row at a time."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from accounts.tenancy import tenant
from ledger.ingest import AMOUNTS, NAMES, Batch, Meaning, Outcome, Unknowns, ingest_deals
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
) -> Outcome:
    """Ingest rows into a company's ledger, each call a run of its own unless told otherwise."""
    with tenant(company.organization):
        return ingest_deals(batch(*rows), kind=kind, run=run or uuid4(), unknowns=unknowns)


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
