"""A report's rows as the page writes them."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from config import svg
from progress.amounts import shown
from progress.pace import Phase
from progress.results import Result
from reports.readers import Report, Row
from reports.views.columns import name_of
from reports.views.words import Words, meter, unsigned

NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Cells:
    """One row as it is written; empty texts stand where there is nothing to say."""

    row: Row
    name: str
    set: str
    target: str
    actual: str
    variance: SafeString
    percent: str
    bar: SafeString
    gap: SafeString
    expected: str
    forecast: str
    forecast_note: str
    elsewhere: str
    before: str
    before_note: str


def draw(row: Row, report: Report, words: Words) -> Cells:
    """Write one row."""
    result, months = row.result, row.result.months
    forecast, before = result.forecast, row.before
    of_target = forecast.percent_of(result.target) if forecast else None
    notes = [f"{of_target}%"] if of_target is not None else []
    notes += ["early"] if forecast and forecast.early else []
    return Cells(
        row=row,
        name=name_of(row, report),
        set=f"{months.set} of {months.of}" if months.of else "-",
        target="" if result.target is None else words.amount(result.target),
        actual="" if row.actual is None else words.amount(row.actual),
        variance=variance(result, words),
        percent="" if result.percent_shown is None else f"{result.percent_shown}%",
        bar=meter(result),
        gap=gap(result, words),
        expected="" if result.expected is None else _expected(result, words),
        forecast=words.amount(shown(forecast.value)) if forecast else "-",
        forecast_note=", ".join(notes),
        elsewhere=words.amount(row.elsewhere) if row.elsewhere else "",
        before=words.amount(before.everything) if before else "-",
        before_note=f"{before.percent_shown}%" if before and before.percent_shown is not None else "",
    )


def variance(result: Result, words: Words) -> SafeString:
    """Actual less target as an arrow with a number; no judgement while there is time left to reach it."""
    value = result.variance
    if value is None:
        return svg.delta(None, none="No target" if result.target is None else "None due")
    if not value:
        return SafeString('<span class="delta good">On target</span>')
    size = words.amount(unsigned(value))
    mark = svg.delta(value, text=size)
    if value > 0:
        return SafeString(mark.replace(" ahead of pace<", " above target<"))
    mark = SafeString(mark.replace(" behind pace<", " short of target<"))
    return mark if result.pace.moment.phase is Phase.CLOSED else SafeString(mark.replace("delta bad", "delta open"))


def gap(result: Result, words: Words) -> SafeString:
    """The gap to pace as an arrow with a number; nothing unless judged."""
    distance = result.gap_shown
    if distance is None:
        return NOTHING
    text = words.formats.gap_size(distance, money=True) if words.revenue else ""
    return svg.delta(distance, text=text, formats=words.formats, at_risk=result.at_risk)


def _expected(result: Result, words: Words) -> str:
    assert result.expected is not None
    if words.revenue:
        return words.short(shown(result.expected))
    return words.formats.number(shown(result.expected, 1), 1)
