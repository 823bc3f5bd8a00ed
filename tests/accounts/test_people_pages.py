"""People in the browser: the list, a person's page, inviting."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services
from accounts.models import Invitation, Member, Role, TeamMembership, User
from accounts.tenancy import tenant
from tests.conftest import HOSTILE, Company

PAGE = "settings/people/"


def names(company: Company, query: str = "") -> list[str]:
    """The people of the CSV of a list, which holds what the list shows."""
    response: Any = company.client(company.admin).get(company.url(f"{PAGE}csv/?{query}"))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return [row["Name"] for row in csv.DictReader(io.StringIO(text))]


def person(company: Company, member: Member) -> str:
    return company.url(f"{PAGE}{member.pk}/")


def form_of(member: Member, **changes: Any) -> dict[str, str]:
    """A person's page as a browser sends it back, with changes."""
    shown = {
        "name": member.name,
        "email": member.email,
        "role": member.role,
        "active_from": member.active_from.isoformat() if member.active_from else "",
        "active_to": member.active_to.isoformat() if member.active_to else "",
    }
    seen = {name: value or (None if name.startswith("active") else "") for name, value in shown.items()}
    return shown | {"seen": json.dumps(seen)} | {name: str(value) for name, value in changes.items()}


class TestList:
    def test_shows_role_team_login_and_state(self, acme: Company) -> None:
        with tenant(acme.organization):
            services.add_member(acme.organization, name="Only a name", by=acme.admin)
        page = acme.client(acme.admin).get(acme.url(PAGE)).content.decode()
        assert "Only a name" in page
        assert HOSTILE not in page
        assert page.count("Active</span>") == 5

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            pytest.param("q=MANAGER", ["acme manager"], id="by-name"),
            pytest.param("q=manager@acme", ["acme manager"], id="by-address"),
            pytest.param("role=manager", ["acme manager"], id="by-role"),
            pytest.param("role=nonsense&q=manager", ["acme manager"], id="what-is-no-role-is-left-out"),
            pytest.param("team={team}", [f"acme seller {HOSTILE}"], id="by-team"),
            pytest.param("login=no", ["Only a name"], id="without-login"),
            pytest.param("state=left", ["Gone"], id="left"),
            pytest.param("state=coming", ["Tomorrow"], id="starts-later"),
            pytest.param("q=nobody", [], id="nobody"),
        ],
    )
    def test_is_narrowed(self, acme: Company, query: str, found: list[str]) -> None:
        today = acme.organization.local_date(timezone.now())
        with tenant(acme.organization):
            services.add_member(acme.organization, name="Only a name", by=acme.admin)
            for name, field, day in (
                ("Gone", "active_to", today - timedelta(days=1)),
                ("Tomorrow", "active_from", today + timedelta(days=1)),
            ):
                user = User.objects.create_user(f"{name}@acme.example")
                member = services.add_member(acme.organization, name=name, user=user, by=acme.admin)
                services.change_member(member, by=acme.admin, today=today, **{field: day})  # type: ignore[arg-type]
        assert names(acme, query.format(team=acme.team.pk)) == found

    def test_a_search_without_result_says_so(self, acme: Company) -> None:
        page = acme.client(acme.admin).get(acme.url(f"{PAGE}?q=nobody")).content.decode()
        assert "Nothing matches" in page

    def test_the_csv_is_safe_in_a_spreadsheet(self, acme: Company) -> None:
        with tenant(acme.organization):
            services.add_member(acme.organization, name="=cmd()", by=acme.admin)
        assert "'=cmd()" in names(acme)

    def test_two_hundred_people_cost_no_more_queries_than_four(self, acme: Company) -> None:
        client = acme.client(acme.admin)
        client.get(acme.url(PAGE))
        with CaptureQueriesContext(connection) as few:
            client.get(acme.url(PAGE))
        with tenant(acme.organization):
            people = Member.objects.bulk_create(
                Member(organization=acme.organization, name=f"Person {number}", name_key=f"person {number}")
                for number in range(200)
            )
            TeamMembership.objects.bulk_create(
                TeamMembership(organization=acme.organization, team=acme.team, member=each, start="2020-01-01")
                for each in people
            )
        with CaptureQueriesContext(connection) as many:
            page = client.get(acme.url(PAGE)).content.decode()
        assert "1 to 50 of 204 people" in page
        assert len(many) == len(few)


