"""What of a month the page shows: revenue, a team, those behind, another month, and the number in the navigation."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import Member, Team
from accounts.tenancy import tenant
from config.formats import ENGLISH
from targets import readers
from targets.models import MonthlyTarget
from targets.readers import NO_TEAM, Shown
from targets.views import shown
from tests.conftest import Company
from tests.targets.conftest import OCTOBER, TODAY, aim, sell, settle

HTMX = {"HX-Request": "true", "HX-Target": "cell-saved"}


def show(site: Company, query: str = "", viewer: Member | None = None) -> Any:
    return site.client(viewer or site.admin).get(site.url(f"targets/?month=2026-10{query}"))


def text(response: Any) -> str:
    return " ".join(str(response.content.decode()).split())


def names(response: Any) -> list[str]:
    return [row.name for row in response.context["grid"].rows]


def south(site: Company) -> Team:
    """A second team with the other salesperson in it."""
    with tenant(site.organization):
        team = Team.objects.create(organization=site.organization, name='South <b>"desk"</b>')
        people.join_team(site.other_seller, team, start=date(2026, 1, 1))
    return team


def revenue_target(site: Company, amount: str) -> None:
    aim(site, 10, site.seller, site.channels[0])
    with tenant(site.organization):
        MonthlyTarget.objects.update(revenue=Decimal(amount))


# The address


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Shown()),
        ("show=revenue&team=3&behind=1", Shown(revenue=True, team=3, behind=True)),
        ("team=0", Shown(team=NO_TEAM)),
        ("show=deals&team=&behind=0", Shown()),
        ("show=<script>&team=-1&behind=yes", Shown()),
        ("team=9999999999999999999999", Shown()),
        ("team=%D9%A3", Shown()),
    ],
)
def test_the_address_says_what_is_shown(query: str, expected: Shown) -> None:
    assert shown.read_shown(QueryDict(query)) == expected


def test_what_is_written_is_read_again() -> None:
    view = Shown(revenue=True, team=7, behind=True)
    assert shown.read_shown(QueryDict(shown.query_of(OCTOBER, view))) == view


# Revenue


def test_revenue_has_cells_totals_cards_and_forecast_of_its_own(ireland: Company) -> None:
    revenue_target(ireland, "21000.00")
    sell(ireland, 8, member=ireland.seller, channel=ireland.channels[0], net=2000)
    sell(ireland, 1, member=ireland.seller, channel=ireland.channels[1], net=500)
    response = show(ireland, "&show=revenue")
    grid = response.context["grid"]
    assert (grid.overall.pace.actual, grid.overall.pace.target, grid.overall.elsewhere) == (16000, 21000, 500)
    assert grid.overall == grid.revenue == grid.row(ireland.seller.pk).total
    assert (grid.deals.pace.actual, grid.deals.pace.target) == (8, 10)
    assert grid.overall.forecast.value == 21000
    page = text(response)
    assert "Revenue in EUR per person and channel." in page
    assert "€16k <small>of €21k</small>" in page
    assert f'id="a{ireland.seller.pk}-{ireland.channels[0].pk}">16,000</b>' in page
    assert 'value="21,000"' in page


def test_both_views_give_the_same_totals(ireland: Company) -> None:
    revenue_target(ireland, "1234.56")
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[0], net=333)
    sell(ireland, 2, member=None, channel=ireland.channels[1], net=77)
    deals, revenue = (show(ireland, query).context["grid"] for query in ("", "&show=revenue"))
    assert (deals.deals, deals.revenue) == (revenue.deals, revenue.revenue)


def test_revenue_is_saved_without_javascript(ireland: Company) -> None:
    place = f"{ireland.seller.pk}-{ireland.channels[0].pk}"
    revenue_target(ireland, "500.00")
    address = ireland.url("targets/?month=2026-10&show=revenue")
    response = ireland.client(ireland.manager).post(address, {"loaded": f"{place}:1:500.00", f"t{place}": "1,200.50"})
    assert response.status_code == 302
    assert response["Location"].partition("&undo=")[0].endswith("?month=2026-10&show=revenue")
    with tenant(ireland.organization):
        assert MonthlyTarget.objects.values_list("count", "revenue").get() == (10, Decimal("1200.50"))


def test_a_wrong_amount_comes_back_as_typed(ireland: Company) -> None:
    place = f"{ireland.seller.pk}-{ireland.channels[0].pk}"
    address = ireland.url("targets/?month=2026-10&show=revenue")
    response = ireland.client(ireland.manager).post(address, {"loaded": f"{place}:0:", f"t{place}": "a lot"})
    assert response.status_code == 422
    assert 'value="a lot"' in text(response)


@pytest.mark.parametrize("loaded", ["1-1:0:NaN", "1-1:0:-5", "1-1:0:1e9", "1-1:0:Infinity", "1-1", "1-1:0:0.001"])
def test_a_tampered_form_is_not_there(ireland: Company, loaded: str) -> None:
    response = ireland.client(ireland.manager).post(ireland.url("targets/?month=2026-10"), {"loaded": loaded})
    assert response.status_code == 404


def test_the_export_of_revenue_has_cents(ireland: Company) -> None:
    revenue_target(ireland, "21000.50")
    sell(ireland, 1, member=ireland.seller, channel=ireland.channels[0], net=16000)
    response = ireland.client(ireland.admin).get(ireland.url("targets/export/?month=2026-10&show=revenue"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert 'filename="targets-2026-10-revenue.csv"' in response["Content-Disposition"]
    assert rows[0][-5:] == ["Total revenue", "Total target", "No target revenue", "Gap", "Forecast"]
    mine = next(row for row in rows if row[0].endswith(ireland.seller.name))
    assert mine[2:4] == ["16000.00", "21000.50"]
    assert mine[-2:] == ["-0.38", "21000.00"]


# A team


def test_a_team_narrows_rows_totals_and_cards(ireland: Company) -> None:
    team = south(ireland)
    for member in (ireland.seller, ireland.other_seller, None):
        sell(ireland, 2, member=member, channel=ireland.channels[0])
    response = show(ireland, f"&team={team.pk}")
    assert names(response) == [ireland.other_seller.name]
    assert response.context["grid"].overall.pace.actual == 2
    assert "South &lt;b&gt;" in text(response)
    assert '<b>"desk"' not in text(response)
    assert len(names(show(ireland))) == 3


def test_people_without_a_team_are_a_choice(ireland: Company) -> None:
    assert list(show(ireland).context["grid"].teams.values()) == [ireland.team.name, "No team"]
    assert names(show(ireland, "&team=0")) == [ireland.other_seller.name]


def test_another_teams_id_leaves_nobody_and_a_way_back(ireland: Company, rival: Company) -> None:
    page = show(ireland, f"&team={rival.team.pk}")
    assert names(page) == []
    assert "Nobody in this team" in text(page)
    assert 'href="?month=2026-10">Show everyone' in text(page)
    assert rival.team.name not in text(page)


def test_an_edit_answers_for_the_team_that_is_shown(ireland: Company) -> None:
    team = south(ireland)
    sell(ireland, 5, member=ireland.seller, channel=ireland.channels[0])
    fields = {"member": ireland.other_seller.pk, "channel": ireland.channels[0].pk, "month": "2026-10"}
    response = ireland.client(ireland.admin).post(
        ireland.url(f"targets/cell/?team={team.pk}"), fields | {"version": 0, "count": "7"}, headers=HTMX
    )
    assert response.status_code == 200
    assert '0</b><span class="of">of 7</span>' in text(response)
    assert response.context["grid"].deals.elsewhere == 0


# Those behind pace


def test_behind_leaves_out_rows_and_keeps_the_totals(ireland: Company) -> None:
    for member, actual in ((ireland.seller, 9), (ireland.other_seller, 2)):
        aim(ireland, 10, member, ireland.channels[0])
        sell(ireland, actual, member=member, channel=ireland.channels[0])
    response = show(ireland, "&behind=1")
    assert names(response) == [ireland.other_seller.name]
    assert response.context["grid"].overall == show(ireland).context["grid"].overall
    assert "all 2 people" in text(response)
    assert f"t{ireland.seller.pk}-" not in re.search(r'name="loaded" value="([^"]*)"', text(response))[1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("actual", "query", "says"),
    [
        pytest.param(10, "", "Everyone with a target is on pace", id="everyone-is-ahead"),
        pytest.param(None, "", "Nobody has a target yet", id="no-targets"),
        pytest.param(None, "&month=2026-11", "has not started", id="a-month-to-come"),
    ],
)
def test_nobody_behind_says_why(ireland: Company, actual: int | None, query: str, says: str) -> None:
    if actual:
        aim(ireland, 10, ireland.seller, ireland.channels[0])
        sell(ireland, actual, member=ireland.seller, channel=ireland.channels[0])
    page = text(show(ireland, f"&behind=1{query}"))
    assert says in page
    assert "Show everyone" in page


def test_at_risk_has_a_sign_of_its_own_and_is_counted_among_those_behind(ireland: Company) -> None:
    settle(ireland, at_risk_percent=10)
    aim(ireland, 21, ireland.seller, ireland.channels[0])
    sell(ireland, 15, member=ireland.seller, channel=ireland.channels[0])
    page = text(show(ireland))
    assert "behind pace, at risk" in page
    assert "is-risk" in page
    assert "At risk, at most 10% behind" in page
    assert "1 behind, 1 of them at risk." in page
    assert names(show(ireland, "&behind=1")) == [ireland.seller.name]
    settle(ireland, at_risk_percent=0)
    assert "at risk" not in text(show(ireland))


# The month picker


def test_the_picker_keeps_what_is_shown(ireland: Company) -> None:
    page = text(show(ireland, "&show=revenue&behind=1"))
    assert 'href="?month=2026-09&show=revenue&behind=1"' in page.replace("&amp;", "&")
    assert 'href="?month=2025-01&show=revenue&behind=1"' in page.replace("&amp;", "&")


def test_the_picker_opens_on_the_shown_year() -> None:
    years = shown.years(date(2024, 3, 1), TODAY, {}, ENGLISH)
    assert [year.number for year in years] == [2022, 2023, 2024, 2025, 2026, 2027]
    opened = next(year for year in years if year.open)
    assert [(way.name, way.query) for way in opened.months if way.on] == [("Mar", "month=2024-03")]


@pytest.mark.parametrize(("month", "ends"), [(date(1970, 1, 1), (None, True)), (date(2099, 12, 1), (True, None))])
def test_the_picker_ends_where_months_do(month: date, ends: tuple[bool | None, bool | None]) -> None:
    found = tuple(shown.neighbour(month, later=later) and True for later in (False, True))
    assert found == ends
    assert all(1970 <= year.number <= 2099 for year in shown.years(month, TODAY, {}, ENGLISH))


# Who has no target


def test_a_person_without_a_target_is_grey_and_their_deals_still_show(ireland: Company) -> None:
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[0])
    grid = show(ireland).context["grid"]
    total = grid.row(ireland.seller.pk).total
    assert (total.pace.actual, total.pace.target, total.pace.on_pace) == (3, None, None)
    assert ireland.seller.pk in grid.standing.without_target
    assert not grid.standing.on_pace
    assert not grid.standing.behind


def test_the_notice_offers_to_copy_last_month_for_those_it_names(ireland: Company) -> None:
    aim(ireland, 5, ireland.seller, ireland.channels[0])
    page = text(show(ireland))
    assert "Copy September 2026</button>" in page
    assert re.findall(r'name="member" value="(\d+)"', page) == [str(ireland.other_seller.pk)]


def test_a_target_for_revenue_alone_is_still_missing(ireland: Company) -> None:
    revenue_target(ireland, "500.00")
    with tenant(ireland.organization):
        MonthlyTarget.objects.update(count=None)
    for query in ("", "&show=revenue"):
        missing = [row.member_id for row in show(ireland, query).context["grid"].missing]
        assert ireland.seller.pk in missing
    page = text(show(ireland, "&show=revenue"))
    assert f'href="?month=2026-10#t{ireland.other_seller.pk}-{ireland.channels[0].pk}">Set now' in page
    assert "no October 2026 target for deals." in page


def test_set_now_leads_to_everyone_where_the_cell_is_not_on_the_page(ireland: Company) -> None:
    page = text(show(ireland, "&behind=1"))
    assert f'href="?month=2026-10#t{ireland.other_seller.pk}-' in page


@pytest.mark.parametrize("month", ["2026-10", "2026-09", "2026-12"])
def test_the_navigation_counts_who_has_no_target_this_month(ireland: Company, month: str) -> None:
    def count(viewer: Member) -> int:
        response = ireland.client(viewer).get(ireland.url(f"targets/?month={month}"))
        return int(response.context["nav_count"]["number"])

    assert [count(viewer) for viewer in (ireland.admin, ireland.manager, ireland.seller)] == [2, 1, 0]
    aim(ireland, 0, ireland.seller, ireland.channels[0])
    assert [count(viewer) for viewer in (ireland.admin, ireland.manager)] == [1, 0]


def test_the_count_and_the_notice_name_the_same_people(ireland: Company) -> None:
    with tenant(ireland.organization):
        for name, span in (
            ("gone", {"active_to": date(2026, 10, 21)}),
            ("leaves today", {"active_to": TODAY}),
            ("not here yet", {"active_from": date(2026, 11, 1)}),
            ("starts on the last day", {"active_from": date(2026, 10, 31)}),
        ):
            member = people.add_member(ireland.organization, name=name)
            Member.objects.filter(pk=member.pk).update(**span)
        for viewer in (ireland.admin, ireland.manager):
            sheet = readers.grid(viewer, ireland.organization, OCTOBER, TODAY)
            assert readers.without_target(viewer, OCTOBER, TODAY) == len(sheet.missing) == sheet.without_target


# What it costs


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["month=2026-10&show=revenue", "month=2026-12&show=revenue&behind=1", "team=1"])
def test_every_view_takes_at_most_twelve_statements(ireland: Company, query: str) -> None:
    client = ireland.client(ireland.manager)
    client.get(ireland.url("targets/"))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(ireland.url(f"targets/?{query}")).status_code == 200
    statements = [query["sql"] for query in captured if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) <= 12, "\n".join(statement[:90] for statement in statements)
