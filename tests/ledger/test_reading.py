"""Reading CSV files in every condition."""

import csv
import io
import resource
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.ingest.rows import COMPANION
from ledger.reading import (
    DateOrder,
    Decimals,
    Layout,
    NotReadable,
    Piece,
    guess_columns,
    guess_meaning,
    open_table,
    read_pieces,
    survey,
)
from ledger.reading.guesses import guess_date_orders
from ledger.reading.records import records
from ledger.reading.returned import guarded, taken_back
from ledger.reading.values import Wrong, amount_reader, date_reader

COLUMNS = {"number": 0, "date": 1, "member": 2, "net": 3}
HEADER = b"number,date,member,net\n"


def read(content: bytes | IO[bytes], *, rows: int = 5000, after: int = 0, **layout: Any) -> list[Piece]:
    """Every piece of a file with the columns above."""
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    table = open_table(stream)
    chosen = Layout(len(table.headers), COLUMNS, returned=table.returned, **layout)
    return list(read_pieces(stream, table, chosen, rows=rows, after=after))


def outcome(content: bytes, **layout: Any) -> tuple[list[str], list[tuple[int, str]]]:
    """The numbers of the rows that were read, and (line, reason) of the others."""
    pieces = read(content, **layout)
    numbers = [number for piece in pieces for number in piece.batch.number]
    return numbers, [(refusal.line, refusal.reason) for piece in pieces for refusal in piece.rejected]


