"""Teams: the list, one team's page, and people who come, move and go."""

import json
from datetime import date
from typing import Any

import pytest

from accounts import services
from accounts.models import Member, Team, TeamManager, TeamMembership
from accounts.tenancy import tenant
from tests.accounts.settings.queries import queries
from tests.conftest import HOSTILE, Company


@pytest.fixture
def south(acme: Company) -> Team:
    with tenant(acme.organization):
        return services.add_team(acme.organization, name="South", by=acme.admin)


def spans(acme: Company, member: Member) -> list[tuple[str, str, str]]:
    with tenant(acme.organization):
        found = TeamMembership.objects.filter(member=member).order_by("start").select_related("team")
        return [(each.team.name, f"{each.start}", f"{each.end or ''}") for each in found]


def membership(acme: Company) -> TeamMembership:
    with tenant(acme.organization):
        return TeamMembership.objects.get(member=acme.seller)


class TestList:
    def test_shows_managers_and_the_people_of_today(self, acme: Company, south: Team) -> None:
        with tenant(acme.organization):
            services.join_team(acme.seller, south, start=date(2020, 1, 1), end=date(2020, 2, 1), by=acme.admin)
            services.join_team(acme.other_seller, south, start=date(2020, 1, 1), by=acme.admin)
        response: Any = acme.client(acme.admin).get(acme.url("settings/teams/"))
        rows = {team.name: team.people for team in response.context["list"].rows}
        assert rows == {acme.team.name: 1, "South": 1}
        assert "acme manager" in response.content.decode()
        assert HOSTILE not in response.content.decode()

    def test_forty_teams_of_two_hundred_people_cost_as_much_as_two(self, acme: Company) -> None:
        client, url = acme.client(acme.admin), acme.url("settings/teams/")
        few = queries(client, url)
        with tenant(acme.organization):
            people = Member.objects.bulk_create(
                Member(organization=acme.organization, name=f"Person {number}") for number in range(200)
            )
            for number in range(40):
                team = services.add_team(acme.organization, name=f"Team {number}", by=acme.admin)
                services.manage_team(people[number], team, by=acme.admin)
                for person in people[number * 5 : number * 5 + 5]:
                    services.join_team(person, team, start=date(2026, 1, 1), by=acme.admin)
        assert queries(client, url) == few
        page: Any = client.get(url)
        assert page.context["list"].total == 41

    def test_the_file_names_managers(self, acme: Company) -> None:
        response: Any = acme.client(acme.admin).get(acme.url("settings/teams/export/"))
        lines = b"".join(response.streaming_content).decode().splitlines()
        assert lines == ["\ufeffName,Managers,People today", f"{acme.team.name},acme manager,1"]


class TestTeam:
    def test_a_page_costs_the_same_with_more_people(self, acme: Company, south: Team) -> None:
        client, url = acme.client(acme.admin), acme.url(f"settings/teams/{south.pk}/")
        few = queries(client, url)
        with tenant(acme.organization):
            for number in range(10):
                member = services.add_member(acme.organization, name=f"Person {number}", by=acme.admin)
                services.join_team(member, south, start=date(2026, 1, 1), by=acme.admin)
        assert queries(client, url) == few
        assert "10 people today" in client.get(url).content.decode()

    def test_added_and_led_to(self, acme: Company) -> None:
        response = acme.client(acme.admin).post(acme.url("settings/teams/new/"), {"name": "South"})
        with tenant(acme.organization):
            team = Team.objects.get(name="South")
        assert response["Location"] == acme.url(f"settings/teams/{team.pk}/")

    def test_deleted_only_if_nobody_ever_belonged(self, acme: Company, south: Team) -> None:
        client = acme.client(acme.admin)
        assert client.post(acme.url(f"settings/teams/{south.pk}/delete/")).status_code == 302
        kept = client.post(acme.url(f"settings/teams/{acme.team.pk}/delete/"))
        assert kept.status_code == 409
        assert "It is in use by team memberships." in kept.content.decode()
        with tenant(acme.organization):
            assert [team.name for team in Team.objects.all()] == [acme.team.name]

    def test_managers_come_and_go(self, acme: Company, south: Team) -> None:
        client, url = acme.client(acme.admin), acme.url(f"settings/teams/{south.pk}/")
        for _ in range(2):
            assert client.post(f"{url}manage/", {"member": acme.manager.pk}).status_code == 302
        with tenant(acme.organization):
            manager = TeamManager.objects.get(team=south)
        assert client.post(f"{url}managers/{manager.pk}/remove/").status_code == 302
        with tenant(acme.organization):
            assert not TeamManager.objects.filter(team=south).exists()


