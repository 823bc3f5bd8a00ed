"""The grid of one month and its export."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel import Locale
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organization, PaceCalendar
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from config.fragments import go_to, render_page
from progress.pace import Phase
from progress.periods import PeriodKind, following, month_of, preceding
from targets import readers
from targets.forms import parse_month
from targets.readers import Grid
from targets.views import cells, export, whole_form, words
from targets.views.cells import Drawing, Place, Typed


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache  # Back would show the numbers from before the last edits.
@member_required()
def grid(request: TenantRequest) -> HttpResponse:
    """Every salesperson the viewer may see by channel, for one month; POST saves the form where no JavaScript runs."""
    now = timezone.now()
    today = request.organization.local_date(now)
    asked = request.GET.get("month", "")
    month = parse_month(asked) if asked else month_of(today).start
    if request.method == "POST":
        if month is None:
            raise Http404
        return _save_form(request, month, today, now)
    note = "" if month else f"There is no month {asked[:20]!r}, so this is the current one."
    return _page(request, month or month_of(today).start, today, note=note)


@require_safe
@member_required()
def grid_export(request: TenantRequest) -> HttpResponse:
    """The shown grid as CSV."""
    today = request.organization.local_date(timezone.now())
    month = parse_month(request.GET.get("month", "")) or month_of(today).start
    sheet = readers.grid(request.member, request.organization, month, today)
    response = HttpResponse(export.csv_of(sheet), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="targets-{month:%Y-%m}.csv"'
    return response


def _save_form(request: TenantRequest, month: date, today: date, now: datetime) -> HttpResponse:
    """Save the form as it came without JavaScript, or show it again with everything that was typed."""
    formats = formats_of(request.organization)
    outcome = whole_form.save(request.POST, month, by=request.member, now=now, formats=formats)
    if outcome.typed:
        return _page(request, month, today, typed=outcome.typed, loaded=outcome.loaded)
    if outcome.saved:
        messages.success(request, f"{words.plural(outcome.saved, 'target')} saved.")
    return go_to(request, "targets:grid", query=f"month={month:%Y-%m}")


def _page(
    request: TenantRequest,
    month: date,
    today: date,
    *,
    note: str = "",
    typed: Mapping[Place, Typed] | None = None,
    loaded: str = "",
) -> HttpResponse:
    """The whole page; 422 with what was `typed` and could not be saved."""
    organization, formats = request.organization, formats_of(request.organization)
    sheet = readers.grid(request.member, organization, month, today)
    drawing = Drawing(sheet, formats, typed or {})
    context = {
        "note": note,
        "problems": sum(bool(cell.note) for cell in drawing.typed.values()),
        "sentence": words.pace_sentence(sheet.moment, formats.month(month)),
        "running": sheet.moment.phase is Phase.RUNNING,
        "closed": sheet.moment.phase is Phase.CLOSED,
        "unplaced": words.unplaced_notice(sheet, formats),
        "body": cells.body(drawing),
        "foot": cells.foot(drawing),
        "loaded": loaded or whole_form.write_loaded(sheet.held()),
        "clock": clock_words(organization, formats.locale),
        **around(request, sheet, formats),
        **stepper(month, today),
    }
    return render_page(request, "targets/grid.html", context, status=422 if typed else 200)


def around(request: TenantRequest, sheet: Grid, formats: Formats) -> dict[str, Any]:
    """What stands above the table and changes with each edit."""
    return {
        "grid": sheet,
        "cards": words.cards(sheet, request.member, formats),
        "missing": words.missing_notice(sheet, request.member, formats.month(sheet.month)),
    }


def stepper(month: date, today: date) -> dict[str, Any]:
    """What the month stepper shows; shared by the grid and a person's own page."""
    return {
        "month": month,
        "before": preceding(month_of(month), PeriodKind.MONTH).start,
        "later": following(month_of(month), PeriodKind.MONTH).start,
        "this_month": None if month == month_of(today).start else month_of(today).start,
    }


def clock_words(organization: Organization, locale: Locale) -> str:
    """Which clock and calendar the numbers go by."""
    clock = f"Times in {organization.time_zone}."
    if organization.pace_calendar != PaceCalendar.WORKING:
        return f"{clock} Every calendar day counts."
    country = locale.territories.get(organization.holiday_country, organization.holiday_country)
    return f"{clock} Holidays: {country}." if country else clock
