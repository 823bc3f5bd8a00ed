"""How amounts are rounded for reading."""

from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import (
    Amount,
    add_up,
    aim_ratio,
    in_quanta,
    of_quanta,
    quantum_of,
    require_whole,
    round_half_away,
    scaled,
    shown,
)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        pytest.param(Fraction(4448, 21), 0, "212", id="to-whole"),
        pytest.param(Fraction(5, 2), 0, "3", id="halves-away-from-zero"),
        pytest.param(Fraction(-5, 2), 0, "-3", id="negative-halves-away-from-zero"),
        pytest.param(Fraction(-1, 3), 0, "0", id="no-negative-zero"),
        pytest.param(Fraction(2, 3), 2, "0.67", id="cents"),
        pytest.param(27, 1, "27.0", id="exactly-the-places"),
        pytest.param(
            Decimal("1234567890123456789012345678901.005"), 2, "1234567890123456789012345678901.01", id="long"
        ),
    ],
)
def test_shown(value: Amount | Fraction, places: int, text: str) -> None:
    assert str(shown(value, places)) == text


@given(st.fractions(), st.integers(0, 6))
def test_shown_is_within_half_a_step(value: Fraction, places: int) -> None:
    assert abs(Fraction(shown(value, places)) - value) <= Fraction(1, 2 * 10**places)


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="value must be Decimal or int, not float"):
        shown(0.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amounts", "money", "quantum"),
    [
        pytest.param([100], False, "1", id="a-count"),
        pytest.param([Decimal("100.00")], False, "1", id="a-whole-total"),
        pytest.param([Decimal("100.01")], False, "0.01", id="a-fraction"),
        pytest.param([100, Decimal("0.5"), 3], False, "0.01", id="one-fraction-is-enough"),
        pytest.param([100], True, "0.01", id="money"),
        pytest.param([], False, "1", id="nothing"),
    ],
)
def test_quantum_of(amounts: list[Amount], money: bool, quantum: str) -> None:
    assert str(quantum_of(*amounts, money=money)) == quantum


@pytest.mark.parametrize(
    ("value", "quantum", "quanta", "text"),
    [
        pytest.param(100, 1, 100, "100", id="whole"),
        pytest.param(Decimal("100.01"), Decimal("0.01"), 10001, "100.01", id="cents"),
        pytest.param(Decimal("2.5"), Decimal("0.50"), 5, "2.50", id="the-quantum-gives-the-places"),
        pytest.param(30, 10, 3, "30", id="tens"),
        pytest.param(Decimal(300), Decimal("1e2"), 3, "3E+2", id="hundreds"),
        pytest.param(-6, 2, -3, "-6", id="negative"),
        pytest.param(0, Decimal("0.01"), 0, "0.00", id="zero"),
    ],
)
def test_amounts_in_quanta_and_back(value: Amount, quantum: Amount, quanta: int, text: str) -> None:
    assert in_quanta(value, quantum, "total") == quanta
    assert str(of_quanta(quanta, quantum)) == text


@pytest.mark.parametrize(
    ("value", "quantum", "error", "message"),
    [
        pytest.param(
            Decimal("0.005"),
            Decimal("0.01"),
            ValueError,
            "total 0.005 is not a whole number of quanta of 0.01",
            id="too-fine",
        ),
        pytest.param(7, 2, ValueError, "total 7 is not a whole number of quanta of 2", id="odd"),
        pytest.param(7, 0, ValueError, "quantum must be above 0", id="zero"),
        pytest.param(7, -1, ValueError, "quantum must not be negative: -1", id="negative"),
        pytest.param(7, Decimal("NaN"), ValueError, "quantum must be a finite number, not NaN", id="nan"),
        pytest.param(7.0, 1, TypeError, "total must be Decimal or int, not float", id="a-float"),
        pytest.param(7, 0.5, TypeError, "quantum must be Decimal or int, not float", id="a-quantum-of-float"),
    ],
)
def test_a_quantum_that_does_not_fit_is_refused(value: Any, quantum: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        in_quanta(value, quantum, "total")


def test_an_aim_is_above_zero() -> None:
    assert aim_ratio(Decimal("0.5")) == (1, 2)
    for value, message in [(0, "aim must be above 0"), (-1, "aim must not be negative"), (Decimal("0.00"), "above 0")]:
        with pytest.raises(ValueError, match=message):
            aim_ratio(value)


def test_a_sum_is_exact_whatever_the_callers_precision() -> None:
    with localcontext(prec=2):
        found = add_up([Decimal("1e30"), None, Decimal("0.01"), 5], "amount")
    assert str(found) == "1000000000000000000000000000005.01"
    assert str(add_up([], "amount")) == "0"
    with pytest.raises(Inexact):
        add_up([Decimal("1e1001"), Decimal("0.01")], "amount")
    with pytest.raises(ValueError, match="amount must be a finite number"):
        add_up([1, Decimal("NaN")], "amount")


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_single_step_keeps_its_sign(steps: int) -> None:
    assert shown(steps) == scaled(steps, 0) == round_half_away(steps, 1) == steps


def test_the_quantum_of_a_count_is_one_unless_it_is_money() -> None:
    assert (quantum_of(5), quantum_of(5, money=True)) == (Decimal(1), Decimal("0.01"))


def test_a_sum_of_up_to_a_thousand_digits_is_exact() -> None:
    assert add_up([Decimal("1" * 1000), 1], "amount") == int("1" * 999 + "2")
    with pytest.raises(Inexact):
        add_up([Decimal("1" * 1001), 1], "amount")


@pytest.mark.parametrize("value", [True, False, 1.0, Decimal(1), "1", None])
def test_what_numbers_or_counts_is_an_int(value: Any) -> None:
    require_whole(-1, "position")
    with pytest.raises(TypeError, match=f"position must be int, not {type(value).__name__}"):
        require_whole(value, "position")
