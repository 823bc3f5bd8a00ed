"""Numbers, money, dates and times in an organization's language, currency and time zone.

Babel knows how each language writes them; it is asked once per organization, and the numbers of a page are then put
together from what it said, since a grid shows thousands.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import (
    format_compact_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

Number = int | float | Decimal
_SHORT = ((10**9, "bn"), (10**6, "m"), (10**3, "k"))


class Localized(Protocol):
    """What an organization says about how to write."""

    language: str
    currency: str
    time_zone: str


@dataclass(frozen=True)
class Formats:
    """How one organization writes. Make it with `formats_of`, which keeps one for each."""

    locale: Locale
    currency: str
    zone: ZoneInfo

    def number(self, value: Number, digits: int = 2) -> str:
        """A number in groups, rounded to at most `digits` decimals without zeros at the end: 1,234.5."""
        if isinstance(value, int):
            return self._local(f"{value:,}")
        text = f"{value:,.{digits}f}"
        return self._local(text.rstrip("0").rstrip(".") if digits else text)

    def gap(self, size: float) -> str:
        """The size of a gap above 0, to one decimal; markup, since what rounds to zero is written &lt;0.1."""
        if size < 0.05:
            return f"&lt;{self._local('0.1')}"
        return self._local(f"{size:,.1f}".removesuffix(".0"))

    def money(self, value: Number) -> str:
        """An amount in the organization's currency; the smaller unit only where there is some: €1,200, €1,200.50."""
        places = 0 if value == int(value) else self._precision
        digits = self._local(f"{abs(value):,.{places}f}")
        before, after = self._below_zero if value < 0 else self._around
        return f"{before}{digits}{after}"

    def short_money(self, value: Number) -> str:
        """An amount in about three digits: €2.01m, €29k."""
        if not self._english:
            text = str(format_compact_currency(value, self.currency, locale=self.locale, fraction_digits=2))
            shortened = any(map(str.isalpha, text.replace(get_currency_symbol(self.currency, self.locale), "")))
            return text if shortened else self.money(round(value))
        before, after = self._below_zero if value < 0 else self._around
        size = abs(float(value))
        for unit, letters in _SHORT:
            if size >= unit * 0.9995:
                text = f"{size / unit:.{2 if size < 10 * unit else 1 if size < 100 * unit else 0}f}"
                return f"{before}{text.rstrip('0').rstrip('.') if '.' in text else text}{letters}{after}"
        return f"{before}{size:.0f}{after}"

    def gap_size(self, gap: Decimal, *, money: bool) -> str:
        """How large a gap is, without its sign: 3.6, €1.2k. Only no gap at all is written as nothing."""
        if not money:
            return self.number(abs(gap), 1)
        return self.short_money(abs(gap)) if not gap or abs(gap) >= 1 else f"<{self.short_money(1)}"

    def percent(self, ratio: Number) -> str:
        """A ratio as whole percent, uncapped: 1.03 is 103%."""
        return f"{self.number(round(100 * ratio))}{self._percent_sign}"

    def day(self, value: date) -> str:
        """22 Oct 2026."""
        return str(format_date(value, "d MMM y" if self._english else "medium", locale=self.locale))

    def weekday(self, value: date) -> str:
        """Thursday 22 October."""
        if self._english:
            return str(format_date(value, "EEEE d MMMM", locale=self.locale))
        return str(format_skeleton("MMMMEEEEd", value, locale=self.locale))

    def month(self, value: date) -> str:
        """October 2026."""
        if self._english:
            return str(format_date(value, "MMMM y", locale=self.locale))
        return str(format_skeleton("yMMMM", value, locale=self.locale))

    def month_short(self, value: date) -> str:
        """Oct, where the year goes without saying."""
        return str(self.locale.months["stand-alone"]["abbreviated"][value.month])

    def moment(self, value: datetime) -> str:
        """22 Oct 2026, 14:05 on the organization's wall."""
        local = value.astimezone(self.zone)
        return f"{self.day(local.date())}, {local:%H:%M}"

    @cached_property
    def _english(self) -> bool:
        return bool(self.locale.language == "en")

    @cached_property
    def _signs(self) -> dict[int, str]:
        return {ord(","): get_group_symbol(self.locale), ord("."): get_decimal_symbol(self.locale)}

    @cached_property
    def _plain(self) -> bool:
        return self._by_threes and self._signs == {ord(","): ",", ord("."): "."}

    @cached_property
    def _by_threes(self) -> bool:
        return bool(self.locale.decimal_formats[None].grouping == (3, 3))

    @cached_property
    def _precision(self) -> int:
        return int(get_currency_precision(self.currency))

    @cached_property
    def _around(self) -> tuple[str, str]:
        return self._currency_sides(0)

    @cached_property
    def _below_zero(self) -> tuple[str, str]:
        return self._currency_sides(1)

    @cached_property
    def _percent_sign(self) -> str:
        return str(self.locale.percent_formats[None].suffix[0])

    def _currency_sides(self, below_zero: int) -> tuple[str, str]:
        pattern = self.locale.currency_formats["standard"]
        symbol = get_currency_symbol(self.currency, self.locale)
        return (
            pattern.prefix[below_zero].replace("¤", symbol),
            pattern.suffix[below_zero].replace("¤", symbol),
        )

    def _local(self, text: str) -> str:
        """Turn 1,234.5 into the language's own signs and groups."""
        if self._plain:
            return text
        if self._by_threes:
            return text.translate(self._signs)
        places = len(text.partition(".")[2])
        return str(format_decimal(Decimal(text.replace(",", "")), f"#,##,##0.{'0' * places}", locale=self.locale))


@lru_cache(maxsize=512)
def formats_for(language: str, currency: str, time_zone: str) -> Formats:
    """How to write in a language (a code such as de-at; English where Babel doesn't know it)."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return Formats(locale=locale, currency=currency, zone=ZoneInfo(time_zone))


def formats_of(organization: Localized) -> Formats:
    """How an organization writes."""
    return formats_for(organization.language, organization.currency, organization.time_zone)


ENGLISH = formats_for("en", "EUR", "UTC")
