"""A person's month in words: the total, the channels, the forecast."""

from datetime import date

from django.utils.safestring import SafeString

from config.formats import Formats
from progress.pace import Moment, Pace, Phase
from targets.readers.member import MemberPage
from targets.views import cells, words
from targets.views.units import Unit


def bar(pace: Pace) -> SafeString:
    """The large bar of the month's total."""
    return cells.meter(pace, large=True)


def day_sentence(moment: Moment, today: date, month: date, formats: Formats) -> str:
    """Thursday 22 October, 5 working days left this month."""
    if moment.phase is not Phase.RUNNING:
        return words.pace_sentence(moment, formats.month(month))
    noun = "working day" if moment.in_working_days else "day"
    # A day that counts is in both what has passed and what is left.
    included = ", today included" if moment.worked + moment.left > moment.total else ""
    return f"{formats.weekday(today)}, {words.plural(moment.left, noun)} left this month{included}"


def standing(pace: Pace, unit: Unit) -> dict[str, str] | None:
    """The pill under the bar: ahead or behind, and what is expected today; None without a target."""
    if pace.gap is None or pace.gap_size is None:
        return None
    closed = pace.moment.phase is Phase.CLOSED
    size, goal = unit.rate(abs(pace.gap) if unit.money else pace.gap_size), "target" if closed else "pace"
    text = f"Even with {goal}" if not pace.gap else f"{size} {'ahead of' if pace.gap > 0 else 'behind'} {goal}"
    expected = ""
    if pace.expected is not None and not closed:
        expected = f"Expected today {unit.rate(pace.expected)}"
    kind = "good" if pace.gap >= 0 else "risk" if pace.at_risk else "bad"
    return {"kind": kind, "text": f"{text}, at risk" if pace.at_risk else text, "expected": expected}


def channels(page: MemberPage, unit: Unit) -> list[dict[str, object]]:
    """A small bar for each channel that has a target or deals."""
    return [
        {
            "name": channel.name,
            "actual": unit.amount(channel.pace.actual),
            "of": unit.of(channel.pace.target) or "done",
            "gap": cells.gap(channel.pace, unit.formats, money=unit.money),
            "bar": cells.meter(channel.pace),
        }
        for channel in page.channels
    ]


def forecast(page: MemberPage, unit: Unit) -> dict[str, str]:
    """The number at the head of the forecast panel."""
    total = page.total
    if page.moment.phase is Phase.CLOSED:
        percent = total.pace.percent_shown
        head = {"title": "Result", "sub": "The month has ended", "value": unit.amount(total.pace.actual)}
    elif total.forecast is None:
        return {"title": "Forecast", "sub": "There is one from the first day that counts", "value": "-", "of": ""}
    else:
        percent = total.forecast.percent_of(total.pace.target)
        sub = "Early: less than a tenth has passed" if total.forecast.early else "If the pace so far holds"
        head = {"title": "Forecast", "sub": sub, "value": unit.expected(total.forecast)}
    return {**head, "of": "" if percent is None else f"{percent}% of target"}


def facts(page: MemberPage, unit: Unit) -> list[tuple[str, str]]:
    """The lines of the forecast panel."""
    total, moment = page.total, page.moment
    pace = total.pace
    day = "working day" if moment.in_working_days else "day"
    lines = [("Confirmed so far" if moment.phase is Phase.RUNNING else "Confirmed", unit.amount(pace.actual))]
    if total.elsewhere:
        lines.append(("More, where no target is set", unit.amount(total.elsewhere)))
    if pace.per_day is not None:
        lines.append((f"Average per {day}", unit.rate(pace.per_day, 2)))
    if pace.needed_per_day is not None:
        lines.append(("Needed per day from here", unit.rate(pace.needed_per_day, 2)))
    if page.recent_per_day is not None:
        lines.append((f"Last five {day}s", unit.rate(page.recent_per_day, 2)))
    if moment.phase is not Phase.CLOSED or page.proposed:
        lines.append(("Proposed, not yet confirmed", unit.amount(page.proposed)))
    return lines
