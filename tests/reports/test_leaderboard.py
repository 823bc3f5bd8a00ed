"""The leaderboard: who is where, who sees whom, and what the page and its file say."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import Member
from accounts.tenancy import tenant
from progress.periods import PeriodKind, period_of
from reports.readers.leaderboard import AskedBoard, Contender, Leaderboard, leaderboard
from targets.readers import Shown, grid
from tests.conftest import Company
from tests.reports.conftest import MONTHS, target
from tests.targets.conftest import OCTOBER, TODAY, aim, sell, settle

PAGE = "leaderboard/"


def board(site: Company, viewer: Member | None = None, day: date = TODAY, **asked: Any) -> Leaderboard:
    kind = asked.pop("kind", PeriodKind.MONTH)
    wanted = AskedBoard(period_of(day, kind, site.organization.fiscal_start), kind, **asked)
    with tenant(site.organization):
        return leaderboard(viewer or site.admin, site.organization, wanted, TODAY)


def page(site: Company, viewer: Member, query: str = "") -> str:
    response = site.client(viewer).get(site.url(f"{PAGE}{query}"))
    assert response.status_code == 200
    return response.content.decode()


def rows(site: Company, viewer: Member, query: str = "") -> list[dict[str, str]]:
    response = site.client(viewer).get(site.url(f"{PAGE}csv/{query}"))
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def seller(site: Company, name: str) -> Member:
    with tenant(site.organization):
        return people.add_member(site.organization, name=name)


def places(found: tuple[Contender, ...]) -> list[tuple[str, int | None]]:
    return [(each.person.name, each.place) for each in found]


@pytest.fixture
def contest(ireland: Company) -> Company:
    """Four with targets in October (Ada 120 %, Ben and Cleo 80 % of other targets, Dan 10 %) and Eve without one."""
    phone = ireland.channels[0]
    for name, actual, asked in [("Ada", 12, 10), ("Ben", 8, 10), ("Cleo", 8, 10), ("Dan", 1, 10), ("Eve", 20, None)]:
        who = seller(ireland, name)
        sell(ireland, actual, member=who, channel=phone, day=date(2026, 10, 6), net=100 * (10 - len(name)))
        if asked is not None:
            aim(ireland, asked, who, phone)
    return ireland


def test_equal_ones_share_a_place_and_leave_a_gap(contest: Company) -> None:
    found = board(contest)
    assert places(found.ranked) == [("Ada", 1), ("Ben", 2), ("Cleo", 2), ("Dan", 4)]
    assert [each.shared for each in found.ranked] == [1, 2, 2, 1]
    assert (found.of, found.unranked[0].person.name) == (4, "Eve")


def test_of_equal_shares_the_larger_count_is_first(ireland: Company) -> None:
    phone = ireland.channels[0]
    small, large = seller(ireland, "A small"), seller(ireland, "Z large")
    for who, count in ((small, 5), (large, 10)):
        sell(ireland, count, member=who, channel=phone)
        aim(ireland, count, who, phone)
    assert places(board(ireland).ranked) == [("Z large", 1), ("A small", 2)]


def test_shares_are_neither_capped_nor_rounded(ireland: Company) -> None:
    phone = ireland.channels[0]
    for name, count, asked in (("A", 1000, 3), ("B", 1001, 3), ("C", 334, 1)):
        who = seller(ireland, name)
        sell(ireland, count, member=who, channel=phone)
        aim(ireland, asked, who, phone)
    assert places(board(ireland).ranked) == [("C", 1), ("B", 2), ("A", 3)]


def test_by_count_everybody_has_a_place(contest: Company) -> None:
    found = board(contest, by_count=True)
    named = places(found.ranked)
    assert named[:5] == [("Eve", 1), ("Ada", 2), ("Ben", 3), ("Cleo", 3), ("Dan", 5)]
    assert {place for _, place in named[5:]} == {6}
    assert found.unranked == ()


def test_a_target_of_zero_gives_no_place(ireland: Company) -> None:
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[0])
    aim(ireland, 0, ireland.seller, ireland.channels[0])
    found = board(ireland)
    assert (found.ranked, found.of) == ((), 0)
    assert ireland.seller.pk in {each.person.member_id for each in found.unranked}


def test_a_quarter_sums_the_months_that_are_set(ireland: Company) -> None:
    phone = ireland.channels[0]
    for month, count, asked in [(7, 9, 10), (8, 12, 10), (9, 7, None)]:
        sell(ireland, count, member=ireland.seller, channel=phone, day=date(2026, month, 9))
        if asked is not None:
            target(ireland, ireland.seller, phone, date(2026, month, 1), count=asked)
    [first] = board(ireland, day=date(2026, 7, 1), kind=PeriodKind.QUARTER).ranked
    assert (first.result.actual, first.result.target, first.result.percent_shown) == (21, 20, 105)
    text = page(ireland, ireland.admin, "?per=quarter&month=2026-07")
    assert "2 of 3 months set" in text
    assert "21 of 20" in text
    assert "+7" in text


@pytest.mark.parametrize("revenue", [False, True], ids=["deals", "revenue"])
def test_a_month_says_what_the_grid_says(busy_year: Company, *, revenue: bool) -> None:
    for month in MONTHS[:10]:
        with tenant(busy_year.organization):
            sheet = grid(busy_year.admin, busy_year.organization, month, TODAY, Shown(revenue=revenue))
        found = board(busy_year, day=month, revenue=revenue)
        said = {row.member_id: (row.total.pace.actual, row.total.pace.target) for row in sheet.people if row.member_id}
        assert {each.person.member_id: (each.result.actual, each.result.target) for each in found.everyone} == said


@pytest.mark.parametrize("by_count", [False, True], ids=["share", "count"])
@pytest.mark.parametrize("kind", [PeriodKind.MONTH, PeriodKind.QUARTER], ids=str)
def test_the_order_is_that_of_the_numbers_that_are_shown(
    busy_year: Company, kind: PeriodKind, *, by_count: bool
) -> None:
    for month in MONTHS[:10]:
        found = board(busy_year, day=month, kind=kind, by_count=by_count)
        shown = [
            (each.result.everything,) if by_count else (each.result.pace.percent, each.result.actual)
            for each in found.ranked
        ]
        assert shown == sorted(shown, reverse=True)
        assert [each.place for each in found.ranked] == [1 + shown.index(score) for score in shown]
        assert {bool(each.result.target) for each in found.ranked} <= ({True, False} if by_count else {True})
        assert not any(each.result.target for each in found.unranked)


def test_places_are_compared_with_the_period_before(contest: Company) -> None:
    phone = contest.channels[0]
    with tenant(contest.organization):
        cast = {member.name: member for member in Member.objects.all()}
    for name, actual in (("Dan", 9), ("Ada", 5)):
        target(contest, cast[name], phone, date(2026, 9, 1), count=10)
        sell(contest, actual, member=cast[name], channel=phone, day=date(2026, 9, 9))
    moved = {each.person.name: each.moved for each in board(contest).ranked}
    assert moved == {"Ada": 1, "Ben": None, "Cleo": None, "Dan": -3}
    text = page(contest, contest.admin)
    assert "Up 1 place since September 2026" in text
    assert "Down 3 places since September 2026" in text


def test_nothing_has_moved_after_a_month_in_which_nobody_reached_anything(contest: Company) -> None:
    found = board(contest, by_count=True)
    assert {each.moved for each in found.ranked} == {None}


def test_who_left_stands_there_in_the_months_in_which_they_were_active(contest: Company) -> None:
    with tenant(contest.organization):
        Member.objects.filter(name="Ada").update(active_to=date(2026, 10, 12))
    assert places(board(contest).ranked)[0] == ("Ada", 1)
    assert "Ada" not in dict(places(board(contest, day=date(2026, 11, 1)).everyone))


def test_a_month_to_come_has_no_order(contest: Company) -> None:
    assert board(contest, day=date(2026, 11, 1)).everyone == ()
    assert "November 2026 has not started" in page(contest, contest.admin, "?month=2026-11")


class TestWhoSeesWhom:
    """Managers the people of their teams, salespeople their own place; everybody, where the organization says so."""

    @pytest.fixture
    def ranked(self, contest: Company) -> Company:
        """The contest with both sellers in it: one first, one last."""
        phone = contest.channels[0]
        for who, count in ((contest.seller, 15), (contest.other_seller, 0)):
            aim(contest, 10, who, phone)
            if count:
                sell(contest, count, member=who, channel=phone)
        return contest

    def test_salespeople_see_their_own_place_among_everybody(self, ranked: Company) -> None:
        found = board(ranked, ranked.seller)
        assert [(each.person.member_id, each.place) for each in found.everyone] == [(ranked.seller.pk, 1)]
        assert (found.alone, found.of) == (True, 6)
        text = page(ranked, ranked.seller)
        assert "1st <small>of 6</small>" in text
        for name in ("Ada", "Eve", ranked.other_seller.name):
            assert name not in text
        assert [row["Place"] for row in rows(ranked, ranked.seller)] == ["1"]

    def test_salespeople_choose_among_their_own_teams_alone(self, ranked: Company) -> None:
        with tenant(ranked.organization):
            other = people.add_team(ranked.organization, name="Secret desk", by=ranked.admin)
            people.join_team(ranked.other_seller, other, start=date(2020, 1, 1))
        text = page(ranked, ranked.seller)
        assert "Secret desk" not in text
        assert board(ranked, ranked.seller, team=ranked.team.pk).of == 1
        found = board(ranked, ranked.seller, team=other.pk)
        assert (found.of, found.everyone, found.knows_what_is_asked) == (0, (), False)

    def test_salespeople_see_their_place_in_each_channel(self, ranked: Company) -> None:
        found = board(ranked, ranked.other_seller)
        phone = found.channels_of_viewer[0]
        assert (phone.key, phone.place, phone.of) == (ranked.channels[0].pk, 6, 6)
        assert {each.place for each in found.channels_of_viewer[1:]} == {None}
        assert "6th of 6" in page(ranked, ranked.other_seller)

    def test_managers_see_the_people_of_their_teams(self, ranked: Company) -> None:
        found = board(ranked, ranked.manager)
        assert {each.person.member_id for each in found.everyone} <= {ranked.seller.pk, ranked.manager.pk}
        assert found.ranked[0].place == 1
        assert "Ada" not in page(ranked, ranked.manager)

    def test_the_organization_can_show_it_to_everybody(self, ranked: Company) -> None:
        with tenant(ranked.organization):
            people.change_organization(ranked.organization, everyone_sees_leaderboard=True, by=ranked.admin)
        ranked.organization.refresh_from_db()
        for viewer in (ranked.seller, ranked.manager):
            found = board(ranked, viewer)
            assert places(found.ranked) == places(board(ranked).ranked)
            assert found.alone is False
        text = page(ranked, ranked.seller)
        assert "Ada" in text
        assert '<span class="tag">You</span>' in text

    def test_pages_of_others_stay_closed_though_their_place_is_shown(self, ranked: Company) -> None:
        settle(ranked, everyone_sees_leaderboard=True)
        found = board(ranked, ranked.seller)
        assert [each.person.member_id for each in found.everyone if each.open] == [ranked.seller.pk]
        other = ranked.other_seller.pk
        assert f"targets/{other}/" not in page(ranked, ranked.seller)
        assert ranked.client(ranked.seller).get(ranked.url(f"targets/{other}/")).status_code in (403, 404)

    def test_nobody_sees_another_company(self, ranked: Company, rival: Company) -> None:
        settle(rival, everyone_sees_leaderboard=True)
        assert "Ada" not in page(rival, rival.admin)
        assert board(rival).of == 0


@pytest.mark.parametrize(
    "query",
    [
        "?per=week",
        "?month=2026-13",
        "?month=9999-12",
        "?month=x&per=year",
        "?team=x&channel=-1",
        f"?team={'9' * 18}&channel={'9' * 18}",
        f"?team={'9' * 40}",
        "?rank=%00&show=%FF",
        "?month=1970-01&per=year",
        "?month=2099-12&per=year",
        "?team=0&channel=0",
    ],
)
@pytest.mark.parametrize("who", ["admin", "manager", "seller"])
def test_wrong_values_are_left_out(contest: Company, query: str, who: str) -> None:
    settle(contest, fiscal_start=4)
    assert page(contest, getattr(contest, who), query)
    assert rows(contest, getattr(contest, who), query) is not None


def test_what_was_not_understood_is_said(contest: Company) -> None:
    text = page(contest, contest.admin, "?month=2026-13&per=week")
    assert "There is no month" in text
    assert "is nothing a leaderboard can show" in text


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("?per=quarter", "Q3 fiscal 2026"),
        ("?per=quarter&month=2026-03", "Q4 fiscal 2025"),
        ("?per=year&month=2026-03", "Fiscal 2025"),
    ],
)
def test_quarters_and_years_are_the_fiscal_ones(contest: Company, query: str, named: str) -> None:
    settle(contest, fiscal_start=4)
    assert f"Leaderboard, {named}" in page(contest, contest.admin, query)


def test_the_file_holds_what_is_shown(contest: Company) -> None:
    found = rows(contest, contest.admin, f"?channel={contest.channels[0].pk}")
    assert [(row["Place"], row["Salesperson"], row["Percent of target"], row["Deals"]) for row in found[:5]] == [
        ("1", "Ada", "120", "12"),
        ("2", "Ben", "80", "8"),
        ("2", "Cleo", "80", "8"),
        ("4", "Dan", "10", "1"),
        ("", "Eve", "", "20"),
    ]
    assert any(row["Salesperson"].startswith("'") or "=cmd" not in row["Salesperson"] for row in found)


def test_channel_and_revenue_narrow_what_counts(contest: Company) -> None:
    nothing = board(contest, channel=contest.channels[1].pk)
    assert (nothing.of, {each.result.everything for each in nothing.unranked}) == (0, {0})
    money = board(contest, revenue=True, by_count=True)
    assert (money.ranked[0].person.name, money.ranked[0].result.everything) == ("Eve", 14000)


def test_who_may_set_targets_is_led_to_the_grid_where_nobody_has_one(ireland: Company) -> None:
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[0])
    text = page(ireland, ireland.admin)
    assert "Nobody has a target" in text
    assert f"{ireland.url('targets/')}?month=2026-10" in text
    assert "Set targets" not in page(ireland, ireland.seller)


def test_htmx_gets_the_part_and_the_title(contest: Company) -> None:
    headers = {"HX-Request": "true", "HX-Target": "leaderboard"}
    response = contest.client(contest.admin).get(contest.url(PAGE), headers=headers)
    text = response.content.decode()
    assert text.strip().startswith("<title>Leaderboard, October 2026 · Headway</title>")
    assert '<div class="board" id="leaderboard">' in text
    assert "<body" not in text
    assert "HX-Request" in response["Vary"]


def test_today_is_the_organizations(contest: Company, clock: Any) -> None:
    clock(datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    settle(contest, time_zone="Pacific/Auckland")
    assert "Leaderboard, November 2026" in page(contest, contest.admin)


def test_more_people_cost_no_query_more(contest: Company) -> None:
    client = contest.client(contest.admin)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(contest.url(f"{PAGE}?per=year")).status_code == 200
        return len(queries)

    count()
    before = count()
    for number in range(20):
        who = seller(contest, f"More {number}")
        sell(contest, 2, member=who, channel=contest.channels[number % 5])
        aim(contest, 3, who, contest.channels[number % 5], OCTOBER)
    assert count() == before
    assert before <= 24
