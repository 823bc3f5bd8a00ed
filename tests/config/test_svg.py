"""The drawn parts say in words what they show in colour, and let nobody's text through as markup."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from config import svg
from config.formats import formats_for

ROOT = Path(__file__).resolve().parents[2]


def widths(markup: str) -> list[tuple[str, str]]:
    return re.findall(r'(m-\w+)"[^>]*(?:width|x)="([\d.]+)%', markup)


@pytest.mark.parametrize(
    ("percent", "pace", "expected"),
    [
        pytest.param(40, Decimal("76.19"), [("m-fill", "40.0"), ("m-pace", "76.2")], id="behind-the-pace"),
        pytest.param(250, 100, [("m-fill", "100.0"), ("m-pace", "100.0")], id="clamped-above"),
        pytest.param(-3, 50.0, [("m-pace", "50.0")], id="clamped-below"),
        pytest.param(0, None, [], id="empty-without-a-pace"),
    ],
)
def test_meter(percent: int, pace: int | None, expected: list[tuple[str, str]]) -> None:
    assert widths(svg.meter(percent, pace=pace)) == expected


def test_a_meters_proposed_part_starts_after_the_confirmed_one_and_ends_at_100() -> None:
    assert widths(svg.meter(79, proposed=14)) == [("m-prop", "93.0"), ("m-fill", "79.0"), ("m-seam", "79.0")]
    assert ("m-prop", "100.0") in widths(svg.meter(79, proposed=40))


def test_a_meter_is_a_picture_only_with_a_label() -> None:
    assert 'aria-hidden="true"' in svg.meter(5)
    assert 'role="img" aria-label="&quot;5&quot; of 9"' in svg.meter(5, label='"5" of 9')


@pytest.mark.parametrize(
    ("gap", "kind", "words"),
    [
        pytest.param(Decimal("1.42"), "good", "1.4 ahead of pace", id="ahead"),
        pytest.param(Decimal("-1.62"), "bad", "1.6 behind pace", id="behind"),
        pytest.param(Decimal(0), "good", "Even with pace", id="exactly-on-pace-is-green"),
        pytest.param(Decimal("-0.01"), "bad", "&lt;0.1 behind pace", id="behind-by-less-than-shows"),
        pytest.param(None, "none", "Not set", id="no-target-is-neutral"),
    ],
)
def test_delta(gap: Decimal | None, kind: str, words: str) -> None:
    markup = svg.delta(gap)
    assert f'class="delta {kind}"' in markup
    assert re.sub(r"<.*?>", "", markup) == words


def test_a_delta_in_another_language_or_with_a_text_of_its_own() -> None:
    assert "1,6" in svg.delta(Decimal("-1.62"), formats=formats_for("de", "EUR", "UTC"))
    assert "&lt;b&gt;" in svg.delta(5, text="<b>")


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        pytest.param("Amara Okafor", "AO", id="first-and-last"),
        pytest.param("Anna van der Berg", "AB", id="without-the-middle"),
        pytest.param("Madonna", "M", id="one-name"),
        pytest.param("<script>alert(1)</script>", "S", id="script"),
        pytest.param("=cmd()|' /C calc'!A0", "CC", id="formula"),
        pytest.param("\u202egnp.tset\u202c", "G", id="right-to-left"),
        pytest.param("  ", "?", id="nothing"),
    ],
)
def test_avatar(name: str, initials: str) -> None:
    assert f">{initials}<" in svg.avatar(name)


def test_the_sprite_has_every_icon_that_a_template_names() -> None:
    used = {
        name
        for template in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', template.read_text())
    }
    assert used <= set(svg.icon_names())
    with pytest.raises(KeyError):
        svg.icon("unicorn")


def test_a_status_has_a_word() -> None:
    assert "Behind" in svg.status_mark("behind")
    assert "#behind" in svg.status_mark("behind")
