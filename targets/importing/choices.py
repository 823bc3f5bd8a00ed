"""How a file of targets is to be read: guessed from its columns and values, and changed by whoever imports it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from babel import Locale
from babel.numbers import get_decimal_symbol

from ledger.reading import DateOrder, Decimals, Survey
from ledger.reading.guesses import guess_by_name, guess_decimals
from ledger.reading.values import Wrong
from ledger.reading.words import COLUMNS as DEAL_WORDS
from targets.importing.months import guess_order, month_reader

COLUMNS = ("member", "channel", "month", "count", "revenue")
LABELS = {"member": "Salesperson", "channel": "Channel", "month": "Month", "count": "Deals", "revenue": "Revenue"}


def _words(text: str) -> list[str]:
    return text.split()


#: Small letters and digits alone, accents gone; English, then German, Dutch, French and Spanish.
WORDS: dict[str, list[str]] = {
    "member": [*DEAL_WORDS["member"], "name", "person", "people", "membername"],
    "channel": DEAL_WORDS["channel"],
    "month": _words("""
        month targetmonth period monthyear yearmonth date day monat zeitraum datum maand periode mois mes fecha
    """),
    "count": _words("""
        count deals dealcount deal dealtarget counttarget targetcount numberofdeals target targets sales units number
        quantity qty anzahl ziel abschlusse aantal doel nombre objectif cantidad objetivo
    """),
    "revenue": _words("""
        revenue revenuetarget targetrevenue revenuegoal turnover amount value net netamount umsatz umsatzziel betrag
        omzet chiffredaffaires montant ingresos facturacion importe
    """),
}


class Blanks(StrEnum):
    """What an empty cell of a number means."""

    KEEP = "keep"
    CLEAR = "clear"


@dataclass(frozen=True)
class Choices:
    """`columns` is {member, channel, month, count or revenue: header}; `date_order` counts for dates alone."""

    columns: Mapping[str, str] = field(default_factory=dict)
    decimals: Decimals = Decimals.POINT
    date_order: DateOrder = DateOrder.DMY
    blanks: Blanks = Blanks.KEEP

    @property
    def problems(self) -> dict[str, str]:
        """{column: why these choices can't be used}, in words for the user; empty where they can."""
        found = {
            name: f"Choose the column with the {LABELS[name].lower()}."
            for name in ("member", "channel", "month")
            if not self.columns.get(name)
        }
        if not self.columns.get("count") and not self.columns.get("revenue"):
            found["count"] = "Choose the column with the number of deals, or the one with the revenue, or both."
        taken: dict[str, str] = {}
        for name, header in self.columns.items():
            if header in taken:
                found[name] = f"{header} is chosen for {LABELS[taken[header]].lower()} already."
            taken.setdefault(header, name)
        return found


def guessed(survey: Survey, locale: Locale, *, workbook: bool) -> Choices:
    """What the names of the columns and the values in them suggest."""
    columns = guess_by_name(survey.headers, WORDS)
    if "month" not in columns:
        columns |= _month_by_value(survey, locale, taken=set(columns.values()))
    # A workbook's numbers come with a point, whatever it shows.
    usual = Decimals.POINT if workbook or get_decimal_symbol(locale) != "," else Decimals.COMMA
    numbers = [text for name in ("count", "revenue") for text in survey.samples.get(columns.get(name, ""), [])]
    return Choices(
        {name: columns[name] for name in COLUMNS if name in columns},
        guess_decimals(numbers, usual),
        guessed_date_order(survey, columns.get("month", ""), locale) or usual_order(locale),
    )


def guessed_date_order(survey: Survey, header: str, locale: Locale) -> DateOrder | None:
    """The order of the dates in the column of the months; None where there are none that need it."""
    return guess_order(survey.samples.get(header, []), usual_order(locale))


def usual_order(locale: Locale) -> DateOrder:
    """In which order a language and its country write a date."""
    return DateOrder.MDY if locale.territory == "US" else DateOrder.DMY


def _month_by_value(survey: Survey, locale: Locale, *, taken: set[str]) -> dict[str, str]:
    """The column that holds hardly anything but months, if no name has told."""
    read = month_reader(usual_order(locale), locale)
    for header in survey.headers:
        values = survey.samples.get(header, [])
        if header not in taken and values and sum(_reads(read, text) for text in values) >= 0.9 * len(values):
            return {"month": header}
    return {}


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        return read(text) is not None
    except Wrong:
        return False
