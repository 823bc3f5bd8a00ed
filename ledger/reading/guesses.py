"""Which column is what: by its name in several languages, then by what stands in it."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from ledger.ingest.rows import Meaning
from ledger.reading.values import DateOrder, Decimals, Wrong, amount_reader, date_reader
from ledger.reading.words import COLUMNS, CONFIRMED, NEITHER, PROPOSED


def _plain(text: str) -> str:
    """Lower case letters and digits alone, accents gone."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in folded if character.isalnum())


def guess_columns(headers: Sequence[str], samples: Mapping[str, Collection[str]]) -> dict[str, str]:
    """{field: header} as far as names, and then values, tell; no header is given out twice.

    `samples` is {header: some of its distinct values}.
    """
    found = guess_by_name(headers, COLUMNS)
    _guess_by_value(headers, samples, found)
    return {field: found[field] for field in COLUMNS if field in found}


def guess_by_name(headers: Sequence[str], words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """{field: header} as far as the names of columns tell; no header is given out twice.

    `words` is {field: what its column may be called}, in plain letters and the likeliest first.
    """
    plain = {header: _plain(header) for header in headers}
    by_name = sorted(
        (place, field, header)
        for field, names in words.items()
        for place, name in enumerate(names)
        for header in headers
        if plain[header] == name
    )
    found: dict[str, str] = {}
    for _, field, header in by_name:
        if field not in found and header not in found.values():
            found[field] = header
    return found


def _guess_by_value(headers: Sequence[str], samples: Mapping[str, Collection[str]], found: dict[str, str]) -> None:
    """Add the fields whose values are unmistakable and whose column no name has told."""
    free = [header for header in headers if header not in found.values()]
    for field in ("date", "date_fallback"):
        if field not in found:
            dated = next((header for header in free if guess_date_orders(samples.get(header, ()), least=0.9)), None)
            if dated is not None:
                found[field] = dated
                free.remove(dated)
    if "state" not in found:
        for header in free:
            values = [value for value in samples.get(header, ()) if value.strip()]
            if 0 < len(values) <= 12 and sum(guess_meaning(value) is not None for value in values) * 2 >= len(values):
                found["state"] = header
                free.remove(header)
                break
    amounts = [header for header in free if _is_money(samples.get(header, ()))]
    if not found.keys() & {"net", "gross", "margin"} and len(amounts) == 1:
        found["net"] = amounts[0]


def guess_date_orders(values: Collection[str], *, least: float = 0) -> list[DateOrder]:
    """The orders in which most of some values read as dates; none where no more than the share `least` of them does.

    Two of them: the values don't tell day from month, and somebody must.
    """
    filled = [value for value in values if value.strip()]
    counts = {order: _readable(filled, order) for order in DateOrder}
    best = max(counts.values())
    if best <= least * len(filled):
        return []
    return [order for order, count in counts.items() if count == best]


def _readable(values: Collection[str], order: DateOrder) -> int:
    read = date_reader(order, ZoneInfo("UTC"))
    count = 0
    for value in values:
        try:
            read(value)
        except Wrong:
            continue
        count += 1
    return count


def guess_decimals(values: Collection[str], usual: Decimals = Decimals.POINT) -> Decimals:
    """How most of some amounts are written; as `usual` where nothing tells."""
    counts = dict.fromkeys(Decimals, 0)
    for decimals in counts:
        read = amount_reader(decimals, blank=Decimal(0))
        for value in values:
            try:
                read(value)
            except Wrong:
                continue
            counts[decimals] += 1
    return max(Decimals, key=lambda decimals: (counts[decimals], decimals is usual))


def _is_money(values: Collection[str]) -> bool:
    """Whether these are numbers, some of them with decimals."""
    filled = [value for value in values if value.strip()]
    digits = [value for value in filled if value.strip(" -+€$£0123456789.,'\u00a0\u202f") == ""]
    return bool(filled) and len(digits) == len(filled) and any("." in value or "," in value for value in filled)


def guess_meaning(state: str) -> Meaning | None:
    """What a state's name says it means, if it is one of the usual words."""
    plain = _plain(state)
    if plain in CONFIRMED:
        return Meaning.CONFIRMED
    if plain in PROPOSED:
        return Meaning.PROPOSED
    return Meaning.NONE if plain in NEITHER else None
