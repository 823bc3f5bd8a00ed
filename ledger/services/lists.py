"""The lists that records refer to: adding, renaming, ordering, archiving, deleting, and files of them.

Renaming changes the label only; records point to the row. Forms pass what they showed (`seen`), so that nobody
overwrites what somebody else has just changed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError, QuerySet

from accounts.database import name_key
from accounts.models import Member, NamedModel
from accounts.services import record
from accounts.services.audit import record_all, save_changes
from accounts.services.conflicts import save_seen_changes
from accounts.services.lists import LAST_POSITION, Line, Plan, Wanted, described, plan_entries, store_entries
from accounts.tenancy import current_organization
from ledger.models import Brand, BrandFamily, Channel, Customer, DealState
from ledger.readers.lists import Use, uses

N = TypeVar("N", bound=NamedModel)
NAME_TAKEN = "This name is taken. Choose another one."
FLAGS = {"is_initial": "proposed", "triggers_commission": "confirmed", "is_ordered": "ordered"}
WORDS = {"yes": True, "no": False, "": False, "true": True, "false": False, "1": True, "0": False}


class EntryInUse(RuntimeError):
    """Other things name this one; `uses` says how many of what, nothing where they have just come up."""

    def __init__(self, found: list[Use]) -> None:
        super().__init__("In use.")
        self.uses = found


@transaction.atomic
def add_entry(entry: N, *, by: Member | None, **values: Any) -> N:
    """Add a new, unsaved row to its list; in a list with an order it comes last. Raises ValidationError."""
    entry.organization = current_organization()
    for name, value in values.items():
        setattr(entry, name, value)
    if hasattr(entry, "position"):
        last = type(entry).objects.aggregate(last=Max("position"))["last"]
        entry.position = 0 if last is None else min(last + 1, LAST_POSITION)
    entry.full_clean()
    _saved(entry)
    record(entry, {name: (None, value) for name, value in values.items()}, by=by, why="added")
    return entry


@transaction.atomic
def change_entry(entry: NamedModel, *, seen: Mapping[str, Any], by: Member | None, **changes: Any) -> NamedModel:
    """Change fields of a row. Raises ValidationError, ChangedMeanwhile."""
    locked: NamedModel = _locked(entry)
    try:
        with transaction.atomic():
            save_seen_changes(locked, changes, seen=seen, by=by)
    except IntegrityError as error:
        raise ValidationError({"name": NAME_TAKEN}) from error
    return locked


@transaction.atomic
def delete_entry(entry: NamedModel, *, by: Member | None) -> None:
    """Delete a row that nothing names. Raises EntryInUse."""
    locked = _locked(entry)
    if found := uses(locked):
        raise EntryInUse(found)
    record(locked, {"name": (locked.name, None)}, by=by, why="removed")
    try:
        with transaction.atomic():  # a record may name it between the question and the deed
            locked.delete()
    except (IntegrityError, ProtectedError) as error:
        raise EntryInUse([]) from error


@transaction.atomic
def place_channel(channel: Channel, *, beside: Channel, after: bool, by: Member | None) -> None:
    """Put a channel right before or after another one.

    Nothing changes where it stands there already, or where one of the two was just deleted.
    """
    rows = list(Channel.objects.select_for_update().order_by("position", "pk"))
    moving = next((row for row in rows if row.pk == channel.pk), None)
    if moving is None or beside.pk == moving.pk or beside.pk not in {row.pk for row in rows}:
        return
    rest = [row for row in rows if row.pk != moving.pk]
    place = next(index for index, row in enumerate(rest) if row.pk == beside.pk) + int(after)
    changes = []
    for position, row in enumerate([*rest[:place], moving, *rest[place:]]):
        if row.position != position:
            changes.append((row, {"position": (row.position, position)}))
            row.position = position
    Channel.objects.bulk_update([row for row, _ in changes], ["position"])
    record_all(changes, by=by, why="typed")


@transaction.atomic
def archive_channel(channel: Channel, *, at: datetime, by: Member | None) -> Channel:
    """Take a channel out of use: it keeps its deals and targets, and takes no new targets."""
    locked: Channel = Channel.objects.select_for_update().get(pk=channel.pk)
    if locked.archived_at is None:
        save_changes(locked, {"archived_at": at}, by=by)
    return locked


@transaction.atomic
def unarchive_channel(channel: Channel, *, by: Member | None) -> Channel:
    """Put an archived channel into use again."""
    locked: Channel = Channel.objects.select_for_update().get(pk=channel.pk)
    save_changes(locked, {"archived_at": None}, by=by)
    return locked


def plan_names(entries: "QuerySet[Any]", lines: Sequence[Line]) -> Plan:
    """What a file of names would do. One query."""
    return plan_entries(entries, _names(lines))


def store_names(entries: "QuerySet[Any]", lines: Sequence[Line], *, seen: str, by: Member | None) -> Plan:
    """Store a file of names. Raises ListChanged."""
    return store_entries(entries, _names(lines), seen=seen, by=by)


def plan_branches(customer: Customer, lines: Sequence[Line]) -> Plan:
    """What a file of one customer's branches would do. One query."""
    return plan_entries(customer.branches.all(), _names(lines))