class TestJoining:
    def post(self, acme: Company, team: Team, **data: Any) -> Any:
        return acme.client(acme.admin).post(acme.url(f"settings/teams/{team.pk}/join/"), data)

    def test_from_a_day_and_sent_twice(self, acme: Company, south: Team) -> None:
        for _ in range(2):
            response = self.post(acme, south, member=acme.other_seller.pk, start="2026-03-01", end="")
            assert response.status_code == 302
        assert spans(acme, acme.other_seller) == [("South", "2026-03-01", "")]

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            pytest.param({"start": ""}, "This field is required", id="no-first-day"),
            pytest.param({"start": "2026-02-30"}, "Enter a valid date", id="no-such-day"),
            pytest.param({"end": "2026-01-01"}, "The last day is before the first", id="backwards"),
            pytest.param({"start": "2019-01-01"}, "already on some of these days", id="overlap"),
            pytest.param({"member": "999999"}, "Choose one of the people in the list", id="nobody"),
        ],
    )
    def test_what_does_not_hold_stands_at_its_field(self, acme: Company, data: dict[str, str], words: str) -> None:
        typed = {"member": acme.seller.pk, "start": "2026-03-01", "end": "2026-04-01", **data}
        response = self.post(acme, acme.team, **typed)
        assert response.status_code == 422
        assert words in response.content.decode()
        assert len(spans(acme, acme.seller)) == 1

    def test_another_organizations_people_are_nobody(self, acme: Company, rival: Company, south: Team) -> None:
        response = self.post(acme, south, member=rival.seller.pk, start="2026-03-01")
        assert response.status_code == 422
        assert "rival" not in response.content.decode()


class TestMembership:
    def url(self, acme: Company, page: str = "") -> str:
        return acme.url(f"settings/teams/people/{membership(acme).pk}/{page}")

    def test_gets_a_last_day(self, acme: Company) -> None:
        data = {"start": "2020-01-01", "end": "2026-05-31", "seen": json.dumps({"start": "2020-01-01", "end": None})}
        assert acme.client(acme.admin).post(self.url(acme), data).status_code == 302
        assert spans(acme, acme.seller) == [(acme.team.name, "2020-01-01", "2026-05-31")]

    def test_two_who_set_another_last_day(self, acme: Company) -> None:
        with tenant(acme.organization):
            services.leave_team(TeamMembership.objects.get(), end=date(2026, 6, 30), by=acme.manager)
        data = {"start": "2020-01-01", "end": "2026-05-31", "seen": json.dumps({"start": "2020-01-01", "end": None})}
        response = acme.client(acme.admin).post(self.url(acme), data)
        assert response.status_code == 422
        assert "acme manager changed this to 30 Jun 2026 meanwhile" in response.content.decode()
        assert spans(acme, acme.seller)[0][2] == "2026-06-30"

    def test_moves_in_one_step(self, acme: Company, south: Team) -> None:
        data = {"team": south.pk, "start": "2026-06-01"}
        response = acme.client(acme.admin).post(self.url(acme, "move/"), data)
        assert response["Location"] == acme.url(f"settings/teams/{south.pk}/")
        assert spans(acme, acme.seller) == [(acme.team.name, "2020-01-01", "2026-05-31"), ("South", "2026-06-01", "")]

    def test_moves_once_however_often_it_is_sent(self, acme: Company, south: Team) -> None:
        url, client = self.url(acme, "move/"), acme.client(acme.admin)
        for _ in range(2):
            client.post(url, {"team": south.pk, "start": "2026-06-01"})
        assert spans(acme, acme.seller) == [(acme.team.name, "2020-01-01", "2026-05-31"), ("South", "2026-06-01", "")]

    @pytest.mark.parametrize(
        ("start", "words"),
        [
            pytest.param("2020-01-01", "after the first day", id="on-the-first-day"),
            pytest.param("2019-01-01", "after the first day", id="before"),
            pytest.param("", "This field is required", id="no-day"),
        ],
    )
    def test_a_move_that_does_not_hold(self, acme: Company, south: Team, start: str, words: str) -> None:
        response = acme.client(acme.admin).post(self.url(acme, "move/"), {"team": south.pk, "start": start})
        assert response.status_code == 422
        assert words in response.content.decode()
        assert spans(acme, acme.seller) == [(acme.team.name, "2020-01-01", "")]

    def test_a_move_into_days_that_are_taken_moves_nothing(self, acme: Company, south: Team) -> None:
        with tenant(acme.organization):
            services.join_team(acme.seller, south, start=date(2026, 7, 1), by=acme.admin)
        url = acme.url(f"settings/teams/people/{self.first(acme)}/move/")
        response = acme.client(acme.admin).post(url, {"team": south.pk, "start": "2026-06-01"})
        assert response.status_code == 422
        assert "already on some of these days" in response.content.decode()
        assert spans(acme, acme.seller)[0] == (acme.team.name, "2020-01-01", "")

    def test_a_mistake_is_taken_back(self, acme: Company) -> None:
        assert acme.client(acme.admin).post(self.url(acme, "remove/")).status_code == 302
        assert spans(acme, acme.seller) == []

    def first(self, acme: Company) -> int:
        with tenant(acme.organization):
            return TeamMembership.objects.filter(member=acme.seller).order_by("start")[0].pk
