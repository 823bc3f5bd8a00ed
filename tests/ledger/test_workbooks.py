"""Excel workbooks are imported as the CSV that they would be saved as."""

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.base import ContentFile

from accounts.tenancy import tenant
from ledger import services
from ledger.models import Deal, Import
from ledger.reading import Decimals, NotReadable, as_csv, is_workbook, workbook
from tests.conftest import FORMULA, HOSTILE, Company

Sheet = list[list[Any]]


def made(*sheets: Sheet, hidden: tuple[int, ...] = ()) -> bytes:
    """A workbook of these sheets, real and in memory."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"strings_to_formulas": False}) as book:
        days = book.add_format({"num_format": "dd.mm.yyyy"})
        moments = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        for place, rows in enumerate(sheets):
            sheet = book.add_worksheet()
            if place in hidden:
                sheet.hide()
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(row, column, cell, moments)
                    elif isinstance(cell, date):
                        sheet.write_datetime(row, column, datetime.combine(cell, time()), days)
                    else:
                        sheet.write(row, column, cell)
        if 0 in hidden:
            book.worksheets()[1].activate()
            book.worksheets()[1].set_first_sheet()
    return kept.getvalue()


def text(content: bytes) -> str:
    return as_csv(io.BytesIO(content)).read().decode()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        pytest.param(7, "7", id="whole"),
        pytest.param(1234.5, "1234.5", id="decimals"),
        pytest.param(0.00001, "0.00001", id="no-exponent"),
        pytest.param(10**15, "1000000000000000", id="large"),
        pytest.param(date(2026, 3, 31), "2026-03-31", id="a-day"),
        pytest.param(datetime(2026, 3, 31, 14, 5), "2026-03-31 14:05:00", id="a-moment"),  # noqa: DTZ001
        pytest.param(True, "TRUE", id="true"),
        pytest.param("two\nlines", "two lines", id="line-break"),
        pytest.param('say "x", y', '"say ""x"", y"', id="quoted"),
        pytest.param(FORMULA, FORMULA, id="text-like-a-formula"),
        pytest.param("Zoë", "Zoë", id="accent"),
    ],
)
def test_a_cell_as_text(cell: Any, written: str) -> None:
    assert text(made([["a", "b"], [cell, "x"]])) in (f"a,b\n{written},x\n", f'a,b\n"{written}",x\n')


def test_line_numbers_are_the_sheets_rows() -> None:
    assert text(made([[], [], ["a", "b"], [], [1, 2]])).split("\n")[2:5] == ["a,b", ",", "1,2"]


def test_the_first_visible_sheet_that_holds_something_is_read() -> None:
    assert text(made([["hidden", "x"]], [], [["a", "b"]], [["c", "d"]], hidden=(0,))) == "a,b\n"


def test_an_empty_workbook_is_refused_in_words() -> None:
    with pytest.raises(NotReadable, match="no visible sheet"):
        as_csv(io.BytesIO(made([])))


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 1000)
    with pytest.raises(NotReadable, match="too large"):
        as_csv(io.BytesIO(made([["a", "b"]])))


def spread(sheet: str, shared: str = "") -> io.BytesIO:
    """A small workbook whose only sheet, or whose one shared text, is this instead."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made([["text", 1]]))) as real,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as own,
    ):
        for entry in real.infolist():
            content = real.read(entry).decode()
            if entry.filename == "xl/worksheets/sheet1.xml":
                start, end = content.index("<sheetData>"), content.index("</sheetData>")
                content = f"{content[:start]}<sheetData>{sheet}{content[end:]}"
            elif entry.filename == "xl/sharedStrings.xml" and shared:
                content = content.replace(">text<", f">{shared}<")
            own.writestr(entry.filename, content)
    kept.seek(0)
    return kept


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(
            spread('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
            id="a-cell-at-the-far-end",
        ),
        pytest.param(
            spread(("<row>" + '<c t="s"><v>0</v></c>' * 20 + "</row>") * 1000, shared="x" * 100_000),
            id="a-long-text-in-every-cell",
        ),
    ],
)
def test_a_small_workbook_that_would_take_gigabytes_is_refused(stream: io.BytesIO) -> None:
    assert len(stream.getvalue()) < 20_000
    with pytest.raises(NotReadable, match="too large"):
        as_csv(stream)


