"""A report on the page, and as CSV and workbook of exactly what it shows."""

from datetime import date

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import is_admitted, member_required
from accounts.requests import TenantRequest
from config.formats import formats_of
from config.fragments import render_page
from config.sheets import sheet
from progress.periods import same_length_before
from reports import readers
from reports.readers import Report
from reports.readers.saved import saved_views
from reports.views import address, drawing, ways, words, workbook
from reports.views.address import Read
from reports.views.columns import Column, Kind, cells, columns
from reports.views.words import Words


@require_safe
@member_required()
def report(request: TenantRequest) -> HttpResponse:
    """What was reached against what was asked for, over some months."""
    today = request.organization.local_date(timezone.now())
    read, found, written = load(request, today)
    shown = columns_of(found, written)
    choices = {"teams": ways.teams(read, found.teams), "channels": ways.channels(read, found.channels)}
    saved = saved_views(request.member)
    context = {
        "saved": saved,
        "opened": next((view for view in saved if view.query == read.query()), None),
        "read": read,
        "query": read.query(),
        "report": found,
        "rows": [drawing.draw(row, found, written) for row in found.rows],
        "total": drawing.draw(found.total, found, written),
        "cards": words.cards(found, written),
        "sentence": words.sentence(found, written),
        "headings": ways.headings(read, shown),
        "labels": {column.order: column.label for column in shown if column.order},
        "presets": ways.presets(read),
        "by": ways.by(read, teams=is_admitted(request.member, Role.MANAGER)),
        "metrics": ways.metrics(read),
        **choices,
        "team": ways.chosen(choices["teams"]),
        "channel": ways.chosen(choices["channels"]),
        "months": ways.months(read, today, written.formats.month),
        "before": written.period(same_length_before(read.asked.period)),
        "compare": read.instead(compared=not read.asked.compared),
        "cleared": read.instead(team=None, channel=None),
    }
    return render_page(request, "reports/report.html", context)


@require_safe
@member_required()
def report_csv(request: TenantRequest) -> HttpResponseBase:
    """The shown report as CSV."""
    read, found, written = load(request, request.organization.local_date(timezone.now()))
    shown = columns_of(found, written)
    heading = [f"{column.label} in %" if column.kind is Kind.PERCENT else column.label for column in shown]
    return sheet(heading, cells(found, shown), filename(read))


@require_safe
@member_required()
def report_xlsx(request: TenantRequest) -> HttpResponse:
    """The shown report as a workbook."""
    now = timezone.now()
    read, found, written = load(request, request.organization.local_date(now))
    about = [
        ("Organization", request.organization.name),
        ("Period", written.months(read.asked.period)),
        ("Numbers", f"Revenue in {request.organization.currency}" if read.asked.revenue else "Number of deals"),
        ("Team", ways.chosen(ways.teams(read, found.teams)) or "All teams"),
        ("Channel", ways.chosen(ways.channels(read, found.channels)) or "All channels"),
        ("Made", written.formats.moment(now)),
    ]
    content = workbook.of(found, columns_of(found, written), name=written.period(read.asked.period), about=about)
    response = HttpResponse(content, content_type=workbook.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename(read)}.xlsx"'
    return response


def load(request: TenantRequest, today: date) -> tuple[Read, Report, Words]:
    """The report that the address asks for, and how it is written."""
    organization = request.organization
    read = address.read(request.GET.dict(), today, organization.fiscal_start)
    found = readers.report(request.member, organization, read.asked, today)
    return read, found, words.words_of(organization, formats_of(organization), revenue=read.asked.revenue)


def columns_of(found: Report, written: Words) -> list[Column]:
    """The columns of a report."""
    return columns(found, written.period(found.compared) if found.compared else "")


def filename(read: Read) -> str:
    """The file's name without its ending: what it counts, by what, and the months."""
    asked = read.asked
    first, last = f"{asked.period.start:%Y-%m}", f"{asked.period.end:%Y-%m}"
    what = "revenue" if asked.revenue else "deals"
    return "-".join(["report", what, "by", asked.by, first] + ([f"to-{last}"] if last != first else []))
