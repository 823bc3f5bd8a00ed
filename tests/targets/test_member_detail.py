"""A salesperson's page: who sees it, and what it says of the month, the pattern, the year and the changes."""

import csv
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, TeamMembership
from accounts.tenancy import tenant
from targets import services
from tests.conftest import Company
from tests.targets.conftest import NOON, aim, sell, settle

Clock = Callable[[datetime], None]
PHONE, MAIL, WEB = 0, 1, 2


def get(site: Company, viewer: Member, member: Member, query: str = "") -> Any:
    return site.client(viewer).get(site.url(f"targets/{member.pk}/{query}"))


def show(site: Company, viewer: Member | None = None, member: Member | None = None, query: str = "") -> str:
    response = get(site, viewer or site.admin, member or site.seller, query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def rows(page: str, section: str) -> list[list[str]]:
    """The cells of a section's tables, one list a row."""
    part = page[page.index(f'id="{section}"') :].partition("</section>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", part)
    return [
        [re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in found
    ]


def drawn(page: str, kind: str) -> int:
    """How many parts of a class the charts have; each is drawn wide and narrow."""
    return len(re.findall(rf'class="{kind}[" ]', page)) // 2


def a_month_of(site: Company) -> None:
    """8 of 10 by phone, 1 of 5 by e-mail, 2 on the web without a target."""
    phone, mail, web = site.channels[:3]
    aim(site, 10, site.seller, phone)
    aim(site, 5, site.seller, mail)
    sell(site, 7, member=site.seller, channel=phone, day=date(2026, 10, 1))
    sell(site, 1, member=site.seller, channel=phone, day=date(2026, 10, 21))
    sell(site, 1, member=site.seller, channel=mail, day=date(2026, 10, 2))
    sell(site, 2, member=site.seller, channel=web, day=date(2026, 10, 2))


def test_salespeople_see_their_own_page_only(ireland: Company) -> None:
    assert get(ireland, ireland.seller, ireland.seller).status_code == 200
    assert get(ireland, ireland.seller, ireland.other_seller).status_code == 404


def test_managers_see_their_people_and_admins_everyone(ireland: Company) -> None:
    assert get(ireland, ireland.manager, ireland.seller).status_code == 200
    assert get(ireland, ireland.manager, ireland.other_seller).status_code == 404
    assert get(ireland, ireland.admin, ireland.other_seller).status_code == 200


def test_nobody_sees_another_organizations_people(ireland: Company, rival: Company) -> None:
    assert get(ireland, ireland.admin, rival.seller).status_code == 404


def test_a_manager_sees_the_months_in_which_the_person_was_in_the_team(ireland: Company) -> None:
    with tenant(ireland.organization):
        TeamMembership.objects.filter(member=ireland.seller).update(start=date(2026, 9, 15))
    sell(ireland, 4, member=ireland.seller, channel=ireland.channels[PHONE], day=date(2026, 8, 3))
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[PHONE], day=date(2026, 9, 3))
    assert get(ireland, ireland.manager, ireland.seller, "?month=2026-08").status_code == 404
    page = show(ireland, ireland.manager)
    assert "was not in a team of yours are left out" in page
    assert ["Aug", "none", "0", ""] in rows(page, "year")
    assert ["Sep", "none", "3", ""] in rows(page, "year")
    assert ["Aug", "none", "4", ""] in rows(show(ireland), "year")


def test_the_candles_of_all_channels_sum_those_with_a_target(ireland: Company) -> None:
    a_month_of(ireland)
    page = show(ireland)
    table = rows(page, "candles")
    assert ["Thursday 1 October", "7", "7", "0.7", "+6.3"] in table
    assert ["Saturday 3 October, day off", "0", "8", "1.4", "+6.6"] in table
    assert ["Thursday 22 October, today", "0", "9", "11.4", "-2.4"] in table
    assert ["Friday 23 October", "", "", "12.1", ""] in table
    assert len(table) == 1 + 31
    assert "2 more where no target is set are not in the chart." in page
    # 16 working days so far; 10 days off, the holiday on the 26th included.
    assert drawn(page, "c-candle") == 16
    assert drawn(page, "c-off") == 10
    assert len(re.findall("c-candle is-down is-today", page)) == 2
    assert drawn(page, "c-fc") == 1
    assert "Deals so far by day beside the expected pace: 9 deals of 15, 11.4 expected by today, forecast 12." in page


def test_the_candles_of_one_channel(ireland: Company) -> None:
    a_month_of(ireland)
    page = show(ireland, query=f"?channel={ireland.channels[MAIL].pk}&per=quarter&back=12")
    assert ["Friday 2 October", "1", "1", "0.5", "+0.5"] in rows(page, "candles")
    assert "1 deal in acme e-mail of 5" in page or "1 deal in" in page
    assert f"month=2026-10&amp;channel={ireland.channels[MAIL].pk}&amp;per=year&amp;back=12#year" in page
    assert "?month=2026-09&amp;channel=" in page


@pytest.mark.parametrize("channel", ["99999999", "x", "²", "9" * 40])
def test_an_unknown_channel_shows_all(ireland: Company, channel: str) -> None:
    a_month_of(ireland)
    page = show(ireland, query=f"?channel={channel}&per=week&back=7")
    assert ["Thursday 1 October", "7", "7", "0.7", "+6.3"] in rows(page, "candles")


def test_without_a_target_there_are_no_candles(ireland: Company) -> None:
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[PHONE])
    page = show(ireland)
    assert "No target for October 2026, so there is no pace to draw." in page
    assert "c-candle" not in page
    assert ["Oct", "none", "3", ""] in rows(page, "year")


