"""A salesperson's page: the same for whoever may see it, and for the person as "My goals"; its tables as files."""

from dataclasses import dataclass, replace
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
from targets.readers.history import MOST, PAGE
from targets.readers.member import AskedPage, MemberPage, Person, member_page
from targets.views import member_charts, member_files, member_month
from targets.views.grid import stepper
from targets.views.units import Unit

FREQUENCIES = {
    PeriodKind.MONTH: "Monthly",
    PeriodKind.QUARTER: "Quarterly",
    PeriodKind.SEMESTER: "Half-year",
    PeriodKind.YEAR: "Year",
}
BACK = (6, 12)
# Which pages of the changed targets there may be: as many as hold MOST changes.
PAGES = {str(page) for page in range(1, MOST // PAGE + 1)}


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


@require_safe
@member_required()
def member_export(request: TenantRequest, member_id: int, part: str) -> HttpResponse:
    """One of the page's tables as CSV: the days of the month, the pattern, the year or the changed targets."""
    if part not in member_files.PARTS:
        raise Http404
    organization = request.organization
    today = organization.local_date(timezone.now())
    asked, _ = read_asked(request, today)
    page = member_page(request.member, organization, member_id, replace(asked, changes=0), today)
    if page is None:
        raise Http404
    unit = Unit(formats_of(organization), money=asked.revenue)
    response = HttpResponse(
        member_files.csv_of(part, page, unit),
        content_type="text/csv; charset=utf-8",
    )
    name = f"{part}-{member_id}-{asked.month:%Y-%m}{'-revenue' if asked.revenue else ''}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


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
    unit = Unit(formats, money=asked.revenue)
    context: dict[str, Any] = {
        "note": note,
        "page": page,
        "own": page.person.member_id == to.member.pk,
        "left": left_words(page.person, today, formats),
        "sentence": member_month.day_sentence(page.moment, today, asked.month, formats),
        "label": f"{unit.noun} this month" if running else f"{unit.noun} in {month}",
        "unit": unit,
        "total": page.total,
        "actual": unit.amount(page.total.pace.actual),
        "of": unit.of(page.total.pace.target),
        "bar": member_month.bar(page.total.pace),
        "standing": member_month.standing(page.total.pace, unit),
        "channels": member_month.channels(page, unit),
        "forecast": member_month.forecast(page, unit),
        "facts": member_month.facts(page, unit),
        "candles": member_charts.candles(page, unit),
        "candle_choices": channel_choices(page, asked),
        "pattern": member_charts.pattern(page, asked.back, unit),
        "pattern_choices": [
            Choice(f"{back} months", link(asked, "pattern", back=back), back == asked.back) for back in BACK
        ],
        "year": member_charts.year(page, asked.frequency, organization.fiscal_start, unit),
        "year_choices": [
            Choice(words_of, link(asked, "year", frequency=kind), kind == asked.frequency)
            for kind, words_of in FREQUENCIES.items()
        ],
        "metric_choices": [
            Choice(name, link(asked, "", revenue=revenue), revenue is asked.revenue)
            for name, revenue in (("Deals", False), ("Revenue", True))
        ],
        "changes": member_charts.changes(page, formats),
        "newer": link(asked, "changes", changes=asked.changes - 1) if asked.changes > 1 else "",
        "older": link(asked, "changes", changes=asked.changes + 1) if page.history.more else "",
        "grid_query": urlencode({"month": f"{asked.month:%Y-%m}", **({"show": "revenue"} if asked.revenue else {})}),
        "file_query": urlencode({"month": f"{asked.month:%Y-%m}", **kept(asked)}),
        **stepper(asked.month, today, formats, kept(asked)),
    }
    return render_page(to, template, context)


def read_asked(request: TenantRequest, today: date) -> tuple[AskedPage, str]:
    """What the address asks for, and a note about what of it there isn't."""
    typed = request.GET.get("month", "")
    month = parse_month(typed) if typed else None
    note = f"There is no month {typed[:20]!r}, so this is the current one." if typed and month is None else ""
    channel, back = request.GET.get("channel", ""), request.GET.get("back", "")
    kind, changes = request.GET.get("per", ""), request.GET.get("changes", "")
    return AskedPage(
        month=month or month_of(today).start,
        channel_id=int(channel) if channel.isascii() and channel.isdigit() and len(channel) < 19 else None,
        frequency=PeriodKind(kind) if kind in FREQUENCIES else PeriodKind.MONTH,
        back=int(back) if back in {str(each) for each in BACK} else BACK[0],
        revenue=request.GET.get("show") == "revenue",
        changes=int(changes) if changes in PAGES else 1,
    ), note


def kept(asked: AskedPage) -> dict[str, str]:
    """What an address carries besides the month; what is as at first is left out."""
    found = {}
    if asked.revenue:
        found["show"] = "revenue"
    if asked.channel_id is not None:
        found["channel"] = str(asked.channel_id)
    if asked.frequency is not PeriodKind.MONTH:
        found["per"] = asked.frequency.value
    if asked.back != BACK[0]:
        found["back"] = str(asked.back)
    return found


def link(asked: AskedPage, part: str, **changed: Any) -> str:
    """The address of the page with something of it changed, at the part that it changes.

    The page of the changed targets is the first again, unless it is what changes.
    """
    asked = replace(asked, **{"changes": 1, **changed})
    query = {"month": f"{asked.month:%Y-%m}", **kept(asked)}
    if asked.changes > 1:
        query["changes"] = str(asked.changes)
    return f"?{urlencode(query)}{'#' if part else ''}{part}"


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
