"""A forgotten password, from the sign-in page over a real mail server to the new one."""

from django.test import Client

from tests.conftest import PASSWORD, Company
from tests.mail import Mailbox

NEW = "quite another one"


def signed_in_with(email: str, password: str) -> bool:
    return Client().post("/accounts/login/", {"login": email, "password": password}).status_code == 302


def test_a_letter_leads_to_a_new_password(acme: Company, mailbox: Mailbox) -> None:
    client, email = Client(), "seller@acme.example"
    client.post("/accounts/password/reset/", {"email": email})
    form = client.get(mailbox.only().link())["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    assert mailbox.letters[0].to == [email]
    assert (signed_in_with(email, PASSWORD), signed_in_with(email, NEW)) == (False, True)