def store_branches(customer: Customer, lines: Sequence[Line], *, seen: str, by: Member | None) -> Plan:
    """Store a file of one customer's branches. Raises ListChanged."""
    return store_entries(customer.branches.all(), _names(lines), seen=seen, by=by, customer_id=customer.pk)


def plan_states(lines: Sequence[Line]) -> Plan:
    """What a file of deal states would do: it adds states with what they mean, and changes none of those there are."""
    return plan_entries(DealState.objects.all(), _states(lines))


def store_states(lines: Sequence[Line], *, seen: str, by: Member | None) -> Plan:
    """Store a file of deal states. Raises ListChanged."""
    return store_entries(DealState.objects.all(), _states(lines), seen=seen, by=by)


def plan_brands(lines: Sequence[Line]) -> Plan:
    """What a file of brands would do. Two queries."""
    names = dict(BrandFamily.objects.values_list("pk", "name"))

    def describe(field: str, old: Any, new: Any) -> str:
        if field == "family_id":
            return described("family", names.get(old), names.get(new))
        return described(field, old, new)

    return plan_entries(Brand.objects.all(), _brands(lines), describe)


def store_brands(lines: Sequence[Line], *, seen: str, by: Member | None) -> Plan:
    """Store a file of brands. Raises ListChanged."""
    return store_entries(Brand.objects.all(), _brands(lines), seen=seen, by=by)


def _locked(entry: NamedModel) -> Any:
    return type(entry).objects.select_for_update(of=("self",)).get(pk=entry.pk)


def _saved(entry: NamedModel) -> None:
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:  # the same name, from somebody else, since it was checked
        raise ValidationError({"name": NAME_TAKEN}) from error


def _names(lines: Sequence[Line]) -> list[Wanted]:
    return [Wanted(line.line, {"name": line.cells["name"]}) for line in lines]


def _states(lines: Sequence[Line]) -> list[Wanted]:
    there = {state.name_key: state for state in DealState.objects.all()}
    wanted = []
    for line in lines:
        problem = ""
        values: dict[str, Any] = {"name": line.cells["name"]}
        known = there.get(name_key(line.cells["name"]))
        for field, column in FLAGS.items():
            if column not in line.cells:
                continue
            text = line.cells[column].casefold()
            if text not in WORDS:
                problem = problem or f"{text[:40]} is neither yes nor no."
                continue
            values[field] = WORDS[text]
            if known and getattr(known, field) != values[field]:
                problem = (
                    problem or "It is there with another meaning. Change that on its page, which shows what moves."
                )
        wanted.append(Wanted(line.line, values, problem))
    return wanted


def _brands(lines: Sequence[Line]) -> list[Wanted]:
    ids = dict(BrandFamily.objects.values_list("name_key", "pk"))
    wanted = []
    for line in lines:
        values: dict[str, Any] = {"name": line.cells["name"]}
        problem = ""
        if "family" in line.cells:
            key = name_key(line.cells["family"])
            if key and key not in ids:
                problem = f"There is no brand family {line.cells['family'][:80]}. Add it first."
            values["family_id"] = ids.get(key)
        wanted.append(Wanted(line.line, values, problem))
    return wanted
