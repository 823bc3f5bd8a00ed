"""Charts, drawn on the server as SVG: pace candles, columns beside a target, and the parts of a pattern.

They carry no inline style: colours are the classes of app.css's layer of charts, so that light, dark and print follow.
No state is told by colour alone: a candle behind hangs below the pace line, a column that missed stays under its
target, a part that slips has an arrow. Each has a name and a description; its table is the page's part.
A chart is drawn twice, `wide` and `narrow`, since a drawing can't lay itself out anew on a phone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, log10

from django.utils.html import escape
from django.utils.safestring import SafeString

from progress.amounts import Amount, shown
from progress.candles import Candle

Value = Amount | Fraction
# How an amount is written at an axis and a line.
Write = Callable[[Amount], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what was reached (None: nothing to show yet), its target and its forecast, and words for it."""

    label: str
    words: str
    actual: Value | None
    target: Value | None
    forecast: Value | None = None
    now: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pattern: its name, a note beneath it, and its rate."""

    label: str
    note: str
    words: str
    rate: Value
    slips: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a drawing, its margins, and how values become places in it."""

    width: int
    height: int
    left: float
    right: float
    highest: float
    top: int = 16
    bottom: int = 28

    @property
    def floor(self) -> int:
        """Where 0 stands."""
        return self.height - self.bottom

    def y(self, value: Value) -> float:
        """Where a value stands; what is below 0 stands at 0."""
        return self.floor - (self.floor - self.top) * max(float(value), 0) / self.highest

    def slot(self, count: int) -> float:
        """The width that each of some columns has."""
        return (self.width - self.left - self.right) / count


def candle_chart(
    ident: str,
    days: Sequence[Candle],
    *,
    target: Amount,
    forecast: Fraction | None,
    name: str,
    description: str,
    words: Callable[[Candle], str],
    write: Write,
) -> SafeString:
    """A month's candles: bodies from the pace to the running total, wicks from the day before, days off shaded.

    Today is hollow; future days have the pace line alone. `forecast` is where today's total is heading.
    """
    reached = [day.actual for day in days if day.actual is not None]
    step, highest = _scale(max([float(target), float(forecast or 0), *map(float, reached)]))
    goal = f"Target {write(target)}"

    def draw(width: int, height: int) -> str:
        frame = Frame(width, height, _text_width(write(int(highest))) + 14, _text_width(goal) + 12, highest)
        return "".join(_candles(frame, step, days, target, forecast, goal, words, write))

    return _both(ident, name, description, draw, wide=(800, 278), narrow=(362, 250))


def column_chart(ident: str, columns: Sequence[Column], *, name: str, description: str, write: Write) -> SafeString:
    """Columns of what was reached, each with a line at its target; a forecast stands dashed on top."""
    values = [value for each in columns for value in (each.actual, each.target, each.forecast) if value is not None]
    step, highest = _scale(max(map(float, values), default=0))

    def draw(width: int, height: int) -> str:
        frame = Frame(width, height, _text_width(write(int(highest))) + 14, 12, highest, top=14)
        return "".join(_columns(frame, step, columns, write))

    return _both(ident, name, description, draw, wide=(1110, 236), narrow=(362, 210))


def part_chart(ident: str, parts: Sequence[Part], *, average: Fraction, name: str, description: str) -> SafeString:
    """The parts of a pattern beside their average; what slips has an arrow above it."""
    highest = max([float(average), *(float(part.rate) for part in parts)]) or 1.0

    def draw(width: int, height: int) -> str:
        return "".join(_parts(Frame(width, height, 4, 4, highest * 1.05, top=22, bottom=40), parts, average))

    return _both(ident, name, description, draw, wide=(540, 170), narrow=(362, 158))


