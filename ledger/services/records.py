"""Deals by hand: recorded, edited, deleted and put back, each through the one way in (docs/adr/0020-one-way-in.md)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from accounts.models import Member
from accounts.permissions import may_record
from accounts.services import record
from accounts.tenancy import current_organization
from ledger.ingest import AMOUNTS, Batch, Outcome, Unknowns, delete_deals, ingest_deals, put_back_deal
from ledger.ingest.judge import HEADER_NAMES
from ledger.ingest.names import MODELS, WORDS
from ledger.ingest.rows import COMPANION
from ledger.ingest.statements import LOCK
from ledger.models import Deal, DealChange
from ledger.readers.deals.detail import Image, image_of, version_of

ON_LINES = ("brand", "product", *AMOUNTS)


class NotYours(PermissionDenied):
    """This member may not record, edit or delete deals of that person on that day."""


class NoSuchDeal(LookupError):
    """There is no such deal in the organization, or no longer."""


class NumberTaken(ValueError):
    """Another deal of this kind has the number."""

    def __init__(self, deal_id: int) -> None:
        super().__init__("The number is taken.")
        self.deal_id = deal_id


class ChangedSince(RuntimeError):
    """Somebody, or an import, changed the deal since it was opened."""


class EntryWrong(ValueError):
    """What was entered doesn't hold; `errors` is {field: words}, those of lines as (place from 0, field)."""

    def __init__(self, errors: dict[str | tuple[int, str], str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is entered."""

    brand: str
    product: str
    quantity: Decimal
    net: Decimal
    gross: Decimal
    margin: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """A deal as it is entered: people by themselves, everything else by name, "" for none."""

    kind: str
    number: str
    date: date
    member: Member | None
    customer: str
    customer_branch: str
    wholesaler_branch: str
    company: str
    sales_ledger: str
    channel: str
    zone: str
    state: str
    lines: Sequence[Line]


@transaction.atomic
def record_deal(entry: Entry, *, run: UUID, by: Member) -> int:
    """Store a new deal and give its id. The same `run` again with the same entry stores nothing.

    Raises NotYours, NumberTaken and EntryWrong.
    """
    _lock()
    taken = Deal.objects.filter(kind=entry.kind, number=entry.number.strip()).first()
    if taken is not None and taken.run == run and _says(entry, by):
        return taken.pk
    if not may_record(by, _id(entry.member), entry.date):
        raise NotYours
    if taken is not None:
        raise NumberTaken(taken.pk)
    _store(entry, run, by)
    deal = Deal.objects.get(kind=entry.kind, number=entry.number.strip())
    _note(deal, {}, _image(deal), by=by, why="added")
    return deal.pk


@transaction.atomic
def edit_deal(deal_id: int, entry: Entry, *, version: str, run: UUID, by: Member) -> bool:
    """Make a deal say what was entered; whether it says anything else than before.

    The same `run` again with the same entry stores nothing; with another one, from a page that somebody went back to,
    it is ChangedSince.
    `version` is that of the deal as it was opened; its kind and number stay. Raises NoSuchDeal, NotYours, ChangedSince
    and EntryWrong.
    """
    _lock()
    deal = _deal(deal_id)
    if deal.run == run:
        if _says(entry, by):
            return True
        raise ChangedSince
    if not (may_record(by, deal.member_id, deal.date) and may_record(by, _id(entry.member), entry.date)):
        raise NotYours
    before = _image(deal)
    if version_of(before) != version:
        raise ChangedSince
    changed = _store(entry, run, by).unchanged == 0
    deal = _deal(deal_id)
    _note(deal, before, _image(deal), by=by, why="typed")
    return changed


@transaction.atomic
def delete_deal(deal_id: int, *, version: str, run: UUID, by: Member) -> int:
    """Take a deal back; gives the id of the change, by which it can be put back. The same `run` again does nothing.

    Unless the deal was put back in between: then a page that somebody went back to deletes it once more.
    Raises NoSuchDeal, NotYours and ChangedSince.
    """
    _lock()
    done = DealChange.objects.filter(deal_id=deal_id, run=run, what=DealChange.What.DELETED).first()
    if done is not None:
        if not Deal.objects.filter(pk=deal_id).exists():
            return done.pk
        run = uuid4()
    deal = _deal(deal_id)
    if not may_record(by, deal.member_id, deal.date):
        raise NotYours
    before = _image(deal)
    if version_of(before) != version:
        raise ChangedSince
    _note(deal, before, {}, by=by, why="removed")
    delete_deals([deal.number], kind=deal.kind, run=run, by=by)
    return DealChange.objects.get(deal_id=deal_id, run=run).pk


@transaction.atomic
def restore_deal(change_id: int, *, run: UUID, by: Member) -> int:
    """Put back a deal that was taken back, just as it was, under its old id; gives that.

    A deal that is back already stays, and so does another one that has got its number meanwhile: its id then.
    Raises NoSuchDeal, also where it was back and taken back again since; NotYours, and EntryWrong where something it
    names is gone.
    """
    _lock()
    change = DealChange.objects.filter(pk=change_id, what=DealChange.What.DELETED).first()
    if change is None or not change.before:
        raise NoSuchDeal
    image: Image = change.before
    if not may_record(by, image["member_id"], date.fromisoformat(image["date"])):
        raise NotYours
    stored = Deal.objects.filter(kind=change.kind, number=change.number).first()
    if stored is None:
        if DealChange.objects.filter(deal_id=change.deal_id, pk__gt=change.pk).exists():
            raise NoSuchDeal
        if gone := _gone(image):
            raise EntryWrong(gone)
        put_back_deal(change, run=run, by=by)
        stored = _deal(change.deal_id)
        _note(stored, {}, _image(stored), by=by, why="undone")
    return stored.pk


def _note(deal: Deal, before: Image, after: Image, *, by: Member, why: str) -> None:
    """Tell the audit what somebody did to a deal: what stands on it and its sums; {} where there is no deal."""
    fields = {"date": "date", **{name: f"{name}_id" for name in HEADER_NAMES}, **{name: name for name in AMOUNTS}}
    said = {name: (before.get(key), after.get(key)) for name, key in fields.items()}
    number = (deal.number if before else None, deal.number if after else None)
    record(deal, {"number": number, **said}, by=by, why=why)


def _store(entry: Entry, run: UUID, by: Member) -> Outcome:
    outcome = ingest_deals(_batch(entry), kind=entry.kind, run=run, unknowns=Unknowns(), by=by, by_hand=True)
    errors: dict[str | tuple[int, str], str] = {}
    for refusal in outcome.refusals:
        if refusal.reason != COMPANION:
            place = (refusal.line - 1, refusal.field)
            errors.setdefault(place if refusal.field in ON_LINES else refusal.field, _reason(refusal.reason))
    if errors:
        raise EntryWrong(errors)
    return outcome


def _says(entry: Entry, by: Member) -> bool:
    """Whether the stored deal of this number says just what was entered. Stores nothing."""
    point = transaction.savepoint()
    try:
        return _store(entry, uuid4(), by).unchanged > 0
    except EntryWrong:
        return False
    finally:
        transaction.savepoint_rollback(point)


def _reason(words: str) -> str:
    """What the ingest says to the owner of a file, as somebody reads it who filled in a form."""
    words = words.partition(", or let the import create")[0].removesuffix(".")
    if words.endswith("use the e-mail address"):
        return (
            f"{words.partition(':')[0]}, and this one has no e-mail address to tell them apart by. Give them one first."
        )
    return f"{words}."


def _batch(entry: Entry) -> Batch:
    """One row a line, each with everything that stands on the deal."""
    size = len(entry.lines)
    columns: dict[str, list[Any]] = {
        "line": list(range(1, size + 1)),
        "number": [entry.number] * size,
        "date": [entry.date] * size,
        **{name: [getattr(entry, name)] * size for name in HEADER_NAMES if name != "member"},
        "member": [(entry.member.email or entry.member.name) if entry.member else ""] * size,
        **{name: [getattr(line, name) for line in entry.lines] for name in ON_LINES},
    }
    return Batch(**{field.name: columns[field.name] for field in fields(Batch)})


def _gone(image: Image) -> dict[str | tuple[int, str], str]:
    """What a deal named and is no longer there, as {field: words}."""
    brands = {line["brand_id"] for line in image["lines"]} - {None}
    if MODELS["brand"].objects.filter(pk__in=brands).count() < len(brands):
        return {"brand": "A brand of its lines is gone."}
    ids = {name: image[f"{name}_id"] for name in HEADER_NAMES}
    return {
        name: f"Its {WORDS[name][0]} is gone."
        for name, id_ in ids.items()
        if id_ is not None and not MODELS[name].objects.filter(pk=id_).exists()
    }


def _lock() -> None:
    """Before anything is checked: ingests of one organization follow one another."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [current_organization().pk])


def _deal(deal_id: int) -> Deal:
    deal = Deal.objects.filter(pk=deal_id).first()
    if deal is None:
        raise NoSuchDeal
    return deal


def _image(deal: Deal) -> Image:
    return image_of(deal, deal.lines.order_by("position"))


def _id(member: Member | None) -> int | None:
    return member.pk if member else None
