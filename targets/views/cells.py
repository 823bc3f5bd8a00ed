"""The table's cells as markup: the page and the reply to an edit draw them by the same functions.

Plain Python instead of templates, since a page has a thousand of them (docs/adr/0041-grid-cells-in-python.md). Whatever
a user typed goes through `escape`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString

from config import svg
from config.formats import Formats
from progress.amounts import Amount, shown
from progress.pace import Pace, Phase
from progress.rollup import Total
from targets.readers import Cell, Column, Grid, Row

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a cell that is not saved, and the note that says why; empty where others were the reason."""

    text: str
    note: SafeString


@dataclass(frozen=True, slots=True)
class Drawing:
    """A grid about to be drawn. `typed` is {(member, channel): what could not be saved}.

    `drawn` keeps the gap and the bar of each pair of numbers: a thousand cells have some hundred of them.
    """

    grid: Grid
    formats: Formats
    typed: Mapping[Place, Typed] = field(default_factory=dict)
    drawn: dict[tuple[Amount, Amount | None], tuple[str, str]] = field(default_factory=dict)

    def number(self, value: Amount) -> str:
        """A number of deals, or an amount without its smaller unit."""
        return self.formats.number(shown(value) if self.grid.shown.revenue else value)

    def total(self, value: Amount) -> str:
        """A number in a total: of revenue its first digits, since a month's is long."""
        return self.formats.short_money(value) if self.grid.shown.revenue else self.formats.number(value)

    def marks(self, pace: Pace) -> tuple[str, str]:
        """The gap and the bar of a cell."""
        key = (pace.actual, pace.target)
        if key not in self.drawn:
            self.drawn[key] = (gap(pace, self.formats, money=self.grid.shown.revenue), meter(pace))
        return self.drawn[key]


def meter(pace: Pace, *, large: bool = False) -> SafeString:
    """The bar of a pace."""
    state: svg.BarState = "none" if pace.on_pace is None else "ok" if pace.on_pace else "behind"
    if pace.at_risk:
        state = "risk"
    return svg.meter(pace.fill, pace=pace.tick, state=state, large=large)


def gap(pace: Pace, formats: Formats, none: str = "Not set", *, money: bool = False) -> SafeString:
    """The gap to pace as an arrow with a number; in a closed month the gap to the target. `money`: of revenue."""
    if pace.target is None:
        return svg.delta(None, none=none)
    if not pace.judged:
        return svg.delta(None, none="None due")
    distance = pace.gap_shown
    if distance is None:
        return SafeString("")
    size = formats.gap_size(distance, money=True) if money else ""
    mark = svg.delta(distance, text=size, formats=formats, at_risk=pace.at_risk)
    if pace.moment.phase is Phase.CLOSED:
        return SafeString(mark.replace(" pace</span>", " target</span>"))
    return mark


def body(drawing: Drawing) -> SafeString:
    """The table's rows."""
    labels = [escape(column.name) for column in drawing.grid.columns]
    return SafeString("".join(_row(row, labels, drawing) for row in drawing.grid.rows))


def foot(drawing: Drawing) -> SafeString:
    """The cells of the table's last row."""
    columns = zip(drawing.grid.columns, drawing.grid.column_totals, strict=True)
    cells = [
        f'<td class="tc" data-l="{escape(column.name)}">{_column_total(column, total, drawing)}</td>'
        for column, total in columns
    ]
    return SafeString(
        f'{"".join(cells)}<td class="tc" data-l="Total">{_overall(drawing)}</td>'
        f'<td class="fore num" data-l="{_outlook(drawing)}">{_overall_forecast(drawing)}</td>'
    )


def after(drawing: Drawing, places: Iterable[Place]) -> SafeString:
    """The neighbours of edited cells: bar and gap of each, the totals of their rows and columns, and the team's."""
    edited = set(places)
    grid = drawing.grid
    parts = [_overall(drawing), _overall_forecast(drawing)]
    # An edit may be what a filter goes by: its row stays until the page is opened again.
    edited_rows, edited_columns = ({place[which] for place in edited} for which in (0, 1))
    for row in grid.people:
        if row.member_id in edited_rows:
            cells = [cell for cell in row.cells if (cell.member_id, cell.channel_id) in edited]
            parts += [part for cell in cells for part in _parts(cell, drawing)]
            parts += [_row_total(row, drawing), _row_forecast(row, drawing)]
    for column, total in zip(grid.columns, grid.column_totals, strict=True):
        if column.channel_id in edited_columns:
            parts.append(_column_total(column, total, drawing))
    return SafeString("".join(parts))


