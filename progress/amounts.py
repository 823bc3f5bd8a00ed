"""Amounts: what is accepted, how it is made exact, and how it is rounded for reading.

An amount comes in as Decimal or int. What is derived from amounts and days is a Fraction, since 27 x 16/21 has no
finite decimal; nothing is rounded before `shown`, which a screen calls last.

Source: docs/algorithms/index.md.
"""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow, localcontext
from fractions import Fraction
from typing import TypeAlias

Amount: TypeAlias = Decimal | int

# The usual context rounds sums to 28 digits, so that their order would matter; this one is exact or raises.
EXACT = Context(prec=1000, traps=[Inexact, InvalidOperation, Overflow])


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


def aim_ratio(value: object, name: str = "aim") -> tuple[int, int]:
    """The same for the aim of a production, bonus or team goal, which must be above 0 (ValueError)."""
    numerator, denominator = target_ratio(value, name)
    if not numerator:
        raise ValueError(f"{name} must be above 0")
    return numerator, denominator


def require_whole(value: object, name: str) -> None:
    """Raise TypeError unless something that counts or numbers, such as a position, is an int and no bool."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be int, not {type(value).__name__}")


def quantum_of(*amounts: Amount, money: bool = False) -> Decimal:
    """The smallest step of some amounts: 0.01 for money and where one of them has a fraction, else 1."""
    fractional = [ratio(amount, "amount")[1] != 1 for amount in amounts]
    return Decimal("0.01") if money or any(fractional) else Decimal(1)


def in_quanta(value: Amount, quantum: Amount, name: str) -> int:
    """How many quanta an amount has.

    Raises ValueError for an amount that is not a whole number of them, and for a quantum that is not above 0.
    """
    numerator, denominator = ratio(value, name)
    step, part = aim_ratio(quantum, "quantum")
    quanta, rest = divmod(numerator * part, denominator * step)
    if rest:
        raise ValueError(f"{name} {value} is not a whole number of quanta of {quantum}")
    return quanta


def of_quanta(count: int, quantum: Amount) -> Decimal:
    """So many quanta as an amount, with the quantum's places, untouched by the decimal context's precision."""
    step = Decimal(quantum).as_tuple()
    return scaled(count * int("".join(map(str, step.digits))), -int(step.exponent))


def add_up(amounts: Iterable[Amount | None], name: str) -> Decimal:
    """The exact sum of some amounts; a blank adds nothing. Raises decimal.Inexact beyond 1,000 digits."""
    with localcontext(EXACT):
        total = Decimal(0)
        for amount in amounts:
            if amount is not None:
                ratio(amount, name)
                total += amount
        return total


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
