"""Year goals: cells by frequency and index, which never change one another.

A frequency is a `PeriodKind`; the indexes of its cells in a year count from 1 (quarters 1 to 4, months 1 to 12, from
the fiscal year's start).

Source: docs/algorithms/year-goals.md.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from progress.amounts import Amount, add_up, require_whole, target_ratio
from progress.periods import Period, PeriodKind, following, months_in, require_fiscal_start, whole_months

R = TypeVar("R", bound=Hashable)

FINEST_FIRST = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.SEMESTER, PeriodKind.YEAR)


@dataclass(frozen=True, slots=True)
class Hint:
    """A quarter whose months add up to something else; `months` is their sum."""

    quarter: int
    target: Amount
    months: Decimal


def cells_of(kind: PeriodKind) -> range:
    """The indexes of a frequency's cells in a year, from 1."""
    return range(1, 12 // months_in(kind) + 1)


def cell_period(year: int, kind: PeriodKind, index: int, fiscal_start: int = 1) -> Period:
    """The period of a cell; `year` is the calendar year in which the fiscal year starts.

    Raises ValueError for an index that the frequency doesn't have and a fiscal_start outside 1 to 12.
    """
    require_index(kind, index)
    require_fiscal_start(fiscal_start)
    period = whole_months(year, fiscal_start, months_in(kind))
    for _ in range(index - 1):
        period = following(period, kind)
    return period


def hints(quarters: Mapping[int, Amount | None], months: Mapping[int, Amount | None]) -> tuple[Hint, ...]:
    """The quarters whose months don't add up to them, in order; both as `{index: target}`.

    Nothing is said of a quarter without a target or whose three months are all blank; a blank month beside others adds
    nothing. Raises ValueError for an index out of range, NaN and a negative target; TypeError for a float.
    """
    for kind, cells in ((PeriodKind.QUARTER, quarters), (PeriodKind.MONTH, months)):
        for index, value in cells.items():
            require_index(kind, index)
            if value is not None:
                target_ratio(value)
    found = []
    for quarter in cells_of(PeriodKind.QUARTER):
        target = quarters.get(quarter)
        parts = [months.get(index) for index in range(3 * quarter - 2, 3 * quarter + 1)]
        total = add_up(parts, "target")
        if target is not None and any(part is not None for part in parts) and total != target:
            found.append(Hint(quarter, target, total))
    return tuple(found)


def cells_to_fill(
    kind: PeriodKind,
    index: int,
    row: R,
    *,
    rows: Sequence[R] = (),
    rest_of_year: bool = False,
) -> tuple[tuple[R, int], ...]:
    """The cells, as (row, index), that a value typed in one of them goes to: at least that one.

    rows: every row of the open form for "Apply to all rows", nothing without. rest_of_year: every later index of the
    same frequency too; earlier ones are untouched. Their count is stated before it happens.

    Raises ValueError for an index that the frequency doesn't have, and for rows without the one typed in.
    """
    require_index(kind, index)
    if rows and row not in rows:
        raise ValueError("the row is not one of the form's rows")
    last = cells_of(kind)[-1] if rest_of_year else index
    return tuple((each, later) for each in rows or (row,) for later in range(index, last + 1))


def finest_frequency(cells: Iterable[tuple[PeriodKind, Amount | None]]) -> PeriodKind:
    """The finest frequency that has any target, where a user's goals open: monthly where there is none.

    A deliberate 0 is a target.
    """
    used = {kind for kind, value in cells if value is not None}
    return next((kind for kind in FINEST_FIRST if kind in used), PeriodKind.MONTH)


def require_index(kind: PeriodKind, index: int) -> None:
    """Raise ValueError for an index that a frequency doesn't have, TypeError for one that is no int."""
    require_whole(index, "index")
    if index not in cells_of(kind):
        raise ValueError(f"index must be 1 to {len(cells_of(kind))} for a {kind}, not {index}")
