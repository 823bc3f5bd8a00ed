"""How amounts are rounded for reading."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount, shown


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
