"""A person's own page."""

import pytest
from django.test import Client

from tests.accounts.factors import email_of, login_of, set_up_app, signed_in, text
from tests.conftest import HOSTILE, Company

PAGE = "/accounts/"


def test_the_viewers_menu_leads_there(acme: Company) -> None:
    assert 'href="/accounts/"' in acme.client(acme.seller).get(acme.url("home/goals/")).content.decode()


def test_says_how_the_account_is_protected(acme: Company) -> None:
    client = signed_in(acme.seller)
    before = text(client.get(PAGE).content)
    set_up_app(client)
    after = text(client.get(PAGE).content)
    assert ("Codes from an app" in before, "Codes from an app" in after) == (False, True)
    assert email_of(acme.seller) in after


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("Amara Okafor", "Amara Okafor", id="a-name"),
        pytest.param("  Amara \n Okafor ", "Amara Okafor", id="spaces"),
        pytest.param(HOSTILE, HOSTILE, id="hostile"),
        pytest.param("", "", id="none"),
    ],
)
def test_the_name_is_kept(acme: Company, typed: str, kept: str) -> None:
    client = acme.client(acme.seller)
    assert client.post(PAGE, {"name": typed})["Location"] == PAGE
    assert login_of(acme.seller).name == kept
    assert HOSTILE not in client.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "typed", [pytest.param("x" * 241, id="too-long"), pytest.param("a\0b", id="a-character-no-database-keeps")]
)
def test_what_is_no_name_is_refused_and_kept_in_the_field(acme: Company, typed: str) -> None:
    response = acme.client(acme.seller).post(PAGE, {"name": typed})
    assert response.status_code == 422
    assert login_of(acme.seller).name.startswith("acme seller")
    assert typed[:200].encode() in response.content


def test_who_leads_people_switches_the_letters_about_targets_off_and_on(acme: Company) -> None:
    client = acme.client(acme.manager)
    assert "A letter a day about targets" in client.get(PAGE).content.decode()
    for posted, kept in (({}, False), ({"target_letters": "on"}, True)):
        assert client.post(PAGE, {"name": "Marta", **posted}).status_code == 302
        assert login_of(acme.manager).target_letters is kept


def test_a_salesperson_who_gets_no_letters_has_no_switch(acme: Company) -> None:
    client = acme.client(acme.seller)
    assert "A letter a day about targets" not in client.get(PAGE).content.decode()
    client.post(PAGE, {"name": "Amara"})
    assert login_of(acme.seller).target_letters


def test_is_for_the_signed_in(acme: Company) -> None:
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")
