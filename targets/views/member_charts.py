"""A person's charts with their words and tables: candles, patterns, the year; and the changes of their targets."""

from decimal import Decimal
from typing import Any

from config import charts
from config.formats import Formats
from progress.candles import Candle
from progress.pace import Phase
from progress.pattern import ENOUGH, Pattern
from progress.periods import PeriodKind
from targets.readers.history import TargetChange
from targets.readers.member import MemberPage
from targets.readers.year import Bar
from targets.views import words
from targets.views.units import Unit

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKS = {number: f"Week {number}" for number in range(1, 6)}
WEEK_DAYS = {1: "1 to 7", 2: "8 to 14", 3: "15 to 21", 4: "22 to 28", 5: "from 29"}
HOW = {
    "typed": "Typed",
    "applied": "Used for more cells",
    "split": "Split",
    "cloned": "Copied",
    "copied": "Copied",
    "pasted": "Pasted",
    "cleared": "Cleared",
    "imported": "Imported",
    "undone": "Undone",
}
NOUNS = {
    PeriodKind.MONTH: "month",
    PeriodKind.QUARTER: "quarter",
    PeriodKind.SEMESTER: "half year",
    PeriodKind.YEAR: "year",
}


def candles(page: MemberPage, unit: Unit) -> dict[str, Any]:
    """The pace candles of the month; without `svg` where there is no target to draw a pace of."""
    formats = unit.formats
    chart, month = page.chart, formats.month(page.moment.period.start if page.moment.period else page.moment.today)
    where = f" in {chart.channel.name}" if chart.channel else ""
    pace = chart.total.pace
    if not chart.candles or pace.target is None:
        return {"where": where, "month": month}
    running = page.moment.phase is Phase.RUNNING
    forecast = chart.total.forecast if running else None
    told = [f"{unit.counted(pace.actual)}{where} {unit.of(pace.target)}"]
    if running and pace.expected is not None:
        told.append(f"{unit.rate(pace.expected)} expected by today")
    if forecast is not None:
        told.append(f"forecast {unit.expected(forecast)}")
    svg = charts.candle_chart(
        "pace",
        chart.candles,
        target=pace.target,
        forecast=forecast.value if forecast else None,
        name=f"Pace candles, {month}{where}",
        description=f"{unit.noun} so far by day beside the expected pace: {', '.join(told)}.",
        words=lambda day: _candle_words(day, unit),
        write=unit.short,
    )
    return {
        "svg": svg,
        "where": where,
        "month": month,
        "running": running,
        "elsewhere": unit.amount(chart.total.elsewhere) if chart.total.elsewhere else "",
        "off": any(day.is_off for day in chart.candles),
        "begun": page.moment.phase is not Phase.UPCOMING,
        "rows": [_candle_row(day, unit) for day in chart.candles],
    }


def _candle_words(day: Candle, unit: Unit) -> str:
    so_far = unit.counted(day.actual or 0)
    return f"{unit.formats.weekday(day.day)}: {so_far} so far, {unit.rate(day.expected)} expected"


def _candle_row(day: Candle, unit: Unit) -> dict[str, str]:
    marks = [mark for mark, there in (("today", day.is_today), ("day off", day.is_off)) if there]
    row = {
        "day": ", ".join([unit.formats.weekday(day.day), *marks]),
        "count": "",
        "total": "",
        "pace": unit.about(day.expected),
        "gap": "",
    }
    if day.actual is not None and day.before is not None:
        assert day.gap_shown is not None  # as there is an actual
        row |= {
            "count": unit.amount(day.actual - day.before),
            "total": unit.amount(day.actual),
            "gap": unit.gap(day.gap_shown),
        }
    return row


def pattern(page: MemberPage, back: int, unit: Unit) -> dict[str, Any]:
    """When the person falls behind: a sentence, and a chart and a table for weeks and for weekdays."""
    weeks, weekdays = page.weeks, page.weekdays
    if not weeks.enough:
        had = f"{weeks.months} of the last {back} months" if weeks.months else f"none of the last {back} months"
        return {"sentence": f"A pattern shows from {ENOUGH} ended months with deals on. There were deals in {had}."}
    found = []
    if weeks.weakest:
        part = weeks.weakest
        found.append(
            f"Slips in week {part.number} (days {WEEK_DAYS[part.number]}): {part.slipped} of {part.judged} months."
        )
    if weekdays.weakest:
        part = weekdays.weakest
        found.append(f"Slips on {WEEKDAYS[part.number]}s: {part.slipped} of {part.judged} months.")
    if not found:
        found.append(f"No week and no weekday stands out over these {weeks.months} months.")
    elif not weekdays.weakest:
        found.append("No weekday stands out.")
    elif not weeks.weakest:
        found.insert(0, "No week of the month stands out.")
    return {
        "sentence": " ".join(found),
        "slips": bool(weeks.weakest or weekdays.weakest),
        "charts": [
            _part_chart("weeks", "By week of the month", weeks, WEEKS, unit),
            _part_chart("weekdays", "By weekday", weekdays, dict(enumerate(WEEKDAYS)), unit),
        ],
    }


