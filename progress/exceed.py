"""Exceeding an aim: parts that add up to more than the whole are never stored without asking.

A goal has an aim, its intervals have aims, and in each interval the members have shares. A blank share (None) counts as
nothing. Saying no changes nothing; saying yes only ever raises aims.

Source: docs/algorithms/exceed.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from progress.amounts import Amount, add_up, aim_ratio, target_ratio


@dataclass(frozen=True, slots=True)
class Aims:
    """The aim of a goal, and those of its intervals in their order.

    Two are equal if their numbers are, which is how to see whether they moved between asking and the answer.
    """

    goal: Decimal
    intervals: tuple[Decimal, ...]


def exceeding(
    goal_aim: Amount, interval_aims: Sequence[Amount], member_shares: Sequence[Iterable[Amount | None]]
) -> Aims | None:
    """None where nothing exceeds its aim; else the aims that would follow from saying yes.

    member_shares: for each interval, in the order of `interval_aims`, its members' shares. An interval below its
    members' sum gets that sum, and a goal below its intervals' sum then gets that one.

    Raises ValueError for a goal's aim that is not above 0, a negative or NaN number, and where the intervals of the two
    lists are not equally many; TypeError for a float.
    """
    aim_ratio(goal_aim, "goal aim")
    sums = sums_of(member_shares)
    if len(sums) != len(interval_aims):
        raise ValueError(f"{len(interval_aims)} intervals have aims, but {len(sums)} have members' shares")
    for aim in interval_aims:
        target_ratio(aim, "interval aim")
    stated = Aims(Decimal(goal_aim), tuple(map(Decimal, interval_aims)))
    intervals = tuple(map(max, stated.intervals, sums))
    raised = Aims(max(stated.goal, add_up(intervals, "interval aim")), intervals)
    return None if raised == stated else raised


def following_members(member_shares: Sequence[Iterable[Amount | None]]) -> Aims:
    """The aims of an activity goal, which never asks: they follow the members, up and down.

    member_shares as in `exceeding`. Raises ValueError for a negative or NaN share, TypeError for a float.
    """
    intervals = sums_of(member_shares)
    return Aims(add_up(intervals, "interval aim"), intervals)


def unallocated(aim: Amount, parts: Iterable[Amount | None]) -> Decimal:
    """What is left of an aim when its parts are taken off; 0 where they reach or exceed it."""
    target_ratio(aim, "aim")
    return max(add_up([aim, add_up(not_negative(parts), "share").copy_negate()], "aim"), Decimal(0))


def sums_of(member_shares: Sequence[Iterable[Amount | None]]) -> tuple[Decimal, ...]:
    """The sum of each interval's shares."""
    return tuple(add_up(not_negative(shares), "share") for shares in member_shares)


def not_negative(shares: Iterable[Amount | None]) -> list[Amount]:
    """The shares that are not blank; one that is negative would hide what another one exceeds."""
    given = [share for share in shares if share is not None]
    for share in given:
        target_ratio(share, "share")
    return given
