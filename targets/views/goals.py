"""A person's own month."""

from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from config.fragments import render_page
from progress.amounts import shown
from progress.pace import Moment, Pace, Phase
from progress.periods import month_of
from targets import readers
from targets.forms import parse_month
from targets.readers import OwnMonth
from targets.views import cells, words
from targets.views.grid import stepper


@require_safe
@never_cache
@member_required()
def my_goals(request: TenantRequest) -> HttpResponse:
    """The viewer's own month: total, channels, forecast."""
    organization, formats = request.organization, formats_of(request.organization)
    today = organization.local_date(timezone.now())
    asked = request.GET.get("month", "")
    month = parse_month(asked) if asked else None
    note = f"There is no month {asked[:20]!r}, so this is the current one." if asked and month is None else ""
    month = month or month_of(today).start
    own = readers.own_month(request.member, organization, month, today)
    pace = own.row.total.pace
    context = {
        "note": note,
        "sentence": day_sentence(own.grid.moment, today, month, formats),
        "label": "Deals this month" if own.grid.moment.phase is Phase.RUNNING else f"Deals in {formats.month(month)}",
        "total": own.row.total,
        "of": words.of(pace, formats),
        "bar": cells.meter(pace, large=True),
        "standing": standing(pace, formats),
        "channels": channels(own, formats),
        "forecast": forecast(own, formats),
        "facts": facts(own, formats),
        **stepper(month, today),
    }
    return render_page(request, "targets/my_goals.html", context)


def day_sentence(moment: Moment, today: date, month: date, formats: Formats) -> str:
    """Thursday 22 October, 5 working days left this month."""
    if moment.phase is not Phase.RUNNING:
        return words.pace_sentence(moment, formats.month(month))
    noun = "working day" if moment.in_working_days else "day"
    # A day that counts is in both what has passed and what is left.
    included = ", today included" if moment.worked + moment.left > moment.total else ""
    return f"{formats.weekday(today)}, {words.plural(moment.left, noun)} left this month{included}"


def standing(pace: Pace, formats: Formats) -> dict[str, str] | None:
    """The pill under the bar: ahead or behind, and what is expected today; None without a target."""
    if pace.gap is None or pace.gap_size is None:
        return None
    closed = pace.moment.phase is Phase.CLOSED
    size, goal = formats.number(pace.gap_size, 1), "target" if closed else "pace"
    text = f"Even with {goal}" if not pace.gap else f"{size} {'ahead of' if pace.gap > 0 else 'behind'} {goal}"
    expected = ""
    if pace.expected is not None and not closed:
        expected = f"Expected today {formats.number(shown(pace.expected, 1), 1)}"
    return {"kind": "good" if pace.gap >= 0 else "bad", "text": text, "expected": expected}


def channels(own: OwnMonth, formats: Formats) -> list[dict[str, object]]:
    """A small bar for each channel that has a target or deals."""
    return [
        {
            "name": column.name,
            "actual": formats.number(cell.pace.actual),
            "of": words.of(cell.pace, formats) or "done",
            "gap": cells.gap(cell.pace, formats),
            "bar": cells.meter(cell.pace),
        }
        for column, cell in zip(own.grid.columns, own.row.cells, strict=True)
        if cell.target is not None or cell.pace.actual
    ]


def forecast(own: OwnMonth, formats: Formats) -> dict[str, str]:
    """The number at the head of the forecast panel."""
    total = own.row.total
    if own.grid.moment.phase is Phase.CLOSED:
        percent = total.pace.percent_shown
        head = {"title": "Result", "sub": "The month has ended", "value": formats.number(total.pace.actual)}
    elif total.forecast is None:
        return {"title": "Forecast", "sub": "There is one from the first day that counts", "value": "-", "of": ""}
    else:
        percent = total.forecast.percent_of(total.pace.target)
        sub = "Early: less than a tenth has passed" if total.forecast.early else "If your pace so far holds"
        head = {"title": "Forecast", "sub": sub, "value": formats.number(shown(total.forecast.value))}
    return {**head, "of": "" if percent is None else f"{percent}% of target"}


def facts(own: OwnMonth, formats: Formats) -> list[tuple[str, str]]:
    """The lines of the forecast panel."""
    total, moment = own.row.total, own.grid.moment
    pace = total.pace
    day = "working day" if moment.in_working_days else "day"
    lines = [("Confirmed so far" if moment.phase is Phase.RUNNING else "Confirmed", formats.number(pace.actual))]
    if total.elsewhere:
        lines.append(("More, where no target is set", formats.number(total.elsewhere)))
    if pace.per_day is not None:
        lines.append((f"Average per {day}", words.rate(pace.per_day, formats, 2)))
    if pace.needed_per_day is not None:
        lines.append(("Needed per day from here", words.rate(pace.needed_per_day, formats, 2)))
    if own.recent_per_day is not None:
        lines.append((f"Last five {day}s", words.rate(own.recent_per_day, formats, 2)))
    if moment.phase is not Phase.CLOSED or own.proposed:
        lines.append(("Proposed, not yet confirmed", formats.number(own.proposed)))
    return lines
