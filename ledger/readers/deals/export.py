"""Exactly the filtered deals as a CSV in the columns that an import reads, a line of a deal a row."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet

from accounts.models import Member
from ledger.ingest.rows import AMOUNTS, NAMES
from ledger.models import DealLine, Kind
from ledger.readers.deals.filters import DealFilter, matching
from ledger.reading import FIELDS, LABELS, guarded

CHUNK = 2000
KIND = "Kind"
#: The import's second date is a way to read a file, nothing that a deal has.
COLUMNS = tuple(name for name in FIELDS if name != "date_fallback")
_ON_LINES = ("brand", "product", *AMOUNTS)
_ON_DEALS = tuple(name for name in NAMES if name not in ("member", "brand"))


def deals_csv(viewer: Member, asked: DealFilter) -> Iterator[bytes]:
    """The file, some thousand rows a piece, in constant memory; two queries a piece.

    A column for the kind stands before the others where both kinds are in it. A person is named by e-mail where another
    has the same name, as an import wants it.
    """
    with_kind = not asked.kind
    buffer = _Buffer()
    writer = csv.writer(buffer)
    writer.writerow([*([KIND] if with_kind else []), *(LABELS[name] for name in COLUMNS)])
    # The byte order mark tells spreadsheets that this is UTF-8.
    yield b"\xef\xbb\xbf" + buffer.take()
    people = _people()
    order = [f"-{asked.column}", "-pk"] if asked.descending else [asked.column, "pk"]
    deals = matching(viewer, asked).order_by(*order)
    names = [f"{name}__name" for name in _ON_DEALS]
    chunk: list[tuple[Any, ...]] = []
    for row in deals.values_list("pk", "kind", "number", "date", "member_id", *names).iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            writer.writerows(_rows(chunk, people, with_kind))
            yield buffer.take()
            chunk = []
    if chunk:
        writer.writerows(_rows(chunk, people, with_kind))
        yield buffer.take()


def _rows(chunk: list[tuple[Any, ...]], people: dict[int, str], with_kind: bool) -> Iterator[list[str]]:
    lines: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    found = DealLine.objects.filter(deal__in=[row[0] for row in chunk]).order_by("deal", "position")
    for deal, *line in found.values_list("deal_id", "brand__name", "product", *AMOUNTS):
        lines[deal].append(tuple(line))
    places = [("brand", "product", *AMOUNTS).index(name) if name in _ON_LINES else -1 for name in COLUMNS]
    for deal, kind, number, day, member, *names in chunk:
        of_deal = dict(zip(_ON_DEALS, names, strict=True))
        of_deal |= {"number": number, "date": day.isoformat(), "member": people.get(member, "")}
        begin = [Kind(kind).label] if with_kind else []
        for line in lines[deal]:
            cells = [
                str(line[place] or "")
                if name in ("brand", "product")
                else str(line[place])
                if place >= 0
                else of_deal[name] or ""
                for name, place in zip(COLUMNS, places, strict=True)
            ]
            yield guarded([*begin, *cells])


def _people() -> dict[int, str]:
    """{id: how an import knows a person}. Two queries."""
    members: QuerySet[Any] = Member.objects.all()
    shared = set(
        members.values("name_key").annotate(Count("pk")).filter(pk__count__gt=1).values_list("name_key", flat=True)
    )
    rows = members.values_list("pk", "name", "name_key", "email")
    return {id_: email if email and key in shared else name for id_, name, key, email in rows}


class _Buffer:
    """What a csv.writer writes to: some rows at a time."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)

    def take(self) -> bytes:
        """What was written since; the next piece begins."""
        text = "".join(self.parts)
        self.parts.clear()
        return text.encode()