def test_a_future_month_has_only_the_pace_line(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[PHONE], date(2026, 12, 1))
    page = show(ireland, query="?month=2026-12")
    assert drawn(page, "c-pace") == 1
    assert "c-candle" not in page
    assert "c-fcdot" not in page


def test_an_ended_month_has_no_forecast_and_no_hollow_day(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[PHONE], date(2026, 9, 1))
    sell(ireland, 8, member=ireland.seller, channel=ireland.channels[PHONE], day=date(2026, 9, 1))
    page = show(ireland, query="?month=2026-09")
    assert drawn(page, "c-candle") == 22
    assert "is-today" not in page
    assert "c-fcdot" not in page
    assert "2 behind target" in page


def test_a_month_without_a_working_day_goes_by_calendar_days(ireland: Company) -> None:
    settle(ireland, working_weekdays=[])
    a_month_of(ireland)
    page = show(ireland)
    assert ["Thursday 22 October, today", "0", "9", "10.6", "-1.6"] in rows(page, "candles")
    assert "c-off" not in page


def test_a_pattern_is_said(ireland: Company) -> None:
    for month in range(4, 10):
        for day in (2, 9, 23, 30):
            sell(ireland, 3, member=ireland.seller, channel=ireland.channels[PHONE], day=date(2026, month, day))
        if month == 4:
            sell(ireland, 9, member=ireland.seller, channel=ireland.channels[PHONE], day=date(2026, month, 16))
    page = show(ireland)
    assert "Slips in week 3 (days 15 to 21): 5 of 6 months." in page
    assert "c-part is-low" in page
    assert "c-low" in page
    assert ["Week 3", "0.3", "5 of 6"] in rows(page, "pattern")


def test_few_months_make_no_pattern(ireland: Company) -> None:
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[PHONE], day=date(2026, 9, 2))
    assert "There were deals in 1 of the last 6 months." in show(ireland)


def test_the_year_by_fiscal_quarters(ireland: Company) -> None:
    settle(ireland, fiscal_start=4)
    a_month_of(ireland)
    aim(ireland, 4, ireland.seller, ireland.channels[PHONE], date(2026, 7, 1))
    sell(ireland, 5, member=ireland.seller, channel=ireland.channels[PHONE], day=date(2026, 7, 2))
    page = show(ireland, query="?per=quarter")
    assert "Performance, fiscal year 2026" in page
    assert rows(page, "year") == [
        ["Quarter", "Target", "Deals", "Achieved", "More without a target", "Months set"],
        ["Q1", "none", "0", "", "", "0 of 3"],
        ["Q2", "4", "5", "125%", "", "1 of 3"],
        ["Q3", "15", "9", "60%", "2", "1 of 3"],
        ["Q4", "none", "", "", "", "0 of 3"],
    ]


