"""Where somebody is signed in: the list, and ending it."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organization
from accounts.readers.account import device, sessions
from accounts.tenancy import tenant
from tests.accounts.factors import signed_in, text
from tests.conftest import PASSWORD, Company

LIST = "/accounts/sessions/"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 "
    "Edg/142.0"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 "
    "Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        pytest.param(EDGE, "Edge on Windows", id="edge"),
        pytest.param(IPHONE, "Safari on iPhone", id="safari"),
        pytest.param("curl/8.5", "Unknown device", id="a-script"),
        pytest.param("", "Unknown device", id="nothing"),
        pytest.param("<script>Linux", "A browser on Linux", id="hostile"),
    ],
)
def test_devices_are_called_what_people_call_them(user_agent: str, name: str) -> None:
    assert device(user_agent) == name


class TestList:
    def test_this_one_is_marked_and_first(self, acme: Company) -> None:
        signed_in(acme.seller)
        here = signed_in(acme.seller)
        page = text(here.get(LIST).content)
        assert page.count("Firefox on Linux</b>") == 2
        assert page.index("This device") < page.index("Sign out Firefox on Linux")
        assert "127.0.0.1" in page

    def test_only_ones_own(self, acme: Company, rival: Company) -> None:
        signed_in(rival.seller)
        page = text(signed_in(acme.seller).get(LIST).content)
        assert page.count("Firefox on Linux</b>") == 1

    def test_not_what_ended_by_itself(self, acme: Company) -> None:
        gone, here = signed_in(acme.seller), signed_in(acme.seller)
        gone.post("/accounts/logout/")
        assert text(here.get(LIST).content).count("Firefox on Linux</b>") == 1

    def test_not_what_a_new_password_ended(self, acme: Company) -> None:
        signed_in(acme.seller)
        here = signed_in(acme.seller)
        new = {"oldpassword": PASSWORD, "password1": "quite another one", "password2": "quite another one"}
        here.post("/accounts/password/change/", new)
        assert text(here.get(LIST).content).count("Firefox on Linux</b>") == 1

    def test_the_time_is_that_of_ones_organization(self, acme: Company) -> None:
        """Of the only one before any page of it was opened."""
        with tenant(acme.organization):
            Organization.objects.update(time_zone="Asia/Tokyo")
        here = signed_in(acme.seller)
        UserSession.objects.update(created_at=datetime(2026, 11, 20, 22, 30, tzinfo=UTC))
        page = text(here.get(LIST).content)
        assert "signed in 21 Nov 2026, 07:30" in page
        assert "Times are those of Asia/Tokyo." in page

    def test_more_sessions_cost_no_more_queries(self, acme: Company) -> None:
        here = signed_in(acme.seller)

        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                here.get(LIST)
            return len(captured)

        here.get(LIST)
        few = queries()
        for _ in range(5):
            signed_in(acme.seller)
        assert queries() == few


class TestEnding:
    def test_one_takes_effect_at_its_next_request(self, acme: Company) -> None:
        other, here = signed_in(acme.seller), signed_in(acme.seller)
        there = UserSession.objects.get(session_key=other.session.session_key)
        assert other.get(acme.url("home/goals/")).status_code == 200
        here.post(f"{LIST}{there.pk}/end/")
        assert other.get(acme.url("home/goals/"))["Location"].startswith("/accounts/login/")
        assert here.get(acme.url("home/goals/")).status_code == 200

    def test_all_others(self, acme: Company, rival: Company) -> None:
        others = [signed_in(acme.seller) for _ in range(3)]
        here, stranger = signed_in(acme.seller), signed_in(rival.seller)
        here.post(LIST)
        assert [other.get("/organizations/").status_code for other in others] == [302, 302, 302]
        assert [client.get("/organizations/").status_code for client in (here, stranger)] == [200, 200]

    def test_nobody_elses_and_not_this_one(self, acme: Company, rival: Company) -> None:
        stranger, here = signed_in(rival.seller), signed_in(acme.seller)
        for client in (stranger, here):
            row = UserSession.objects.get(session_key=client.session.session_key)
            assert here.post(f"{LIST}{row.pk}/end/").status_code == 404
            assert client.get("/organizations/").status_code == 200


class TestLastSeen:
    def seen(self, client: Client) -> datetime:
        session: Any = UserSession.objects.get(session_key=client.session.session_key)
        return cast(datetime, session.last_seen_at)

    def test_noted_again_after_ten_minutes_and_not_before(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        client.get("/organizations/")
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        UserSession.objects.update(last_seen_at=long_ago)
        client.get("/organizations/")
        assert self.seen(client) == long_ago
        session = client.session
        session["seen"] -= 601
        session.save()
        client.get("/organizations/", headers={"User-Agent": IPHONE})
        assert self.seen(client) > timezone.now() - timedelta(minutes=1)
        assert UserSession.objects.get().user_agent == IPHONE

    def test_costs_no_query_in_between(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        client.get("/organizations/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/organizations/")
        assert not [query for query in captured if "usersession" in query["sql"]]

    def test_a_login_that_came_another_way_is_listed_as_well(self, acme: Company) -> None:
        client = Client()
        assert acme.seller.user is not None
        client.force_login(acme.seller.user)
        client.get("/organizations/")
        assert [each.here for each in self.listed(acme, client)] == [True]

    def listed(self, company: Company, client: Client) -> list[Any]:
        user = company.seller.user
        assert user is not None
        return sessions(user, current=str(client.session.session_key), at=timezone.now())
