"""The grid on days that are easily got wrong: zones, clock changes, months without a working day, people who left."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts import services as people
from accounts.models import ClosingDay, Member
from accounts.tenancy import tenant
from progress.pace import Phase
from targets import readers
from targets.models import MonthlyTarget
from targets.readers import Grid
from tests.conftest import Company
from tests.targets.conftest import OCTOBER, TODAY, aim, sell, settle

Clock = Callable[[datetime], None]


def grid(site: Company, month: date = OCTOBER, today: date = TODAY) -> Grid:
    with tenant(site.organization):
        return readers.grid(site.admin, site.organization, month, today)


def page(site: Company, query: str = "") -> Any:
    return site.client(site.admin).get(site.url(f"targets/{query}"))


# Zones


def test_one_moment_is_two_months(ireland: Company, clock: Clock) -> None:
    """On the evening of 31 October in Honolulu it is 1 November in Auckland: another month, another badge."""
    clock(datetime(2026, 11, 1, 5, 0, tzinfo=UTC))
    aim(ireland, 10, ireland.seller, ireland.channels[0])
    found = {}
    for zone in ("Pacific/Auckland", "Pacific/Honolulu"):
        settle(ireland, time_zone=zone, holiday_country="", pace_calendar="calendar")
        response = page(ireland)
        moment = response.context["grid"].moment
        found[zone] = (response.context["month"], moment.worked, response.context["nav_count"]["number"])
    assert found == {"Pacific/Auckland": (date(2026, 11, 1), 1, 2), "Pacific/Honolulu": (date(2026, 10, 1), 31, 1)}


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        # In Dublin clocks go back on 25 October 2026, in New York on 1 November; in Auckland forward on 27 September.
        pytest.param("Europe/Dublin", "2026-10-25T23:59Z", "2026-10-26T00:01Z", id="dublin"),
        pytest.param("America/New_York", "2026-11-02T04:59Z", "2026-11-02T05:01Z", id="new-york"),
        pytest.param("Pacific/Auckland", "2026-09-27T10:59Z", "2026-09-27T11:01Z", id="auckland"),
    ],
)
def test_a_day_of_23_or_25_hours_is_one_day(ireland: Company, clock: Clock, zone: str, before: str, after: str) -> None:
    settle(ireland, time_zone=zone, holiday_country="", pace_calendar="calendar")
    days = []
    for moment in (before, after):
        clock(datetime.fromisoformat(moment))
        days.append(page(ireland).context["grid"].moment.today)
    assert (days[1] - days[0]).days == 1


@pytest.mark.parametrize(("month", "total"), [(date(2026, 10, 1), 31), (date(2026, 3, 1), 31), (date(2028, 2, 1), 29)])
def test_months_with_a_clock_change_or_a_leap_day_have_their_days(acme: Company, month: date, total: int) -> None:
    settle(acme, time_zone="Europe/Dublin")
    assert grid(acme, month, month.replace(day=28)).moment.total == total


# Months without a working day


def test_a_month_without_a_working_day_counts_every_day(ireland: Company) -> None:
    with tenant(ireland.organization):
        for number in range(1, 32):
            day = date(2026, 10, number)
            ClosingDay.objects.create(organization=ireland.organization, day=day, name="Closed")
    aim(ireland, 31, ireland.seller, ireland.channels[0])
    sell(ireland, 22, member=ireland.seller, channel=ireland.channels[0])
    sheet = grid(ireland)
    assert (sheet.moment.in_working_days, sheet.moment.worked, sheet.moment.total) == (False, 22, 31)
    assert sheet.overall.pace.on_pace
    assert sheet.overall.pace.gap == 0
    assert "Day 22 of 31, so pace is 71% of each target." in page(ireland).content.decode()


def test_before_the_first_working_day_nothing_is_due(ireland: Company, clock: Clock) -> None:
    """1 and 2 August 2026 are a weekend, the 3rd a bank holiday in Ireland."""
    clock(datetime(2026, 8, 3, 12, 0, tzinfo=UTC))
    august = date(2026, 8, 1)
    aim(ireland, 10, ireland.seller, ireland.channels[0], august)
    response = page(ireland)
    sheet = response.context["grid"]
    assert (sheet.moment.worked, sheet.overall.pace.on_pace, sheet.overall.forecast) == (0, True, None)
    assert "Working day 0 of 20, so pace is 0% of each target." in response.content.decode()


# People who left


def test_a_member_who_left_keeps_their_past_and_is_asked_for_nothing_new(ireland: Company) -> None:
    phone = ireland.channels[0]
    aim(ireland, 10, ireland.seller, phone)
    sell(ireland, 4, member=ireland.seller, channel=phone)
    with tenant(ireland.organization):
        Member.objects.filter(pk=ireland.seller.pk).update(active_to=date(2026, 10, 15))
    october, november = grid(ireland), grid(ireland, date(2026, 11, 1))
    row = october.row(ireland.seller.pk)
    assert row is not None
    assert (row.total.pace.actual, row.total.pace.target, row.expected) == (4, 10, False)
    assert november.row(ireland.seller.pk) is None
    for sheet in (october, november):
        assert ireland.seller.pk not in [row.member_id for row in sheet.missing]


def test_a_target_left_behind_can_be_cleared(ireland: Company) -> None:
    phone, november = ireland.channels[0], date(2026, 11, 1)
    aim(ireland, 10, ireland.seller, phone, november)
    with tenant(ireland.organization):
        Member.objects.filter(pk=ireland.seller.pk).update(active_to=TODAY)
    row = grid(ireland, november).row(ireland.seller.pk)
    assert row is not None
    assert [cell.editable for cell in row.cells] == [True, *[False] * (len(ireland.channels) - 1)]
    aim(ireland, None, ireland.seller, phone, november)
    assert grid(ireland, november).row(ireland.seller.pk) is None
    with tenant(ireland.organization):
        assert MonthlyTarget.objects.count() == 1


def test_somebody_who_comes_later_this_month_is_asked_for_a_target(ireland: Company) -> None:
    with tenant(ireland.organization):
        late = people.add_member(ireland.organization, name="Late")
        Member.objects.filter(pk=late.pk).update(active_from=date(2026, 10, 30))
    assert late.pk in [row.member_id for row in grid(ireland).missing]
    assert grid(ireland).moment.phase is Phase.RUNNING