def test_a_broken_workbook_is_refused_in_words() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("xl/workbook.xml", "<no")
    kept.seek(0)
    assert is_workbook(kept)
    with pytest.raises(NotReadable, match="can't be read"):
        as_csv(kept)


@pytest.mark.parametrize("content", [b"", b"number,date\n", b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_workbook(content: bytes) -> None:
    stream = io.BytesIO(content)
    assert not is_workbook(stream)
    assert stream.tell() == 0


HEADER = ["Number", "Date", "Salesperson", "State", "Channel", "Net amount"]


@pytest.mark.django_db
class TestImporting:
    @pytest.fixture(autouse=True)
    def _folder(self, settings: Any, tmp_path: Path) -> None:
        settings.MEDIA_ROOT = tmp_path

    def upload(self, company: Company, content: bytes) -> Any:
        file = ContentFile(content, name="deals.xlsx")
        return company.client(company.admin).post(company.url("imports/new/"), {"file": file})

    def test_it_is_uploaded_previewed_and_imported_like_a_csv(self, acme: Company) -> None:
        rows: Sheet = [
            HEADER,
            ["A1", date(2026, 3, 31), acme.seller.name, acme.confirmed.name, acme.channels[0].name, 1234.5],
            ["A2", date(2026, 4, 1), acme.seller.email, acme.confirmed.name, "", 7],
            ["A3", HOSTILE, acme.seller.email, acme.confirmed.name, "", 1],
        ]
        assert self.upload(acme, made(rows)).status_code == 302
        with tenant(acme.organization):
            source = Import.objects.get()
            assert source.filename == "deals.xlsx"
            services.start_import(source, by=acme.admin, enqueue=False)
        services.run_import(acme.organization, source.pk)
        with tenant(acme.organization):
            done = Import.objects.get()
            assert (done.status, done.rows_stored, done.rows_refused) == ("done", 2, 1)
            assert list(Deal.objects.order_by("number").values_list("number", "date", "net", "member")) == [
                ("A1", date(2026, 3, 31), 1234.5, acme.seller.pk),
                ("A2", date(2026, 4, 1), 7, acme.seller.pk),
            ]
            assert [(refusal.line, refusal.column) for refusal in done.refusals.all()] == [(4, "Date")]

    def test_choices_of_a_csv_with_other_formats_are_not_used_for_it(self, acme: Company) -> None:
        """A decimal comma in the CSV of the same columns says nothing of the workbook's numbers."""
        with tenant(acme.organization):
            lines = ";".join(HEADER) + f"\nA1;31.12.2026;;{acme.confirmed.name};;1.234,50\n"
            old = services.upload_import(ContentFile(lines.encode(), name="x.csv"), filename="x.csv", by=acme.admin)
            assert services.saved_choices(old).decimals == Decimals.COMMA
            services.start_import(old, by=acme.admin, enqueue=False)
        rows: Sheet = [HEADER, ["A1", date(2026, 12, 31), "", acme.confirmed.name, "", 1234.5]]
        assert self.upload(acme, made(rows)).status_code == 302
        with tenant(acme.organization):
            new = Import.objects.exclude(pk=old.pk).get()
            assert services.saved_choices(new).decimals == Decimals.POINT

    def test_a_workbook_of_which_nothing_can_be_read_says_so_at_the_file(self, acme: Company) -> None:
        response = self.upload(acme, made([]))
        assert response.status_code == 422
        assert "no visible sheet" in response.content.decode()
        with tenant(acme.organization):
            assert not Import.objects.exists()
