"""Guessing is slowed down on every page that asks for a secret. Counted in the real Redis."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from tests.accounts.factors import CODE, LOGIN, code, email_of, set_up_app, signed_in, text
from tests.conftest import PASSWORD, Company

TOO_MANY = "Too many attempts"


def from_ip(number: int) -> Client:
    return Client(REMOTE_ADDR=f"192.0.2.{number}")


def login(client: Client, email: str, password: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password})


def test_one_address_from_many_places(acme: Company) -> None:
    """Five wrong passwords, and the right one has to wait too: else it would be told by its success."""
    email = email_of(acme.seller)
    for number in range(5):
        assert TOO_MANY not in text(login(from_ip(number), email, "wrong password").content)
    client = from_ip(99)
    assert TOO_MANY in text(login(client, email, PASSWORD).content)
    assert "_auth_user_id" not in client.session


def test_many_addresses_from_one_place(acme: Company) -> None:
    pages = [text(login(from_ip(1), f"nobody-{number}@acme.example", "wrong").content) for number in range(11)]
    assert [TOO_MANY in page for page in pages] == [False] * 10 + [True]
    assert login(from_ip(2), email_of(acme.seller), PASSWORD).status_code == 302, "other places are not held up"


def test_an_unknown_address_is_held_up_as_a_known_one(acme: Company) -> None:
    known, unknown = (
        [TOO_MANY in text(login(from_ip(number), email, "wrong password").content) for number in range(7)]
        for email in (email_of(acme.seller), "nobody@acme.example")
    )
    assert known == unknown == [False] * 5 + [True] * 2


def test_signing_in_often_is_not_guessing(acme: Company) -> None:
    assert [login(Client(), email_of(acme.seller), PASSWORD).status_code for _ in range(8)] == [302] * 8


def test_codes(acme: Company) -> None:
    secret = set_up_app(signed_in(acme.seller))
    client = signed_in(acme.seller)
    pages = [text(client.post(CODE, {"code": f"00000{number}"}).content) for number in range(6)]
    assert [TOO_MANY in page for page in pages] == [False] * 5 + [True]
    client.post(CODE, {"code": code(secret)})
    assert "_auth_user_id" not in client.session, "the right one has to wait too"


@pytest.mark.parametrize(
    ("ask", "allowed"),
    [
        pytest.param(lambda client: client.post("/accounts/passkeys/sign-in/", {"credential": "{}"}), 10, id="passkey"),
        pytest.param(
            lambda client: client.post("/accounts/password/reset/", {"email": "nobody@acme.example"}), 5, id="reset"
        ),
        pytest.param(
            lambda client: client.post("/accounts/password/reset/key/1-x/", {"password1": "guess"}), 20, id="reset-link"
        ),
        pytest.param(lambda client: client.post(LOGIN, {"login": "", "password": ""}), 30, id="sign-in-page"),
    ],
)
def test_pages_for_strangers(db: None, ask: Callable[[Client], Any], allowed: int) -> None:
    client = from_ip(1)
    answers = [ask(client) for _ in range(allowed + 1)]
    assert [answer.status_code for answer in answers[:-1]].count(429) == 0
    assert answers[-1].status_code == 429
    assert ask(from_ip(2)).status_code == (429 if allowed == 5 else answers[0].status_code)


@pytest.mark.parametrize(
    ("path", "data", "allowed"),
    [
        pytest.param("/accounts/confirm/", {"password": "wrong"}, 5, id="confirm"),
        pytest.param("/accounts/password/change/", {"oldpassword": "wrong"}, 5, id="password-change"),
    ],
)
def test_pages_for_the_signed_in(acme: Company, path: str, data: dict[str, str], allowed: int) -> None:
    client = acme.client(acme.seller)
    pages = [client.post(path, data) for _ in range(allowed + 1)]
    assert [TOO_MANY in text(page.content) for page in pages] == [False] * allowed + [True]


def test_the_page_is_in_our_own_design(db: None) -> None:
    client = from_ip(1)
    for _ in range(6):
        page = client.post("/accounts/password/reset/", {"email": "nobody@acme.example"})
    assert page.status_code == 429
    assert "app.css" in page.content.decode()
    assert TOO_MANY in text(page.content)
    assert mail.outbox == []