class TestRows:
    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["lf", "crlf", "cr"])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte-order-mark"])
    @pytest.mark.parametrize("delimiter", [b",", b";", b"\t", b"|"])
    def test_line_ends_marks_and_delimiters(self, end: bytes, mark: bytes, delimiter: bytes) -> None:
        lines = [b"number,date,member,net", b"1,2026-01-02,Zo\xc3\xab,5", b'2,2026-01-03,"a b",6.5', b""]
        content = mark + end.join(lines).replace(b",", delimiter)
        (piece,) = read(content)
        assert piece.batch.line == [2, 3]
        assert piece.batch.member == ["Zoë", "a b"]
        assert piece.batch.net == [Decimal(5), Decimal("6.5")]

    def test_lines_that_are_not_utf8_are_taken_for_windows_1252(self) -> None:
        (piece,) = read(HEADER + b"1,2026-01-02,Zo\xeb,5\n2,2026-01-02,Zo\xc3\xab,5\n")
        assert piece.batch.member == ["Zoë", "Zoë"]

    def test_a_quoted_value_may_span_lines(self) -> None:
        (piece,) = read(HEADER + b'1,2026-01-02,"Smith,\nJohn",5\n2,2026-01-02,b,6\n')
        assert piece.batch.member == ["Smith,\nJohn", "b"]
        assert piece.batch.line == [2, 4]

    def test_quotes_inside_a_value_do_not_break_their_neighbours(self) -> None:
        numbers, refused = outcome(
            HEADER + b'1,2026-01-02,19" rack,5\n2,2026-01-02,"a" b,6\n3,2026-01-02,"say ""hi""",7\n4,2026-01-02,d,8\n'
        )
        assert numbers == ["1", "2", "3", "4"]
        assert refused == []

    @pytest.mark.parametrize("rows_after", [3, 500])
    @pytest.mark.parametrize("quoted", [False, True], ids=["plain-rows", "quoted-rows"])
    def test_a_quote_that_never_closes_costs_its_own_line(self, rows_after: int, quoted: bool) -> None:
        name = b'"Smith, J"' if quoted else b"Smith"
        rows = b"".join(b"%d,2026-01-02,%s,5\n" % (row, name) for row in range(rows_after))
        numbers, refused = outcome(HEADER + b'A,2026-01-02,"open,5\n' + rows)
        assert numbers == [str(row) for row in range(rows_after)]
        assert refused == [(2, "A quote opens on this line and never closes.")]

    def test_nul_characters_cost_their_row(self) -> None:
        numbers, refused = outcome(HEADER + b"1,2026-01-02,a,5\n2,2026-01-02,b\0b,6\n3,2026-01-02,c,7\n")
        assert numbers == ["1", "3"]
        assert refused == [(3, "This line holds NUL characters.")]

    def test_short_and_long_rows(self) -> None:
        numbers, refused = outcome(HEADER + b"1,2026-01-02\n2,2026-01-02,b,6\n3,2026-01-02,c,7,8\n4,2026-01-02,d,8,,\n")
        assert numbers == ["2", "4"]
        assert refused == [
            (2, "This row has 2 values, the header has 4 columns."),
            (4, "This row has 5 values, the header has 4 columns."),
        ]

    def test_rows_without_any_text_are_passed_over(self) -> None:
        assert outcome(HEADER + b"\n,,,\n1,2026-01-02,a,5\n , ,,\n\n") == (["1"], [])

    def test_lines_of_a_deal_that_lost_one_are_refused_with_it(self) -> None:
        numbers, refused = outcome(HEADER + b"1,2026-01-02,a,5\n1,2026-01-02,a,many\n2,2026-01-02,a,5\n")
        assert numbers == ["2"]
        assert refused == [(2, COMPANION), (3, "This is not a number like 1,234.56.")]

    def test_neighbours_with_one_number_stay_together(self) -> None:
        content = HEADER + b"".join(b"%d,2026-01-02,a,5\n" % (row // 7) for row in range(100))
        pieces = read(content, rows=10)
        sets = [set(piece.batch.number) for piece in pieces]
        assert len(pieces) > 5
        assert sum(map(len, sets)) == len(set().union(*sets))

    def test_goes_on_after_any_piece(self) -> None:
        content = HEADER + b"".join(
            b'%d,2026-01-%d,"x\ny",%s\n' % (row // 2, row % 40, b"5" if row % 9 else b"bad") for row in range(300)
        )
        pieces = read(content, rows=25)
        for place, piece in enumerate(pieces[:-1], 1):
            rest = read(content, rows=25, after=piece.last_line)
            assert [each.batch.number for each in rest] == [each.batch.number for each in pieces[place:]]
            assert [each.rejected for each in rest] == [each.rejected for each in pieces[place:]]

    @given(st.lists(st.lists(st.text(alphabet='ab,"\n\r\0;é=', max_size=8), min_size=1, max_size=5), max_size=12))
    def test_whatever_the_file_no_line_is_lost_or_told_twice(self, rows: list[list[str]]) -> None:
        content = "\n".join(",".join(row) for row in rows).encode()
        lines = [
            line
            for found in records(io.BytesIO(content), ",")
            for line in (*found.lines, *(bad.line for bad in found.unreadable))
        ]
        assert len(lines) == len(set(lines))


class Endless(io.RawIOBase):
    """A file that is never held in memory."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts, self.rest = parts, b""

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and (part := next(self.parts, b"")):
            self.rest += part
        found, self.rest = self.rest[:size], self.rest[size:]
        return found


class TestSize:
    def test_a_line_of_100_megabytes_is_passed_over_in_flat_memory(self) -> None:
        def parts() -> Iterator[bytes]:
            yield b"1,2026-01-02,a,5\n2,2026-01-02,"
            for _ in range(1600):
                yield b"x" * 65536
            yield b",6\n3,2026-01-02,c,7\n"

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = list(records(Endless(parts()), ","))  # type: ignore[arg-type]
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert [row[0] for each in found for row in each.rows] == ["1", "3"]
        assert [bad.line for each in found for bad in each.unreadable] == [2]
        assert grown < 40_000  # kilobytes

    def test_a_long_line_that_holds_a_quote_does_not_open_one(self) -> None:
        content = HEADER + b'1,2026-01-02,"' + b"x" * 2_000_000 + b"\n2,2026-01-02,b,6\n"
        assert outcome(content) == (["2"], [(2, "This line is longer than 1,048,576 characters.")])

    def test_many_rows_of_which_three_in_a_hundred_are_bad(self) -> None:
        rows = 100_000
        lines = (
            b"%d,%s,Person %d,%d.%02d\n"
            % (row, b"2026-02-30" if row % 33 == 0 else b"2026-02-03", row % 90, row, row % 100)
            for row in range(rows)
        )
        pieces = read(HEADER + b"".join(lines))
        assert sum(len(piece.rejected) for piece in pieces) == len(range(0, rows, 33))
        assert sum(piece.rows_read for piece in pieces) == rows
        assert max(map(len, (piece.batch for piece in pieces))) <= 6_000


class TestPatience:
    """No cell and no file keeps a reader busy for longer than it is long."""

    @pytest.mark.parametrize("order", DateOrder)
    @pytest.mark.parametrize("text", ["2026-03-31 10:00{}x", "31.03.2026{}x", "31.03.2026 10:00{}x", "{}x"])
    def test_a_date_full_of_spaces(self, order: DateOrder, text: str) -> None:
        started = time.process_time()
        with pytest.raises(Wrong):
            date_reader(order, ZoneInfo("UTC"))(text.format(" " * 10_000))
        assert time.process_time() - started < 1

    @pytest.mark.parametrize("decimals", Decimals)
    @pytest.mark.parametrize("text", ["({}x", "(-{}€{}x", "1{}x", "({}1{}x"])
    @pytest.mark.parametrize("space", [" ", "\u00a0", "\t"])
    def test_an_amount_full_of_spaces(self, decimals: Decimals, text: str, space: str) -> None:
        started = time.process_time()
        with pytest.raises(Wrong):
            amount_reader(decimals, Decimal(0))(text.format(space * 26, space * 26))
        assert time.process_time() - started < 1

    def test_the_first_look_ends_though_all_rows_are_refused(self) -> None:
        stream = io.BytesIO(HEADER + b"too,short\n" * 100_000)
        found = survey(stream, open_table(stream), most_rows=100)
        assert not found.whole
        assert found.rows < 100_000

    def test_the_first_look_keeps_no_long_values(self) -> None:
        stream = io.BytesIO(b"number,note\n" + b"".join(b"%d,%s\n" % (row, b"x" * 90_000) for row in range(9)))
        assert survey(stream, open_table(stream)).samples["note"] == ["x" * 240]


class TestHeader:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            pytest.param(b"", "The file is empty.", id="empty"),
            pytest.param(b"a,b\n", "a header and no rows", id="header-only"),
            pytest.param(b"a,A\n1,2\n", "Two columns are called A.", id="duplicate"),
            pytest.param(b"\xff\xfea\0,\0", "UTF-16", id="utf-16"),
            pytest.param(b"a\0b,c\n1,2\n", "not a CSV", id="nul-in-the-header"),
            pytest.param(b'a,"b\n1,2\n', "can't be read as a header", id="open-quote-in-the-header"),
            pytest.param(b"a," * 600 + b"\n1,2\n", "columns", id="too-many-columns"),
        ],
    )
    def test_what_cannot_be_read_is_said(self, content: bytes, words: str) -> None:
        with pytest.raises(NotReadable, match=words):
            survey(io.BytesIO(content), open_table(io.BytesIO(content)))

    def test_excels_own_hint_is_followed(self) -> None:
        table = open_table(io.BytesIO(b"sep=;\na;b,c\n1;2\n"))
        assert (table.delimiter, table.headers, table.header_line) == (";", ["a", "b,c"], 2)

    def test_columns_without_a_name_get_one(self) -> None:
        assert open_table(io.BytesIO(b"a,,c,\n1,2,3,\n")).headers == ["a", "Column 2", "c"]


class TestDates:
    @pytest.mark.parametrize(
        ("order", "text", "day"),
        [
            pytest.param("ymd", "2026-03-31", date(2026, 3, 31), id="iso"),
            pytest.param("ymd", "20260331", date(2026, 3, 31), id="iso-without-signs"),
            pytest.param("ymd", "2026-03-31T14:05:06", date(2026, 3, 31), id="the-time-is-cut"),
            pytest.param("ymd", "2026-03-31 23:30:00+00:00", date(2026, 4, 1), id="a-moment-is-local"),
            pytest.param("ymd", "2026-03-31T23:30Z", date(2026, 4, 1), id="a-moment-in-utc"),
            pytest.param("dmy", "31.3.26", date(2026, 3, 31), id="day-first-two-digits"),
            pytest.param("dmy", "31/03/2026 09:15", date(2026, 3, 31), id="day-first-with-time"),
            pytest.param("mdy", "3/31/2026 9:15 PM", date(2026, 3, 31), id="month-first-with-time"),
            pytest.param("mdy", "03-31-99", date(1999, 3, 31), id="last-century"),
        ],
    )
    def test_reads(self, order: str, text: str, day: date) -> None:
        assert date_reader(DateOrder(order), ZoneInfo("Europe/Berlin"))(text) == day

    @pytest.mark.parametrize(
        "text", ["31/03/2026", "2026-02-30", "2026-13-01", "soon", "0001-01-01", "2026-03-31x", "43101"]
    )
    def test_refuses(self, text: str) -> None:
        with pytest.raises(Wrong):
            date_reader(DateOrder.YMD, ZoneInfo("UTC"))(text)

    def test_the_second_date_serves_rows_without_the_first(self) -> None:
        content = b"number,date,second\n1,,2026-01-05\n2,2026-01-02,2026-01-05\n3,,\n4,bad,2026-01-05\n5,,bad\n"
        stream = io.BytesIO(content)
        layout = Layout(3, {"number": 0, "date": 1, "date_fallback": 2})
        (piece,) = read_pieces(stream, open_table(stream), layout)
        assert piece.batch.date == [date(2026, 1, 5), date(2026, 1, 2)]
        assert [(each.line, each.field, each.value) for each in piece.rejected] == [
            (4, "date", ""),
            (5, "date", "bad"),
            (6, "date_fallback", "bad"),
        ]

    @pytest.mark.parametrize(
        ("values", "orders"),
        [
            (["2026-01-02"], ["ymd"]),
            (["1/2/2026", "13/2/2026"], ["dmy"]),
            (["1/2/2026", "2/13/2026"], ["mdy"]),
            (["1/2/2026"], ["dmy", "mdy"]),
            (["a", ""], []),
        ],
    )
    def test_guesses_the_order(self, values: list[str], orders: list[str]) -> None:
        assert guess_date_orders(values) == orders


class TestAmounts:
    @pytest.mark.parametrize(
        ("decimals", "text", "amount"),
        [
            ("point", "1,234.56", "1234.56"),
            ("point", " 1 234.5 ", "1234.50"),
            ("point", "€1,234", "1234"),
            ("point", "USD -5.255", "-5.26"),
            ("point", "(12.50)", "-12.50"),
            ("point", "12.50-", "-12.50"),
            ("point", "\u221212", "-12"),
            ("point", ".5", "0.50"),
            ("point", "12,34,567.00", "1234567"),
            ("point", "99999999999999.99", "99999999999999.99"),
            ("comma", "1.234,56", "1234.56"),
            ("comma", "1\u202f234,56 €", "1234.56"),
            ("comma", "1'234,5", "1234.50"),
            ("comma", "1234", "1234"),
            ("point", "", "0"),
        ],
    )
    def test_reads(self, decimals: str, text: str, amount: str) -> None:
        assert amount_reader(Decimals(decimals), Decimal(0))(text) == Decimal(amount)

    @pytest.mark.parametrize(
        "text",
        [
            "NaN",
            "inf",
            "-Infinity",
            "1e5",
            "1E999999999",
            "5k",
            "12%",
            "1,23",
            "--5",
            "(5",
            "1.2.3",
            "9" * 15,
            "9" * 5000,
            "€",
        ],
    )
    def test_refuses(self, text: str) -> None:
        with pytest.raises(Wrong):
            amount_reader(Decimals.POINT, Decimal(0))(text)

    def test_quantity_is_one_where_there_is_no_column(self) -> None:
        (piece,) = read(HEADER + b"1,2026-01-02,a,5\n")
        assert piece.batch.quantity == [Decimal(1)]


class TestGuesses:
    @pytest.mark.parametrize(
        ("headers", "columns"),
        [
            (
                ["opportunity_id", "sales_agent", "account", "deal_stage", "engage_date", "close_date", "close_value"],
                {
                    "number": "opportunity_id",
                    "date": "close_date",
                    "date_fallback": "engage_date",
                    "member": "sales_agent",
                    "customer": "account",
                    "state": "deal_stage",
                    "net": "close_value",
                },
            ),
            (
                ["Auftragsnummer", "Datum", "Verkäufer", "Kunde", "Betrag", "Status"],
                {
                    "number": "Auftragsnummer",
                    "date": "Datum",
                    "member": "Verkäufer",
                    "customer": "Kunde",
                    "state": "Status",
                    "net": "Betrag",
                },
            ),
            (
                ["Número de pedido", "Fecha", "Vendedor", "Importe"],
                {"number": "Número de pedido", "date": "Fecha", "member": "Vendedor", "net": "Importe"},
            ),
        ],
        ids=["english", "german", "spanish"],
    )
    def test_by_name(self, headers: list[str], columns: dict[str, str]) -> None:
        assert guess_columns(headers, {}) == columns

    def test_by_content(self) -> None:
        samples = {"A": ["x1", "x2"], "B": ["2026-01-02"], "C": ["Won", "Lost", "Open"], "D": ["1.50", "2"]}
        assert guess_columns(list("ABCD"), samples) == {"date": "B", "state": "C", "net": "D"}

    def test_meanings(self) -> None:
        assert [guess_meaning(word) for word in ("Closed Won", "LOST", "Angebot", "frob")] == [
            "confirmed",
            "none",
            "proposed",
            None,
        ]


class TestReturned:
    @given(st.lists(st.text(alphabet="'=+-@\t\r\n＝＠1.a", max_size=6)))
    def test_cells_come_home_as_they_left(self, cells: list[str]) -> None:
        assert taken_back(guarded(cells)) == list(cells)

    @given(st.lists(st.text(alphabet="'=+-@＝1.ab,;", max_size=6), min_size=2, max_size=4))
    def test_a_file_that_went_out_is_read_as_it_was(self, cells: list[str]) -> None:
        file = io.StringIO()
        csv.writer(file).writerows([guarded(["a", *cells]), guarded(["b", *cells])])
        [found] = records(io.BytesIO(file.getvalue().encode()), ",")
        assert found.rows == [["a", *cells], ["b", *cells]]

    def test_apostrophes_of_names_stay(self) -> None:
        [found] = records(io.BytesIO(b"'s-Hertogenbosch,O'Neil,'t Zand,'=x,rock 'n' -roll\n"), ",")
        assert found.rows == [["'s-Hertogenbosch", "O'Neil", "'t Zand", "=x", "rock 'n' -roll"]]

    def test_no_formula_leaves(self) -> None:
        assert guarded(["=1+1", "@x", "-5.25", "+cmd", "'=x", "plain"]) == [
            "'=1+1",
            "'@x",
            "-5.25",
            "'+cmd",
            "''=x",
            "plain",
        ]
