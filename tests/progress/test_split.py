"""Splitting an amount: exact, fair and the same every time."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.split import copy_to_others, split_equally, split_in_proportion
from tests.progress.tables import Row, amount, cases, listed, optional, yes


def locks(text: str) -> dict[int, Amount]:
    """`1: 50` as position and share."""
    return {int(pair.split(":")[0]): amount(pair.split(":")[1].strip()) for pair in listed(str, text)}


def blank_or_amount(text: str) -> Amount | None:
    return optional(amount, text)


@cases("split", "Equal shares")
def test_split_equally(row: Row) -> None:
    found = split_equally(
        amount(row["total"]), int(row["members"]), amount(row["quantum"]), locked=locks(row["locked"])
    )
    assert ", ".join(map(str, found.shares)) == row["shares"]
    assert found.was_equal is True


@cases("split", "In proportion")
def test_split_in_proportion(row: Row) -> None:
    found = split_in_proportion(
        amount(row["total"]), listed(amount, row["weights"]), amount(row["quantum"]), locked=locks(row["locked"])
    )
    assert ", ".join(map(str, found.shares)) == row["shares"]
    assert found.was_equal is yes(row["was equal"])


@cases("split", "Copy to others")
def test_copy_to_others(row: Row) -> None:
    shares = [blank_or_amount(text.strip()) for text in row["shares"].split(",")]
    found = copy_to_others(shares, int(row["from"]), locked=listed(int, row["locked"]))
    assert found == tuple(blank_or_amount(text.strip()) for text in row["result"].split(","))


quanta: st.SearchStrategy[Amount] = st.one_of(
    st.sampled_from([1, 5]), st.sampled_from([Decimal(1), Decimal("0.01"), Decimal("0.5"), Decimal("1e2")])
)
counts = st.integers(0, 10**14)
weights: st.SearchStrategy[Amount] = st.one_of(
    st.integers(-3, 6), st.integers(0, 10**12), st.decimals(Decimal("-10"), Decimal("1e9"), places=2), st.just(0)
)


def fraction(value: Amount) -> Fraction:
    return Fraction(value)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Amount, list[Amount], Amount, dict[int, Amount]]:
    """A total, weights, a quantum and locked shares that leave somebody free."""
    quantum = draw(quanta)
    given_weights = draw(st.lists(weights, min_size=1, max_size=12))
    places = st.integers(0, len(given_weights) - 1)
    kept = draw(st.dictionaries(places, st.integers(0, 10**6), max_size=len(given_weights) - 1))
    with localcontext(prec=60):
        total = Decimal(quantum) * (draw(counts) + sum(kept.values()))
        return total, given_weights, quantum, {position: Decimal(quantum) * share for position, share in kept.items()}


@given(problems(), st.booleans())
def test_a_split_is_exact_and_each_share_within_a_quantum_of_its_due(
    problem: tuple[Amount, list[Amount], Amount, dict[int, Amount]], equally: bool
) -> None:
    total, by, quantum, locked = problem
    found = (
        split_equally(total, len(by), quantum, locked=locked)
        if equally
        else split_in_proportion(total, by, quantum, locked=locked)
    )
    assert sum(map(fraction, found.shares)) == fraction(total)
    free = [position for position in range(len(by)) if position not in locked]
    counted = [Fraction(1) if found.was_equal else max(fraction(by[position]), Fraction(0)) for position in free]
    rest = fraction(total) - sum(map(fraction, locked.values()))
    for position, weight in zip(free, counted, strict=True):
        share = fraction(found.shares[position])
        assert share >= 0
        assert (share / fraction(quantum)).denominator == 1
        assert abs(share - rest * weight / sum(counted)) < fraction(quantum)
        assert share == 0 or weight > 0
    for position, kept in locked.items():
        assert found.shares[position] == kept
    assert found.was_equal == (equally or not any(by[position] > 0 for position in free))


@given(problems())
def test_a_larger_weight_never_gets_less(problem: tuple[Amount, list[Amount], Amount, dict[int, Amount]]) -> None:
    total, by, quantum, locked = problem
    shares = split_in_proportion(total, by, quantum, locked=locked).shares
    free = [position for position in range(len(by)) if position not in locked]
    assert all(shares[a] >= shares[b] for a in free for b in free if max(by[a], 0) > max(by[b], 0))


@given(problems())
def test_equal_weights_are_an_equal_split(problem: tuple[Amount, list[Amount], Amount, dict[int, Amount]]) -> None:
    total, by, quantum, locked = problem
    same = split_in_proportion(total, [3] * len(by), quantum, locked=locked)
    assert same.shares == split_equally(total, len(by), quantum, locked=locked).shares
    assert same.was_equal is False


@given(problems(), st.integers(1, 5))
def test_the_callers_decimal_precision_changes_nothing(
    problem: tuple[Amount, list[Amount], Amount, dict[int, Amount]], precision: int
) -> None:
    total, by, quantum, locked = problem
    usual = split_in_proportion(total, by, quantum, locked=locked)
    with localcontext(prec=precision):
        assert split_in_proportion(total, by, quantum, locked=locked) == usual


@given(problems())
def test_the_order_matters_only_for_who_gets_the_odd_quantum(
    problem: tuple[Amount, list[Amount], Amount, dict[int, Amount]],
) -> None:
    total, by, quantum, _ = problem
    forward = split_in_proportion(total, by, quantum).shares
    backward = split_in_proportion(total, by[::-1], quantum).shares
    assert sorted(forward) == sorted(backward)


BAD: list[Any] = [
    pytest.param({"total": 1.5}, TypeError, "total must be Decimal or int, not float", id="total-a-float"),
    pytest.param({"total": Decimal("NaN")}, ValueError, "total must be a finite number", id="total-nan"),
    pytest.param({"total": -1}, ValueError, "total must not be negative: -1", id="total-negative"),
    pytest.param({"quantum": 0.01}, TypeError, "quantum must be Decimal or int", id="quantum-a-float"),
    pytest.param({"quantum": 0}, ValueError, "quantum must be above 0", id="quantum-zero"),
    pytest.param({"quantum": -1}, ValueError, "quantum must not be negative", id="quantum-negative"),
    pytest.param(
        {"total": Decimal("100.5")},
        ValueError,
        "total 100.5 is not a whole number of quanta of 1",
        id="quantum-that-does-not-fit-the-total",
    ),
    pytest.param(
        {"locked": {0: Decimal("0.5")}},
        ValueError,
        "locked share 0.5 is not a whole number of quanta of 1",
        id="quantum-that-does-not-fit-a-locked-share",
    ),
    pytest.param({"locked": {0: 1.0}}, TypeError, "locked share must be Decimal or int", id="locked-a-float"),
    pytest.param({"locked": {0: -1}}, ValueError, "locked share must not be negative", id="locked-negative"),
    pytest.param(
        {"locked": {0: 60, 1: 41}}, ValueError, "the locked shares are above the total 100", id="locked-too-much"
    ),
    pytest.param(
        {"locked": {0: 60, 1: 20, 2: 19}},
        ValueError,
        "every share is locked and they don't add up to the total 100",
        id="all-locked-and-short",
    ),
    pytest.param({"locked": {3: 1}}, ValueError, "there is no member at position 3", id="locked-nobody"),
    pytest.param({"locked": {-1: 1}}, ValueError, "there is no member at position -1", id="locked-from-the-end"),
    pytest.param({"locked": {True: 1}}, TypeError, "position must be int, not bool", id="locked-a-bool"),
    pytest.param({"locked": {1.0: 1}}, TypeError, "position must be int, not float", id="locked-at-a-float"),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD)
def test_a_bad_split_is_refused(change: dict[str, Any], error: type[Exception], message: str) -> None:
    asked = {"total": 100, "quantum": 1, "locked": {}, **change}
    with pytest.raises(error, match=message):
        split_equally(count=3, **asked)
    with pytest.raises(error, match=message):
        split_in_proportion(weights=[1, 2, 3], **asked)


def test_no_members_is_an_error() -> None:
    with pytest.raises(ValueError, match="there are no members to split among"):
        split_equally(100, 0, 1)
    with pytest.raises(ValueError, match="there are no members to split among"):
        split_equally(100, -1, 1)
    with pytest.raises(ValueError, match="there are no members to split among"):
        split_in_proportion(100, [], 1)
    with pytest.raises(ValueError, match="there are no members to split among"):
        copy_to_others([], 0)


@pytest.mark.parametrize("count", [2.0, True, Decimal(2)])
def test_members_are_counted_in_whole_numbers(count: Any) -> None:
    with pytest.raises(TypeError, match="count must be int, not"):
        split_equally(100, count, 1)


@pytest.mark.parametrize(
    ("weight", "error", "message"),
    [
        pytest.param(0.5, TypeError, "weight must be Decimal or int, not float", id="a-float"),
        pytest.param(Decimal("NaN"), ValueError, "weight must be a finite number", id="nan"),
        pytest.param(Decimal("Infinity"), ValueError, "weight must be a finite number", id="infinite"),
    ],
)
def test_a_bad_weight_is_refused_even_of_a_locked_member(weight: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        split_in_proportion(100, [1, weight], 1, locked={1: 10})


@pytest.mark.parametrize(
    ("shares", "source", "locked", "error", "message"),
    [
        pytest.param([1, 2], 2, [], ValueError, "there is no member at position 2", id="from-nobody"),
        pytest.param([1, 2], 0, [5], ValueError, "there is no member at position 5", id="locked-nobody"),
        pytest.param([1.0, 2], 0, [], TypeError, "share must be Decimal or int", id="a-float"),
        pytest.param([1, 2], 1.0, [], TypeError, "position must be int, not float", id="from-a-float"),
        pytest.param([1, -2], 0, [], ValueError, "share must not be negative", id="negative"),
    ],
)
def test_a_bad_copy_is_refused(
    shares: Any, source: Any, locked: list[int], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        copy_to_others(shares, source, locked=locked)
