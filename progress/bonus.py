"""Bonus targets: what counts, what is confirmed, and what the bar shows. The bonus is all or nothing.

Source: docs/algorithms/bonus.md.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

from progress.amounts import Amount, add_up, aim_ratio, ratio
from progress.pace import TENTHS, Phase, at, whole
from progress.periods import Period

Z = TypeVar("Z", bound=Hashable)


class Counted(StrEnum):
    """As what a sale counts."""

    CONFIRMED = "confirmed"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Sale(Generic[Z]):
    """One of the member's own sales, as far as a bonus looks at it.

    zone: where it was made, None if that is not known. member_zones: the member's zones on the sale's date.
    """

    day: date
    amount: Amount
    counted: Counted | None
    zone: Z | None = None
    member_zones: frozenset[Z] = frozenset()


@dataclass(frozen=True, slots=True)
class Tally:
    """What counts for a bonus; `without_zone` sales were left out for want of a zone."""

    confirmed: Decimal
    proposed: Decimal
    without_zone: int


@dataclass(frozen=True, slots=True)
class Bonus:
    """What is confirmed and proposed beside a target, which is above 0 (ValueError).

    Corrections may make either sum negative.
    """

    confirmed: Amount
    proposed: Amount
    target: Amount

    def __post_init__(self) -> None:
        ratio(self.confirmed, "confirmed")
        ratio(self.proposed, "proposed")
        aim_ratio(self.target, "target")

    @property
    def percent(self) -> Fraction:
        """Confirmed in percent of the target, uncapped. Proposed never changes it."""
        return 100 * Fraction(self.confirmed) / Fraction(self.target)

    @property
    def percent_shown(self) -> int:
        """The percentage in whole percent, rounded toward zero: 100 is shown only once the target is reached."""
        return whole(self.percent.numerator, self.percent.denominator)

    @property
    def remaining(self) -> Decimal:
        """What is missing to the target, 0 once it is reached. Proposed never changes it."""
        missing = add_up([self.target, Decimal(self.confirmed).copy_negate()], "target")
        return max(missing, Decimal(0))

    @property
    def reached(self) -> bool:
        """Whether the bonus is earned: confirmed is at least the target."""
        return Fraction(self.confirmed) >= Fraction(self.target)

    @property
    def confirmed_share(self) -> Fraction:
        """The confirmed part of the bar, 0 to 1."""
        return min(max(Fraction(self.confirmed) / Fraction(self.target), Fraction(0)), Fraction(1))

    @property
    def proposed_share(self) -> Fraction:
        """The proposed part of the bar behind it, 0 to what the confirmed part leaves."""
        share = max(Fraction(self.proposed) / Fraction(self.target), Fraction(0))
        return min(share, 1 - self.confirmed_share)

    @property
    def confirmed_fill(self) -> Decimal:
        """The confirmed part in percent, in steps of 0.1, rounded down: full only once the target is reached."""
        return TENTHS[int(1000 * self.confirmed_share)]

    @property
    def proposed_fill(self) -> Decimal:
        """The proposed part in percent, such that both together are rounded down too."""
        both = int(1000 * (self.confirmed_share + self.proposed_share))
        return TENTHS[both - int(1000 * self.confirmed_share)]


def counted_as(*, triggers_commission: bool, is_initial: bool) -> Counted | None:
    """As what a sale in a state with these flags counts: once, as confirmed, with both; not at all with neither."""
    if triggers_commission:
        return Counted.CONFIRMED
    return Counted.PROPOSED if is_initial else None


def is_listed(period: Period, today: date) -> bool:
    """Whether a bonus target is shown: until its last day, and before its first."""
    return at(period, today).phase is not Phase.CLOSED


def starts_on(period: Period, today: date) -> date | None:
    """When a future one starts; None once it has."""
    return period.start if at(period, today).phase is Phase.UPCOMING else None


def zones_that_count(member_zones: frozenset[Z], target_zones: frozenset[Z]) -> frozenset[Z]:
    """The zones of a zone bonus: the member's, narrowed to the target's if it lists any."""
    return member_zones & target_zones if target_zones else member_zones


def tally(sales: Iterable[Sale[Z]], period: Period) -> Tally:
    """What a member's sales add up to for a bonus, those dated within its period."""
    return summed([sale for sale in sales if sale.counted and sale.day in period], without_zone=0)


def tally_in_zones(sales: Iterable[Sale[Z]], period: Period, target_zones: frozenset[Z] = frozenset()) -> Tally:
    """The same for a zone bonus: a sale counts in one of the zones that count on its date.

    A sale that would count but has no zone is left out, and how many those are is said.
    """
    dated = [sale for sale in sales if sale.counted and sale.day in period]
    inside = [
        sale
        for sale in dated
        if sale.zone is not None and sale.zone in zones_that_count(sale.member_zones, target_zones)
    ]
    return summed(inside, without_zone=sum(sale.zone is None for sale in dated))


def summed(sales: Iterable[Sale[Z]], *, without_zone: int) -> Tally:
    """The sums of sales that count."""
    amounts: dict[Counted | None, list[Amount]] = {Counted.CONFIRMED: [], Counted.PROPOSED: []}
    for sale in sales:
        amounts[sale.counted].append(sale.amount)
    return Tally(
        add_up(amounts[Counted.CONFIRMED], "amount"), add_up(amounts[Counted.PROPOSED], "amount"), without_zone
    )
