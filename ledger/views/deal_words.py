"""Deals in words: what a change moves, and how two versions of a deal differ."""

from collections.abc import Iterable, Sequence
from typing import Any

from config.formats import Formats
from ledger.effects import Moved
from ledger.forms.deal import LISTS, TEXTS
from ledger.ingest.rows import AMOUNTS
from ledger.models import Deal
from ledger.reading import LABELS
from ledger.services.records import Entry


def moved_words(moved: Iterable[Moved], formats: Formats) -> list[str]:
    """A sentence for each number that changes: Amara Okafor, Retail, March 2026: 9 → 10 of 10."""
    return [moved_sentence(each, formats) for each in moved if each.before != each.after]


def moved_sentence(moved: Moved, formats: Formats) -> str:
    """One number before and after, and the target where there is one."""
    write = formats.money if moved.money else formats.number
    target = f" of {write(moved.target)}" if moved.target is not None else ""
    numbers = f"{write(moved.before)}\u00a0→\u00a0{write(moved.after)}"
    revenue = ", revenue" if moved.money else ""
    return f"{moved.what}, {formats.month(moved.month)}{revenue}: {numbers}{target}."


def compared(deal: Deal, lines: Sequence[Any], entry: Entry, formats: Formats) -> list[tuple[str, str, str]]:
    """What differs between a deal as it is stored and as it was entered: label, stored, entered."""
    pairs = [("Date", formats.day(deal.date), formats.day(entry.date))]
    pairs.append((LABELS["member"], _name(deal.member), _name(entry.member)))
    pairs += [(LABELS[name], _name(getattr(deal, name)), getattr(entry, name)) for name in (*TEXTS, *LISTS)]
    stored = [_line(line.product, _name(line.brand), line, formats) for line in lines]
    entered = [_line(line.product, line.brand, line, formats) for line in entry.lines]
    for place in range(max(len(stored), len(entered))):
        both = [each[place] if place < len(each) else "" for each in (stored, entered)]
        pairs.append((f"Line {place + 1}", both[0], both[1]))
    return [(label, old, new) for label, old, new in pairs if old != new]


def _name(row: Any) -> str:
    return row.name if row is not None else ""


def _line(product: str, brand: str, line: Any, formats: Formats) -> str:
    what = " ".join(filter(None, [product, brand])) or "no product"
    amounts = ", ".join(f"{name} {formats.money(getattr(line, name))}" for name in AMOUNTS[1:] if getattr(line, name))
    return f"{formats.number(line.quantity)} x {what}" + (f", {amounts}" if amounts else "")
