"""The leaderboard on the page, and as CSV of exactly what it shows."""

from collections.abc import Iterator
from datetime import date

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import member_required, sets_targets
from accounts.requests import TenantRequest
from config.formats import formats_of
from config.fragments import render_page
from config.sheets import sheet
from progress.amounts import shown
from progress.pace import Phase
from reports.readers.leaderboard import Contender, Leaderboard
from reports.readers.leaderboard import leaderboard as read_board
from reports.readers.report import NO_CHANNEL
from reports.views import ways
from reports.views.leaderboard import address, words
from reports.views.leaderboard.address import Read
from reports.views.words import Words, words_of

HEADING = ("Place", "Of", "Moved", "Salesperson", "Team", "Percent of target")


@require_safe
@member_required()
def leaderboard(request: TenantRequest) -> HttpResponse:
    """Who is first: by share of the target or by count, over a month, quarter or year."""
    organization = request.organization
    today = organization.local_date(timezone.now())
    read, board, written = load(request, today)
    own, best = board.viewer, words.best_of(board)
    teams, channels = ways.teams(read, board.teams, least=1 if board.alone else 2), ways.channels(read, board.channels)
    ranked = [words.draw(each, board, written, best) for each in board.ranked]
    unranked = [words.draw(each, board, written, best) for each in board.unranked]
    context = {
        "read": read,
        "query": read.query(),
        "board": board,
        "period": written.period(read.asked.period),
        "sentence": words.sentence(board, board.everyone[0].result if board.everyone else None, written),
        "upcoming": board.phase is Phase.UPCOMING,
        "closed": board.phase is Phase.CLOSED,
        "first": [words.draw(each, board, written, best) for each in board.first] if len(board.ranked) > 3 else [],
        "rows": ranked,
        "unranked": unranked,
        "has_extra": any(row.extra for row in ranked),
        "before_name": written.period(board.before),
        "own": words.draw(own, board, written, best) if own else None,
        "own_place": words.ordinal(own.place) if own and own.place else "",
        "own_channels": [
            words.channel(each, read.instead(channel=each.key or NO_CHANNEL), written, board)
            for each in board.channels_of_viewer
        ],
        "kinds": address.kinds(read, today, organization.fiscal_start),
        "orders": address.orders(read),
        "metrics": ways.metrics(read),
        "teams": teams,
        "team": ways.chosen(teams),
        "channels": channels,
        "channel": ways.chosen(channels),
        "cleared": read.instead(team=None, channel=None),
        "by_count": read.instead(by_count=True),
        "may_set": not board.ranked and bool(board.unranked) and sets_targets(request.member),
        "at_risk_percent": organization.at_risk_percent,
        **address.stepper(read, today, organization.fiscal_start, written.period),
    }
    return render_page(request, "reports/leaderboard.html", context, fragments={"leaderboard"})


@require_safe
@member_required()
def leaderboard_csv(request: TenantRequest) -> HttpResponseBase:
    """The shown leaderboard as CSV."""
    read, board, _ = load(request, request.organization.local_date(timezone.now()))
    asked = read.asked
    noun = "Revenue" if asked.revenue else "Deals"
    heading = [*HEADING, noun, "Target", f"{noun} without a target", "Gap"]
    if board.several_months:
        heading += ["Months set", "Months"]
    what = "revenue" if asked.revenue else "deals"
    name = "-".join(["leaderboard", what, str(asked.kind), f"{asked.period.start:%Y-%m}"])
    return sheet(heading, (list(_cells(each, board)) for each in board.everyone), name)


def load(request: TenantRequest, today: date) -> tuple[Read, Leaderboard, Words]:
    """The leaderboard that the address asks for, and how it is written."""
    organization = request.organization
    read = address.read(request.GET.dict(), today, organization.fiscal_start)
    board = read_board(request.member, organization, read.asked, today)
    return read, board, words_of(organization, formats_of(organization), revenue=read.asked.revenue)


def _cells(each: Contender, board: Leaderboard) -> Iterator[object]:
    """One line of the file, in the order of the heading."""
    result, months = each.result, each.result.months
    yield from (each.place, board.of if each.place else None, each.moved, each.person.name, each.person.team)
    yield from (result.percent_shown, result.actual, result.target, months.elsewhere)
    gap = result.gap
    yield None if gap is None or not result.target else shown(gap, 2 if board.asked.revenue else 1)
    if board.several_months:
        yield from (months.set, months.of)
