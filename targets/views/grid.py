"""The grid of one month and its export."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from babel import Locale
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organization, PaceCalendar, Role
from accounts.permissions import is_admitted, member_required
from accounts.requests import TenantRequest
from config.formats import Formats, formats_of
from config.fragments import go_to, render_page
from progress.pace import Phase
from progress.periods import month_of, rest_of_year
from targets import readers
from targets.forms import parse_month
from targets.readers import Grid
from targets.services import Metric
from targets.views import cells, export, navigation, whole_form, words
from targets.views import shown as view_of
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
    shown = view_of.read_shown(request.GET)
    sheet = readers.grid(request.member, request.organization, month, today, shown)
    response = HttpResponse(export.csv_of(sheet), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{export.name_of(sheet)}"'
    return response


def _save_form(request: TenantRequest, month: date, today: date, now: datetime) -> HttpResponse:
    """Save the form as it came without JavaScript, or show it again with everything that was typed."""
    formats = formats_of(request.organization)
    metric: Metric = "revenue" if view_of.read_shown(request.GET).revenue else "count"
    outcome = whole_form.save(request.POST, month, metric=metric, by=request.member, now=now, formats=formats)
    if outcome.typed:
        return _page(request, month, today, typed=outcome.typed, loaded=outcome.loaded)
    if outcome.saved:
        messages.success(request, f"{words.plural(outcome.saved, 'target')} saved.")
    query = view_of.query_of(month, view_of.read_shown(request.GET))
    return go_to(request, "targets:grid", query=f"{query}&undo={outcome.batch}" if outcome.batch else query)


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
    shown = view_of.read_shown(request.GET)
    sheet = readers.grid(request.member, organization, month, today, shown)
    drawing = Drawing(sheet, formats, typed or {})
    context = {
        "note": note,
        "undo_batch": view_of.read_batch(request.GET),
        "problems": sum(bool(cell.note) for cell in drawing.typed.values()),
        "sentence": words.pace_sentence(sheet.moment, formats.month(month)),
        "running": sheet.moment.phase is Phase.RUNNING,
        "closed": sheet.moment.phase is Phase.CLOSED,
        "unplaced": words.unplaced_notice(sheet, formats),
        "body": cells.body(drawing),
        "foot": cells.foot(drawing),
        "loaded": loaded or whole_form.write_loaded(sheet.held()),
        "clock": clock_words(organization, formats.locale),
        "metrics": view_of.metrics(sheet),
        "teams": view_of.teams(sheet),
        "team": sheet.teams.get(shown.team, "Unknown team") if shown.team is not None else "",
        "behind": view_of.behind(sheet),
        "cleared": view_of.cleared(sheet),
        "nobody": words.nobody_shown(sheet, formats.month(month)),
        "later_months": [formats.month_short(each.start) for each in rest_of_year(month, organization.fiscal_start)],
        "at_risk_percent": sheet.moment.at_risk_percent,
        **around(request, sheet, formats),
        **stepper(month, today, formats, view_of.write_shown(shown)),
    }
    return render_page(request, "targets/grid.html", context, status=422 if typed else 200)


def missing_now(request: TenantRequest, sheet: Grid, changed: Collection[date] | None = None) -> int | None:
    """How many people have no target this month, for the navigation; 0 to salespeople, whose own page says it.

    None where an edit of other months leaves it as it is. No query where the current month is shown, else one.
    """
    if not is_admitted(request.member, Role.MANAGER):
        return 0
    today = sheet.moment.today
    current = month_of(today).start
    if sheet.month == current:
        return sheet.without_target
    if changed is not None and current not in changed:
        return None
    return readers.without_target(request.member, current, today)


def around(
    request: TenantRequest, sheet: Grid, formats: Formats, changed: Collection[date] | None = None
) -> dict[str, Any]:
    """What stands above the table and changes with each edit. `changed`: the months of an edit's changes."""
    count = missing_now(request, sheet, changed)
    return {
        "grid": sheet,
        "view": view_of.query_of(sheet.month, view_of.read_shown(request.GET)),
        "cards": words.cards(sheet, request.member, formats),
        "missing": words.missing_notice(sheet, request.member, formats),
        "nav_count": None if count is None else navigation.counted(count),
    }


def stepper(month: date, today: date, formats: Formats, keep: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the month picker shows, shared by the grid and a person's own page; `keep`: the rest of the address."""
    return {
        "month": month,
        "before": view_of.neighbour(month, later=False),
        "later": view_of.neighbour(month, later=True),
        "this_month": None if month == month_of(today).start else month_of(today).start,
        "years": view_of.years(month, today, keep or {}, formats),
        "kept": f"&{urlencode(keep)}" if keep else "",
    }


def clock_words(organization: Organization, locale: Locale) -> str:
    """Which clock and calendar the numbers go by."""
    clock = f"Times in {organization.time_zone}."
    if organization.pace_calendar != PaceCalendar.WORKING:
        return f"{clock} Every calendar day counts."
    country = locale.territories.get(organization.holiday_country, organization.holiday_country)
    return f"{clock} Holidays: {country}." if country else clock
