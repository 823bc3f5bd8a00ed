"""Second factors for tests: made as people make them, through the pages."""

import re
import time
from html import unescape

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from accounts.models import Member, User
from tests.conftest import PASSWORD

LOGIN, INDEX, APP = "/accounts/login/", "/accounts/second-factor/", "/accounts/second-factor/app/"
CODES, CODE = "/accounts/second-factor/codes/", "/accounts/second-factor/sign-in/"


def login_of(member: Member) -> User:
    assert member.user is not None
    return User.objects.get(pk=member.user.pk)


def email_of(member: Member) -> str:
    return login_of(member).email


def code(secret: str, *, steps: int = 0) -> str:
    """What an app shows now, or some half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def signed_in(member: Member, password: str = PASSWORD) -> Client:
    """A browser in which somebody typed address and password."""
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    client.post(LOGIN, {"login": email_of(member), "password": password})
    return client


def set_up_app(client: Client) -> str:
    """Set up an authenticator app in a browser that signed in a moment ago; its secret."""
    page = client.get(APP).content.decode()
    found = re.search(r'class="secret">(\w+)<', page)
    assert found is not None, page
    response = client.post(APP, {"code": code(found[1], steps=-1)})
    assert response.status_code == 302, response.content.decode()
    return found[1]


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", client.get(CODES).content.decode())


def add_passkey(member: Member, name: str = "Laptop") -> Authenticator:
    """A passkey's row; only a browser can use it (tests/browser/test_passkeys.py)."""
    return Authenticator.objects.create(
        user=login_of(member), type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}}
    )


def text(page: bytes) -> str:
    return unescape(page.decode())
