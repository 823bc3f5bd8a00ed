"""Ranking: who is where on a leaderboard.

Source: docs/algorithms/ranking.md.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from typing import Generic, TypeVar

from progress.amounts import Amount, ratio, target_ratio

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Entry(Generic[K]):
    """Somebody with what they reached and their target: None where there is none.

    Raises ValueError for NaN and a negative target, TypeError for a float.
    """

    key: K
    actual: Amount
    target: Amount | None

    def __post_init__(self) -> None:
        ratio(self.actual, "actual")
        if self.target is not None:
            target_ratio(self.target)

    @property
    def percent(self) -> Fraction | None:
        """The actual in percent of the target, exact and uncapped; None without a target above 0."""
        return Fraction(self.actual) * 100 / Fraction(self.target) if self.target else None


@dataclass(frozen=True, slots=True)
class Placed(Generic[K]):
    """An entry and its place: 1 is the first, and equal ones share a place."""

    place: int
    entry: Entry[K]


@dataclass(frozen=True, slots=True)
class Ranking(Generic[K]):
    """The ranked from the first to the last, and those who are listed without a place, by count.

    Equal ones stand in the order in which they came.
    """

    ranked: tuple[Placed[K], ...]
    unranked: tuple[Entry[K], ...]


def rank(entries: Iterable[Entry[K]]) -> Ranking[K]:
    """By percent of target, then by count. Without a target above 0 there is no place."""
    everyone = sorted(entries, key=lambda entry: -Fraction(entry.actual))
    scored = [((entry.percent, Fraction(entry.actual)), entry) for entry in everyone]
    return Ranking(
        placed(((percent, count), entry) for (percent, count), entry in scored if percent is not None),
        tuple(entry for entry in everyone if not entry.target),
    )


def rank_by_count(entries: Iterable[Entry[K]]) -> Ranking[K]:
    """By what was reached alone; everybody has a place, with a target or without."""
    return Ranking(placed(((Fraction(entry.actual),), entry) for entry in entries), ())


def beside_first(reached: Amount, first: Amount) -> Fraction:
    """What somebody reached in percent of what the first one did, exact; 0 where that is nothing."""
    return 100 * Fraction(*ratio(reached, "reached")) / Fraction(first) if first > 0 else Fraction(0)


def placed(scored: Iterable[tuple[tuple[Fraction, ...], Entry[K]]]) -> tuple[Placed[K], ...]:
    """Entries from the highest score to the lowest; equal scores share a place and leave a gap: 1, 2, 2, 4."""
    found = list[Placed[K]]()
    previous: tuple[Fraction, ...] | None = None
    for position, (score, entry) in enumerate(sorted(scored, key=itemgetter(0), reverse=True), start=1):
        found.append(Placed(found[-1].place if score == previous else position, entry))
        previous = score
    return tuple(found)
