"""Totals over unlike cells, and who stands where."""

import re
from datetime import date
from decimal import Decimal, Inexact
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount, shown
from progress.forecast import forecast_at
from progress.pace import Moment, at
from progress.periods import WorkCalendar, month_of
from progress.rollup import Cell, Standing, Total, roll_up, standing, sum_months, total
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, cases, exactly, listed, optional, rows

CALENDAR = WorkCalendar(frozenset(range(5)), frozenset({date(2026, 10, 26)}))
GRID = rows("totals", "A grid")
CHANNELS = ["Retail", "Online", "Fleet", "Used"]

Cells = list[Cell[str, str]]


def on(day: date) -> Moment:
    return at(month_of(date(2026, 10, 1)), day, CALENDAR)


TODAY = on(date(2026, 10, 22))


def reading(text: str) -> tuple[Amount, Amount | None, Amount]:
    """`15 of 23 +3` as actual, target and elsewhere."""
    found = re.fullmatch(r"(\S+) of (\S+)(?: \+(\S+))?", text)
    assert found, text
    return amount(found[1]), optional(amount, found[2]), amount(found[3] or "0")


def written(total: Total) -> tuple[Amount, Amount | None, Amount]:
    return total.pace.actual, total.pace.target, total.elsewhere


def grid_cells() -> Cells:
    return [
        Cell(row["person"], channel, *reading(row[channel])[:2])
        for row in GRID
        if row["person"] != "Team"
        for channel in CHANNELS
    ]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["person"]) for row in GRID])
def test_the_grid(row: Row) -> None:
    sheet = roll_up(grid_cells(), TODAY)
    found = sheet.overall if row["person"] == "Team" else sheet.rows[row["person"]]
    assert written(found) == reading(row["total"])
    assert exactly(found.pace.gap_shown, row["gap"], Decimal)
    assert found.forecast is not None
    assert exactly(shown(found.forecast.value), row["forecast"], Decimal)
    if row["person"] == "Team":
        assert {name: written(part) for name, part in sheet.columns.items()} == {
            channel: reading(row[channel]) for channel in CHANNELS
        }


@cases("totals", "Who stands where")
def test_standing(row: Row) -> None:
    moment = on(date.fromisoformat(row["today"]))
    people = [text.split(" ", 1) for text in listed(str, row["people"])]
    totals = {name: Total(moment.measure(*reading(numbers)[:2]), 0) for name, numbers in people}
    assert standing(totals) == Standing(
        on_pace=tuple(listed(str, row["on pace"])),
        behind=tuple(listed(str, row["behind"])),
        without_target=tuple(listed(str, row["without target"])),
        set_aside=tuple(listed(str, row["set aside"])),
        furthest_behind=optional(str, row["furthest behind"]),
    )


@cases("totals", "Several months")
def test_sum_months(row: Row) -> None:
    found = sum_months(reading(text)[:2] for text in listed(str, row["months"]))
    assert (found.actual, found.target, found.elsewhere) == reading(row["total"])
    assert f"{found.set} of {found.of}" == row["set"]


def test_named_rows_and_columns_come_first_and_need_no_cell() -> None:
    sheet = roll_up([Cell("ben", "web", 2, 3)], TODAY, rows=["amara", "ben"], columns=["shop"])
    assert list(sheet.rows) == ["amara", "ben"]
    assert list(sheet.columns) == ["shop", "web"]
    assert written(sheet.rows["amara"]) == written(sheet.columns["shop"]) == (0, None, 0)


def test_no_cells_make_a_neutral_total() -> None:
    assert written(total(list[Cell[str, str]](), TODAY)) == (0, None, 0)


def test_a_forecast_comes_from_the_totals_own_actual() -> None:
    found = total([Cell("amara", "web", 8, 10), Cell("amara", "shop", 5, None)], TODAY)
    assert found.forecast == forecast_at(TODAY, 8)


