"""A salesperson's page: the same for whoever may see it, and for the person as "My goals"."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from config.fragments import render_page
from progress.pace import Phase
from progress.periods import PeriodKind, month_of
from targets.forms import parse_month
from targets.readers.member import AskedPage, MemberPage, Person, member_page
from targets.views import member_charts, member_month, words
from targets.views.grid import stepper

FREQUENCIES = {
    PeriodKind.MONTH: "Monthly",
    PeriodKind.QUARTER: "Quarterly",
    PeriodKind.SEMESTER: "Half-year",
    PeriodKind.YEAR: "Year",
}
BACK = (6, 12)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several views of a part of the page, as a link."""

    label: str
    href: str
    current: bool


@require_safe
@never_cache
@member_required()
def member_detail(request: TenantRequest, member_id: int) -> HttpResponse:
    """One salesperson's month, candles, forecast, patterns, year, and changed targets."""
    return page_of(member_id, "targets/member.html", to=request)


def page_of(member_id: int, template: str, *, to: TenantRequest) -> HttpResponse:
    """A person's page from one of the two templates; 404 where the viewer may not see them in the asked month."""
    organization, formats = to.organization, formats_of(to.organization)
    today = organization.local_date(timezone.now())
    asked, note = read_asked(to, today)
    page = member_page(to.member, organization, member_id, asked, today)
    if page is None:
        raise Http404
    if asked.channel_id is not None and page.chart.channel is None:
        note = note or "That channel has neither a target nor deals in this month, so the chart shows all."
    running = page.moment.phase is Phase.RUNNING
    month = formats.month(asked.month)
    context: dict[str, Any] = {
        "note": note,
        "page": page,
        "own": page.person.member_id == to.member.pk,
        "left": left_words(page.person, today, formats),
        "sentence": member_month.day_sentence(page.moment, today, asked.month, formats),
        "label": "Deals this month" if running else f"Deals in {month}",
        "total": page.total,
        "of": words.of(page.total.pace, formats),
        "bar": member_month.bar(page.total.pace),
        "standing": member_month.standing(page.total.pace, formats),
        "channels": member_month.channels(page, formats),
        "forecast": member_month.forecast(page, formats),
        "facts": member_month.facts(page, formats),
        "candles": member_charts.candles(page, formats),
        "candle_choices": channel_choices(page, asked),
        "pattern": member_charts.pattern(page, asked.back),
        "pattern_choices": [
            Choice(f"{back} months", link(asked, "pattern", back=back), back == asked.back) for back in BACK
        ],
        "year": member_charts.year(page, asked.frequency, organization.fiscal_start, formats),
        "year_choices": [
            Choice(words_of, link(asked, "year", frequency=kind), kind == asked.frequency)
            for kind, words_of in FREQUENCIES.items()
        ],
        "changes": member_charts.changes(page, formats),
        **stepper(asked.month, today, formats, kept(asked)),
    }
    return render_page(to, template, context)


def read_asked(request: TenantRequest, today: date) -> tuple[AskedPage, str]:
    """What the address asks for, and a note about what of it there isn't."""
    typed = request.GET.get("month", "")
    month = parse_month(typed) if typed else None
    note = f"There is no month {typed[:20]!r}, so this is the current one." if typed and month is None else ""
    channel, back = request.GET.get("channel", ""), request.GET.get("back", "")
    kind = request.GET.get("per", "")
    return AskedPage(
        month=month or month_of(today).start,
        channel_id=int(channel) if channel.isascii() and channel.isdigit() and len(channel) < 19 else None,
        frequency=PeriodKind(kind) if kind in FREQUENCIES else PeriodKind.MONTH,
        back=int(back) if back in {str(each) for each in BACK} else BACK[0],
    ), note


def kept(asked: AskedPage) -> dict[str, str]:
    """What an address carries besides the month; what is as at first is left out."""
    found = {}
    if asked.channel_id is not None:
        found["channel"] = str(asked.channel_id)
    if asked.frequency is not PeriodKind.MONTH:
        found["per"] = asked.frequency.value
    if asked.back != BACK[0]:
        found["back"] = str(asked.back)
    return found


def link(asked: AskedPage, part: str, **changed: Any) -> str:
    """The address of the page with something of it changed, at the part that it changes."""
    values = {"channel_id": asked.channel_id, "frequency": asked.frequency, "back": asked.back, **changed}
    query = {"month": f"{asked.month:%Y-%m}", **kept(AskedPage(month=asked.month, **values))}
    return f"?{urlencode(query)}#{part}"


def channel_choices(page: MemberPage, asked: AskedPage) -> list[Choice]:
    """All channels, or one of those with a target; none where there aren't two to choose from."""
    judged = [each for each in page.channels if each.pace.judged]
    chosen = page.chart.channel.channel_id if page.chart.channel else None
    if len(judged) < 2 and chosen is None:
        return []
    return [
        Choice("All channels", link(asked, "candles", channel_id=None), chosen is None),
        *(
            Choice(each.name, link(asked, "candles", channel_id=each.channel_id), each.channel_id == chosen)
            for each in judged
        ),
    ]


def left_words(person: Person, today: date, formats: Formats) -> str:
    """That somebody is not here: any more, or yet."""
    if person.active_to is not None and person.active_to < today:
        return f"Left on {formats.day(person.active_to)}"
    if person.active_from is not None and person.active_from > today:
        return f"Starts on {formats.day(person.active_from)}"
    return ""
