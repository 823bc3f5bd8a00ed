"""The tables of a person's page as CSV, safe to open in a spreadsheet: numbers as numbers, days as 2026-10-22."""

import csv
import io
from collections.abc import Iterator

from ledger.reading import guarded
from targets.readers.member import MemberPage
from targets.views.export import blank
from targets.views.member_charts import HOW, WEEKDAYS, WEEKS
from targets.views.units import Unit

Line = list[object]
PARTS = ("days", "pattern", "year", "changes")


def csv_of(part: str, page: MemberPage, unit: Unit) -> str:
    """One of PARTS."""
    sheet = io.StringIO()
    # The mark tells Excel that the file is UTF-8.
    sheet.write("\ufeff")
    rows = {"days": _days, "pattern": _pattern, "year": _year, "changes": _changes}[part]
    csv.writer(sheet).writerows(guarded(map(str, row)) for row in rows(page, unit))
    return sheet.getvalue()


def _days(page: MemberPage, unit: Unit) -> Iterator[Line]:
    yield ["Day", unit.noun, "Total", "Pace", "Gap", "Day off"]
    for day in page.chart.candles:
        there = day.actual is not None and day.before is not None
        yield [
            day.day.isoformat(),
            unit.plain(day.actual - day.before) if there else "",  # type: ignore[operator]  # both are there
            unit.plain(day.actual) if there else "",  # type: ignore[arg-type]
            unit.plain(day.expected, 1),
            unit.plain(day.gap, 1) if there else "",  # type: ignore[arg-type]
            "yes" if day.is_off else "",
        ]


def _pattern(page: MemberPage, unit: Unit) -> Iterator[Line]:
    yield ["Part of the month", f"{unit.noun} a day", "Months below", "Months"]
    for found, names in ((page.weeks, WEEKS), (page.weekdays, dict(enumerate(WEEKDAYS)))):
        for part in found.parts:
            yield [names[part.number], unit.plain(part.rate, 2), part.slipped, part.judged]


def _year(page: MemberPage, unit: Unit) -> Iterator[Line]:
    yield ["From", "To", "Target", unit.noun, "More without a target", "Months set", "Months"]
    for bar in page.bars:
        period = bar.period
        target = None if bar.target is None else unit.plain(bar.target)
        sums = [blank(target), unit.plain(bar.actual), unit.plain(bar.elsewhere), bar.set, bar.of]
        yield [period.start.isoformat(), period.end.isoformat(), *sums]


def _changes(page: MemberPage, unit: Unit) -> Iterator[Line]:
    yield ["When", "Month", "Channel", "Target for", "From", "To", "Who", "How"]
    for change in page.history.changes:
        at = change.at.astimezone(unit.formats.zone).isoformat(sep=" ", timespec="minutes")
        what = "revenue" if change.field == "revenue" else "deals"
        numbers = [blank(change.old), blank(change.new)]
        how = HOW.get(change.why, change.why)
        yield [at, f"{change.month:%Y-%m}", change.channel, what, *numbers, change.by or "Headway", how]
