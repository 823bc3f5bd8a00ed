"""What is handed to the ingest: typed rows in columns, and what comes back."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

NAMES = (
    "member",
    "customer",
    "customer_branch",
    "wholesaler_branch",
    "company",
    "sales_ledger",
    "channel",
    "zone",
    "state",
    "brand",
)
#: Why the other rows of a deal are refused where one is: a deal is stored whole or not at all.
COMPANION = "Another row of the same deal was refused."
AMOUNTS = ("quantity", "net", "gross", "margin")


@dataclass(slots=True)
class Batch:
    """Some thousand rows in columns of equal length: typed, names not yet resolved.

    Each row is one line of the deal that `number` names. A name is the text as it stands in the source, "" for none; a
    member may be named by e-mail. Amounts have two decimals and fit numeric(16, 2). `line` is the row's place in its
    source, from 1, and serves only to say which row was refused.
    """

    line: list[int]
    number: list[str]
    date: list[date]
    member: list[str]
    customer: list[str]
    customer_branch: list[str]
    wholesaler_branch: list[str]
    company: list[str]
    sales_ledger: list[str]
    channel: list[str]
    zone: list[str]
    state: list[str]
    brand: list[str]
    product: list[str]
    quantity: list[Decimal]
    net: list[Decimal]
    gross: list[Decimal]
    margin: list[Decimal]

    def __len__(self) -> int:
        return len(self.line)


class Meaning(StrEnum):
    """What a deal state that an import creates shall mean."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Unknowns:
    """What to do with names that no list has yet: those in `create` are made, all others refused.

    `create` holds field names of NAMES. `states` says what states that are made shall mean, by `name_key`; one that is
    missing there is refused.
    """

    create: frozenset[str] = frozenset()
    states: dict[str, Meaning] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that was not stored. `field` is a field name, "" where the whole row is meant."""

    line: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: rows stored (of them unchanged), and rows refused with their reasons."""

    stored: int
    unchanged: int
    refusals: list[Refusal]
