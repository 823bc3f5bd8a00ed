"""Actual and target over some months, held against the targets grid and a person's own page."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import Member
from accounts.permissions import SEE, dated_people
from accounts.tenancy import tenant
from progress.periods import Period, PeriodKind, following, month_of, quarter_of, year_of
from progress.results import Result
from progress.rollup import Total
from reports.readers import Line, Results, results
from targets.readers import Shown, grid
from targets.readers.member import AskedPage, member_page
from tests.conftest import Company
from tests.reports.conftest import MONTHS, target
from tests.targets.conftest import OCTOBER, TODAY, sell, settle

QUARTER = quarter_of(TODAY)


def asked(
    site: Company, period: Period, viewer: Member | None = None, today: date = TODAY, *, revenue: bool = False
) -> Results:
    with tenant(site.organization):
        seen = dated_people(viewer or site.admin, SEE)
        return results(site.organization, period, today, seen=seen, revenue=revenue)


def line(lines: list[Line], key: int | None) -> Result:
    return next(line.result for line in lines if line.key == key)


def as_the_grid_says(total: Total) -> tuple[object, ...]:
    pace = total.pace
    return (
        (pace.actual, pace.target, total.elsewhere),
        (pace.percent_shown, pace.expected, pace.gap, pace.gap_shown),
        (pace.on_pace, pace.at_risk, pace.fill, pace.tick),
        total.forecast,
    )


def as_the_report_says(result: Result) -> tuple[object, ...]:
    return (
        (result.actual, result.target, result.months.elsewhere),
        (result.percent_shown, result.expected, result.gap, result.gap_shown),
        (result.on_pace, result.at_risk, result.pace.fill, result.tick),
        result.forecast,
    )


@pytest.mark.parametrize("who", ["admin", "manager", "seller"])
@pytest.mark.parametrize("revenue", [False, True], ids=["deals", "revenue"])
def test_a_month_says_what_the_grid_says(busy_year: Company, who: str, revenue: bool) -> None:
    """For each row, channel and the whole, in ended months, the running one and those to come."""
    settle(busy_year, at_risk_percent=15)
    viewer = getattr(busy_year, who)
    for month in MONTHS:
        with tenant(busy_year.organization):
            sheet = grid(viewer, busy_year.organization, month, TODAY, Shown(revenue=revenue))
        found = asked(busy_year, month_of(month), viewer, revenue=revenue)
        rows = {row.member_id: (row.name, row.team, *as_the_grid_says(row.total)) for row in sheet.people}
        assert {
            each.key: (each.name, each.team, *as_the_report_says(each.result)) for each in found.by_person()
        } == rows
        columns = zip(sheet.columns, sheet.column_totals, strict=True)
        assert [(each.key, each.name, as_the_report_says(each.result)) for each in found.by_channel()] == [
            (column.channel_id, column.name, as_the_grid_says(total)) for column, total in columns
        ]
        assert as_the_report_says(found.overall()) == as_the_grid_says(sheet.overall)
        assert found.teams == sheet.teams


def test_a_team_says_what_the_grid_of_that_team_says(busy_year: Company) -> None:
    for month in MONTHS:
        found = asked(busy_year, month_of(month))
        for team in found.teams:
            with tenant(busy_year.organization):
                sheet = grid(busy_year.admin, busy_year.organization, month, TODAY, Shown(team=team))
            narrowed = found.of_team(team)
            assert as_the_report_says(line(found.by_team(), team)) == as_the_grid_says(sheet.overall)
            assert as_the_report_says(narrowed.overall()) == as_the_grid_says(sheet.overall)
            assert [each.key for each in narrowed.by_person()] == [row.member_id for row in sheet.people]


def test_a_quarter_says_what_a_persons_page_says(busy_year: Company) -> None:
    period = year_of(TODAY)
    with tenant(busy_year.organization):
        page = member_page(
            busy_year.admin,
            busy_year.organization,
            busy_year.seller.pk,
            AskedPage(OCTOBER, frequency=PeriodKind.QUARTER),
            TODAY,
        )
    assert page is not None
    for bar in page.bars:
        found = line(asked(busy_year, bar.period).by_person(), busy_year.seller.pk)
        months = found.months
        assert (found.actual, found.target, months.elsewhere) == (bar.actual, bar.target, bar.elsewhere)
        assert (months.set, months.of) == (bar.set, bar.of)
        if bar.forecast:
            assert found.forecast is not None
            assert found.forecast.value == bar.forecast.value
    assert period.end == page.bars[-1].period.end


@pytest.mark.parametrize("revenue", [False, True], ids=["deals", "revenue"])
def test_every_way_of_splitting_a_year_adds_up(busy_year: Company, revenue: bool) -> None:
    found = asked(busy_year, year_of(TODAY), revenue=revenue)
    overall = found.overall()
    for lines in (found.by_person(), found.by_team(), found.by_channel()):
        assert sum(each.result.everything for each in lines) == overall.everything
        assert sum(each.result.target or 0 for each in lines) == overall.target
    parts = [found.of_channel(channel).overall() for channel in found.channels]
    assert sum(part.everything for part in parts) == overall.everything


def test_only_months_with_a_target_are_compared(ireland: Company) -> None:
    phone = ireland.channels[0]
    for month, count, aim in [(7, 9, 10), (8, 12, 10), (9, 7, None)]:
        sell(ireland, count, member=ireland.seller, channel=phone, day=date(2026, month, 9))
        if aim is not None:
            target(ireland, ireland.seller, phone, date(2026, month, 1), count=aim)
    found = line(asked(ireland, quarter_of(date(2026, 7, 1))).by_person(), ireland.seller.pk)
    assert (found.actual, found.target, found.months.elsewhere) == (21, 20, 7)
    assert (found.months.set, found.months.of) == (2, 3)
    assert (found.variance, found.percent_shown, found.on_pace) == (1, 105, True)


def test_who_left_stands_there_with_what_they_did_and_who_did_nothing_does_not(ireland: Company) -> None:
    with tenant(ireland.organization):
        left = people.add_member(ireland.organization, name="acme left")
        idle = people.add_member(ireland.organization, name="acme idle")
    sell(ireland, 2, member=left, channel=ireland.channels[0], day=date(2026, 10, 2))
    with tenant(ireland.organization):
        Member.objects.filter(pk__in=[left.pk, idle.pk]).update(active_to=date(2026, 9, 1))
    keys = [each.key for each in asked(ireland, QUARTER).by_person()]
    assert left.pk in keys
    assert idle.pk not in keys


def test_a_manager_sees_the_months_in_which_a_person_was_theirs(ireland: Company) -> None:
    phone, mover = ireland.channels[0], ireland.other_seller
    with tenant(ireland.organization):
        people.join_team(mover, ireland.team, start=date(2026, 8, 10), end=date(2026, 8, 20))
    for month in (7, 8, 9):
        sell(ireland, 1, member=mover, channel=phone, day=date(2026, month, 9))
        target(ireland, mover, phone, date(2026, month, 1), count=2)
    found = asked(ireland, quarter_of(date(2026, 7, 1)), ireland.manager)
    seen = line(found.by_person(), mover.pk)
    assert (seen.actual, seen.target, seen.months.of) == (1, 2, 1)
    assert found.overall().everything == 1


def test_salespeople_see_their_own_row_alone(busy_year: Company) -> None:
    found = asked(busy_year, year_of(TODAY), busy_year.seller)
    assert [each.key for each in found.by_person()] == [busy_year.seller.pk]


def test_nobody_sees_another_companys_numbers(busy_year: Company, rival: Company) -> None:
    sell(rival, 5, member=rival.seller, channel=rival.channels[0])
    assert asked(rival, year_of(TODAY)).overall().everything == 5


def test_a_period_that_cuts_a_month_is_refused(acme: Company) -> None:
    with pytest.raises(ValueError, match="whole months"):
        asked(acme, Period(date(2026, 10, 1), date(2026, 10, 30)))


def test_more_people_and_months_cost_no_query_more(busy_year: Company) -> None:
    def count(period: Period) -> int:
        with (
            tenant(busy_year.organization),
            CaptureQueriesContext(
                connection,
            ) as caught,
        ):
            seen = dated_people(busy_year.manager, SEE)
            results(busy_year.organization, period, TODAY, seen=seen).by_person()
        return len(caught)

    before = count(month_of(TODAY))
    with tenant(busy_year.organization):
        for number in range(20):
            member = people.add_member(busy_year.organization, name=f"acme more {number}")
            people.join_team(member, busy_year.team, start=date(2026, 1, 1))
    year = Period(date(2026, 1, 1), following(year_of(TODAY), PeriodKind.YEAR).end)
    assert count(year) == before <= 7
