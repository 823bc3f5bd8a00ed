"""Amounts: what is accepted, how it is made exact, and how it is rounded for reading.

An amount comes in as Decimal or int. What is derived from amounts and days is a Fraction, since 27 x 16/21 has no
finite decimal; nothing is rounded before `shown`, which a screen calls last.

Source: docs/algorithms/index.md.
"""

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Amount: TypeAlias = Decimal | int


def ratio(value: object, name: str) -> tuple[int, int]:
    """An amount as numerator and positive denominator, exactly.

    Raises TypeError for anything but Decimal and int (a float, a bool, None), ValueError for NaN and infinity, both
    with `name` in the message.
    """
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{name} must be a finite number, not {value}")
        return value.as_integer_ratio()
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be Decimal or int, not {type(value).__name__}")
    return value, 1


def target_ratio(value: object, name: str = "target") -> tuple[int, int]:
    """The same for a target, which may not be negative either (ValueError)."""
    numerator, denominator = ratio(value, name)
    if numerator < 0:
        raise ValueError(f"{name} must not be negative: {value}")
    return numerator, denominator


def shown(value: Amount | Fraction, places: int = 0) -> Decimal:
    """A value to print: rounded to so many places, halves away from zero, with exactly those places."""
    numerator, denominator = (
        (value.numerator, value.denominator) if isinstance(value, Fraction) else ratio(value, "value")
    )
    return scaled(round_half_away(numerator * 10**places, denominator), places)


def round_half_away(numerator: int, denominator: int) -> int:
    """The nearest whole number, halves away from zero; the denominator is positive."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def scaled(steps: int, places: int) -> Decimal:
    """A whole number of steps of 10^-places as a Decimal, untouched by the decimal context's precision."""
    return Decimal((0 if steps >= 0 else 1, tuple(map(int, str(abs(steps)))), -places))
