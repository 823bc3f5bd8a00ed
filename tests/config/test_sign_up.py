"""A company signs itself up: the form, the letter, the link, and what nobody learns."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Member, Organization, Role, User
from accounts.tenancy import tenant
from ledger.models import Channel, Deal
from tests.conftest import PASSWORD, Company
from tests.mail import Mailbox

URL = "/signup/"
FORM = {
    "company": "Müller & Söhne GmbH",
    "slug": "",
    "name": "Ann Müller",
    "email": "ann@mueller.example",
    "currency": "EUR",
    "holiday_country": "DE",
    "time_zone": "Berlin",
    "language": "de",
}
WORDS = "six green apples"


@pytest.fixture(autouse=True)
def _open(settings: Any) -> None:
    settings.SIGN_UP_OPEN = True


def confirm(link: str, slug: str = "muller-sohne-gmbh", password: str = WORDS) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(link, {"slug": slug, "password": password})


def test_a_letter_leads_to_a_company_and_its_first_steps(db: None, mailbox: Mailbox) -> None:
    assert Client().post(URL, FORM)["Location"] == "/signup/sent/"
    assert not Organization.objects.exists(), "nothing is stored before the link is followed"
    assert not User.objects.exists()
    client, response = confirm(mailbox.only().link())
    assert response["Location"] == "/o/muller-sohne-gmbh/first-steps/"
    organization = Organization.objects.get()
    assert (organization.name, organization.time_zone, organization.language) == (
        "Müller & Söhne GmbH",
        "Europe/Berlin",
        "de",
    )
    with tenant(organization):
        member = Member.objects.get()
        assert (member.name, member.role, Channel.objects.count()) == ("Ann Müller", Role.ADMIN, 5)
    assert EmailAddress.objects.get(email="ann@mueller.example").verified
    assert "First steps" in client.get(response["Location"]).content.decode()


def test_a_known_address_gets_the_same_answer_and_another_letter(acme: Company, mailbox: Mailbox) -> None:
    answers = []
    for email in ("seller@acme.example", "nobody@acme.example"):
        response = Client().post(URL, FORM | {"email": email, "slug": "new-one"}, follow=True)
        answers.append((response.redirect_chain, re.sub(r'value="\w{64}"', "", response.content.decode())))
    assert answers[0] == answers[1]
    known, unknown = mailbox.letters
    assert known.subject == "You already have a login for Headway"
    assert known.link() == "/accounts/login/?next=/signup/"
    assert unknown.link().startswith("/signup/")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"company": " "}, "Enter the company&#x27;s name.", id="no-company"),
        pytest.param({"slug": "acme"}, "This address is taken.", id="taken"),
        pytest.param({"slug": "ADMIN"}, "This address is reserved.", id="reserved"),
        pytest.param({"slug": "not ok"}, "Use letters from a to z", id="no-slug"),
        pytest.param({"company": "会社"}, "Choose an address", id="nothing-to-derive-from"),
        pytest.param({"company": "Acme"}, "This address is taken.", id="derived-and-taken"),
        pytest.param({"email": "nobody"}, "This is not an e-mail address.", id="no-address"),
        pytest.param({"time_zone": "Nowhere"}, "There is no time zone called Nowhere.", id="no-zone"),
        pytest.param({"currency": "ZZZ"}, "ZZZ is not one of the available choices", id="no-currency"),
        pytest.param({"company": "a\0b"}, "Null characters are not allowed.", id="null"),
    ],
)
def test_what_does_not_hold_is_said_and_kept(
    acme: Company, mailbox: Mailbox, changes: dict[str, str], says: str
) -> None:
    response = Client().post(URL, FORM | changes)
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert 'value="Ann Müller"' in page
    assert mailbox.letters == []


def test_without_a_mail_server_it_says_so_and_keeps_the_form(db: None, mailbox: Mailbox, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    response = Client().post(URL, FORM)
    assert response.status_code == 422
    assert "We can&#x27;t send mail just now" in response.content.decode()


class TestLink:
    def link(self, mailbox: Mailbox, **changes: str) -> str:
        Client().post(URL, FORM | changes)
        return mailbox.letters[-1].link()

    def test_a_double_click_founds_once(self, db: None, mailbox: Mailbox) -> None:
        link = self.link(mailbox)
        assert [confirm(link)[1].status_code for _ in range(2)] == [302, 302]
        assert (Organization.objects.count(), User.objects.count()) == (1, 1)

    def test_again_later_leads_to_the_sign_in(self, db: None, mailbox: Mailbox) -> None:
        link = self.link(mailbox)
        confirm(link)
        client, response = confirm(link, password="another good one")
        assert response["Location"] == "/accounts/login/"
        assert "_auth_user_id" not in client.session
        assert Client().get(link)["Location"] == "/accounts/login/"

    def test_an_address_taken_since_is_chosen_anew(self, acme: Company, mailbox: Mailbox) -> None:
        link = self.link(mailbox, slug="soon-gone")
        Organization.objects.create(name="Faster", slug="soon-gone")
        client, response = confirm(link, "soon-gone")
        assert response.status_code == 422
        assert "This address is taken." in response.content.decode()
        assert not User.objects.filter(email=FORM["email"]).exists()
        assert client.post(link, {"slug": "still-free", "password": WORDS}).status_code == 302

    def test_an_easy_password_is_refused(self, db: None, mailbox: Mailbox) -> None:
        response = confirm(self.link(mailbox), password="password123")[1]
        assert response.status_code == 422
        assert "too common" in response.content.decode()

    def test_a_changed_or_old_one_opens_nothing(self, db: None, mailbox: Mailbox, monkeypatch: Any) -> None:
        link = self.link(mailbox)
        assert Client().get(link.replace("/signup/", "/signup/x")).status_code == 410
        monkeypatch.setattr("config.views.founding.DAY", -1)
        assert confirm(link)[1].status_code == 410
        assert not Organization.objects.exists()


class TestSignedIn:
    def found(self, client: Client, **changes: str) -> Any:
        return client.post(URL, {key: FORM[key] for key in FORM if key not in ("name", "email")} | changes)

    def test_founds_at_once_and_once(self, acme: Company, mailbox: Mailbox) -> None:
        client = acme.client(acme.seller)
        assert "Your e-mail" not in client.get(URL).content.decode()
        where = [self.found(client)["Location"] for _ in range(2)]
        assert where == ["/o/muller-sohne-gmbh/first-steps/"] * 2
        assert (Organization.objects.count(), mailbox.letters) == (2, [])
        assert client.get(where[0]).status_code == 200

    def test_another_ones_address_is_taken(self, acme: Company, rival: Company) -> None:
        response = self.found(acme.client(acme.seller), company=rival.organization.name, slug="rival")
        assert response.status_code == 422


class TestClosed:
    @pytest.mark.parametrize("url", [URL, "/signup/sent/", "/signup/some-token/"])
    def test_there_is_nothing(self, db: None, settings: Any, url: str) -> None:
        settings.SIGN_UP_OPEN = False
        assert (Client().get(url).status_code, Client().post(URL, FORM).status_code) == (404, 404)
        assert "/signup/" not in Client().get("/accounts/login/").content.decode()

    def test_open_it_is_offered(self, db: None) -> None:
        assert 'href="/signup/"' in Client().get("/accounts/login/").content.decode()


def test_one_address_is_not_flooded(db: None, mailbox: Mailbox) -> None:
    statuses = [Client().post(URL, FORM).status_code for _ in range(6)]
    assert (statuses, len(mailbox.letters)) == ([302] * 5 + [422], 5)


class TestFirstSteps:
    def founded(self, acme: Company) -> Client:
        client = Client()
        client.post("/accounts/login/", {"login": "seller@acme.example", "password": PASSWORD})
        TestSignedIn().found(client, company="Fresh", slug="fresh")
        return client

    def test_are_done_by_what_is_there(self, acme: Company) -> None:
        client = self.founded(acme)
        assert "0 of 4 done" in client.get("/o/fresh/first-steps/").content.decode()
        client.post("/o/fresh/settings/people/invitations/new/", {"people": "a@b.example", "role": "manager"})
        assert "1 of 4 done" in client.get("/o/fresh/first-steps/").content.decode()

    def test_sample_data_come_and_go_without_a_trace(self, acme: Company) -> None:
        client, organization = self.founded(acme), Organization.objects.get(slug="fresh")
        before = _counts(organization)
        page = client.post("/o/fresh/first-steps/sample/", follow=True).content.decode()
        assert "made-up deals are in" in page
        assert _counts(organization)["deals"] > 20
        client.post("/o/fresh/first-steps/sample/")
        client.post("/o/fresh/first-steps/sample/remove/")
        assert _counts(organization) == before

    def test_sample_data_stay_away_from_real_deals(self, acme: Company) -> None:
        client, organization = self.founded(acme), Organization.objects.get(slug="fresh")
        client.post("/o/fresh/first-steps/sample/")
        with tenant(organization):
            first = Deal.objects.order_by("pk").first()
            assert first is not None
            Deal.objects.filter(pk=first.pk).update(number="REAL-1")
        client.post("/o/fresh/first-steps/sample/remove/")
        page = client.post("/o/fresh/first-steps/sample/", follow=True).content.decode()
        assert "There are deals already" in page
        assert _counts(organization)["deals"] == 1

    def test_are_hidden_for_good(self, acme: Company) -> None:
        client = self.founded(acme)
        link = 'href="/o/fresh/first-steps/"'
        assert link in client.get("/o/fresh/targets/").content.decode()
        client.post("/o/fresh/first-steps/hide/")
        assert link not in client.get("/o/fresh/targets/").content.decode()


def _counts(organization: Organization) -> dict[str, int]:
    with tenant(organization):
        return {
            "deals": Deal.objects.count(),
            "members": Member.objects.count(),
            "channels": Channel.objects.count(),
        }
