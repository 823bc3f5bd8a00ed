"""Who is where on a leaderboard."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.ranking import Entry, Ranking, beside_first, rank, rank_by_count
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, cases, listed, optional


def entry(text: str) -> Entry[str]:
    """`Ada 3 of 10`."""
    name, actual, _, target = text.split()
    return Entry(name, amount(actual), optional(amount, target))


def places(found: Ranking[str]) -> list[str]:
    return [f"{placed.place} {placed.entry.key}" for placed in found.ranked]


@cases("ranking", "By percent of target")
def test_rank(row: Row) -> None:
    found = rank(listed(entry, row["people"]))
    assert places(found) == listed(str, row["ranked"])
    assert [one.key for one in found.unranked] == listed(str, row["unranked"])


@cases("ranking", "By count")
def test_rank_by_count(row: Row) -> None:
    found = rank_by_count(listed(entry, row["people"]))
    assert places(found) == listed(str, row["ranked"])
    assert found.unranked == ()


@cases("ranking", "Beside the first")
def test_beside_first(row: Row) -> None:
    assert beside_first(amount(row["reached"]), amount(row["first"])) == Fraction(row["percent"])


small = st.tuples(st.integers(-3, 6), st.none() | st.integers(0, 4))
large = st.tuples(some.actuals, some.targets)
boards = st.lists(small | large, max_size=12).map(
    lambda rows: [Entry(key, actual, target) for key, (actual, target) in enumerate(rows)]
)


@given(boards)
def test_a_place_is_one_more_than_how_many_are_better(entries: list[Entry[int]]) -> None:
    def score(one: Entry[int]) -> tuple[Fraction, Fraction]:
        return Fraction(one.actual) / Fraction(one.target or 1), Fraction(one.actual)

    found = rank(entries)
    ranked = [placed.entry for placed in found.ranked]
    for placed in found.ranked:
        assert placed.place == 1 + sum(score(other) > score(placed.entry) for other in ranked)
    assert [placed.place for placed in found.ranked] == sorted(placed.place for placed in found.ranked)
    assert sorted(one.key for one in [*ranked, *found.unranked]) == [one.key for one in entries]
    assert all(not one.target for one in found.unranked)
    for placed in rank_by_count(entries).ranked:
        assert placed.place == 1 + sum(Fraction(other.actual) > Fraction(placed.entry.actual) for other in entries)


@given(boards, st.randoms(use_true_random=False))
def test_the_order_of_entries_never_moves_a_place(entries: list[Entry[int]], random: Random) -> None:
    def by_key(found: Ranking[int]) -> dict[int, int]:
        return {placed.entry.key: placed.place for placed in found.ranked}

    usual = by_key(rank(entries)), by_key(rank_by_count(entries))
    random.shuffle(entries)
    assert (by_key(rank(entries)), by_key(rank_by_count(entries))) == usual


def test_a_percentage_is_exact() -> None:
    assert Entry("ada", 333, 1000).percent == Fraction(333, 10)
    assert Entry("ada", Decimal("0.01"), 3).percent == Fraction(1, 3)
    assert (Entry("ada", 3, None).percent, Entry("ada", 3, 0).percent) == (None, None)


@pytest.mark.parametrize(
    ("actual", "target", "error", "message"),
    [
        pytest.param(1.0, 2, TypeError, "actual must be Decimal or int, not float", id="actual-a-float"),
        pytest.param(Decimal("NaN"), None, ValueError, "actual must be a finite number", id="actual-nan"),
        pytest.param(1, 0.0, TypeError, "target must be Decimal or int, not float", id="target-a-float-of-zero"),
        pytest.param(1, -1, ValueError, "target must not be negative: -1", id="target-negative"),
        pytest.param(1, Decimal("NaN"), ValueError, "target must be a finite number", id="target-nan"),
    ],
)
def test_bad_entries_are_refused(actual: Any, target: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Entry("ada", actual, target)
