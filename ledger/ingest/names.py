"""Names to ids: one look-up per dimension whatever the number of rows, and the making of what isn't there yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.backends.utils import CursorWrapper

from accounts.database import name_key
from accounts.models import Company, Member, Role, Zone
from ledger.ingest.rows import Meaning, Unknowns
from ledger.models import (
    ActivityType,
    Brand,
    Channel,
    Customer,
    CustomerBranch,
    DealState,
    SalesLedger,
    WholesalerBranch,
)

#: How COPY writes "none"; ids are kept as the text that COPY takes.
NONE = r"\N"
LONGEST_NAME = 240
#: Between texts that go to the database as one; an array of texts takes the driver ten times as long.
SEPARATOR = "\x1f"
_SHOWN = 80

MODELS: dict[str, Any] = {
    "member": Member,
    "customer": Customer,
    "customer_branch": CustomerBranch,
    "wholesaler_branch": WholesalerBranch,
    "company": Company,
    "sales_ledger": SalesLedger,
    "channel": Channel,
    "zone": Zone,
    "state": DealState,
    "brand": Brand,
    "type": ActivityType,
}
#: What users call one and many of them.
WORDS = {
    "member": ("salesperson", "people"),
    "customer": ("customer", "customers"),
    "customer_branch": ("customer branch", "customer branches"),
    "wholesaler_branch": ("wholesaler branch", "wholesaler branches"),
    "company": ("company", "companies"),
    "sales_ledger": ("sales ledger", "sales ledgers"),
    "channel": ("channel", "channels"),
    "zone": ("zone", "zones"),
    "state": ("state", "states"),
    "brand": ("brand", "brands"),
    "type": ("activity type", "activity types"),
}


@dataclass(slots=True)
class Names:
    """What became of the names of one dimension.

    Each name is in one of the three: `ids` {name as written: id as text}, `problems` {name: reason}, or `missing`
    {name: key} of those that may be made. "" is in `ids` and means none.
    """

    ids: dict[str, str] = field(default_factory=lambda: {"": NONE})
    problems: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolver:
    """Resolves the names of one batch in one organization."""

    cursor: CursorWrapper
    organization_id: int
    unknowns: Unknowns

    def look_up(self, dimension: str, names: Iterable[str]) -> Names:
        """What there is of the distinct names of any dimension but customer branches. At most one query."""
        wanted, found = self._sort_out(names)
        if wanted:
            found.ids |= self._find(dimension, wanted, found.problems)
        for name, key in wanted.items():
            if name not in found.ids and name not in found.problems:
                self._may_be_made(dimension, name, key, found)
        return found

    def make(self, dimension: str, found: Names, names: set[str]) -> None:
        """Make those of the missing names that are given: one row a key, in the spelling met first."""
        wanted = {name: key for name, key in found.missing.items() if name in names}
        found.missing = {}
        if not wanted:
            return
        spelling = {key: name for name, key in reversed(wanted.items())}
        # In the order met where the order shows, else by key, so that two makers of the same names never deadlock.
        keys = list(dict.fromkeys(wanted.values())) if dimension in {"channel", "state"} else sorted(spelling)
        display = [tidy(spelling[key]) for key in keys]
        self._insert(MODELS[dimension], display, keys, **self._further_columns(dimension, keys, display))
        found.ids |= self._find(dimension, wanted, found.problems)
        for name in wanted.keys() - found.ids.keys() - found.problems.keys():
            found.problems[name] = f"{shown(name)} could not be added. Add it by hand."

    def resolve_branches(self, pairs: Iterable[tuple[str, str]]) -> tuple[dict[tuple[str, str], str], dict[str, str]]:
        """The ids of customer branches by (customer's id as text, name), made where allowed; and problems by name.

        A branch is known within its customer alone. At most three queries.
        """
        pairs = set(pairs)
        keys, found = self._sort_out({name for _, name in pairs})
        wanted = {(customer, name): (customer, keys[name]) for customer, name in pairs if name in keys}
        ids = self._find_branches(wanted)
        missing = {pair: key for pair, key in wanted.items() if pair not in ids}
        if missing and "customer_branch" in self.unknowns.create:
            spelling = {key: name for (_, name), key in sorted(missing.items())}
            fresh = sorted(spelling)
            self._insert(
                CustomerBranch,
                [tidy(spelling[key]) for key in fresh],
                [key for _, key in fresh],
                customer_id=("bigint", [int(customer) for customer, _ in fresh]),
            )
            ids |= self._find_branches(missing)
        else:
            found.problems |= {name: unknown("customer_branch", name) for _, name in missing}
        return ids, found.problems

    def _sort_out(self, names: Iterable[str]) -> tuple[dict[str, str], Names]:
        """{name: key} of the names worth looking up; the rest is settled at once."""
        found = Names()
        wanted = {}
        for name in names:
            key = name_key(name)
            if not key:
                found.ids[name] = NONE
            elif len(key) > LONGEST_NAME or len(name) > LONGEST_NAME:
                found.problems[name] = f"The name is longer than {LONGEST_NAME} characters."
            else:
                wanted[name] = key
        return wanted, found

    def _find(self, dimension: str, wanted: dict[str, str], problems: dict[str, str]) -> dict[str, str]:
        return self._members(wanted, problems) if dimension == "member" else self._by_key(dimension, wanted)

    def _may_be_made(self, dimension: str, name: str, key: str, found: Names) -> None:
        if dimension not in self.unknowns.create:
            found.problems[name] = unknown(dimension, name)
        elif dimension == "state" and key not in self.unknowns.states:
            found.problems[name] = f"The import doesn't say what the state {shown(name)} means."
        else:
            found.missing[name] = key

    def _by_key(self, dimension: str, wanted: dict[str, str]) -> dict[str, str]:
        self.cursor.execute(
            f"SELECT name_key, id::text FROM {table(dimension)} WHERE organization_id = %s "
            "AND name_key = ANY(string_to_array(%s, chr(31)))",
            [self.organization_id, SEPARATOR.join(set(wanted.values()))],
        )
        ids = dict(self.cursor.fetchall())
        return {name: ids[key] for name, key in wanted.items() if key in ids}

    def _members(self, wanted: dict[str, str], problems: dict[str, str]) -> dict[str, str]:
        """By e-mail address, else by name; a name that two people share is a problem."""
        emails = {name: name.strip().lower() for name in wanted if "@" in name}
        self.cursor.execute(
            "SELECT id::text, email, name_key FROM accounts_member "
            "WHERE organization_id = %s AND (email = ANY(%s) OR name_key = ANY(%s))",
            [self.organization_id, list(set(emails.values())), list(set(wanted.values()))],
        )
        by_email: dict[str, str] = {}
        by_key: defaultdict[str, list[str]] = defaultdict(list)
        for id_, email, key in self.cursor.fetchall():
            by_email[email] = id_
            by_key[key].append(id_)
        ids = {}
        for name, key in wanted.items():
            if name in emails and emails[name] in by_email:
                ids[name] = by_email[emails[name]]
            elif len(by_key[key]) == 1:
                ids[name] = by_key[key][0]
            elif by_key[key]:
                problems[name] = f"{len(by_key[key])} people are called {shown(name)}: use the e-mail address."
        return ids

    def _find_branches(self, wanted: dict[tuple[str, str], tuple[str, str]]) -> dict[tuple[str, str], str]:
        if not wanted:
            return {}
        customers, keys = zip(*set(wanted.values()), strict=True)
        self.cursor.execute(
            "SELECT b.customer_id::text, b.name_key, b.id::text "
            "FROM unnest(%s::bigint[], %s::text[]) AS w (customer_id, name_key) JOIN ledger_customerbranch b "
            "ON b.organization_id = %s AND b.customer_id = w.customer_id AND b.name_key = w.name_key",
            [[int(customer) for customer in customers], list(keys), self.organization_id],
        )
        ids = {(customer, key): id_ for customer, key, id_ in self.cursor.fetchall()}
        return {pair: ids[key] for pair, key in wanted.items() if key in ids}

    def _further_columns(
        self, dimension: str, keys: Sequence[str], names: Sequence[str]
    ) -> dict[str, tuple[str, list[Any]]]:
        if dimension == "member":
            emails = [name.lower() if is_email(name) else "" for name in names]
            return {"email": ("text", emails), "role": ("text", [Role.SALESPERSON.value] * len(keys))}
        if dimension not in {"channel", "state"}:
            return {}
        self.cursor.execute(
            f"SELECT coalesce(max(position) + 1, 0) FROM {table(dimension)} WHERE organization_id = %s",
            [self.organization_id],
        )
        (first,) = self.cursor.fetchone()
        columns: dict[str, tuple[str, list[Any]]] = {
            "position": ("int", [min(first + offset, 32767) for offset in range(len(keys))])
        }
        if dimension == "state":
            meanings = [self.unknowns.states[key] for key in keys]
            confirmed = [meaning == Meaning.CONFIRMED for meaning in meanings]
            columns |= {
                "is_initial": ("bool", [meaning == Meaning.PROPOSED for meaning in meanings]),
                "triggers_commission": ("bool", confirmed),
                "is_ordered": ("bool", confirmed),
            }
        return columns

    def _insert(self, model: Any, names: Sequence[str], keys: Sequence[str], **columns: tuple[str, list[Any]]) -> None:
        """Add rows; one that somebody else has just made is theirs and is found by the look-up that follows."""
        columns = {"name": ("text", list(names)), "name_key": ("text", list(keys))} | columns
        arrays = ", ".join(f"%s::{kind}[]" for kind, _ in columns.values())
        self.cursor.execute(
            f"INSERT INTO {model._meta.db_table} (organization_id, {', '.join(columns)}) "
            f"SELECT %s, made.* FROM unnest({arrays}) AS made ON CONFLICT DO NOTHING",
            [self.organization_id, *(values for _, values in columns.values())],
        )


def table(dimension: str) -> str:
    """The table of a dimension."""
    name: str = MODELS[dimension]._meta.db_table
    return name


def tidy(name: str) -> str:
    """A name as it is stored: outer and repeated white space gone."""
    return " ".join(name.split())


def is_email(name: str) -> bool:
    """Whether a person is named by an e-mail address."""
    try:
        validate_email(name)
    except ValidationError:
        return False
    return True


def shown(name: str) -> str:
    """A name as a message quotes it."""
    name = tidy(name)
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}..."


def unknown(dimension: str, name: str) -> str:
    """The reason why a row that names something unknown is refused."""
    one, many = WORDS[dimension]
    if dimension == "member":
        return f"There is nobody called {shown(name)}. Add them, or let the import create people."
    return f"There is no {one} called {shown(name)}. Add it, or let the import create {many}."
