"""A report as a workbook: numbers as numbers, names as text whatever they begin with."""

import io
import re
from collections.abc import Sequence

import xlsxwriter

from reports.readers import Report
from reports.views.columns import Column, Kind, Plain, cells

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    Kind.TEXT: "@",
    Kind.WHOLE: "#,##0",
    Kind.TENTHS: "#,##0.0",
    Kind.MONEY: "#,##0.00",
    Kind.PERCENT: "0%",
}
#: What a sheet's name may not hold, and how long it may be.
FORBIDDEN, LONGEST_NAME = re.compile(r"[\[\]:*?/\\]"), 31
NARROWEST, WIDEST = 10, 48


def of(report: Report, columns: list[Column], *, name: str, about: Sequence[tuple[str, str]]) -> bytes:
    """The file: a sheet of the report with its head frozen and its total last, and one that says what it is."""
    target = io.BytesIO()
    # Names that look like formulas, numbers or links stay the text they are.
    book = xlsxwriter.Workbook(
        target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
    )
    page = book.add_worksheet(FORBIDDEN.sub(" ", name)[:LONGEST_NAME])
    head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    rows = list(cells(report, columns))
    for place, column in enumerate(columns):
        side = "left" if column.kind is Kind.TEXT else "right"
        page.write_string(0, place, column.label, book.add_format({**head, "align": side}))
        plain = {"num_format": FORMATS[column.kind]}
        styles = (book.add_format(plain), book.add_format({**plain, "bold": True, "top": 1}))
        for line, row in enumerate(rows, start=1):
            _write(page, line, place, row[place], column.kind, styles[line == len(rows)])
        page.set_column(place, place, _width(column, [row[place] for row in rows]))
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(rows) - 1, 1), len(columns) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    told = book.add_worksheet("About")
    told.set_column(0, 0, 16)
    told.set_column(1, 1, WIDEST)
    for line, (label, text) in enumerate(about):
        told.write_string(line, 0, label, book.add_format({"bold": True}))
        told.write_string(line, 1, text)
    book.close()
    return target.getvalue()


def _write(
    page: "xlsxwriter.worksheet.Worksheet", line: int, place: int, value: Plain, kind: Kind, style: object
) -> None:
    if value is None:
        page.write_blank(line, place, None, style)
    elif isinstance(value, str):
        page.write_string(line, place, value, style)
    else:
        page.write_number(line, place, value / 100 if kind is Kind.PERCENT else value, style)


def _width(column: Column, values: list[Plain]) -> int:
    """About as wide as the longest text in it."""
    texts = [f"{value:,}" if not isinstance(value, str) and value is not None else value or "" for value in values]
    cents = 3 if column.kind is Kind.MONEY else 0
    return min(max(NARROWEST, *(len(text) + 2 + cents for text in texts)), WIDEST)
