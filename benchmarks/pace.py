"""The rules of progress/ alone: what a page of 200 x 5 asks of them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from benchmarks.framework import Row, timed
from benchmarks.worlds import Bench
from progress.pace import at
from progress.periods import WorkCalendar, month_of
from progress.rollup import Cell, roll_up

TODAY = date(2026, 10, 22)


def measure(bench: Bench) -> Iterator[Row]:
    """1,200 paces (each cell and each total of the page), and the whole table summed."""
    moment = at(month_of(TODAY), TODAY, WorkCalendar(frozenset(range(5))))
    pairs = [(Decimal(number % 40), number % 50 + 1) for number in range(1200)]
    times = 20 if bench.small else 200

    def judged() -> list[object]:
        paces = [moment.measure(actual, asked) for actual, asked in pairs]
        return [(pace.status, pace.gap_shown, pace.fill) for pace in paces]

    yield Row("1,200 paces", timed(judged, times=times), "ms", at_most=10)
    cells = [Cell(row, column, *pairs[row * 5 + column]) for row in range(200) for column in range(5)]
    yield Row("200 x 5 rolled up", timed(lambda: roll_up(cells, moment), times=times), "ms", at_most=20)
