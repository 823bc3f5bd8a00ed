"""How the amounts of a person's page are written: as numbers of deals, or as money."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from config.formats import Formats
from progress.amounts import Amount, shown
from progress.forecast import Forecast

MONEY_PLACES = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """Deals, or amounts of the organization's currency."""

    formats: Formats
    money: bool

    @property
    def noun(self) -> str:
        """What is counted, as a heading."""
        return "Revenue" if self.money else "Deals"

    def amount(self, value: Amount) -> str:
        """In full: 27, €501,880."""
        return self.formats.money(shown(value)) if self.money else self.formats.number(value)

    def short(self, value: Amount) -> str:
        """In few digits, where many stand beside one another: 27, €502k."""
        return self.formats.short_money(value) if self.money else self.formats.number(value)

    def rate(self, value: Amount | Fraction, places: int = 1) -> str:
        """What is not whole: an average, a pace."""
        return self.formats.money(shown(value)) if self.money else self.formats.number(shown(value, places), places)

    def about(self, value: Amount | Fraction) -> str:
        """The same in a table, where there is little room: 12.1, €95k."""
        return self.formats.short_money(shown(value)) if self.money else self.rate(value)

    def gap(self, value: Decimal) -> str:
        """A gap as `gap_shown` gives it, with its sign: none at 0."""
        return f"{'+' if value > 0 else '-' if value else ''}{self.formats.gap_size(value, money=self.money)}"

    def of(self, target: Amount | None) -> str:
        """What an actual is of."""
        return "" if target is None else f"of {self.amount(target)}"

    def counted(self, value: Amount) -> str:
        """9 deals, €9,000."""
        if self.money:
            return self.amount(value)
        return f"{self.formats.number(value)} {'deal' if value == 1 else 'deals'}"

    def expected(self, forecast: Forecast) -> str:
        """A forecast, which is never exact: 35, €703k."""
        return self.short(shown(forecast.value))

    def plain(self, value: Amount | Fraction, places: int = 0) -> Amount:
        """A number for a file: with cents where it is money."""
        return shown(value, MONEY_PLACES if self.money else places)