@pytest.mark.parametrize(
    ("per", "names"), [("month", 12), ("semester", 2), ("year", 1)], ids=["monthly", "half-yearly", "yearly"]
)
def test_the_year_by_other_periods(ireland: Company, per: str, names: int) -> None:
    a_month_of(ireland)
    assert len(rows(show(ireland, query=f"?per={per}"), "year")) == names + 1


def test_changes_of_the_targets_newest_first(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[PHONE])
    aim(ireland, 12, ireland.seller, ireland.channels[PHONE])
    aim(ireland, 99, ireland.other_seller, ireland.channels[PHONE])
    aim(ireland, 98, ireland.seller, ireland.channels[PHONE], date(2026, 11, 1))
    aim(ireland, 97, ireland.seller, ireland.channels[PHONE], date(2025, 12, 1))
    found = [row[1:6] for row in rows(show(ireland), "changes")[1:]]
    assert found == [
        ["November 2026", "none", "98", "acme admin", "Typed"],
        ["October 2026", "10", "12", "acme admin", "Typed"],
        ["October 2026", "none", "10", "acme admin", "Typed"],
    ]


def test_changes_stand_on_pages_of_twenty(ireland: Company) -> None:
    for count in range(1, 24):
        aim(ireland, count, ireland.seller, ireland.channels[PHONE])
    first, second = show(ireland), show(ireland, query="?month=2026-10&changes=2")
    assert [row[2:4] for row in rows(first, "changes")[1:3]] == [["22", "23"], ["21", "22"]]
    assert [row[2:4] for row in rows(second, "changes")[1:]] == [["2", "3"], ["1", "2"], ["none", "1"]]
    assert "?month=2026-10&amp;changes=2#changes" in first
    assert "?month=2026-10#changes" in second


def test_a_manager_sees_no_changes_of_months_in_another_team(ireland: Company) -> None:
    with tenant(ireland.organization):
        TeamMembership.objects.filter(member=ireland.seller).update(start=date(2026, 9, 15))
    aim(ireland, 5, ireland.seller, ireland.channels[PHONE], date(2026, 8, 1))
    aim(ireland, 6, ireland.seller, ireland.channels[PHONE], date(2026, 9, 1))
    assert [row[3] for row in rows(show(ireland, ireland.manager), "changes")[1:]] == ["6"]


def a_month_of_revenue(site: Company) -> None:
    """1,500 of 2,000 by phone, and 50 by e-mail without a target."""
    phone, mail = site.channels[:2]
    with tenant(site.organization):
        services.set_revenue(
            site.seller.pk, phone.pk, date(2026, 10, 1), revenue=Decimal(2000), version=0, by=site.admin, at=NOON
        )
    sell(site, 3, member=site.seller, channel=phone, day=date(2026, 10, 1), net=500)
    sell(site, 1, member=site.seller, channel=mail, day=date(2026, 10, 2), net=50)


def test_revenue_is_shown_as_money_throughout(ireland: Company) -> None:
    a_month_of_revenue(ireland)
    page = show(ireland, query="?month=2026-10&show=revenue&per=quarter")
    assert "€1,500 <small>of €2,000</small>" in page
    assert "€24 behind pace" in page
    assert ["Thursday 1 October", "€1,500", "€1,500", "€95", "+€1.4k"] in rows(page, "candles")
    assert ["Q4", "€2,000", "€1,500", "75%", "€50", "1 of 3"] in rows(page, "year")
    assert "<dt>More, where no target is set</dt> <dd> €50 </dd>" in page
    assert "Target €2k" in page
    assert "show=revenue&amp;per=year#year" in page


def test_who_is_at_risk_is_told_so(ireland: Company) -> None:
    settle(ireland, at_risk_percent=20)
    aim(ireland, 10, ireland.seller, ireland.channels[PHONE])
    sell(ireland, 7, member=ireland.seller, channel=ireland.channels[PHONE], day=date(2026, 10, 1))
    page = show(ireland)
    assert "0.6 behind pace, at risk" in page
    assert "is-risk" in page


