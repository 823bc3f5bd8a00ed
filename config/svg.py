"""The small drawn parts of every page: bars, gaps, avatars, icons and status marks.

Plain functions that return finished markup, fast enough to be called thousands of times for one page (a grid of
200 people draws 1,200 bars), from Python and, through `config.templatetags.headway`, from templates. They carry no
inline style, print without background graphics, and never tell a state by colour alone: the words or the arrow stand
in the markup beside it.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zlib import crc32

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString

from config.formats import ENGLISH, Formats

Number = int | float | Decimal
BarState = Literal["ok", "risk", "behind", "brand", "done", "none"]
Status = Literal["complete", "on-track", "behind", "not-started"]

_BAR_CLASS = {
    "ok": "",
    "risk": " is-risk",
    "behind": " is-behind",
    "brand": " is-brand",
    "done": "",
    "none": " is-none",
}
_UP = '<svg viewBox="0 0 10 10" aria-hidden="true"><path d="M5 1.5 9.5 8.5H.5z"/></svg>'
_DOWN = '<svg viewBox="0 0 10 10" aria-hidden="true"><path d="M5 8.5.5 1.5h9z"/></svg>'
_AT_RISK = '<svg class="hollow" viewBox="0 0 10 10" aria-hidden="true"><path d="M5 8.1 1 2h8z"/></svg>'
_STATUS = {
    "complete": ("good", "done", "Complete"),
    "on-track": ("good", "ahead", "On track"),
    "behind": ("bad", "behind", "Behind"),
    "not-started": ("", "ring", "Not started"),
}


def meter(
    percent: Number,
    *,
    pace: Number | None = None,
    state: BarState = "ok",
    proposed: Number = 0,
    large: bool = False,
    label: str = "",
) -> SafeString:
    """A bar of `percent` (0-100, clamped here), with a tick at `pace` and `proposed` hatched after it.

    All three are percentages of the target. The bar is hidden from screen readers, since its numbers stand beside it;
    with a `label` it is a picture of that name. The hatch is the pattern in `components/patterns.html`.
    """
    share = float(percent)
    done = f"{min(share, 100.0):.1f}%" if share > 0 else ""
    what = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    hatch = seam = ""
    if proposed:
        both = min(max(share, 0.0) + max(float(proposed), 0.0), 100.0)
        hatch = f'<rect class="m-prop" fill="url(#hatch)" width="{both:.1f}%"/>'
        seam = f'<rect class="m-seam" x="{done}"/>' if done else ""
    fill = f'<rect class="m-fill" width="{done}"/>' if done else ""
    tick = "" if pace is None else f'<rect class="m-pace" x="{min(max(float(pace), 0.0), 100.0):.1f}%"/>'
    return SafeString(
        f'<svg class="meter{" lg" if large else ""}{_BAR_CLASS[state]}" {what}><rect class="m-track"/>'
        f"{hatch}{fill}{seam}{tick}</svg>"
    )


def delta(
    gap: Number | None, *, text: str = "", none: str = "Not set", formats: Formats = ENGLISH, at_risk: bool = False
) -> SafeString:
    """The gap to pace (actual - expected) as an arrow with a number of one decimal, and the words for screen readers.

    `text` takes the number's place (an amount of money, "2 days"); without a gap it says `none`. A gap is judged
    unrounded: what rounds to zero but isn't shows as less than 0.1. Behind but only `at_risk`, the arrow is hollow.
    """
    if gap is None:
        return SafeString(f'<span class="delta none">{escape(none)}</span>')
    distance = float(gap)  # the sign is exact, and floats format three times as fast as decimals
    if not distance:
        return SafeString('<span class="delta good">Even<span class="sr"> with pace</span></span>')
    size = escape(text) if text else formats.gap(abs(distance))
    if distance > 0:
        return SafeString(f'<span class="delta good">{_UP}{size}<span class="sr"> ahead of pace</span></span>')
    if at_risk:
        return SafeString(
            f'<span class="delta risk">{_AT_RISK}{size}<span class="sr"> behind pace, at risk</span></span>'
        )
    return SafeString(f'<span class="delta bad">{_DOWN}{size}<span class="sr"> behind pace</span></span>')


@lru_cache(maxsize=4096)
def avatar(name: str) -> SafeString:
    """A circle with the first letters of a name, in a colour that stays with the name. Hidden from screen readers."""
    words = [letters for word in name.split() if (letters := re.sub(r"[\W_]", "", word))]
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
    hue = crc32(name.encode()) % 8 + 1
    return SafeString(f'<span class="av h{hue}" aria-hidden="true">{escape(initials) or "?"}</span>')


@lru_cache(maxsize=256)
def icon(name: str, size: Literal["", "s", "dots"] = "") -> SafeString:
    """One outline of the sprite `static/icons.svg`; decoration, so hidden from screen readers. KeyError if unknown."""
    if name not in icon_names():
        raise KeyError(f"static/icons.svg has no {name}")
    shape = "logo" if name == "logo" else "ico"
    return SafeString(
        f'<svg class="{shape}{" " if size else ""}{size}" aria-hidden="true">'
        f'<use href="{static("icons.svg")}#{name}"/></svg>'
    )


@lru_cache(maxsize=1)
def icon_names() -> list[str]:
    """The names in the sprite, in its order."""
    return re.findall(r'<symbol id="([\w-]+)"', (settings.BASE_DIR / "static" / "icons.svg").read_text())


@lru_cache(maxsize=8)
def status_mark(status: Status) -> SafeString:
    """Complete, on track, behind or not started, with its sign and its word (docs/algorithms/pace.md)."""
    kind, sign, words = _STATUS[status]
    return SafeString(f'<span class="pill{" " if kind else ""}{kind}">{icon(sign, "s")}{words}</span>')
