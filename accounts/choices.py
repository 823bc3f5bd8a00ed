"""What an organization can choose from: currencies, time zones, languages, countries and their regions.

Each is a list of (value, label), in the order in which a person looks for it.
"""

from functools import lru_cache
from zoneinfo import available_timezones

import holidays
from babel import Locale
from babel.core import get_global

Choices = list[tuple[str, str]]

# Languages in which companies of today's customers write; another one that an organization already has stays possible.
LANGUAGES = tuple(
    "bg cs da de de-at de-ch el en en-au en-ca en-gb en-ie en-in en-nz en-us en-za es es-mx et fi fr fr-be fr-ca fr-ch"  # noqa: SIM905 - read as words
    " ga hr hu is it it-ch ja ko lt lv nb nl nl-be pl pt pt-br ro sk sl sv tr uk zh".split()
)
CONTINENTS = frozenset(
    ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
ENGLISH = Locale("en")


@lru_cache(maxsize=1)
def currencies() -> Choices:
    """The currencies that are legal tender somewhere today, by code: people know theirs as EUR."""
    today = {
        code
        for used in get_global("territory_currencies").values()
        for code, _, end, tender in used
        if tender and end is None
    }
    return [(code, f"{code}, {ENGLISH.currencies.get(code, code)}") for code in sorted(today)]


@lru_cache(maxsize=1)
def time_zones() -> list[str]:
    """The names that people know a zone by: a continent or an ocean and a city, and UTC."""
    return ["UTC", *sorted(name for name in available_timezones() if name.partition("/")[0] in CONTINENTS)]


def known_time_zone(typed: str) -> str:
    """The name of the time zone that somebody means by `Europe/Dublin`, `europe/dublin` or `Dublin`; "" for none."""
    wanted = "_".join(typed.split()).casefold()
    exact = [name for name in available_timezones() if name.casefold() == wanted]
    cities = [name for name in time_zones() if name.rpartition("/")[2].casefold() == wanted]
    found = exact or cities
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=1)
def languages() -> Choices:
    """Languages by their English names."""
    return sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda choice: choice[1])


def language_name(code: str) -> str:
    """German (Austria) for de-at."""
    return str(Locale.parse(code, sep="-").get_display_name("en"))


@lru_cache(maxsize=1)
def countries() -> Choices:
    """Countries whose public holidays are known, by their English names."""
    codes = holidays.list_supported_countries(include_aliases=False)
    named = ((code, str(ENGLISH.territories.get(code, code))) for code in codes)
    return sorted(named, key=lambda choice: choice[1])


@lru_cache(maxsize=256)
def regions(country: str) -> Choices:
    """The parts of a country that have public holidays of their own, by name; none for a country nobody knows."""
    known = holidays.list_supported_countries(include_aliases=False)
    if not known.get(country):
        return []
    names = holidays.country_holidays(country).get_subdivision_aliases()
    labelled = ((code, (names.get(code) or [code])[0]) for code in known[country] if len(code) <= 12)
    return sorted(labelled, key=lambda choice: choice[1])