def _candles(
    frame: Frame,
    step: float,
    days: Sequence[Candle],
    target: Amount,
    forecast: Fraction | None,
    goal: str,
    words: Callable[[Candle], str],
    write: Write,
) -> Iterator[str]:
    slot, end = frame.slot(len(days)), frame.width - frame.right

    def middle(place: int) -> float:
        return frame.left + slot * (place + 0.5)

    for place, day in enumerate(days):
        if day.is_off:
            x, height = frame.left + slot * place, frame.floor - frame.top
            yield f'<rect class="c-off" x="{x:.1f}" y="{frame.top}" width="{slot:.1f}" height="{height}"/>'
    yield _axis(frame, step, write)
    line = frame.y(target)
    yield f'<line class="c-target" x1="{frame.left:.1f}" x2="{end:.1f}" y1="{line:.1f}" y2="{line:.1f}"/>'
    yield f'<text class="c-lab" x="{end + 6:.1f}" y="{line + 4:.1f}">{escape(goal)}</text>'
    points = " ".join(f"{middle(place):.1f},{frame.y(day.expected):.1f}" for place, day in enumerate(days))
    yield f'<polyline class="c-pace" points="{points}"/>'
    width, last = max(4.0, min(slot * 0.58, 16.0)), None
    for place, day in enumerate(days):
        if day.before is None or day.actual is None:
            continue
        last = (middle(place), frame.y(day.actual))
        if not (day.is_off and day.before == day.actual and not day.is_today):
            yield _candle(frame, day, middle(place), width, words(day))
        if day.is_today and forecast is not None:
            yield _heading(frame, last, (middle(len(days) - 1), frame.y(forecast)), line, end, forecast, write)
    for place, day in enumerate(days):
        if day.day.day in (1, 5, 10, 15, 20, len(days)) or (day.day.day == 25 and len(days) > 28):
            now = " is-now" if day.is_today else ""
            yield _tick_below(frame, middle(place), str(day.day.day), now)


def _candle(frame: Frame, day: Candle, x: float, width: float, words: str) -> str:
    assert day.before is not None
    assert day.actual is not None
    kind = ("is-up" if day.on_pace else "is-down") + (" is-today" if day.is_today else "")
    actual, expected, before = frame.y(day.actual), frame.y(day.expected), frame.y(day.before)
    height = max(abs(actual - expected), 3.0)
    # A body that is hardly higher than a line still stands on its own side of the pace.
    top = expected - height if day.on_pace else expected
    return (
        f'<g><title>{escape(words)}</title><line class="c-wick {kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{before:.1f}" '
        f'y2="{actual:.1f}"/><rect class="c-candle {kind}" x="{x - width / 2:.1f}" y="{top:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" rx="1.5"/></g>'
    )


def _heading(
    frame: Frame,
    start: tuple[float, float],
    stop: tuple[float, float],
    line: float,
    end: float,
    forecast: Fraction,
    write: Write,
) -> str:
    """The forecast: a line, a dot, and its number, which keeps clear of the target's."""
    label = stop[1]
    if abs(label - line) < 14:
        label = line - 14 if label <= line else line + 14
    text = write(shown(forecast))
    return (
        f'<line class="c-fc" x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{stop[0]:.1f}" y2="{stop[1]:.1f}"/>'
        f'<circle class="c-fcdot" cx="{stop[0]:.1f}" cy="{stop[1]:.1f}" r="4"/>'
        f'<text class="c-lab is-fc" x="{end + 6:.1f}" y="{label + 4:.1f}">{text}</text>'
    )


def _columns(frame: Frame, step: float, columns: Sequence[Column], write: Write) -> Iterator[str]:
    slot = frame.slot(len(columns))
    width = min(34.0, slot * 0.56)
    yield _axis(frame, step, write)
    for place, column in enumerate(columns):
        left = frame.left + slot * place
        x = left + (slot - width) / 2
        yield f"<g><title>{escape(column.words)}</title>"
        if column.forecast is not None:
            yield _bar("c-forecast", frame, x, width, column.forecast)
        if column.actual is not None and column.actual > 0:
            yield _bar(f"c-bar {_kind(column)}", frame, x, width, column.actual)
        if column.target is not None:
            y = frame.y(column.target)
            edge = min(slot * 0.42, 40.0)
            middle = left + slot / 2
            yield (
                f'<line class="c-target" x1="{middle - edge:.1f}" x2="{middle + edge:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
            )
        yield _tick_below(frame, left + slot / 2, column.label, " is-now" if column.now else "") + "</g>"


