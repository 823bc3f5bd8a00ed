"""Numbers and months as people type them."""

from datetime import date

import pytest

from config.formats import Formats, formats_for
from targets.forms import parse_count, parse_month


def writes(language: str) -> Formats:
    return formats_for(language, "EUR", "UTC")


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        pytest.param("15", "en", 15, id="plain"),
        pytest.param("  15 ", "en", 15, id="spaces-around"),
        pytest.param("0", "en", 0, id="zero-is-a-choice"),
        pytest.param("", "en", None, id="empty-is-no-target"),
        pytest.param("   ", "en", None, id="blank-is-no-target"),
        pytest.param("+", "en", None, id="the-plus-sign-alone-is-no-target"),
        pytest.param("1,200", "en", 1200, id="english-thousands"),
        pytest.param("1.200", "de", 1200, id="german-thousands"),
        pytest.param("1 200", "en", 1200, id="space"),
        pytest.param("1\u00a0200", "fr", 1200, id="no-break-space"),
        pytest.param("1\u202f200", "fr", 1200, id="french-thousands"),
        pytest.param("1'200", "de-CH", 1200, id="apostrophe"),
        pytest.param("1’200", "de-CH", 1200, id="swiss-thousands"),
        pytest.param("1,00,000", "en-IN", 100_000, id="indian-thousands"),
        pytest.param("1,000,000", "en", 1_000_000, id="the-largest"),
        pytest.param("15.0", "en", 15, id="decimals-of-zero"),
        pytest.param("15,00", "de", 15, id="german-decimals-of-zero"),
        pytest.param("007", "en", 7, id="leading-zeros"),
        pytest.param("0" * 5000 + "7", "en", 7, id="more-zeros-than-python-converts"),
        pytest.param("٢٥", "ar", 25, id="arabic-digits"),
        pytest.param("12", "no-such-language", 12, id="unknown-language"),
    ],
)
def test_accepts(text: str, language: str, count: int | None) -> None:
    assert parse_count(text, writes(language)) == count


@pytest.mark.parametrize(
    ("text", "language", "says"),
    [
        pytest.param("abc", "en", "whole number such as 1,200", id="a-word"),
        pytest.param("1.5", "en", "whole number", id="a-fraction"),
        pytest.param("1.200", "en", "whole number", id="another-language's-thousands"),
        pytest.param("1,200", "de", "whole number such as 1.200", id="german-decimals"),
        pytest.param("12,34", "en", "whole number", id="a-group-of-two"),
        pytest.param("1 5", "en", "whole number", id="two-numbers"),
        pytest.param("1,,200", "en", "whole number", id="an-empty-group"),
        pytest.param("15.", "en", "whole number", id="a-trailing-point"),
        pytest.param("1e3", "en", "whole number", id="scientific"),
        pytest.param("0x10", "en", "whole number", id="hexadecimal"),
        pytest.param("NaN", "en", "whole number", id="not-a-number"),
        pytest.param("²", "en", "whole number", id="superscript"),
        pytest.param("+5", "en", "whole number", id="signed"),
        pytest.param("=1+1", "en", "whole number", id="a-formula"),
        pytest.param("<script>", "en", "whole number", id="a-script"),
        pytest.param("-3", "en", "below 0", id="negative"),
        pytest.param("−3", "en", "below 0", id="negative-with-a-minus-sign"),
        pytest.param("1000001", "en", "largest target is 1,000,000", id="above-the-largest"),
        pytest.param("9" * 99, "de", "largest target is 1.000.000", id="overlong"),
    ],
)
def test_refuses_with_a_reason(text: str, language: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_count(text, writes(language))


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", date(2026, 10, 1)),
        (" 2026-01 ", date(2026, 1, 1)),
        ("2026-13", None),
        ("2026-00", None),
        ("2026-1", None),
        ("9999-12", None),
        ("0001-01", None),
        ("october", None),
        ("", None),
        ("2026-10\x00", None),
        ("２０２６-１０", None),
    ],
)
def test_months(text: str, month: date | None) -> None:
    assert parse_month(text) == month
