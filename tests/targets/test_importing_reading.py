"""Files of targets to lines: months, numbers, columns, and files that are none."""

import io
from datetime import date
from decimal import Decimal

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from config.formats import formats_for
from ledger.reading import DateOrder, Decimals, NotReadable
from ledger.reading.values import Wrong
from targets.importing import (
    MOST_LINES,
    Blanks,
    Choices,
    TargetFile,
    TooLarge,
    guessed,
    guessed_date_order,
    month_reader,
    open_file,
    read_lines,
)
from targets.importing.months import LANGUAGES, month_names

NOVEMBER = date(2026, 11, 1)
ENGLISH, GERMAN = Locale("en"), Locale("de")


def opened(text: str | bytes, name: str = "targets.csv") -> TargetFile:
    data = text.encode() if isinstance(text, str) else text
    return open_file(io.BytesIO(data), name)


def choices_of(file: TargetFile, locale: Locale = ENGLISH) -> Choices:
    return guessed(file.survey, locale, workbook=file.workbook)


class TestMonths:
    @pytest.mark.parametrize(
        ("text", "locale"),
        [
            pytest.param("2026-11", ENGLISH, id="iso"),
            pytest.param("2026/11", ENGLISH, id="year-first-slash"),
            pytest.param("202611", ENGLISH, id="digits"),
            pytest.param("11/2026", ENGLISH, id="month-first"),
            pytest.param("11.2026", GERMAN, id="with-a-dot"),
            pytest.param(" 11-2026 ", ENGLISH, id="dash-and-spaces"),
            pytest.param("Nov 2026", ENGLISH, id="abbreviated"),
            pytest.param("november 2026", ENGLISH, id="small-letters"),
            pytest.param("NOV. 2026", ENGLISH, id="capitals-and-dot"),
            pytest.param("Nov-26", ENGLISH, id="as-excel-shows-it"),
            pytest.param("Nov '26", ENGLISH, id="apostrophe"),
            pytest.param("2026 November", ENGLISH, id="year-then-name"),
            pytest.param("novembre 2026", Locale("fr"), id="french"),
            pytest.param("Nov 2026", GERMAN, id="english-in-german"),
            pytest.param("noviembre 2026", GERMAN, id="spanish-in-german"),
            pytest.param("2026-11-01", ENGLISH, id="a-date"),
            pytest.param("2026-11-30 00:00:00", ENGLISH, id="last-day-with-a-time"),
            pytest.param("01/11/2026", ENGLISH, id="day-month-year"),
            pytest.param("1.11.26", GERMAN, id="short-year"),
        ],
    )
    def test_understood(self, text: str, locale: Locale) -> None:
        assert month_reader(DateOrder.DMY, locale)(text) == NOVEMBER

    def test_month_before_day_where_that_is_chosen(self) -> None:
        assert month_reader(DateOrder.MDY, ENGLISH)("11/01/2026") == NOVEMBER

    @pytest.mark.parametrize("number", range(1, 13))
    @pytest.mark.parametrize("language", ["en", "de-AT", "fr", "nl", "es", "pl"])
    def test_every_name_that_we_write_ourselves(self, language: str, number: int) -> None:
        formats, month = formats_for(language, "EUR", "UTC"), date(2026, number, 1)
        names = formats.locale.months["stand-alone"]["wide"]
        assert month_reader(DateOrder.DMY, formats.locale)(f"{names[number]} 2026") == month

    @pytest.mark.parametrize(
        "text",
        ["13/2026", "2026-00", "soon", "11", "11/26", "46327", "Q4 2026", "2026-02-30", "1969-12", "2100-01", "x" * 99],
    )
    def test_not_a_month(self, text: str) -> None:
        with pytest.raises(Wrong):
            month_reader(DateOrder.DMY, ENGLISH)(text)

    def test_no_two_languages_share_a_name_for_different_months(self) -> None:
        meant: dict[str, set[int]] = {}
        for language in LANGUAGES:
            for name, number in month_names(Locale(language)).items():
                meant.setdefault(name, set()).add(number)
        assert [name for name, numbers in meant.items() if len(numbers) > 1] == []

    def test_blank(self) -> None:
        assert month_reader(DateOrder.DMY, ENGLISH)("  ") is None

    @given(st.dates(date(1970, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y-%m", "%m/%Y", "%Y-%m-%d", "%d.%m.%Y"]))
    def test_any_month_comes_back_as_its_first_day(self, day: date, written: str) -> None:
        assert month_reader(DateOrder.DMY, ENGLISH)(day.strftime(written)) == day.replace(day=1)

    @given(st.text(max_size=30))
    def test_anything_is_a_month_or_is_refused(self, text: str) -> None:
        try:
            month = month_reader(DateOrder.DMY, GERMAN)(text)
        except Wrong:
            return
        assert month is None or month.day == 1


class TestGuesses:
    @pytest.mark.parametrize(
        "header",
        [
            "member,channel,month,count,revenue",
            "Salesperson,Channel,Month,Deals,Revenue",
            "E-mail,Source,Period,Target,Turnover",
            "Verkäufer;Kanal;Monat;Anzahl;Umsatz",
        ],
    )
    def test_by_name(self, header: str) -> None:
        names = header.replace(";", ",").split(",")
        file = opened(f"{header}\nA;B;2026-11;1;2\nA,B,2026-11,1,2\n")
        assert list(choices_of(file).columns.values()) == names
        assert choices_of(file).problems == {}

    def test_the_months_by_what_stands_there(self) -> None:
        assert choices_of(opened("Who,Channel,When,Deals\nA,B,Nov 2026,1\nA,B,Dec 2026,1\n")).columns["month"] == "When"

    def test_what_is_missing_is_asked_for(self) -> None:
        problems = Choices({"channel": "A", "month": "A"}).problems
        assert set(problems) == {"member", "month", "count"}

    @pytest.mark.parametrize(
        ("values", "locale", "decimals"),
        [
            pytest.param(["1200.50"], GERMAN, Decimals.POINT, id="a-point-that-can-be-nothing-else"),
            pytest.param(["1.200,50"], ENGLISH, Decimals.COMMA, id="a-comma-that-can-be-nothing-else"),
            pytest.param(["1.200"], GERMAN, Decimals.COMMA, id="thousands-as-germans-write-them"),
            pytest.param(["1.200"], ENGLISH, Decimals.POINT, id="as-the-english-do"),
        ],
    )
    def test_numbers(self, values: list[str], locale: Locale, decimals: Decimals) -> None:
        rows = "".join(f'A;B;2026-11;"{value}"\n' for value in values)
        assert choices_of(opened(f"Name;Kanal;Monat;Umsatz\n{rows}"), locale).decimals == decimals

    @pytest.mark.parametrize(
        ("values", "order"),
        [
            pytest.param(["2026-11", "Nov 2026"], None, id="no-dates-no-question"),
            pytest.param(["01/11/2026", "01/12/2026"], DateOrder.DMY, id="first-days"),
            pytest.param(["11/01/2026", "12/01/2026"], DateOrder.MDY, id="first-days-month-first"),
            pytest.param(["11/30/2026"], DateOrder.MDY, id="a-last-day"),
        ],
    )
    def test_dates(self, values: list[str], order: DateOrder | None) -> None:
        rows = "".join(f"A,B,{value},1\n" for value in values)
        file = opened(f"Name,Channel,Month,Deals\n{rows}")
        assert guessed_date_order(file.survey, "Month", ENGLISH) == order


class TestLines:
    def test_typed(self) -> None:
        file = opened("Name,Channel,Month,Deals,Revenue\nAnn,Web,2026-11,12,1200.5\n")
        [line] = read_lines(file, choices_of(file), ENGLISH)
        assert (line.line, line.member, line.channel, line.month) == (2, "Ann", "Web", NOVEMBER)
        assert line.numbers == {"count": 12, "revenue": Decimal("1200.50")}

    def test_an_empty_cell_stays_or_clears(self) -> None:
        file = opened("Name,Channel,Month,Deals,Revenue\nAnn,Web,2026-11,, \n")
        choices = choices_of(file)
        [kept] = read_lines(file, choices, ENGLISH)
        [cleared] = read_lines(file, Choices(choices.columns, blanks=Blanks.CLEAR), ENGLISH)
        assert (kept.numbers, cleared.numbers) == ({}, {"count": None, "revenue": None})

    @pytest.mark.parametrize(
        ("row", "column", "words"),
        [
            pytest.param(",Web,2026-11,1", "member", "salesperson is missing", id="nobody"),
            pytest.param("Ann,,2026-11,1", "channel", "channel is missing", id="no-channel"),
            pytest.param("Ann,Web,,1", "month", "month is missing", id="no-month"),
            pytest.param("Ann,Web,13/2026,1", "month", "not a month", id="not-a-month"),
            pytest.param("Ann,Web,2026-11,twelve", "count", "not a number", id="not-a-number"),
            pytest.param("Ann,Web,2026-11,1.5", "count", "whole number", id="not-whole"),
            pytest.param("Ann,Web,2026-11", "", "3 values", id="too-short"),
            pytest.param(f"{'x' * 300},Web,2026-11,1", "member", "240 characters", id="too-long"),
        ],
    )
    def test_what_can_not_be_read_says_where_and_why(self, row: str, column: str, words: str) -> None:
        file = opened(f"Name,Channel,Month,Deals\nAnn,Web,2026-11,1\n{row}\n")
        good, bad = read_lines(file, choices_of(file), ENGLISH)
        assert not good.problem
        assert (bad.line, bad.column) == (3, column)
        assert words in bad.problem

    def test_a_file_from_excel_in_germany(self) -> None:
        text = "Verkäufer;Kanal;Monat;Anzahl;Umsatz\r\nJürgen Weiß;Laden;Mrz 26;1.200;1.234,50 €\r\n"
        file = opened(text.encode("cp1252"))
        [line] = read_lines(file, choices_of(file, GERMAN), GERMAN)
        assert (line.member, line.month) == ("Jürgen Weiß", date(2026, 3, 1))
        assert line.numbers == {"count": 1200, "revenue": Decimal("1234.50")}

    def test_lines_are_numbered_as_in_the_file(self) -> None:
        file = opened('Name,Channel,Month,Deals\n\n"Ann\nLee",Web,2026-11,1\n,,,\nBo,Web,2026-11,2\n')
        assert [line.line for line in read_lines(file, choices_of(file), ENGLISH)] == [3, 6]


class TestFiles:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            pytest.param(b"", "empty", id="empty"),
            pytest.param(b"Name,Channel,Month,Deals\n", "no rows", id="header-alone"),
            pytest.param(b"\x89PNG\r\n\x1a\n0000", "a picture", id="picture"),
            pytest.param(b"PK\x03\x04rubbish", "ZIP", id="archive"),
            pytest.param(b"just text\nwithout columns\n", "one column", id="one-column"),
            pytest.param(b"Name,Name\n1,2\n", "Two columns", id="two-of-a-name"),
        ],
    )
    def test_what_is_no_table_is_refused(self, data: bytes, words: str) -> None:
        with pytest.raises(NotReadable, match=words):
            opened(data)

    def test_too_many_lines(self) -> None:
        with pytest.raises(TooLarge, match="50,000"):
            opened("a,b\n" + "1,2\n" * (MOST_LINES + 1))

    def test_too_large(self) -> None:
        with pytest.raises(TooLarge, match="too large"):
            opened(b"a,b\n" + b"1,2222222222222222222\n" * 300_000)

    def test_travels_in_a_form_as_it_is(self) -> None:
        file = opened("\n\nName,Channel,Month,Deals\r\nZoë\0,Web,2026-11,1\n".encode("cp1252"), "a\0b.csv")
        again = TargetFile.brought_back(file.carried())
        assert (again.name, again.data) == ("ab.csv", file.data)
        assert again.survey == file.survey

    @pytest.mark.parametrize("text", ["", "nonsense", "a:b:c"])
    def test_nothing_comes_back_that_we_did_not_send(self, text: str) -> None:
        with pytest.raises(NotReadable, match="Choose it again"):
            TargetFile.brought_back(text)