keys = st.sampled_from("abcde")
grids = st.lists(st.tuples(keys, keys, some.actuals, some.targets).map(lambda values: Cell(*values)), max_size=25)


@given(grids, st.randoms(use_true_random=False))
def test_the_order_of_cells_never_matters(cells: Cells, random: Random) -> None:
    usual = roll_up(cells, TODAY)
    random.shuffle(cells)
    assert roll_up(cells, TODAY) == usual


@given(grids)
def test_nothing_vanishes_and_every_way_of_adding_agrees(cells: Cells) -> None:
    sheet = roll_up(cells, TODAY)
    reached = sum((Fraction(cell.actual) for cell in cells), Fraction(0))
    aimed = sum((Fraction(cell.target or 0) for cell in cells), Fraction(0))
    for totals in ([*sheet.rows.values()], [*sheet.columns.values()], [sheet.overall]):
        assert sum(Fraction(part.pace.actual) + Fraction(part.elsewhere) for part in totals) == reached
        assert sum(Fraction(part.pace.target or 0) for part in totals) == aimed


@given(grids)
def test_each_total_compares_like_with_like(cells: Cells) -> None:
    sheet = roll_up(cells, TODAY)
    for row, found in sheet.rows.items():
        mine = [cell for cell in cells if cell.row == row]
        compared = [cell for cell in mine if cell.target]
        counted = compared or mine
        assert Fraction(found.pace.actual) == sum(Fraction(cell.actual) for cell in counted)
        assert (found.pace.target is None) == all(cell.target is None for cell in mine)
        assert found.pace.judged == bool(compared)
        assert found == total(mine, TODAY)


@given(grids)
def test_months_add_up_as_cells_do(cells: Cells) -> None:
    found = sum_months((cell.actual, cell.target) for cell in cells)
    whole = total(cells, TODAY)
    assert (found.actual, found.target, found.elsewhere) == written(whole)
    assert (found.set, found.of) == (sum(cell.target is not None for cell in cells), len(cells))


@given(grids)
def test_everybody_stands_in_one_place(cells: Cells) -> None:
    totals = roll_up(cells, TODAY).rows
    found = standing(totals)
    assert sorted([*found.on_pace, *found.behind, *found.without_target, *found.set_aside]) == sorted(totals)
    if found.furthest_behind is None:
        assert not found.behind
    else:
        worst = totals[found.furthest_behind].pace.gap
        assert worst == min(gap for name in found.behind if (gap := totals[name].pace.gap) is not None)


@pytest.mark.parametrize(
    ("actual", "target", "error", "message"),
    [
        pytest.param(1.0, 2, TypeError, "actual must be Decimal or int, not float", id="actual-a-float"),
        pytest.param(1, 0.0, TypeError, "target must be Decimal or int, not float", id="target-a-float-of-zero"),
        pytest.param(Decimal("NaN"), None, ValueError, "actual must be a finite number", id="actual-nan"),
        pytest.param(1, Decimal("NaN"), ValueError, "target must be a finite number", id="target-nan"),
        pytest.param(1, -5, ValueError, "target must not be negative", id="a-negative-target-that-a-sum-would-hide"),
    ],
)
def test_bad_cells_are_refused(actual: Amount, target: Amount, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        roll_up([Cell("amara", "web", 100, 100), Cell("amara", "shop", actual, target)], TODAY)
    with pytest.raises(error, match=message):
        sum_months([(100, 100), (actual, target)])


def test_a_sum_is_exact_or_an_error() -> None:
    cells = [Cell("amara", "web", Decimal("1e40"), 1), Cell("amara", "shop", Decimal("0.01"), 1)]
    assert total(cells, TODAY).pace.actual == Decimal(f"1{'0' * 40}.01")
    assert sum_months([(cell.actual, cell.target) for cell in cells]).actual == Decimal(f"1{'0' * 40}.01")
    with pytest.raises(Inexact):
        total([Cell("amara", "web", Decimal("1e1001"), 1), Cell("amara", "shop", Decimal("0.01"), 1)], TODAY)
