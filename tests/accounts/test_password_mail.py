"""A forgotten password, from the sign-in page over a real mail server to the new one."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import OutboxJob, User
from tests.conftest import HOSTILE, PASSWORD, Company
from tests.jobs import do_jobs
from tests.mail import Mailbox

EMAIL, NEW = "seller@acme.example", "quite another one"


def signed_in_with(email: str, password: str) -> bool:
    return Client().post("/accounts/login/", {"login": email, "password": password}).status_code == 302


def ask(email: str) -> tuple[int, str]:
    response = Client().post("/accounts/password/reset/", {"email": email})
    return response.status_code, response["Location"]


def test_a_letter_leads_to_a_new_password(acme: Company, mailbox: Mailbox) -> None:
    ask(EMAIL)
    do_jobs()
    client = Client()
    form = client.get(mailbox.only().link())["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert mailbox.letters[0].to == [EMAIL]
    assert (signed_in_with(EMAIL, PASSWORD), signed_in_with(EMAIL, NEW)) == (False, True)


def test_a_second_letter_says_that_it_happened(acme: Company, mailbox: Mailbox) -> None:
    ask(EMAIL)
    do_jobs()
    client = Client()
    form = client.get(mailbox.only().link())["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert mailbox.letters[1].subject == "Your Headway password was changed"
    assert "choose a new password at once" in mailbox.letters[1].text


def test_the_letter_is_plain_and_leads_to_our_own_site(acme: Company, mailbox: Mailbox) -> None:
    Client(HTTP_HOST="localhost").post("/accounts/password/reset/", {"email": EMAIL})
    do_jobs()
    letter = mailbox.only()
    assert letter.subject == "Choose a new password for Headway"
    assert f"{settings.SITE_URL}/accounts/password/reset/key/" in letter.text, "whatever host the request named"
    assert HOSTILE in letter.text, "a plain text needs no escaping"


def test_an_unknown_address_gets_the_same_answer_and_the_same_work_but_no_letter(
    acme: Company, mailbox: Mailbox
) -> None:
    known, jobs = ask(EMAIL), OutboxJob.objects.count()
    unknown = ask("nobody@acme.example")
    assert known == unknown
    assert OutboxJob.objects.count() == 2 * jobs, "the answer takes as long"
    do_jobs()
    assert mailbox.only().to == [EMAIL]


def test_a_login_switched_off_gets_no_letter(acme: Company, mailbox: Mailbox) -> None:
    ask(EMAIL)
    User.objects.filter(email=EMAIL).update(is_active=False)
    do_jobs()
    assert mailbox.letters == []


def test_a_mail_server_that_is_away_fails_nothing(acme: Company, settings_without_mail: None) -> None:
    client = acme.client(acme.seller)
    changed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", changed).status_code == 302
    assert signed_in_with(EMAIL, NEW)
    ask(EMAIL)
    do_jobs()
    assert OutboxJob.objects.count() == 1, "the letter waits"


@pytest.fixture
def settings_without_mail(settings: object, mailbox: Mailbox) -> None:
    """A mail server that nobody answers at."""
    setattr(settings, "EMAIL_PORT", 1)  # noqa: B010  # the fixture has no type
