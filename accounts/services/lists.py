"""A file of a list: what it would change, and storing just that.

Works for any list of named rows (zones, channels, customers). Rows of the file and of the list are matched by name, as
`name_key` compares them, so a file never renames anything but in its spelling.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from accounts.database import name_key
from accounts.models import Member
from accounts.services.audit import record_all
from accounts.tenancy import current_organization

LONGEST_NAME = 240
LAST_POSITION = 32_767  # as a small integer can hold
ROWS_A_STATEMENT = 1000


class ListChanged(RuntimeError):
    """Storing would do something else than the user saw: somebody changed the list since, or sent the file before."""


class Line(Protocol):
    """One line of a file as the page read it: {column's name: text}, without columns that the file doesn't have."""

    @property
    def line(self) -> int:
        """Where it stands."""

    @property
    def cells(self) -> Mapping[str, str]:
        """What stands in it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a file: {field: value} with `name` among them; or why it can't be read, in words for the user."""

    line: int
    values: Mapping[str, Any]
    problem: str = ""


def described(name: str, old: Any, new: Any) -> str:
    """One change as the user reads it."""
    said = {None: "none", "": "none", True: "yes", False: "no"}
    what = "" if name == "name" else f"{name.replace('_', ' ')}: "
    return f"{what}{said.get(old, old)} → {said.get(new, new)}"


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of one line. `changes` is {field: (old, new)} of a row that is there, `words` says them."""

    line: int
    name: str
    what: Literal["add", "change", "same", "refuse"]
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    entry: Any = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do, in the order of its lines."""

    rows: list[Planned]

    @property
    def added(self) -> list[Planned]:
        """Lines that bring something new."""
        return [row for row in self.rows if row.what == "add"]

    @property
    def changed(self) -> list[Planned]:
        """Lines that change a row."""
        return [row for row in self.rows if row.what == "change"]

    @property
    def same(self) -> list[Planned]:
        """Lines that say what stands there already."""
        return [row for row in self.rows if row.what == "same"]

    @property
    def refused(self) -> list[Planned]:
        """Lines that would not be stored."""
        return [row for row in self.rows if row.what == "refuse"]

    @property
    def does_something(self) -> bool:
        """Whether there is anything to store."""
        return any(row.what in ("add", "change") for row in self.rows)

    @property
    def token(self) -> str:
        """Tells this plan from any other, so that nothing is stored but what was shown."""
        parts = [
            f"{row.what} {row.entry.pk if row.entry else ''} {sorted(row.values.items())!r} {row.changes!r}"
            for row in self.rows
            if row.what in ("add", "change")
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def plan_entries(
    entries: "QuerySet[Any]", wanted: Sequence[Wanted], describe: Callable[[str, Any, Any], str] = described
) -> Plan:
    """Hold the lines of a file against the rows of a list. One query. `describe(field, old, new)` words a change."""
    keys = {name_key(row.values.get("name", "")) for row in wanted} - {""}
    there = {entry.name_key: entry for entry in entries.filter(name_key__in=keys)} if keys else {}
    seen: dict[str, int] = {}
    rows = []
    for row in wanted:
        key = name_key(row.values.get("name", ""))
        rows.append(_planned(row, key, there.get(key), seen, describe))
        seen.setdefault(key, row.line)
    return Plan(rows)


@transaction.atomic
def store_entries(
    entries: "QuerySet[Any]",
    wanted: Sequence[Wanted],
    *,
    seen: str,
    by: Member | None,
    batch: uuid.UUID | None = None,
    **common: Any,
) -> Plan:
    """Add and change what the plan `seen` (its token) said. Raises ListChanged where the plan is another one now.

    `common` are values of every new row. New rows of a list with positions come last. The audit rows are one batch.
    """
    batch = batch or uuid.uuid4()
    plan = plan_entries(entries.select_for_update(of=("self",)).order_by("pk"), wanted)
    if plan.token != seen:
        raise ListChanged
    model = entries.model
    if any(each.name == "position" for each in model._meta.local_fields):
        last = entries.aggregate(last=Max("position"))["last"]
        start = 0 if last is None else last + 1
        positions = [{"position": min(start + place, LAST_POSITION)} for place in range(len(plan.added))]
    else:
        positions = [{}] * len(plan.added)
    organization = current_organization()
    fresh = [
        model(organization=organization, **common, **place, **row.values)
        for row, place in zip(plan.added, positions, strict=True)
    ]
    try:
        with transaction.atomic():
            model.objects.bulk_create(fresh, batch_size=ROWS_A_STATEMENT)
    except IntegrityError as error:  # added by somebody else since the rows were locked
        raise ListChanged from error
    for row in plan.changed:
        for name, (_, new) in row.changes.items():
            setattr(row.entry, name, new)
    fields = sorted({name for row in plan.changed for name in row.changes})
    if fields:
        model.objects.bulk_update([row.entry for row in plan.changed], fields, batch_size=ROWS_A_STATEMENT)
    made = [
        (entry, {name: (None, value) for name, value in row.values.items()})
        for entry, row in zip(fresh, plan.added, strict=True)
    ]
    record_all(made, by=by, why="imported", batch=batch)
    record_all([(row.entry, row.changes) for row in plan.changed], by=by, why="imported", batch=batch)
    return plan


def _planned(
    row: Wanted, key: str, entry: Any, seen: Mapping[str, int], describe: Callable[[str, Any, Any], str]
) -> Planned:
    name = " ".join(row.values.get("name", "").split())
    values = {**row.values, "name": name}
    if reason := row.problem or _problem(name, key, seen):
        return Planned(row.line, name, "refuse", reason)
    if entry is None:
        return Planned(row.line, name, "add", values=values)
    changes = {each: (getattr(entry, each), new) for each, new in values.items() if getattr(entry, each) != new}
    words = tuple(describe(each, old, new) for each, (old, new) in changes.items())
    return Planned(row.line, name, "change" if changes else "same", changes=changes, words=words, entry=entry)


def _problem(name: str, key: str, seen: Mapping[str, int]) -> str:
    if not key:
        return "The name is empty."
    if max(len(name), len(key)) > LONGEST_NAME:
        return f"The name is longer than {LONGEST_NAME} characters."
    return f"Line {seen[key]:,} has this name already." if key in seen else ""
