"""How allauth behaves here."""

import logging
import time
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from accounts import secrets
from accounts.models import User

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves yet; people get in through their organization."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That e-mail address and password don't belong together.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
        "incorrect_code": "That code is not right, or it has run out. Type the one that is shown now.",
        "incorrect_password": "That password is not right.",
        "enter_current_password": "That is not your current password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago has just said who they are."""
        request = context.request
        records = get_authentication_records(request, request.user)
        fresh = bool(records) and time.time() - records[-1]["at"] < REAUTHENTICATION_TIMEOUT
        return not fresh and bool(super().is_reauthentication_required(app=app, **kwargs))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A letter that can't leave doesn't fail what it is about, nor give away whose address is known."""
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError):
            log.exception("A letter could not be sent: %s", template_prefix)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names and words of second factors, and how their secrets are stored."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": "Set up an authenticator app or a passkey first.",
    }

    def encrypt(self, text: str) -> str:
        """What is stored of a secret."""
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again, also one that was stored before it was encrypted."""
        return secrets.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002  # allauth's name
        """What a new passkey is called until its owner says otherwise."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}" if count else "My passkey"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The product's name, which a browser shows beside its passkeys."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": "Headway"}
