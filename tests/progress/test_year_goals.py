"""Year goals: cells, hints and where a value goes."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.periods import PeriodKind, period_of, year_of
from progress.year_goals import cell_period, cells_of, cells_to_fill, finest_frequency, hints
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, cases, listed, optional, period, yes


def held(text: str) -> dict[int, Amount | None]:
    """`1: 10, 2: -` as targets by index."""
    pairs = [pair.split(": ") for pair in listed(str, text)]
    return {int(index): optional(amount, value) for index, value in pairs}


@cases("year-goals", "A cell's period")
def test_cell_period(row: Row) -> None:
    found = cell_period(int(row["year"]), PeriodKind(row["kind"]), int(row["index"]), int(row["fiscal start"]))
    assert found == period(row["period"])


@cases("year-goals", "Hint")
def test_hints(row: Row) -> None:
    found = hints(held(row["quarters"]), held(row["months"]))
    assert [f"{hint.quarter}: {hint.months} instead of {hint.target}" for hint in found] == listed(str, row["hints"])


@cases("year-goals", "Applying a value")
def test_cells_to_fill(row: Row) -> None:
    found = cells_to_fill(
        PeriodKind(row["kind"]),
        int(row["index"]),
        "Ada",
        rows=listed(str, row["rows"]),
        rest_of_year=yes(row["rest of year"]),
    )
    assert [f"{name} {index}" for name, index in found] == listed(str, row["cells"])


@cases("year-goals", "Finest frequency")
def test_finest_frequency(row: Row) -> None:
    given_cells = [pair.split() for pair in listed(str, row["cells"])]
    found = finest_frequency((PeriodKind(kind), optional(amount, value)) for kind, value in given_cells)
    assert found is PeriodKind(row["opens on"])


def test_a_value_goes_to_one_cell_unless_said_otherwise() -> None:
    assert cells_to_fill(PeriodKind.MONTH, 3, "Ada") == (("Ada", 3),)


def test_the_year_is_the_calendars_unless_said_otherwise() -> None:
    assert cell_period(2025, PeriodKind.YEAR, 1) == period("2025-01-01..2025-12-31")


@given(some.days, some.fiscal_starts, st.sampled_from(PeriodKind))
def test_the_cells_of_a_frequency_tile_the_fiscal_year(day: Any, fiscal_start: int, kind: PeriodKind) -> None:
    year = year_of(day, fiscal_start)
    parts = [cell_period(year.start.year, kind, index, fiscal_start) for index in cells_of(kind)]
    assert (parts[0].start, parts[-1].end) == (year.start, year.end)
    assert all(a.end + timedelta(days=1) == b.start for a, b in pairwise(parts))
    assert all(part == period_of(part.start, kind, fiscal_start) for part in parts)


@given(st.sampled_from(PeriodKind), st.data(), st.lists(st.integers(0, 9), min_size=1, unique=True, max_size=6))
def test_both_together_fill_rows_times_remaining_periods(
    kind: PeriodKind, data: st.DataObject, rows: list[int]
) -> None:
    index = data.draw(st.sampled_from(cells_of(kind)))
    found = cells_to_fill(kind, index, data.draw(st.sampled_from(rows)), rows=rows, rest_of_year=True)
    assert len(set(found)) == len(found) == len(rows) * (len(cells_of(kind)) - index + 1)
    assert min(later for _, later in found) == index


values = st.none() | st.integers(0, 5) | st.decimals(Decimal(0), Decimal(9), places=2)


@given(st.dictionaries(st.integers(1, 4), values), st.dictionaries(st.integers(1, 12), values))
def test_a_hint_says_what_the_months_add_up_to(
    quarters: dict[int, Amount | None], months: dict[int, Amount | None]
) -> None:
    found = {hint.quarter: hint for hint in hints(quarters, months)}
    for quarter in range(1, 5):
        parts = [months.get(index) for index in range(1, 13) if (index + 2) // 3 == quarter]
        given_parts = [Fraction(part) for part in parts if part is not None]
        target = quarters.get(quarter)
        told = target is not None and bool(given_parts) and sum(given_parts) != Fraction(target)
        assert (quarter in found) == told
        if told:
            assert (Fraction(found[quarter].months), found[quarter].target) == (sum(given_parts), target)


@pytest.mark.parametrize(
    ("kind", "last"),
    [(PeriodKind.MONTH, 12), (PeriodKind.QUARTER, 4), (PeriodKind.SEMESTER, 2), (PeriodKind.YEAR, 1)],
)
def test_an_index_the_frequency_does_not_have_is_refused(kind: PeriodKind, last: int) -> None:
    for index in (0, last + 1, -1):
        with pytest.raises(ValueError, match=f"index must be 1 to {last} for a {kind}, not {index}"):
            cell_period(2025, kind, index)
        with pytest.raises(ValueError, match="index must be 1 to"):
            cells_to_fill(kind, index, "Ada")
    assert cell_period(2025, kind, last).end == period("2025-01-01..2025-12-31").end


@pytest.mark.parametrize(
    ("quarters", "months", "error", "message"),
    [
        pytest.param({5: 1}, {}, ValueError, "index must be 1 to 4 for a quarter, not 5", id="no-such-quarter"),
        pytest.param({}, {13: 1}, ValueError, "index must be 1 to 12 for a month, not 13", id="no-such-month"),
        pytest.param({1: -1}, {}, ValueError, "target must not be negative", id="negative"),
        pytest.param({}, {1: Decimal("NaN")}, ValueError, "target must be a finite number", id="nan"),
        pytest.param({}, {1: 0.5}, TypeError, "target must be Decimal or int, not float", id="a-float"),
    ],
)
def test_bad_cells_are_refused(quarters: Any, months: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        hints(quarters, months)


def test_a_row_that_the_form_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="the row is not one of the form's rows"):
        cells_to_fill(PeriodKind.MONTH, 1, "Eli", rows=["Ada", "Ben"])


@pytest.mark.parametrize("month", [0, 13])
def test_a_fiscal_year_starts_in_a_month(month: int) -> None:
    with pytest.raises(ValueError, match="fiscal_start must be a month from 1 to 12"):
        cell_period(2025, PeriodKind.YEAR, 1, month)


@pytest.mark.parametrize("number", [1.0, True, Decimal(1)])
def test_cells_are_numbered_with_whole_numbers(number: Any) -> None:
    with pytest.raises(TypeError, match="index must be int, not"):
        cell_period(2025, PeriodKind.MONTH, number)
    with pytest.raises(TypeError, match="index must be int, not"):
        cells_to_fill(PeriodKind.MONTH, number, "Ada")
    with pytest.raises(TypeError, match="index must be int, not"):
        hints({number: 1}, {})
    with pytest.raises(TypeError, match="fiscal_start must be int, not"):
        cell_period(2025, PeriodKind.MONTH, 1, number)


def test_there_is_no_other_frequency() -> None:
    unknown: Any = "week"
    with pytest.raises(ValueError, match="'week' is not a valid PeriodKind"):
        cells_of(unknown)
