"""The columns of a report: one list for the page's headings, the CSV and the workbook."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from progress.amounts import shown
from progress.results import Result
from reports.readers import Order, Report, Row

NAMES = {"person": "Salesperson", "team": "Team", "channel": "Channel"}
#: What a row is called that names nobody, no team's person, or no channel.
NOBODY = {"person": "No salesperson", "team": "No salesperson", "channel": "No channel"}
TOTAL = "Total"

Plain = str | int | Decimal | None


class Kind(Enum):
    """How a column's values are written in a workbook."""

    TEXT = "text"
    WHOLE = "whole"
    TENTHS = "tenths"
    MONEY = "money"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `value`: as a file holds it, None where there is nothing. `order`: what a click on its head sorts by.

    on_page: has a head on the page; what hasn't stands there within another column's cells.
    """

    label: str
    kind: Kind
    value: Callable[[Row], Plain]
    order: Order = ""
    on_page: bool = True


def columns(report: Report, before: str) -> list[Column]:
    """The columns that say something about this report. `before`: what the compared period is called."""
    asked = report.asked
    whole, parts, places = (Kind.MONEY, Kind.MONEY, 2) if asked.revenue else (Kind.WHOLE, Kind.TENTHS, 1)
    found = [Column(NAMES[asked.by], Kind.TEXT, lambda row: name_of(row, report), "name")]
    if asked.by == "person":
        found.append(Column("Team", Kind.TEXT, lambda row: row.team or None, on_page=False))
    if report.several_months:
        found += [
            Column("Months set", Kind.WHOLE, lambda row: row.result.months.set, "set"),
            Column("Months", Kind.WHOLE, lambda row: row.result.months.of, on_page=False),
        ]
    found += [
        Column("Target", whole, lambda row: row.result.target, "target"),
        Column("Actual", whole, lambda row: row.actual, "actual"),
        Column("Variance", whole, lambda row: row.result.variance, "variance"),
        Column("Achieved", Kind.PERCENT, lambda row: row.result.percent_shown, "percent"),
    ]
    if report.running:
        found += [
            Column("Expected today", parts, lambda row: _rounded(row.result.expected, places), on_page=False),
            Column("Against pace", parts, lambda row: _gap(row.result, money=asked.revenue), "gap"),
            Column("Forecast", whole, lambda row: _forecast(row.result, places if asked.revenue else 0), "forecast"),
        ]
    if report.has_elsewhere:
        found.append(Column("Without a target", whole, lambda row: row.elsewhere, "elsewhere"))
    if report.compared:
        found.append(Column(before, whole, lambda row: row.before.everything if row.before else None, "before"))
    return found


def name_of(row: Row, report: Report) -> str:
    """What a row is called."""
    if row is report.total:
        return TOTAL
    return NOBODY[report.asked.by] if row.key is None else row.name


def cells(report: Report, shown_columns: list[Column]) -> Iterator[list[Plain]]:
    """The rows as a file holds them, the total last."""
    for row in (*report.rows, report.total):
        yield [column.value(row) for column in shown_columns]


def _rounded(value: Fraction | None, places: int) -> Decimal | None:
    return None if value is None else shown(value, places)


def _gap(result: Result, *, money: bool) -> Decimal | None:
    return _rounded(result.gap, 2) if money else result.gap_shown


def _forecast(result: Result, places: int) -> Decimal | None:
    return _rounded(result.forecast.value, places) if result.forecast else None
