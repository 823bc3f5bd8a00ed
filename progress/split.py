"""Splitting an amount among members: a split always adds up to the total exactly.

Members stand in a given order, and a share has its member's position. Locked members keep their share; the rest of the
total is split among the others. Shares are whole numbers of quanta: `amounts.quantum_of` says which quantum fits.

Source: docs/algorithms/split.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import lcm
from types import MappingProxyType

from progress.amounts import Amount, in_quanta, of_quanta, ratio, require_whole, target_ratio

NOBODY: Mapping[int, Amount] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Split:
    """The members' shares in their order, whose sum is the total.

    `was_equal`: the members got equal shares, because that was asked for or because there was nothing to go by.
    """

    shares: tuple[Decimal, ...]
    was_equal: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to split, in quanta, and the positions among which."""

    quanta: int
    free: tuple[int, ...]
    locked: Mapping[int, int]

    def split(self, weights: Sequence[int], quantum: Amount) -> tuple[Decimal, ...]:
        """The shares of everybody, when those of the free positions follow their weights, of which one is above 0.

        Each free share is rounded down; the quanta left go one each to the largest fractions, of equal ones to the
        larger weight, then to the first.
        """
        whole = sum(weights)
        floors = [divmod(self.quanta * weight, whole) for weight in weights]
        left = self.quanta - sum(floor for floor, _ in floors)
        by_claim = sorted(range(len(weights)), key=lambda index: (-floors[index][1], -weights[index]))
        lucky = set(by_claim[:left])
        shares = dict(self.locked)
        for index, position in enumerate(self.free):
            shares[position] = floors[index][0] + (index in lucky)
        return tuple(of_quanta(shares[position], quantum) for position in range(len(shares)))


def split_equally(total: Amount, count: int, quantum: Amount, *, locked: Mapping[int, Amount] = NOBODY) -> Split:
    """Equal shares for `count` members; the first ones in order get one quantum more where it doesn't come out even.

    locked: `{position: share}`.

    Raises ValueError for no members, a negative total, a total or a locked share that is not a whole number of quanta,
    locked shares that leave less than nothing or, with everybody locked, something; and for a position that nobody has.
    TypeError for a float, and for a count or a position that is no int.
    """
    rest = rest_of(total, count, quantum, locked)
    return Split(rest.split([1] * len(rest.free), quantum), was_equal=True)


def split_in_proportion(
    total: Amount, weights: Sequence[Amount], quantum: Amount, *, locked: Mapping[int, Amount] = NOBODY
) -> Split:
    """Shares in proportion to weights: one for each member, in order; a negative one counts as 0.

    Where every weight that counts is 0, the shares are equal and the split says so. A locked member's weight counts for
    nothing; where everybody is locked, nothing is split. The usual weights are the results of the period that
    `periods.same_length_before` gives.

    Raises as `split_equally`, and ValueError for a weight that is NaN or infinite.
    """
    exact = [max(Fraction(*ratio(weight, "weight")), Fraction(0)) for weight in weights]
    rest = rest_of(total, len(weights), quantum, locked)
    wanted = [exact[position] for position in rest.free]
    if not any(wanted):
        return Split(rest.split([1] * len(wanted), quantum), was_equal=bool(wanted))
    return Split(rest.split(in_whole_numbers(wanted), quantum), was_equal=False)


def copy_to_others(
    shares: Sequence[Amount | None], source: int, *, locked: Collection[int] = ()
) -> tuple[Amount | None, ...]:
    """One member's share for every other; locked members keep theirs. The total follows: nothing is divided.

    A blank (None) is copied like any other value. Raises ValueError for a position that nobody has.
    """
    require_positions([source, *locked], len(shares))
    for share in shares:
        if share is not None:
            target_ratio(share, "share")
    return tuple(share if position in locked else shares[source] for position, share in enumerate(shares))


def rest_of(total: Amount, count: int, quantum: Amount, locked: Mapping[int, Amount]) -> Rest:
    """What locked members leave to the others."""
    require_positions(locked, count)
    target_ratio(total, "total")
    rest = in_quanta(total, quantum, "total")
    kept = {}
    for position, share in locked.items():
        target_ratio(share, "locked share")
        kept[position] = in_quanta(share, quantum, "locked share")
        rest -= kept[position]
    if rest < 0:
        raise ValueError(f"the locked shares are above the total {total}")
    free = tuple(position for position in range(count) if position not in kept)
    if rest and not free:
        raise ValueError(f"every share is locked and they don't add up to the total {total}")
    return Rest(rest, free, kept)


def require_positions(positions: Collection[int], count: int) -> None:
    """Raise ValueError unless there are members, and each position is one of theirs."""
    require_whole(count, "count")
    if count < 1:
        raise ValueError("there are no members to split among")
    for position in positions:
        require_whole(position, "position")
        if position not in range(count):
            raise ValueError(f"there is no member at position {position}")


def in_whole_numbers(weights: Sequence[Fraction]) -> list[int]:
    """Weights in the same proportion, without fractions."""
    common = lcm(*(weight.denominator for weight in weights))
    return [int(weight * common) for weight in weights]