def _kind(column: Column) -> str:
    if not column.target or column.actual is None:
        return "is-none"
    if column.actual >= column.target:
        return "is-hit"
    return "is-now" if column.now else "is-miss"


def _parts(frame: Frame, parts: Sequence[Part], average: Fraction) -> Iterator[str]:
    slot = frame.slot(len(parts))
    width = min(34.0, slot * 0.56)
    for place, part in enumerate(parts):
        middle = frame.left + slot * (place + 0.5)
        kind = "is-low" if part.slips else "is-even"
        yield f"<g><title>{escape(part.words)}</title>"
        yield _bar(f"c-part {kind}", frame, middle - width / 2, width, part.rate)
        if part.slips:
            y = frame.y(average) - 6
            yield f'<path class="c-low" d="M{middle - 5:.1f} {y - 9:.1f}h10l-5 9z"/>'
        strong = " is-now" if part.slips else ""
        yield f'<text class="c-tick{strong}" x="{middle:.1f}" y="{frame.floor + 17}" text-anchor="middle">'
        yield f'{escape(part.label)}</text><text class="c-tick{strong}" x="{middle:.1f}" y="{frame.floor + 33}" '
        yield f'text-anchor="middle">{escape(part.note)}</text></g>'
    y = frame.y(average)
    across = f'x1="{frame.left}" x2="{frame.width - frame.right}"'
    yield f'<line class="c-pace" {across} y1="{y:.1f}" y2="{y:.1f}"/>'
    yield f'<line class="c-grid" {across} y1="{frame.floor}" y2="{frame.floor}"/>'


def _bar(kind: str, frame: Frame, x: float, width: float, value: Value) -> str:
    y = frame.y(value)
    height = frame.floor - y
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3"/>'


def _tick_below(frame: Frame, x: float, text: str, kind: str = "") -> str:
    return f'<text class="c-tick{kind}" x="{x:.1f}" y="{frame.height - 9}" text-anchor="middle">{escape(text)}</text>'


def _axis(frame: Frame, step: float, write: Write) -> str:
    """Lines across the drawing with their numbers at the left."""
    lines, value = [], 0.0
    while value <= frame.highest:
        y = frame.floor - (frame.floor - frame.top) * value / frame.highest
        lines.append(
            f'<line class="c-grid" x1="{frame.left:.1f}" x2="{frame.width - frame.right:.1f}" y1="{y:.1f}" '
            f'y2="{y:.1f}"/><text class="c-tick" x="{frame.left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">'
            f"{write(int(value))}</text>"
        )
        value += step
    return "".join(lines)


def _scale(value: float) -> tuple[int, int]:
    """Whole steps of 1, 2 or 5 times a power of ten, at most five of them, and the height they reach with some air."""
    least = max(value * 1.04, 1) / 5
    power = 10 ** max(ceil(log10(least)) - 1, 0)
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= least)
    return step, step * ceil(max(value * 1.04, 1) / step)


def _text_width(text: str) -> float:
    """About how wide a label is in a chart's type."""
    return 6.5 * len(text)


def _both(
    ident: str,
    name: str,
    description: str,
    draw: Callable[[int, int], str],
    *,
    wide: tuple[int, int],
    narrow: tuple[int, int],
) -> SafeString:
    sizes = (("wide", wide), ("narrow", narrow))
    return SafeString(
        "".join(_svg(f"{ident}-{kind}", f" {kind}", name, description, *size, draw(*size)) for kind, size in sizes)
    )


def _svg(ident: str, kind: str, name: str, description: str, width: int, height: int, drawn: str) -> str:
    return (
        f'<svg class="chart{kind}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{ident}-t" '
        f'aria-describedby="{ident}-d"><title id="{ident}-t">{escape(name)}</title>'
        f'<desc id="{ident}-d">{escape(description)}</desc>{drawn}</svg>'
    )
