"""Recurrence: which periods of a series are due, and what a clone takes over.

A series has one goal per period start. Cloning what is due, from the newest goal, leaves nothing due: doing it twice is
doing it once.

Source: docs/algorithms/recurrence.md.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

from progress.amounts import Amount, require_whole, target_ratio
from progress.periods import Period, PeriodKind, following, period_of, require_day

M = TypeVar("M", bound=Hashable)

MOST = 60


@dataclass(frozen=True, slots=True)
class Due:
    """The periods to make clones for, in order.

    stopped: these are the most that one run makes, and more are due.
    finished: nothing will follow them, since the next start is after `until`: the recurrence flag is removed.
    """

    periods: tuple[Period, ...]
    stopped: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class Shares(Generic[M]):
    """What each member of a clone gets, in the order of the members; and who got 0 until somebody has looked at it."""

    values: dict[M, Amount | None]
    review: tuple[M, ...]


def periods_due(
    last_start: date, kind: PeriodKind, today: date, until: date | None = None, fiscal_start: int = 1
) -> Due:
    """The periods that have begun by today and have no goal yet, 60 at most.

    last_start: a day of the newest goal's period, usually its start. until: the last day on which a clone may start,
    inclusive; None means for ever. Raises TypeError for what is not a date, ValueError for a fiscal_start outside 1 to
    12 and where the calendar ends.
    """
    require_day(today, "today")
    if until is not None:
        require_day(until, "until")
    upcoming = following(period_of(last_start, kind, fiscal_start), kind)
    periods = list[Period]()
    while upcoming.start <= today and not after(upcoming, until) and len(periods) < MOST:
        periods.append(upcoming)
        upcoming = following(upcoming, kind)
    finished = after(upcoming, until)
    return Due(tuple(periods), stopped=upcoming.start <= today and not finished, finished=finished)


def shares_for(existing: Mapping[M, Amount | None], members: Iterable[M]) -> Shares[M]:
    """The clone's shares: `existing` are the goal's, `members` the team's on the clone's date.

    Who left drops out and who stayed keeps the same. Who is new gets what every one who stayed has, if that is the same
    for all; else 0, and is to be reviewed. A share may be blank (None).

    Raises ValueError for a member who is listed twice and a negative or NaN share, TypeError for a float.
    """
    for share in existing.values():
        if share is not None:
            target_ratio(share, "share")
    team = dict[M, bool]()
    for member in members:
        if member in team:
            raise ValueError("a member is listed twice")
        team[member] = member in existing
    usual, agreed = common([existing[member] for member, stayed in team.items() if stayed])
    return Shares(
        {member: existing.get(member, usual) for member in team},
        () if agreed else tuple(member for member, stayed in team.items() if not stayed),
    )


def aims_for(existing: Sequence[Amount | None], count: int) -> Shares[int]:
    """The aims of a clone's `count` intervals by position: the first has what the first one had, and so on.

    What there are too many of drops out. Where there are too few (the first goal's period was cut), the others get what
    all have, if that is the same; else 0, and their positions are to be reviewed.

    Raises ValueError for a negative count and as `shares_for`, TypeError for a count that is no int.
    """
    require_whole(count, "count")
    if count < 0:
        raise ValueError(f"count must not be negative: {count}")
    return shares_for(dict(enumerate(existing[:count])), range(count))


def common(values: Sequence[Amount | None]) -> tuple[Amount | None, bool]:
    """The value that all have, and True; 0 and False where they differ or there are none."""
    same = bool(values) and all(one == next_one for one, next_one in pairwise(values))
    return (values[0], True) if same else (0, False)


def after(period: Period, until: date | None) -> bool:
    """Whether a period starts too late for the series."""
    return until is not None and period.start > until
