"""The grid as CSV, safe to open in a spreadsheet."""

import csv
import io
from fractions import Fraction

from ledger.reading import guarded
from progress.amounts import shown
from progress.rollup import Total
from targets.readers import Grid


def name_of(grid: Grid) -> str:
    """The file's name: the month, and what of it is shown."""
    parts = ["revenue" if grid.shown.revenue else "", "behind" if grid.shown.behind else ""]
    return "-".join(["targets", f"{grid.month:%Y-%m}", *filter(None, parts)]) + ".csv"


def csv_of(grid: Grid) -> str:
    """Exactly the shown rows and columns: deals or revenue and target of each channel, totals, gap and forecast.

    The last row is the team's, also where not all of it is shown, as on the page.
    """
    sheet = io.StringIO()
    # The mark tells Excel that the file is UTF-8.
    sheet.write("\ufeff")
    writer = csv.writer(sheet)
    noun, places = ("revenue", 2) if grid.shown.revenue else ("deals", 0)
    channels = [f"{column.name} {what}" for column in grid.columns for what in (noun, "target")]
    sums = [f"Total {noun}", "Total target", f"No target {noun}", "Gap", "Forecast"]
    writer.writerow(guarded(["Salesperson", "Team", *channels, *sums]))
    for row in grid.rows:
        cells = [value for cell in row.cells for value in (cell.pace.actual, blank(cell.target))]
        name = row.name if row.member_id is not None else "No salesperson"
        writer.writerow([*guarded([name, row.team]), *cells, *_sums(row.total, places)])
    totals = [value for total in grid.column_totals for value in (total.pace.actual, blank(total.pace.target))]
    writer.writerow(["Team total", "", *totals, *_sums(grid.overall, places)])
    return sheet.getvalue()


def _sums(total: Total, places: int) -> list[object]:
    pace, forecast = total.pace, total.forecast
    value: Fraction | None = forecast.value if forecast else None
    return [
        pace.actual,
        blank(pace.target),
        total.elsewhere,
        blank(shown(pace.gap, places) if places and pace.gap is not None else pace.gap_shown),
        "" if value is None else shown(value, places),
    ]


def blank(value: object) -> object:
    """Nothing where there is nothing, which is not 0."""
    return "" if value is None else value