class TestPerson:
    def test_is_changed(self, acme: Company) -> None:
        client, url = acme.client(acme.admin), person(acme, acme.seller)
        response = client.post(url, form_of(acme.seller, name="Amara", role="manager", active_from="2026-01-05"))
        assert (response.status_code, response["Location"]) == (302, url)
        with tenant(acme.organization):
            acme.seller.refresh_from_db()
        assert (acme.seller.name, acme.seller.role) == ("Amara", Role.MANAGER)

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            pytest.param({"email": "manager@acme.example"}, "Somebody else has this address already.", id="taken"),
            pytest.param({"email": "no address"}, "Enter a valid email address.", id="no-address"),
            pytest.param({"name": " "}, "This field is required.", id="no-name"),
            pytest.param({"role": "king"}, "king is not one of the available choices", id="no-role"),
            pytest.param(
                {"active_from": "2026-05-02", "active_to": "2026-05-01"},
                "The last day is before the first.",
                id="ends-before-it-begins",
            ),
        ],
    )
    def test_what_does_not_hold_is_said_and_kept(self, acme: Company, changes: dict[str, str], says: str) -> None:
        response = acme.client(acme.admin).post(person(acme, acme.seller), form_of(acme.seller, **changes))
        page = response.content.decode()
        assert response.status_code == 422
        assert says in page
        assert f'value="{changes.get("email", acme.seller.email)}"' in page

    @pytest.mark.parametrize("changes", [{"role": "manager"}, {"active_to": "2026-01-01"}])
    def test_the_last_admin_stays(self, acme: Company, changes: dict[str, str]) -> None:
        client = acme.client(acme.admin)
        response = client.post(person(acme, acme.admin), form_of(acme.admin, **changes))
        assert response.status_code == 422
        assert "at least one admin" in response.content.decode()
        response = client.post(person(acme, acme.admin) + "leave/")
        assert (response.status_code, client.get(acme.url(PAGE)).status_code) == (422, 200)

    def test_two_admins_at_once_lose_nothing(self, acme: Company) -> None:
        client, url, mine = acme.client(acme.admin), person(acme, acme.seller), form_of(acme.seller, name="Mine")
        client.post(url, form_of(acme.seller, name="Theirs", role="manager"))
        response = client.post(url, mine)
        page = response.content.decode()
        assert response.status_code == 409
        assert "acme admin changed this to Theirs meanwhile" in page
        assert 'value="Mine"' in page
        with tenant(acme.organization):
            acme.seller.refresh_from_db()
        assert (acme.seller.name, acme.seller.role) == ("Theirs", Role.MANAGER)

    def test_what_the_other_one_changed_stays_where_this_one_did_not_touch_it(self, acme: Company) -> None:
        client, url, mine = acme.client(acme.admin), person(acme, acme.seller), form_of(acme.seller, name="Mine")
        client.post(url, form_of(acme.seller, role="manager"))
        assert client.post(url, mine).status_code == 302
        with tenant(acme.organization):
            acme.seller.refresh_from_db()
        assert (acme.seller.name, acme.seller.role) == ("Mine", Role.MANAGER)

    def test_is_out_at_the_next_request_and_in_again(self, acme: Company) -> None:
        admin, seller = acme.client(acme.admin), acme.client(acme.seller)
        assert seller.get(acme.url("home/goals/")).status_code == 200
        admin.post(person(acme, acme.seller) + "leave/")
        assert seller.get(acme.url("home/goals/")).status_code == 404
        admin.post(person(acme, acme.seller) + "return/")
        assert seller.get(acme.url("home/goals/")).status_code == 200

    def test_a_demoted_one_loses_the_pages_at_the_next_request(self, acme: Company) -> None:
        admin, manager = acme.client(acme.admin), acme.client(acme.manager)
        assert manager.get(acme.url("imports/")).status_code == 200
        admin.post(person(acme, acme.manager), form_of(acme.manager, role="salesperson"))
        assert manager.get(acme.url("imports/")).status_code == 403

    def test_somebody_without_a_login_is_added_and_invited_later(self, acme: Company) -> None:
        client = acme.client(acme.admin)
        data = {"name": "Bo", "role": "salesperson", "team": acme.team.pk, "active_from": "2026-03-01"}
        url = client.post(acme.url(f"{PAGE}new/"), data)["Location"]
        client.post(f"{url}login/", {"email": "bo@acme.example", "role": "manager"})
        assert "Invited as" in client.get(url).content.decode()
        with tenant(acme.organization):
            invitation = Invitation.objects.get()
            assert (invitation.member, invitation.role) == (Member.objects.get(name="Bo"), Role.MANAGER)