def test_the_switch_leads_from_one_to_the_other(ireland: Company) -> None:
    a_month_of(ireland)
    assert 'href="?month=2026-10&amp;show=revenue"' in show(ireland)
    assert 'href="?month=2026-10" aria-current' not in show(ireland, query="?month=2026-10&show=revenue")


@pytest.mark.parametrize(
    ("part", "line"),
    [
        pytest.param("days", ["2026-10-01", "7", "7", "0.7", "6.3", ""], id="days"),
        pytest.param("pattern", ["Part of the month", "Deals a day", "Months below", "Months"], id="pattern"),
        pytest.param("year", ["2026-10-01", "2026-10-31", "15", "9", "2", "1", "1"], id="year"),
        pytest.param(
            "changes",
            ["2026-10-22 13:00+01:00", "2026-10", "acme phone", "deals", "", "10", "acme admin", "Typed"],
            id="changes",
        ),
    ],
)
def test_each_table_is_a_file(ireland: Company, part: str, line: list[str]) -> None:
    a_month_of(ireland)
    response = get(ireland, ireland.seller, ireland.seller, f"{part}.csv?month=2026-10")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    found = list(csv.reader(response.content.decode("utf-8-sig").splitlines()))
    assert line in found, found


def test_a_file_of_nothing_and_of_others_is_not_there(ireland: Company) -> None:
    assert get(ireland, ireland.admin, ireland.seller, "secrets.csv").status_code == 404
    assert get(ireland, ireland.seller, ireland.other_seller, "year.csv").status_code == 404


def test_a_month_without_a_target_can_be_copied_for_the_person(ireland: Company) -> None:
    aim(ireland, 7, ireland.seller, ireland.channels[PHONE], date(2026, 9, 1))
    page = show(ireland, ireland.manager)
    assert "Copy September 2026" in page
    assert "Copy September" not in show(ireland, ireland.seller)
    client = ireland.client(ireland.manager)
    asked = client.post(ireland.url("targets/copy/?month=2026-10"), {"month": "2026-10", "member": ireland.seller.pk})
    assert asked.status_code == 409
    assert "1 target in all." in asked.content.decode()


def test_who_left_keeps_a_page(ireland: Company) -> None:
    a_month_of(ireland)
    with tenant(ireland.organization):
        Member.objects.filter(pk=ireland.seller.pk).update(active_to=date(2026, 10, 5))
    assert "Left on 5 Oct 2026" in show(ireland)


@pytest.mark.parametrize(("zone", "month"), [("Pacific/Auckland", "November"), ("Pacific/Honolulu", "October")])
def test_today_is_the_organizations(ireland: Company, clock: Clock, zone: str, month: str) -> None:
    clock(datetime(2026, 10, 31, 20, 0, tzinfo=UTC))
    settle(ireland, time_zone=zone)
    title = re.search(r"<title>(.*?)</title>", show(ireland))
    assert title is not None
    assert f", {month} 2026" in title[1]


def test_names_are_escaped(ireland: Company) -> None:
    with tenant(ireland.organization):
        Member.objects.filter(pk=ireland.seller.pk).update(name="<script>alert(1)</script>")
        ireland.channels[PHONE].__class__.objects.filter(pk=ireland.channels[PHONE].pk).update(name="<b>x</b>")
    aim(ireland, 3, ireland.seller, ireland.channels[PHONE])
    page = show(ireland, query=f"?channel={ireland.channels[PHONE].pk}")
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page.replace("<b>&lt;b&gt;x", "")


def test_more_deals_channels_and_months_cost_no_more_queries(ireland: Company) -> None:
    def asked() -> int:
        client = ireland.client(ireland.manager)
        address = ireland.url(f"targets/{ireland.seller.pk}/?back=12")
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len([query for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    aim(ireland, 3, ireland.seller, ireland.channels[PHONE])
    few = asked()
    for month in range(1, 11):
        for channel in ireland.channels[:3]:
            aim(ireland, 5, ireland.seller, channel, date(2026, month, 1))
            sell(ireland, 3, member=ireland.seller, channel=channel, day=date(2026, month, 5))
    assert asked() == few
    assert few <= 18
