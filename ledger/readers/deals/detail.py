"""One deal: what it says, who wrote it, and what it was before."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Length

from accounts.models import Member
from accounts.permissions import may_record
from ledger.ingest.judge import HEADER_NAMES
from ledger.ingest.names import MODELS
from ledger.ingest.rows import AMOUNTS
from ledger.models import Deal, DealChange, DealLine, Import, Kind
from ledger.readers.deals.filters import visible_deals
from ledger.readers.imports import visible_imports
from ledger.reading import LABELS

#: A deal as JSON, with ids for names: what `DealChange.before` holds.
Image = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DealLineRow:
    """One line of a deal."""

    position: int
    brand: str
    product: str
    quantity: Decimal
    net: Decimal
    gross: Decimal
    margin: Decimal


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What one field was and became; `kind` says how to write it: text, date, quantity or money."""

    label: str
    kind: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a deal's history. `who` is a person's name, or "" for an import, of which `file` may be seen.

    `when` is None for what was brought by an import that the viewer may not see, or that came from the server's shell.
    """

    what: str
    who: str
    when: datetime | None
    import_id: int | None
    file: str
    changes: list[FieldChange]


@dataclass(frozen=True, slots=True)
class DealDetail:
    """A deal with its lines and its history, the newest event first. `version` changes with whatever it says."""

    deal: Deal
    facts: list[tuple[str, str]]
    lines: list[DealLineRow]
    events: list[Event]
    version: str
    editable: bool


@dataclass(frozen=True, slots=True)
class DeletedDeal:
    """A deal that was taken back and can be put back."""

    change_id: int
    kind: Kind
    number: str
    member: str
    net: Decimal


def deal_detail(viewer: Member, deal_id: int) -> DealDetail | None:
    """A deal that the viewer may see; None for any other. About eight queries, and one for each list that changed."""
    deals = visible_deals(viewer).select_related(*HEADER_NAMES)
    deal = deals.filter(pk=deal_id).first()
    if deal is None:
        return None
    lines: QuerySet[Any] = DealLine.objects.filter(deal=deal.pk).select_related("brand").order_by("position")
    rows = list(lines)
    image = image_of(deal, rows)
    return DealDetail(
        deal=deal,
        facts=[(LABELS[name], getattr(deal, name).name) for name in HEADER_NAMES if getattr(deal, name) is not None],
        lines=[
            DealLineRow(
                row.position,
                row.brand.name if row.brand else "",
                row.product,
                *(getattr(row, name) for name in AMOUNTS),
            )
            for row in rows
        ],
        events=_events(viewer, deal, image),
        version=version_of(image),
        editable=may_record(viewer, deal.member_id, deal.date),
    )


def image_of(deal: Deal, lines: Iterable[DealLine]) -> Image:
    """A deal and its lines in the form of `DealChange.before`."""
    return {
        "run": str(deal.run),
        "date": deal.date.isoformat(),
        **{f"{name}_id": getattr(deal, f"{name}_id") for name in HEADER_NAMES},
        **{name: str(getattr(deal, name)) for name in AMOUNTS},
        "lines": [
            {
                "position": line.position,
                "brand_id": line.brand_id,
                "product": line.product,
                **{name: str(getattr(line, name)) for name in AMOUNTS},
            }
            for line in lines
        ],
    }


def version_of(image: Image) -> str:
    """What an edit must name to say which deal it saw.

    Of what the deal says, not of the run that wrote it: an import that finds it unchanged is nobody's conflict.
    """
    said = {name: value for name, value in image.items() if name != "run"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]


def deleted_deal(viewer: Member, change_id: int) -> DeletedDeal | None:
    """A deal that was taken back, while it is gone and where the viewer may record it. Four queries at most."""
    change = DealChange.objects.filter(pk=change_id, what=DealChange.What.DELETED).first()
    if change is None or not change.before:
        return None
    member_id = change.before["member_id"]
    if not may_record(viewer, member_id, date.fromisoformat(change.before["date"])):
        return None
    if Deal.objects.filter(kind=change.kind, number=change.number).exists():
        return None
    member = Member.objects.filter(pk=member_id).first()
    return DeletedDeal(
        change_id=change.pk,
        kind=Kind(change.kind),
        number=change.number,
        member=member.name if member else "",
        net=Decimal(str(change.before["net"])),
    )


def deletion_of(viewer: Member, deal_id: int) -> DeletedDeal | None:
    """What the page of a deal that was taken back can still offer. Five queries at most."""
    deleted = DealChange.objects.filter(deal_id=deal_id, what=DealChange.What.DELETED)
    change_id = deleted.order_by("-pk").values_list("pk", flat=True).first()
    return deleted_deal(viewer, change_id) if change_id else None


def namesake_of(viewer: Member, deal_id: int) -> int | None:
    """The deal that the viewer may see and that has the number of one that is gone: it came again. Two queries."""
    gone = DealChange.objects.filter(deal_id=deal_id, what=DealChange.What.DELETED).order_by("-pk").first()
    if gone is None:
        return None
    again = visible_deals(viewer).filter(kind=gone.kind, number=gone.number)
    return again.values_list("pk", flat=True).first()


def free_number(kind: str, year: int) -> str:
    """The next number for a deal entered by hand: H-2026-0001. One query.

    Between two bounds, since only a comparison of order can use the index on numbers in every collation.
    """
    start = f"H-{year}-"
    last = (
        Deal.objects.filter(kind=kind, number__gte=f"{start}0", number__lte=f"{start}99999999")
        .filter(number__regex=rf"^{re.escape(start)}[0-9]{{4,8}}$")
        .order_by(Length("number").desc(), "-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"{start}{int(last.removeprefix(start)) + 1 if last else 1:04d}"


def _events(viewer: Member, deal: Deal, image: Image) -> list[Event]:
    changes = list(DealChange.objects.filter(deal_id=deal.pk).select_related("by").order_by("pk"))
    states: list[Image | None] = [*(change.before for change in changes), image]
    origin = states[0]["run"] if states[0] else ""
    runs = [str(change.run) for change in changes]
    imports = _imports(viewer, [*runs, origin])
    names = _names([state for state in states if state])
    events = []
    for place, change in enumerate(changes):
        before, after = states[place], states[place + 1]
        source = imports.get(runs[place])
        events.append(
            Event(
                what=change.get_what_display(),
                who=change.by.name if change.by else "",
                when=change.at,
                import_id=source.pk if source else None,
                file=source.filename if source else "",
                changes=list(_changes(before, after, names)) if before and after else [],
            )
        )
    if origin:
        source = imports.get(origin)
        if source is None:
            events.insert(0, Event("Imported", "", None, None, "", []))
        else:
            events.insert(0, Event("Imported", "", source.created_at, source.pk, source.filename, []))
    return events[::-1]


def _imports(viewer: Member, runs: Iterable[str]) -> dict[str, Import]:
    wanted = {UUID(run) for run in runs if run}
    found = visible_imports(viewer).filter(run__in=wanted).only("run", "filename", "created_at")
    return {str(source.run): source for source in found}


def _names(states: Sequence[Image]) -> dict[str, dict[int, str]]:
    """{field: {id: name}} of what differs between states. A query for each field that does."""
    found = {}
    for name in (*HEADER_NAMES, "brand"):
        ids = {each for state in states for each in _ids(state, name)}
        if len({tuple(_ids(state, name)) for state in states}) > 1 and ids - {None}:
            model = MODELS[name]
            found[name] = dict(model.objects.filter(pk__in=ids - {None}).values_list("pk", "name"))
    return found


def _ids(state: Image, name: str) -> list[int | None]:
    if name == "brand":
        return [line["brand_id"] for line in state["lines"]]
    return [state[f"{name}_id"]]


def _changes(before: Image, after: Image, names: Mapping[str, Mapping[int, str]]) -> Iterable[FieldChange]:
    if before["date"] != after["date"]:
        days = (date.fromisoformat(state["date"]) for state in (before, after))
        yield FieldChange("Date", "date", *days)
    for name in HEADER_NAMES:
        old, new = before[f"{name}_id"], after[f"{name}_id"]
        if old != new:
            yield FieldChange(LABELS[name], "text", *(names.get(name, {}).get(each, "") for each in (old, new)))
    for name in AMOUNTS:
        amounts = [Decimal(str(state[name])) for state in (before, after)]
        if amounts[0] != amounts[1]:
            yield FieldChange(LABELS[name], "quantity" if name == "quantity" else "money", *amounts)
    brands = names.get("brand", {})
    lines = [[_line(line, brands) for line in state["lines"]] for state in (before, after)]
    if lines[0] != lines[1]:
        for place in range(max(map(len, lines))):
            old_line, new_line = (each[place] if place < len(each) else "" for each in lines)
            if old_line != new_line:
                yield FieldChange(f"Line {place + 1}", "text", old_line, new_line)


def _line(line: Mapping[str, Any], brands: Mapping[int, str]) -> str:
    """A line in words: 2 x Pedal wrench (Acme), net 40."""
    what = " ".join(filter(None, [line["product"], brands.get(line["brand_id"], "")])) or "no product"
    amounts = {name: Decimal(str(line[name])) for name in AMOUNTS}
    money = ", ".join(f"{name} {_plain(amounts[name])}" for name in AMOUNTS[1:] if amounts[name])
    return f"{amounts['quantity'].normalize():f} x {what}" + (f", {money}" if money else "")


def _plain(amount: Decimal) -> str:
    """40 or 12500.50: no cents where there are none, and never half of them."""
    return f"{amount:.2f}".removesuffix(".00")
