"""The same month on every page, with data that nobody chose: grid, own page, report, leaderboard and year chart."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from accounts import services as people
from accounts.models import Member, Team
from accounts.permissions import SEE, dated_people
from accounts.tenancy import tenant
from ledger.ingest import Batch, Unknowns, ingest_deals
from ledger.models import Channel
from progress.periods import PeriodKind, month_of, months_later, split_into_months, year_of
from reports import readers
from reports.readers import Asked, results
from reports.readers.leaderboard import AskedBoard, leaderboard
from targets.models import MonthlyTarget
from targets.readers import Shown, grid
from targets.readers.member import AskedPage, member_page
from tests.conftest import Company
from tests.targets.conftest import TODAY, settle

SETTINGS: dict[int, dict[str, Any]] = {
    1: {"fiscal_start": 4, "pace_calendar": "working", "at_risk_percent": 20},
    2: {"fiscal_start": 1, "pace_calendar": "calendar", "at_risk_percent": 0},
    3: {"fiscal_start": 11, "pace_calendar": "working", "at_risk_percent": 5, "everyone_sees_leaderboard": True},
}


def deal_batch(site: Company, random: Random, cast: list[Member | None], first: date, days: int) -> Batch:
    """Deals of anybody and nobody on any day, some of them credit notes, some not confirmed."""
    count = 400
    who = [random.choice(cast) for _ in range(count)]
    zero, nothing = [Decimal(0)] * count, [""] * count
    return Batch(
        line=list(range(1, count + 1)),
        number=[f"R{place}" for place in range(count)],
        date=[first + timedelta(days=random.randrange(days)) for _ in range(count)],
        member=[(each.email or each.name) if each else "" for each in who],
        customer=nothing,
        customer_branch=nothing,
        wholesaler_branch=nothing,
        company=nothing,
        sales_ledger=nothing,
        channel=[random.choice(["", *(channel.name for channel in site.channels[:4])]) for _ in range(count)],
        zone=nothing,
        state=[random.choice([site.confirmed, site.confirmed, site.proposed, site.lost]).name for _ in range(count)],
        brand=nothing,
        product=nothing,
        quantity=zero,
        net=[Decimal(random.randint(-40000, 90000)) / 100 for _ in range(count)],
        gross=zero,
        margin=zero,
    )


@pytest.fixture(params=sorted(SETTINGS))
def chance(request: pytest.FixtureRequest, ireland: Company) -> Company:
    """A year and a half of people who come, go and change teams, under one of SETTINGS."""
    random, site = Random(request.param), ireland
    organization = site.organization
    settle(site, **SETTINGS[request.param])
    first = date(2025, 10, 1)
    with tenant(organization):
        teams = [site.team, *(Team.objects.create(organization=organization, name=f"acme t{n}") for n in range(2))]
        extra = [people.add_member(organization, name=f"acme p{n}") for n in range(5)]
        for member in [*extra, site.other_seller]:
            day = first + timedelta(days=random.randrange(200))
            for _ in range(random.randrange(3)):
                last = day + timedelta(days=random.randrange(10, 90))
                people.join_team(member, random.choice(teams), start=day, end=last)
                day = last + timedelta(days=random.randrange(1, 40))
    cast: list[Member | None] = [*extra, site.seller, site.other_seller, site.manager, None]
    with tenant(organization):
        batch = deal_batch(site, random, cast, first, 500)
        assert ingest_deals(batch, kind="sale", run=uuid4(), unknowns=Unknowns()).stored == 400
        MonthlyTarget.objects.bulk_create(
            MonthlyTarget(
                organization=organization,
                member=member,
                channel=channel,
                month=months_later(first, later),
                count=random.choice([None, 0, 2, 5]),
                revenue=random.choice([None, Decimal(0), Decimal("812.35")]),
            )
            for later in range(18)
            for member in cast
            for channel in site.channels
            if member and random.random() < 0.5
        )
        Member.objects.filter(pk=extra[0].pk).update(active_to=date(2026, 3, 14))
        Member.objects.filter(pk=extra[1].pk).update(active_from=date(2026, 6, 20))
        Channel.objects.filter(pk__in=[site.channels[1].pk, site.channels[4].pk]).update(
            archived_at="2026-06-01T12:00Z"
        )
    return site


MONTHS = [months_later(date(2025, 10, 1), later) for later in range(18)]


def numbers(result: Any) -> tuple[object, ...]:
    """What of a result every page says."""
    return (result.actual, result.target, result.months.elsewhere, result.percent_shown, result.on_pace, result.at_risk)


def of_total(total: Any) -> tuple[object, ...]:
    pace = total.pace
    return (pace.actual, pace.target, total.elsewhere, pace.percent_shown, pace.on_pace, pace.at_risk)


@pytest.mark.parametrize("revenue", [False, True], ids=["deals", "revenue"])
@pytest.mark.parametrize("who", ["admin", "manager", "seller"])
def test_every_page_says_the_same_of_a_month(chance: Company, who: str, *, revenue: bool) -> None:
    site, viewer = chance, getattr(chance, who)
    organization = site.organization
    with tenant(organization):
        for month in MONTHS:
            sheet = grid(viewer, organization, month, TODAY, Shown(revenue=revenue))
            report = readers.report(viewer, organization, Asked(month_of(month), revenue=revenue), TODAY)
            rows = {row.member_id: of_total(row.total) for row in sheet.people}
            assert {row.key: numbers(row.result) for row in report.rows} == rows
            assert numbers(report.total.result) == of_total(sheet.overall)
            board = leaderboard(
                viewer, organization, AskedBoard(month_of(month), PeriodKind.MONTH, revenue=revenue), TODAY
            )
            for each in board.everyone:
                if each.person.member_id in rows:
                    assert numbers(each.result) == rows[each.person.member_id]
            if who == "admin" and month_of(month).start <= TODAY:
                assert {each.person.member_id for each in board.everyone} == set(rows) - {None}
            for member in list(filter(None, rows))[month.month % 3 :: 3]:  # each of them in some months
                page = member_page(viewer, organization, member, AskedPage(month, revenue=revenue), TODAY)
                assert page is not None
                assert of_total(page.total) == rows[member]
                bar = next(bar for bar in page.bars if bar.period.start == month)
                assert (bar.actual, bar.target, bar.elsewhere, bar.percent) == rows[member][:4]


@pytest.mark.parametrize("revenue", [False, True], ids=["deals", "revenue"])
@pytest.mark.parametrize("who", ["admin", "manager"])
def test_every_split_of_a_year_adds_up(chance: Company, who: str, *, revenue: bool) -> None:
    site, viewer = chance, getattr(chance, who)
    organization = site.organization
    year = year_of(TODAY, organization.fiscal_start)
    with tenant(organization):
        seen = dated_people(viewer, SEE)
        found = results(organization, year, TODAY, seen=seen, revenue=revenue)
        overall = found.overall()
        for by in ("person", "team", "channel"):
            for compared in (False, True):
                asked = Asked(year, by=by, revenue=revenue, compared=compared)
                report = readers.report(viewer, organization, asked, TODAY)
                assert sum(row.result.everything for row in report.rows) == overall.everything
                assert sum((row.actual or 0) + row.elsewhere for row in report.rows) == overall.everything
                assert sum(row.result.target or 0 for row in report.rows) == (overall.target or 0)
                if compared and report.total.before:
                    before = sum(row.before.everything for row in report.rows if row.before)
                    assert before == report.total.before.everything
        for team in found.teams:
            asked = Asked(year, team=team, revenue=revenue)
            months = [
                grid(viewer, organization, part.start, TODAY, Shown(team=team, revenue=revenue))
                for part in split_into_months(year)
            ]
            report = readers.report(viewer, organization, asked, TODAY)
            total = sum(each.overall.pace.actual + each.overall.elsewhere for each in months)
            assert report.total.result.everything == total
        for line in found.by_person():
            if line.key is None:
                continue
            last = next((p for p in reversed(split_into_months(year)) if (line.key, p.start) in found.asked), None)
            assert last
            asked_page = AskedPage(last.start, revenue=revenue, frequency=PeriodKind.YEAR)
            page = member_page(viewer, organization, line.key, asked_page, TODAY)
            assert page is not None
            [bar] = page.bars
            result = line.result
            assert (bar.actual, bar.target, bar.elsewhere, bar.percent, bar.set) == (
                result.actual,
                result.target,
                result.months.elsewhere,
                result.percent_shown,
                result.months.set,
            )