def _part_chart(ident: str, title: str, found: Pattern, names: dict[int, str], unit: Unit) -> dict[str, Any]:
    average, deals = found.rate, "" if unit.money else " deals"
    assert average is not None
    rows = [
        {
            "name": names[part.number],
            "rate": unit.rate(part.rate, 2),
            "slipped": f"{part.slipped} of {part.judged}",
        }
        for part in found.parts
    ]
    parts = [
        charts.Part(
            label=row["name"] if ident == "weeks" else row["name"][:3],
            note=row["slipped"],
            words=f"{row['name']}: {row['rate']}{deals} a day, below average in {row['slipped']} months",
            rate=part.rate,
            slips=part.slips,
        )
        for part, row in zip(found.parts, rows, strict=True)
    ]
    told = "; ".join(f"{row['name']}: {row['rate']}, below in {row['slipped']} months" for row in rows)
    svg = charts.part_chart(
        ident,
        parts,
        average=average,
        name=f"{unit.noun} a day {title[0].lower()}{title[1:]}",
        description=f"On average {unit.rate(average, 2)}{deals} a day. {told}.",
    )
    return {"title": title, "svg": svg, "rows": rows, "average": unit.rate(average, 2)}


def year(page: MemberPage, frequency: PeriodKind, fiscal_start: int, unit: Unit) -> dict[str, Any]:
    """The year's performance: columns of deals beside targets."""
    formats, number = unit.formats, page.year.start.year
    title = f"{number}" if fiscal_start == 1 else f"fiscal year {number}"
    labels = [_period_label(place, each, frequency, formats) for place, each in enumerate(page.bars, start=1)]
    columns = [
        charts.Column(
            label=label,
            words=f"{label}: {_year_words(bar, unit)}",
            actual=None if bar.phase is Phase.UPCOMING and not bar.actual else bar.actual,
            target=bar.target,
            forecast=bar.forecast.value if bar.forecast and bar.forecast.value > bar.actual else None,
            now=bar.phase is Phase.RUNNING,
        )
        for label, bar in zip(labels, page.bars, strict=True)
    ]
    set_months, all_months = sum(bar.set for bar in page.bars), sum(bar.of for bar in page.bars)
    told = "; ".join(f"{column.words}" for column in columns if column.actual is not None or column.target is not None)
    return {
        "title": f"Performance, {title}",
        "name": title.capitalize(),
        "noun": NOUNS[frequency],
        "anything": any(column.actual or column.target for column in columns),
        "svg": charts.column_chart(
            "year", columns, name=f"Performance, {title}", description=told or "Nothing yet.", write=unit.short
        ),
        "elsewhere": any(bar.elsewhere for bar in page.bars),
        "several": frequency is not PeriodKind.MONTH,
        "set": f"{set_months} of {words.plural(all_months, 'month')} set" if set_months < all_months else "",
        "rows": [
            {
                "name": label,
                "target": "none" if bar.target is None else unit.amount(bar.target),
                "actual": "" if column.actual is None else unit.amount(bar.actual),
                "percent": "" if column.actual is None else _percent(bar),
                "elsewhere": unit.amount(bar.elsewhere) if bar.elsewhere else "",
                "set": f"{bar.set} of {bar.of}",
            }
            for label, bar, column in zip(labels, page.bars, columns, strict=True)
        ],
    }


def _percent(bar: Bar) -> str:
    return "" if bar.percent is None else f"{bar.percent}%"


def _year_words(bar: Bar, unit: Unit) -> str:
    if bar.target is None:
        return f"{unit.counted(bar.actual)}, no target"
    told = f"{unit.amount(bar.actual)} {unit.of(bar.target)}"
    if bar.forecast:
        told += f", forecast {unit.expected(bar.forecast)}"
    if bar.set < bar.of:
        told += f", {bar.set} of {bar.of} months set"
    return told


def _period_label(place: int, bar: Bar, frequency: PeriodKind, formats: Formats) -> str:
    if frequency is PeriodKind.MONTH:
        return formats.month_short(bar.period.start)
    if frequency is PeriodKind.YEAR:
        return str(bar.period.start.year)
    return f"{'Q' if frequency is PeriodKind.QUARTER else 'H'}{place}"


def changes(page: MemberPage, formats: Formats) -> list[dict[str, Any]]:
    """The changes of the year's targets, newest first."""
    return [
        {
            "at": change.at,
            "who": change.by or "Headway",
            "month": formats.month(change.month),
            "channel": f"{change.channel}, revenue" if change.field == "revenue" else change.channel,
            "old": _target(change, change.old, formats),
            "new": _target(change, change.new, formats),
            "why": HOW.get(change.why, change.why[:1].upper() + change.why[1:]),
        }
        for change in page.history.changes
    ]


def _target(change: TargetChange, value: Any, formats: Formats) -> str:
    if value is None:
        return "none"
    return formats.money(Decimal(str(value))) if change.field == "revenue" else formats.number(int(value))
