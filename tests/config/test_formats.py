"""How numbers, money and dates are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from config.formats import formats_for

ENGLISH = formats_for("en", "EUR", "Europe/Dublin")
GERMAN = formats_for("de", "EUR", "Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        pytest.param(0, "0", "0", id="zero"),
        pytest.param(1234567, "1,234,567", "1.234.567", id="groups"),
        pytest.param(Decimal("1234.50"), "1,234.5", "1.234,5", id="no-zeros-at-the-end"),
        pytest.param(Decimal("-0.129"), "-0.13", "-0,13", id="two-decimals-at-most"),
    ],
)
def test_number(value: int | Decimal, english: str, german: str) -> None:
    assert ENGLISH.number(value) == english
    assert GERMAN.number(value) == german


@pytest.mark.parametrize(
    ("language", "currency", "value", "expected"),
    [
        pytest.param("en", "EUR", 1200, "€1,200", id="whole-amounts-without-cents"),
        pytest.param("en", "EUR", Decimal("1200.50"), "€1,200.50", id="cents-where-there-are-some"),
        pytest.param("en", "USD", Decimal(-7), "-$7", id="below-zero"),
        pytest.param("de", "EUR", Decimal("-1234567.5"), "-1.234.567,50\xa0€", id="german"),
        pytest.param("en-IN", "INR", 1234567, "₹12,34,567", id="groups-of-two"),
        pytest.param("ja", "JPY", 1200, "￥1,200", id="no-smaller-unit"),
        pytest.param("not-a-language", "EUR", 5, "€5", id="unknown-language-is-english"),
    ],
)
def test_money(language: str, currency: str, value: int | Decimal, expected: str) -> None:
    assert formats_for(language, currency, "UTC").money(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(2_010_000, "€2.01m", id="millions"),
        pytest.param(2_600_000, "€2.6m", id="no-zeros-at-the-end"),
        pytest.param(29_000, "€29k", id="thousands"),
        pytest.param(123_456, "€123k", id="three-digits"),
        pytest.param(999_600, "€1m", id="rounds-up-to-the-next-unit"),
        pytest.param(Decimal("-450.20"), "-€450", id="small-and-below-zero"),
    ],
)
def test_short_money(value: int | Decimal, expected: str) -> None:
    assert ENGLISH.short_money(value) == expected


def test_short_money_in_another_language() -> None:
    assert GERMAN.short_money(2_010_000) == "2,01\xa0Mio.\xa0€"
    assert GERMAN.short_money(29_400) == "29.400\xa0€"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param(1.62, "1.6", id="one-decimal"),
        pytest.param(2.0, "2", id="none-for-whole-numbers"),
        pytest.param(0.04, "&lt;0.1", id="never-a-gap-of-zero"),
        pytest.param(1234.5, "1,234.5", id="groups"),
    ],
)
def test_gap(size: float, expected: str) -> None:
    assert ENGLISH.gap(size) == expected


def test_percent_is_uncapped() -> None:
    assert ENGLISH.percent(Decimal("1.028")) == "103%"
    assert GERMAN.percent(Decimal("1.028")) == "103\xa0%"


def test_dates() -> None:
    day = date(2026, 10, 22)
    assert ENGLISH.day(day) == "22 Oct 2026"
    assert ENGLISH.weekday(day) == "Thursday 22 October"
    assert ENGLISH.month(day) == "October 2026"
    assert GERMAN.month(day) == "Oktober 2026"


def test_a_moment_is_on_the_organizations_wall() -> None:
    assert ENGLISH.moment(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 Jul 2026, 00:30"
