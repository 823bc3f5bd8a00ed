"""Signing in and out by e-mail, and passwords: what a person meets, and what an attacker doesn't learn."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import Member, User
from accounts.tenancy import tenant
from tests.accounts.hashing import CountingHasher
from tests.conftest import PASSWORD, Company
from tests.jobs import do_jobs

LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> tuple[int, str, str]:
    """Status, the address it leads to, and the page."""
    response = client.post(LOGIN, {"login": email, "password": password, **more})
    return response.status_code, response.headers.get("Location", ""), response.content.decode()


def email_of(company: Company) -> str:
    assert company.seller.user is not None
    return company.seller.user.email


class TestSignIn:
    def test_leads_home(self, acme: Company) -> None:
        assert sign_in(Client(), email_of(acme))[:2] == (302, "/")

    def test_the_address_in_any_case(self, acme: Company) -> None:
        assert sign_in(Client(), email_of(acme).upper())[0] == 302

    def test_a_wrong_password_says_the_same_as_an_unknown_address(self, acme: Company) -> None:
        pages = []
        for email in (email_of(acme), "nobody@acme.example"):
            status, _, page = sign_in(Client(), email, "wrong password")
            assert status == 200
            assert "That e-mail address and password don&#x27;t belong together." in page
            page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
            pages.append(page.replace(email, "ADDRESS"))
        assert pages[0] == pages[1]

    def test_an_unknown_address_takes_as_long_as_a_wrong_password(self, acme: Company, settings: Any) -> None:
        """The same number of passwords are hashed, which is what takes time."""
        settings.PASSWORD_HASHERS = ["tests.accounts.hashing.CountingHasher"]
        login = User.objects.get(email=email_of(acme))
        login.set_password(PASSWORD)
        login.save()
        hashed = []
        for email in (email_of(acme), "nobody@acme.example"):
            CountingHasher.hashed = 0
            sign_in(Client(), email, "wrong password")
            hashed.append(CountingHasher.hashed)
        assert hashed == [1, 1]

    def test_switching_is_offered_to_people_of_several_organizations(self, acme: Company, rival: Company) -> None:
        client = Client()
        sign_in(client, email_of(acme))
        client.get("/")
        assert "Switch organization" not in client.get(acme.url("targets/")).content.decode()
        with tenant(rival.organization):
            Member.objects.filter(pk=rival.seller.pk).update(user=acme.seller.user)
        client.get("/organizations/")
        assert "Switch organization" in client.get(acme.url("targets/")).content.decode()

    def test_too_many_attempts_are_refused_for_a_while(self, acme: Company) -> None:
        for _ in range(5):
            sign_in(Client(), email_of(acme), "wrong password")
        client = Client()
        status, _, page = sign_in(client, email_of(acme))
        assert (status, "_auth_user_id" in client.session) == (200, False)
        assert "Too many" in page

    @pytest.mark.parametrize(
        ("wanted", "leads_to"),
        [
            pytest.param("/o/acme/targets/?month=2026-05", "/o/acme/targets/?month=2026-05", id="a-page-of-ours"),
            pytest.param("https://evil.example/", "/", id="another-site"),
            pytest.param("//evil.example/", "/", id="another-site-without-scheme"),
            pytest.param("javascript:alert(1)", "/", id="a-script"),
            pytest.param("/\\evil.example", "/", id="a-backslash"),
        ],
    )
    def test_next_is_kept_and_never_leaves_the_site(self, acme: Company, wanted: str, leads_to: str) -> None:
        assert sign_in(Client(), email_of(acme), next=wanted)[1] == leads_to

    def test_from_a_page_and_back_to_it(self, acme: Company) -> None:
        client = Client()
        login = client.get("/o/acme/targets/?month=2026-05")["Location"]
        page = client.get(login).content.decode()
        kept = re.search(r'name="next"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="next"', page)
        assert kept is not None
        assert (kept[1] or kept[2]) == "/o/acme/targets/?month=2026-05"

    def test_an_inactive_login_stays_outside(self, acme: Company) -> None:
        User.objects.filter(email=email_of(acme)).update(is_active=False)
        client = Client()
        assert sign_in(client, email_of(acme))[1] == reverse("account_inactive")
        assert "_auth_user_id" not in client.session

    def test_made_inactive_while_signed_in(self, acme: Company) -> None:
        client = acme.client(acme.seller)
        User.objects.filter(email=email_of(acme)).update(is_active=False)
        assert client.get(acme.url("home/goals/"))["Location"].startswith(LOGIN)

    def test_a_session_of_before_is_not_continued(self, acme: Company) -> None:
        client = Client()
        client.get(LOGIN)
        before = client.cookies.get("sessionid")
        sign_in(client, email_of(acme))
        assert before is None or client.cookies["sessionid"].value != before.value


class TestSignOut:
    def test_by_post_alone(self, acme: Company) -> None:
        client = acme.client(acme.seller)
        assert client.get("/accounts/logout/").status_code == 200
        assert "_auth_user_id" in client.session
        response = client.post("/accounts/logout/")
        assert (response.status_code, response["Location"]) == (302, LOGIN)
        assert client.get("/o/acme/")["Location"].startswith(LOGIN)

    def test_not_by_a_form_of_another_site(self, acme: Company) -> None:
        client = Client(enforce_csrf_checks=True)
        assert acme.seller.user is not None
        client.force_login(acme.seller.user)
        assert client.post("/accounts/logout/").status_code == 403


class TestPasswords:
    def reset_link(self, email: str) -> str:
        Client().post("/accounts/password/reset/", {"email": email})
        do_jobs()
        found = re.search(r"(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body))
        assert found is not None
        return found[1]

    def test_reset_by_mail_works_once(self, acme: Company) -> None:
        link = self.reset_link(email_of(acme))
        assert mail.outbox[-1].to == [email_of(acme)]
        client = Client()
        form = client.get(link)["Location"]
        response = client.post(form, {"password1": "quite another one", "password2": "quite another one"})
        assert response["Location"] == reverse("account_reset_password_from_key_done")
        assert sign_in(Client(), email_of(acme), "quite another one")[0] == 302
        assert Client().get(link).status_code == 200

    def test_a_used_link_changes_nothing(self, acme: Company) -> None:
        link = self.reset_link(email_of(acme))
        User.objects.get(email=email_of(acme))
        first, second = Client(), Client()
        form = first.get(link)["Location"]
        second_form = second.get(link)["Location"]
        first.post(form, {"password1": "quite another one", "password2": "quite another one"})
        second.post(second_form, {"password1": "the thief's own", "password2": "the thief's own"})
        assert sign_in(Client(), email_of(acme), "the thief's own")[0] == 200

    def test_an_unknown_address_is_told_the_same_and_gets_no_mail(self, acme: Company) -> None:
        answers = []
        for email in (email_of(acme), "nobody@acme.example"):
            response = Client().post("/accounts/password/reset/", {"email": email})
            answers.append((response.status_code, response["Location"]))
        assert answers[0] == answers[1]
        do_jobs()
        assert [message.to for message in mail.outbox] == [[email_of(acme)]]

    def test_a_change_signs_out_everywhere_else(self, acme: Company) -> None:
        here, elsewhere = acme.client(acme.seller), acme.client(acme.seller)
        changed = {"oldpassword": PASSWORD, "password1": "quite another one", "password2": "quite another one"}
        assert here.post("/accounts/password/change/", changed).status_code == 302
        assert here.get("/organizations/").status_code == 200
        assert elsewhere.get("/organizations/").status_code == 302

    def test_a_change_asks_for_the_old_one(self, acme: Company) -> None:
        changed = {"oldpassword": "wrong", "password1": "quite another one", "password2": "quite another one"}
        assert acme.client(acme.seller).post("/accounts/password/change/", changed).status_code == 200
        assert sign_in(Client(), email_of(acme))[0] == 302


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password", "mfa_trust"])
def test_what_is_not_offered_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path", ["login/", "password/reset/", "password/reset/done/", "password/reset/key/1-x/", "inactive/"]
)
def test_every_page_is_in_our_own_design(path: str, db: None) -> None:
    page = Client().get(f"/accounts/{path}").content.decode()
    assert "app.css" in page
    assert "Menu:" not in page, "allauth's own layout"
