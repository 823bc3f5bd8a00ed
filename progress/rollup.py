"""Totals over cells of which some have a target and some don't: like is compared with like.

Source: docs/algorithms/totals.md.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import localcontext
from typing import Generic, TypeVar

from progress.amounts import EXACT, Amount, ratio, target_ratio
from progress.forecast import Forecast, forecast_at
from progress.pace import Moment, Pace

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Cell(Generic[R, C]):
    """What was reached by a row (a person) in a column (a channel), and its target: None where there is none."""

    row: R
    column: C
    actual: Amount
    target: Amount | None


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of some cells, comparing like with like.

    pace: actual and target summed over the cells with a target above 0. Where there is no such cell, the whole actual,
    and as target 0 if one of them says 0, else None; both are neutral.
    elsewhere: what was reached in the cells left out of that sum.
    """

    pace: Pace
    elsewhere: Amount

    @property
    def forecast(self) -> Forecast | None:
        """Made from the total's own actual, never from the cells' forecasts."""
        return forecast_at(self.pace.moment, self.pace.actual)


@dataclass(frozen=True, slots=True)
class Rollup(Generic[R, C]):
    """The totals of a grid: `{row: Total}`, `{column: Total}`, and one over all cells."""

    rows: dict[R, Total]
    columns: dict[C, Total]
    overall: Total


@dataclass(frozen=True, slots=True)
class Months:
    """What some months add up to, comparing like with like: "2 of 3 months set".

    actual, target: summed over the months with a target above 0; elsewhere: what was reached in the others.
    Where there is no such month, the whole actual, and as target 0 if a month says 0, else None.
    set, of: the months with a target, a deliberate 0 included, and all of them.
    """

    actual: Amount
    target: Amount | None
    elsewhere: Amount
    set: int
    of: int

    @property
    def everything(self) -> Amount:
        """All that was reached, with a target or without."""
        with localcontext(EXACT):
            return self.actual + self.elsewhere


@dataclass(frozen=True, slots=True)
class Standing(Generic[R]):
    """Who stands where; everybody is in exactly one of the four, in the order of the totals.

    set_aside: nothing is expected of them (a target of 0), or the period is upcoming.
    furthest_behind: the largest negative gap, the first of equals; None if nobody is behind.
    at_risk: who of those behind is so by no more than the band that the moment knows.
    """

    on_pace: tuple[R, ...]
    behind: tuple[R, ...]
    without_target: tuple[R, ...]
    set_aside: tuple[R, ...]
    furthest_behind: R | None
    at_risk: tuple[R, ...] = ()


@dataclass(slots=True)
class Sum:
    """A total while it is being added up."""

    actual: Amount = 0
    target: Amount = 0
    elsewhere: Amount = 0
    compared: bool = False
    zero: bool = False

    def add(self, actual: Amount, target: Amount | None) -> None:
        """Count one cell."""
        if target:
            self.actual += actual
            self.target += target
            self.compared = True
            return
        self.elsewhere += actual
        self.zero = self.zero or target is not None

    def parts(self) -> tuple[Amount, Amount | None, Amount]:
        """Actual, target and elsewhere."""
        if self.compared:
            return self.actual, self.target, self.elsewhere
        return self.elsewhere, 0 if self.zero else None, 0

    def total(self, moment: Moment) -> Total:
        """The finished total."""
        actual, target, elsewhere = self.parts()
        return Total(moment.measure(actual, target), elsewhere)


def total(cells: Iterable[Cell[R, C]], moment: Moment) -> Total:
    """One total over cells of the moment's period."""
    return roll_up(cells, moment).overall


def roll_up(
    cells: Iterable[Cell[R, C]], moment: Moment, *, rows: Iterable[R] = (), columns: Iterable[C] = ()
) -> Rollup[R, C]:
    """The totals of each row, each column and everything, in one pass over cells of the moment's period.

    `rows` and `columns` get a total even without a cell and come first, in their order; others follow as they appear.
    Raises TypeError for a float, ValueError for NaN or a negative target, decimal.Inexact beyond 1,000 digits.
    """
    by_row: defaultdict[R, Sum] = defaultdict(Sum, {row: Sum() for row in rows})
    by_column: defaultdict[C, Sum] = defaultdict(Sum, {column: Sum() for column in columns})
    overall = Sum()
    with localcontext(EXACT):
        for cell in cells:
            actual, target = cell.actual, cell.target
            require_amounts(actual, target)
            by_row[cell.row].add(actual, target)
            by_column[cell.column].add(actual, target)
            overall.add(actual, target)
    return Rollup(
        rows={row: part.total(moment) for row, part in by_row.items()},
        columns={column: part.total(moment) for column, part in by_column.items()},
        overall=overall.total(moment),
    )


def sum_months(months: Iterable[tuple[Amount, Amount | None]]) -> Months:
    """The months of a report, each as its actual and its target (None where there is none), in any order.

    Raises as `roll_up` does.
    """
    found, given, count = Sum(), 0, 0
    with localcontext(EXACT):
        for actual, target in months:
            require_amounts(actual, target)
            found.add(actual, target)
            given += target is not None
            count += 1
    return Months(*found.parts(), set=given, of=count)


def require_amounts(actual: Amount, target: Amount | None) -> None:
    """Raise TypeError or ValueError unless both can be counted; a target may be blank."""
    ratio(actual, "actual")
    if target is not None:
        target_ratio(target)


def standing(totals: Mapping[R, Total]) -> Standing[R]:
    """Who is on pace, behind, without a target, or set aside."""
    behind = {key: total.pace for key, total in totals.items() if total.pace.on_pace is False}
    gaps = {key: gap for key, pace in behind.items() if (gap := pace.gap) is not None}
    return Standing(
        on_pace=tuple(key for key, total in totals.items() if total.pace.on_pace),
        behind=tuple(behind),
        without_target=tuple(key for key, total in totals.items() if total.pace.target is None),
        set_aside=tuple(
            key for key, total in totals.items() if total.pace.on_pace is None and total.pace.target is not None
        ),
        furthest_behind=min(gaps, key=gaps.__getitem__, default=None),
        at_risk=tuple(key for key, pace in behind.items() if pace.at_risk),
    )
