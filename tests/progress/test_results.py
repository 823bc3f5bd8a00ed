"""Several months beside their own targets."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.forecast import Interval, forecast_over
from progress.pace import at
from progress.periods import Period, WorkCalendar, month_of, months_later, quarter_of
from progress.results import NOTHING, Result, joined, stretch
from progress.rollup import Cell, Months, sum_months, total
from tests.progress import strategies as some
from tests.progress.tables import Row, amount, cases, exactly, listed, optional, yes

QUARTER = quarter_of(date(2026, 7, 1))
STARTS = [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]
Cells = list[tuple[Amount, Amount | None]]


def reading(text: str) -> tuple[Amount, Amount | None]:
    """`15 of 23` as actual and target."""
    found = re.fullmatch(r"(\S+) of (\S+)", text)
    assert found, text
    return amount(found[1]), optional(amount, found[2])


def quarter(cells: Cells, today: date, calendar: WorkCalendar | None = None, band: int = 0) -> Result:
    span = stretch(QUARTER, today, calendar, at_risk_percent=band)
    return span.result({start: sum_months([cell]) for start, cell in zip(STARTS, cells, strict=True)})


@cases("totals", "Pace over several months")
def test_pace_over_months(row: Row) -> None:
    found = quarter(listed(reading, row["months"]), date.fromisoformat(row["today"]), band=int(row["band"]))
    assert exactly(found.expected, row["expected"])
    assert exactly(found.gap_shown, row["gap"], Decimal)
    assert exactly(found.on_pace, row["on pace"], yes)
    assert found.at_risk is (row["at risk"] == "yes")
    assert exactly(found.forecast and found.forecast.value, row["forecast"])
    assert exactly(found.variance, row["variance"], amount)
    assert exactly(found.percent_shown, row["percent"], int)
    assert exactly(found.tick, row["tick"], Decimal)


quarter_days = st.dates(date(2026, 6, 20), date(2026, 10, 10))
cells = st.lists(st.tuples(some.actuals, some.targets), min_size=3, max_size=3)


@given(cells, quarter_days)
def test_one_month_is_what_a_total_of_it_is(held: Cells, today: date) -> None:
    month = month_of(date(2026, 7, 1))
    for calendar in (None, WorkCalendar(frozenset(range(5)))):
        found = stretch(month, today, calendar, at_risk_percent=7).result({month.start: sum_months(held)})
        moment = at(month, today, calendar, at_risk_percent=7)
        whole = total([Cell("row", place, *cell) for place, cell in enumerate(held)], moment)
        assert (found.actual, found.target, found.months.elsewhere) == (
            whole.pace.actual,
            whole.pace.target,
            whole.elsewhere,
        )
        assert (found.expected, found.gap, found.on_pace) == (whole.pace.expected, whole.pace.gap, whole.pace.on_pace)
        assert (found.at_risk, found.tick, found.forecast) == (whole.pace.at_risk, whole.pace.tick, whole.forecast)


@given(cells, quarter_days)
def test_the_forecast_is_that_of_the_months_with_a_target(held: Cells, today: date) -> None:
    found = quarter(held, today)
    aims = [Interval(month_of(start), cell[1]) for start, cell in zip(STARTS, held, strict=True) if cell[1]]
    if aims:
        usual = forecast_over(aims, found.actual, today)
        assert (found.forecast and found.forecast.value) == (usual and usual.value)


@given(st.lists(cells, min_size=1, max_size=4))
def test_months_of_people_join_to_what_their_cells_sum_to(people: list[Cells]) -> None:
    parts = [sum_months(held) for held in people]
    flat = sum_months(cell for held in people for cell in held)
    found = joined(parts)
    assert (found.actual, found.target, found.elsewhere) == (flat.actual, flat.target, flat.elsewhere)
    assert found.of == len(people)
    assert found.set == sum(any(target is not None for _, target in held) for held in people)


def test_no_months_come_to_nothing() -> None:
    assert joined([]) == NOTHING == Months(0, None, 0, 0, 0)


def test_early_goes_by_the_whole_period() -> None:
    ninth, tenth = (quarter([(1, 5), (0, 5), (0, 5)], date(2026, 7, day)).forecast for day in (9, 10))
    assert ninth is not None
    assert tenth is not None
    assert (ninth.early, tenth.early) == (True, False)


def test_everything_is_the_compared_and_the_rest() -> None:
    assert quarter([(9, 10), (12, 10), (7, None)], date(2026, 10, 1)).everything == 28


def test_the_months_stand_in_order_and_tile_the_period() -> None:
    span = stretch(Period(STARTS[0], date(2026, 12, 31)), date(2026, 8, 4))
    assert list(span.months) == [months_later(STARTS[0], later) for later in range(6)]
    assert (span.period.start, span.period.end) == (STARTS[0], date(2026, 12, 31))
    assert span.months[STARTS[1]].elapsed == Fraction(4, 31)
    assert span.whole.at_risk_percent == 0
