"""The page behind an invitation's link."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import Invitation, Member, Role, User
from accounts.tenancy import tenant
from tests.conftest import PASSWORD, Company
from tests.jobs import do_jobs
from tests.mail import Mailbox

NEW = "new@somewhere.example"
FORM = {"name": "Ann New", "password": "six green apples"}


def link_for(company: Company, mailbox: Mailbox, email: str = NEW, **more: Any) -> str:
    """Invite an address, and take the link out of the letter."""
    with tenant(company.organization):
        services.invite(email=email, at=timezone.now(), by=company.admin, **more)
    do_jobs()
    return mailbox.letters[-1].link()


def members(company: Company, email: str = NEW) -> list[Member]:
    with tenant(company.organization):
        return list(Member.objects.filter(email=email))


def words(client: Client, link: str) -> tuple[int, str]:
    response = client.get(link)
    return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_a_new_person_sets_name_and_password_and_is_in(acme: Company, mailbox: Mailbox) -> None:
    client, link = Client(), link_for(acme, mailbox, team=acme.team)
    assert NEW in client.get(link).content.decode()
    response = client.post(link, FORM)
    assert (response.status_code, response["Location"]) == (302, "/o/acme/")
    assert client.get("/o/acme/home/goals/").status_code == 200
    assert [member.name for member in members(acme)] == ["Ann New"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"name": " "}, "Enter your name.", id="no-name"),
        pytest.param({"password": ""}, "Choose a password.", id="no-password"),
        pytest.param({"password": "short"}, "too short", id="short"),
        pytest.param({"password": "password123"}, "too common", id="common"),
        pytest.param({"password": "new@somewhere"}, "too similar", id="like-the-address"),
    ],
)
def test_what_does_not_hold_is_said_at_the_field(
    acme: Company, mailbox: Mailbox, changes: dict[str, str], says: str
) -> None:
    client, link = Client(), link_for(acme, mailbox)
    response = client.post(link, FORM | changes)
    assert (response.status_code, members(acme)) == (422, [])
    assert says in response.content.decode()
    assert not User.objects.filter(email=NEW).exists()


def test_a_double_click_lets_in_once(acme: Company, mailbox: Mailbox) -> None:
    first, second, link = Client(), Client(), link_for(acme, mailbox)
    assert [client.post(link, FORM).status_code for client in (first, second)] == [302, 302]
    assert len(members(acme)) == 1


def test_a_second_tab_leads_in_too(acme: Company, mailbox: Mailbox) -> None:
    client, link = Client(), link_for(acme, mailbox)
    client.post(link, FORM)
    assert client.get(link)["Location"] == "/o/acme/"


@pytest.mark.django_db(transaction=True)
def test_two_at_the_very_same_time_make_one_person(acme: Company, mailbox: Mailbox) -> None:
    link, start = link_for(acme, mailbox), threading.Barrier(4)
    statuses: list[int] = []

    def join() -> None:
        try:
            client = Client()
            start.wait()
            statuses.append(client.post(link, FORM).status_code)
        finally:
            connection.close()

    tabs = [threading.Thread(target=join) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert statuses == [302] * 4
    assert len(members(acme)) == 1


class TestWithALogin:
    def test_signs_in_first_and_comes_back(self, acme: Company, rival: Company, mailbox: Mailbox) -> None:
        client, link = Client(), link_for(acme, mailbox, "seller@rival.example")
        page = client.get(link).content.decode()
        found = re.search(r'href="(/accounts/login/\?next=[^"]+)"', page)
        assert found is not None
        login = {"login": "seller@rival.example", "password": PASSWORD, "next": link}
        assert client.post(found[1], login)["Location"] == link
        assert client.post(link)["Location"] == "/o/acme/"
        assert [member.role for member in members(acme, "seller@rival.example")] == [Role.SALESPERSON]

    def test_looking_joins_nobody(self, acme: Company, rival: Company, mailbox: Mailbox) -> None:
        client, link = rival.client(rival.seller), link_for(acme, mailbox, "seller@rival.example")
        assert client.get(link).status_code == 200
        assert members(acme, "seller@rival.example") == []

    def test_nobody_else_joins(self, acme: Company, rival: Company, mailbox: Mailbox) -> None:
        client, link = rival.client(rival.admin), link_for(acme, mailbox)
        for response in (client.get(link), client.post(link, FORM)):
            page = response.content.decode()
            assert "you are signed in as <b>admin@rival.example</b>" in page
            assert f'name="next" value="{link}"' in page
        assert members(acme) == []

    def test_a_form_of_another_site_joins_nobody(self, acme: Company, rival: Company, mailbox: Mailbox) -> None:
        link = link_for(acme, mailbox, "seller@rival.example")
        client = Client(enforce_csrf_checks=True)
        assert rival.seller.user is not None
        client.force_login(rival.seller.user)
        assert client.post(link).status_code == 403


class TestGone:
    def test_every_link_that_leads_nowhere_says_the_same(self, acme: Company, rival: Company, mailbox: Mailbox) -> None:
        link = link_for(acme, mailbox)
        token = link.split("/")[-2]
        answers = [
            words(Client(), "/join/acme/never-was/"),
            words(Client(), f"/join/rival/{token}/"),
            words(Client(), f"/join/nobody/{token}/"),
        ]
        Client().post(link, FORM)
        answers.append(words(Client(), link))
        with tenant(acme.organization):
            Invitation.objects.update(accepted_at=None, expires_at=timezone.now())
        answers.append(words(Client(), link))
        with tenant(acme.organization):
            Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1), revoked_at=timezone.now())
        answers.append(words(Client(), link))
        assert len(set(answers)) == 1
        assert answers[0][0] == 410
        assert "no longer valid" in answers[0][1]

    def test_guessing_is_slowed_down(self, acme: Company) -> None:
        statuses = [Client().get(f"/join/acme/guess-{number}/").status_code for number in range(31)]
        assert (statuses[0], statuses[-1]) == (410, 429)
