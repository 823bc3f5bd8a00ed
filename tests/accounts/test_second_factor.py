"""Codes of an app, recovery codes and the passkeys' list; passkeys themselves need a browser."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.factors import (
    APP,
    CODE,
    CODES,
    INDEX,
    add_passkey,
    code,
    email_of,
    recovery_codes,
    set_up_app,
    signed_in,
    text,
)
from tests.conftest import HOSTILE, PASSWORD, Company


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


class TestApp:
    def test_its_picture_needs_nothing_that_the_content_policy_forbids(self, acme: Company) -> None:
        response = signed_in(acme.seller).get(APP)
        page = response.content.decode()
        assert 'class="qr" src="data:image/svg+xml;base64,' in page
        assert "img-src 'self' data:" in response["Content-Security-Policy"]
        assert "no-store" in response["Cache-Control"]

    def test_sign_in_asks_for_its_code(self, acme: Company) -> None:
        secret = set_up_app(signed_in(acme.seller))
        client = signed_in(acme.seller)
        assert not is_in(client), "the password alone is not enough"
        assert client.get(acme.url("home/goals/")).status_code == 302
        assert client.post(CODE, {"code": code(secret)})["Location"] == "/"
        assert is_in(client)

    @pytest.mark.parametrize(
        "steps",
        [
            pytest.param(-1, id="of-half-a-minute-ago"),
            pytest.param(0, id="of-now"),
            pytest.param(1, id="of-a-clock-that-is-fast"),
        ],
    )
    def test_a_code_works_once(self, acme: Company, steps: int) -> None:
        secret = set_up_app(signed_in(acme.seller))
        first, second = signed_in(acme.seller), signed_in(acme.seller)
        typed = code(secret, steps=steps)
        first.post(CODE, {"code": typed})
        response = second.post(CODE, {"code": typed})
        assert (is_in(first), is_in(second)) == (True, False)
        assert "That code is not right, or it has run out." in text(response.content)

    @pytest.mark.parametrize("steps", [-3, 3])
    def test_a_code_of_another_time_does_not_work(self, acme: Company, steps: int) -> None:
        secret = set_up_app(signed_in(acme.seller))
        client = signed_in(acme.seller)
        client.post(CODE, {"code": code(secret, steps=steps)})
        assert not is_in(client)

    def test_a_wrong_first_code_sets_nothing_up(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        client.get(APP)
        response = client.post(APP, {"code": "000000"})
        assert "That code is not right" in text(response.content)
        assert not Authenticator.objects.exists()

    def test_removing_it_signs_in_by_password_again(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        set_up_app(client)
        assert client.post(APP + "remove/").status_code == 302
        assert not Authenticator.objects.exists(), "recovery codes go with it"
        assert is_in(signed_in(acme.seller))

    @pytest.mark.django_db(transaction=True)
    def test_letters_tell_of_each_change(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        set_up_app(client)
        client.post(CODES + "new/")
        client.post(APP + "remove/")
        subjects = [letter.subject for letter in mail.outbox]
        assert subjects == [
            "An authenticator app was added to your Headway account",
            "New recovery codes for your Headway account",
            "The authenticator app was removed from your Headway account",
        ]
        assert {tuple(letter.to) for letter in mail.outbox} == {(email_of(acme.seller),)}
        assert "choose a new password at once" in mail.outbox[0].body
        assert "Firefox" in mail.outbox[0].body


class TestWhoItIs:
    """Changes ask for the password once more when signing in is a while ago."""

    @pytest.mark.parametrize("path", [APP, APP + "remove/", CODES, CODES + "new/", "/accounts/passkeys/add/"])
    def test_an_old_session_is_asked(self, acme: Company, path: str) -> None:
        set_up_app(signed_in(acme.seller))
        response = acme.client(acme.seller).get(path)
        assert response.status_code == 302
        assert response["Location"].split("?")[0] in ("/accounts/confirm/", APP + "remove/")

    def test_the_password_leads_on(self, acme: Company) -> None:
        client = acme.client(acme.seller)
        asked = client.get(APP)["Location"]
        assert "Is it you?" in text(client.get(asked).content)
        wrong = client.post(asked, {"password": "wrong", "next": APP})
        assert "That password is not right." in text(wrong.content)
        assert client.post(asked, {"password": PASSWORD, "next": APP})["Location"] == APP
        assert client.get(APP).status_code == 200

    def test_a_code_does_as_well(self, acme: Company) -> None:
        secret = set_up_app(signed_in(acme.seller))
        client = acme.client(acme.seller)
        response = client.post("/accounts/confirm/code/", {"code": code(secret), "next": CODES})
        assert response["Location"] == CODES
        assert len(recovery_codes(client)) == 10

    def test_a_removal_that_was_asked_about_goes_through(self, acme: Company) -> None:
        set_up_app(signed_in(acme.seller))
        client = acme.client(acme.seller)
        asked = client.post(APP + "remove/")["Location"]
        client.post(asked, {"password": PASSWORD, "next": APP + "remove/"})
        assert not Authenticator.objects.exists()


class TestRecoveryCodes:
    def test_each_signs_in_once(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        set_up_app(client)
        one = recovery_codes(client)[0]
        first, second = signed_in(acme.seller), signed_in(acme.seller)
        first.post(CODE, {"code": one})
        second.post(CODE, {"code": one})
        assert (is_in(first), is_in(second)) == (True, False)

    def test_downloaded_as_text(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        set_up_app(client)
        response = client.get(CODES + "download/")
        assert response["Content-Type"].startswith("text/plain")
        assert "attachment" in response["Content-Disposition"]
        assert re.findall(r"^\d{8}$", response.content.decode(), re.MULTILINE) == recovery_codes(client)

    def test_new_ones_replace_the_old(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        set_up_app(client)
        old = recovery_codes(client)
        client.post(CODES + "new/")
        assert not set(old) & set(recovery_codes(client))
        late = signed_in(acme.seller)
        late.post(CODE, {"code": old[0]})
        assert not is_in(late)

    def test_none_without_a_factor(self, acme: Company) -> None:
        client = signed_in(acme.seller)
        response = client.post(CODES + "new/")
        assert "Set up an authenticator app or a passkey first." in text(response.content)
        assert client.get(CODES).status_code == 404


class TestPasskeys:
    def test_listed_renamed_and_removed(self, acme: Company) -> None:
        client, passkey = signed_in(acme.seller), add_passkey(acme.seller)
        client.post(f"/accounts/passkeys/{passkey.pk}/edit/", {"name": HOSTILE})
        page = client.get("/accounts/passkeys/").content.decode()
        assert HOSTILE not in page
        assert HOSTILE in text(page.encode())
        client.post(f"/accounts/passkeys/{passkey.pk}/remove/")
        assert "No passkeys yet" in text(client.get("/accounts/passkeys/").content)

    @pytest.mark.parametrize("what", ["edit", "remove"])
    def test_nobody_elses(self, acme: Company, rival: Company, what: str) -> None:
        client, passkey = signed_in(acme.seller), add_passkey(rival.seller)
        for method in (client.get, client.post):
            assert method(f"/accounts/passkeys/{passkey.pk}/{what}/", {"name": "mine"}).status_code == 404
        passkey.refresh_from_db()
        assert passkey.data["name"] == "Laptop"

    @pytest.mark.parametrize(
        "credential",
        [
            pytest.param("", id="nothing"),
            pytest.param("{}", id="empty"),
            pytest.param("[]", id="a-list"),
            pytest.param("nonsense", id="no-json"),
            pytest.param('{"response": {"userHandle": "MQ"}}', id="half-an-answer"),
        ],
    )
    def test_a_made_up_answer_signs_nobody_in(self, acme: Company, credential: str) -> None:
        add_passkey(acme.seller)
        client = Client()
        client.get("/accounts/passkeys/sign-in/", headers={"Accept": "application/json"})
        response = client.post("/accounts/passkeys/sign-in/", {"credential": credential})
        assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
        assert not is_in(client)

    def test_asking_for_passkeys_says_nothing_about_logins(self, acme: Company) -> None:
        add_passkey(acme.seller)
        answer = Client().get("/accounts/passkeys/sign-in/", headers={"Accept": "application/json"}).json()
        assert (
            "allowCredentials" not in answer["request_options"]["publicKey"]
            or not (answer["request_options"]["publicKey"]["allowCredentials"])
        )


@pytest.mark.parametrize(
    "path", ["", "second-factor/", "second-factor/app/", "passkeys/", "passkeys/add/", "sessions/"]
)
def test_every_page_is_in_our_own_design(acme: Company, path: str) -> None:
    page = signed_in(acme.seller).get(f"/accounts/{path}").content.decode()
    assert "app.css" in page
    assert "Menu:" not in page, "allauth's own layout"
    assert "Two-Factor" not in page, "allauth's own words"


def test_the_index_says_what_is_on(acme: Company) -> None:
    client = signed_in(acme.seller)
    assert "10 left" not in text(client.get(INDEX).content)
    set_up_app(client)
    assert "10 left" in text(client.get(INDEX).content)


def test_an_inactive_login_stays_outside_with_the_right_code(acme: Company) -> None:
    secret = set_up_app(signed_in(acme.seller))
    client = signed_in(acme.seller)
    User.objects.filter(email=email_of(acme.seller)).update(is_active=False)
    client.post(CODE, {"code": code(secret)})
    assert client.get(acme.url("home/goals/"))["Location"].startswith("/accounts/login/")