def _row(row: Row, labels: Sequence[str], drawing: Drawing) -> str:
    if row.member_id is None:
        name, who = "nobody", "<b>No salesperson</b><small>Nobody is named on these deals</small>"
        head = f'<span class="who"><span class="av none" aria-hidden="true"></span><span>{who}</span></span>'
    else:
        name = escape(row.name)
        who = f"<b>{name}</b><small>{escape(row.team)}</small>"
        # Below the grid's own address.
        page = f"{row.member_id}/?month={drawing.grid.month:%Y-%m}"
        head = f'<a class="who" href="{page}">{svg.avatar(row.name)}<span>{who}</span></a>'
    cells = "".join(_cell(cell, label, name, drawing) for cell, label in zip(row.cells, labels, strict=True))
    return (
        f'<tr><th scope="row" class="stick">{head}</th>{cells}'
        f'<td class="tc" data-l="Total">{_row_total(row, drawing)}</td>'
        f'<td class="fore num" data-l="{_outlook(drawing)}">{_row_forecast(row, drawing)}</td></tr>\n'
    )


def _cell(cell: Cell, label: str, name: str, drawing: Drawing) -> str:
    actual, distance, bar = _parts(cell, drawing)
    if not cell.editable:
        asked = _asked(cell.pace, drawing.number)
        distance = distance if cell.pace.target is not None else ""
        return f'<td class="tc" data-l="{label}"><div class="l">{actual}{asked}{distance}</div>{bar}</td>'
    place = f"{cell.member_id}-{cell.channel_id}"
    text = "" if cell.target is None else drawing.formats.number(cell.target)
    described, invalid, note = f"g{place}", "", ""
    typed = drawing.typed.get((cell.member_id, cell.channel_id)) if drawing.typed else None  # type: ignore[arg-type]
    if typed is not None:
        text, note = escape(typed.text), typed.note
        if note:
            described, invalid = f"g{place} e{place}", ' aria-invalid="true"'
    return (
        f'<td class="tc" data-l="{label}"><div class="l">{actual}<span class="of">of</span>'
        f'<input class="cell-in" id="t{place}" name="t{place}" value="{text}" data-v="{cell.version}" placeholder="+"'
        f' inputmode="numeric" aria-label="{label} target for {name}" aria-describedby="{described}"{invalid}>'
        f"{distance}</div>{bar}{note}</td>"
    )


def _parts(cell: Cell, drawing: Drawing) -> tuple[str, str, str]:
    """What an edit changes beside its input: the actual, the gap and the bar, each with an id of its own."""
    place = f"{cell.member_id}-{cell.channel_id}"
    distance, bar = drawing.marks(cell.pace)
    return (
        f'<b id="a{place}">{drawing.number(cell.pace.actual)}</b>',
        f'<span class="dc" id="g{place}">{distance}</span>',
        f'<svg id="b{place}"{bar[4:]}',
    )


def _asked(pace: Pace, write: Callable[[Amount], str]) -> str:
    if pace.target is None:
        return '<span class="of">done</span>'
    return f'<span class="of">of {write(pace.target)}</span>'


def _row_total(row: Row, drawing: Drawing) -> str:
    return _total(f"r{row.member_id}", row.total, drawing)


def _column_total(column: Column, total: Total, drawing: Drawing) -> str:
    return _total(f"c{column.channel_id}", total, drawing)


def _overall(drawing: Drawing) -> str:
    return _total("call", drawing.grid.overall, drawing)


def _total(place: str, total: Total, drawing: Drawing) -> str:
    pace, formats = total.pace, drawing.formats
    elsewhere = ""
    if total.elsewhere:
        elsewhere = (
            f'<span class="extra">+{drawing.total(total.elsewhere)}<span class="sr"> without a target</span></span>'
        )
    return (
        f'<div class="dc" id="{place}"><div class="l"><b>{drawing.total(pace.actual)}</b>{_asked(pace, drawing.total)}'
        f"{elsewhere}{gap(pace, formats, none='No target', money=drawing.grid.shown.revenue)}</div>{meter(pace)}</div>"
    )


def _outlook(drawing: Drawing) -> str:
    """What the last column is called."""
    return "Result" if drawing.grid.moment.phase is Phase.CLOSED else "Forecast"


def _row_forecast(row: Row, drawing: Drawing) -> str:
    return _forecast(f"f{row.member_id}", row.total, drawing)


def _overall_forecast(drawing: Drawing) -> str:
    return _forecast("fall", drawing.grid.overall, drawing)


def _forecast(place: str, total: Total, drawing: Drawing) -> str:
    forecast = total.forecast
    if forecast is None:
        return f'<span id="{place}" class="sub">-</span>'
    percent = forecast.percent_of(total.pace.target)
    words = [f"{percent}%"] if percent is not None else []
    words += ["early"] if forecast.early else []
    small = f'<br><small class="sub">{", ".join(words)}</small>' if words else ""
    return f'<span id="{place}"><b>{drawing.total(shown(forecast.value))}</b>{small}</span>'