class TestInviting:
    def invite(self, company: Company, text: str, **more: Any) -> Any:
        client = company.client(company.admin)
        return client.post(company.url(f"{PAGE}invitations/new/"), {"people": text, "role": "salesperson"} | more)

    def test_several_at_once(self, acme: Company) -> None:
        text = "one@new.example\nTwo Names <TWO@new.example>\n\none@new.example; three@new.example"
        assert self.invite(acme, text, team=acme.team.pk).status_code == 302
        with tenant(acme.organization):
            found = list(Invitation.objects.order_by("pk").values_list("email", "name", "team"))
        team = acme.team.pk
        assert found == [
            ("one@new.example", "", team),
            ("two@new.example", "Two Names", team),
            ("three@new.example", "", team),
        ]

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            pytest.param("", "Enter at least one address.", id="none"),
            pytest.param("one@new.example\nnobody", "nobody is not an e-mail address.", id="no-address"),
            pytest.param("one@new.example\nmanager@acme.example", "is here already: acme manager", id="is-here"),
            pytest.param("\n".join(f"{n}@new.example" for n in range(51)), "at most 50", id="too-many"),
        ],
    )
    def test_all_of_them_or_none(self, acme: Company, text: str, says: str) -> None:
        response = self.invite(acme, text)
        assert response.status_code == 422
        assert says in response.content.decode()
        with tenant(acme.organization):
            assert not Invitation.objects.exists()

    def test_twice_is_once(self, acme: Company) -> None:
        assert [self.invite(acme, "one@new.example").status_code for _ in range(2)] == [302, 302]
        with tenant(acme.organization):
            assert Invitation.objects.count() == 1

    def test_is_listed_sent_again_and_called_back(self, acme: Company) -> None:
        client, url = acme.client(acme.admin), acme.url(f"{PAGE}invitations/")
        self.invite(acme, "one@new.example")
        assert "one@new.example" in client.get(url).content.decode()
        with tenant(acme.organization):
            invitation = Invitation.objects.get()
        assert "on its way" in client.post(f"{url}{invitation.pk}/resend/", follow=True).content.decode()
        assert "withdrawn" in client.post(f"{url}{invitation.pk}/revoke/", follow=True).content.decode()
        assert "No open invitations" in client.get(url).content.decode()

    def test_too_many_within_an_hour_are_refused(self, acme: Company) -> None:
        client, url = acme.client(acme.admin), acme.url(f"{PAGE}invitations/new/")
        statuses = [
            client.post(url, {"people": f"{number}@new.example", "role": "manager"}).status_code for number in range(61)
        ]
        assert (set(statuses[:60]), statuses[60]) == ({302}, 422)
