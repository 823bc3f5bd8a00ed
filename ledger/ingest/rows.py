"""What is handed to the ingest: typed rows in columns, and what comes back."""

from collections.abc import Iterable
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
    """What became of a batch: rows stored (of them unchanged), and rows refused with their reasons.

    `as_it_was` holds the ids of the deals that were as the rows say, for `Seen` once the transaction has ended well.
    """

    stored: int
    unchanged: int
    refusals: list[Refusal]
    as_it_was: list[int] = field(default_factory=list)


class Seen:
    """The stored deals that a run has found to be as its rows say: further rows of them are further lines.

    A bit a deal, in words of 1,024: a million deals that were stored one after another take some 200 kB.
    """

    def __init__(self) -> None:
        self._words: dict[int, int] = {}

    def add(self, ids: Iterable[int]) -> None:
        """Remember deals."""
        words = self._words
        for id_ in ids:
            words[id_ >> 10] = words.get(id_ >> 10, 0) | 1 << (id_ & 1023)

    def __contains__(self, id_: int) -> bool:
        return bool(self._words.get(id_ >> 10, 0) >> (id_ & 1023) & 1)
