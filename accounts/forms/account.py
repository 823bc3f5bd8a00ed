"""What people type about their own account. Codes and passkeys are allauth's, in our words."""

import logging
from collections.abc import Mapping
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache
from django.http import HttpRequest

from accounts import services
from accounts.models import User
from accounts.secrets import UnreadableSecret

log = logging.getLogger(__name__)
UNREADABLE = (
    "Codes can't be checked at the moment, whichever you type. It is our fault, and has been noted. "
    "A passkey works, if you have one."
)


class AccountForm(forms.Form):
    """How somebody is addressed, and which letters they want; only who `leads` people gets those."""

    name = forms.CharField(max_length=240, required=False, label="Name")
    target_letters = forms.BooleanField(
        required=False,
        label="A letter a day about targets",
        help_text="When salespeople changed their own targets: who, what, from what to what. None when nobody did.",
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, user: User, leads: bool) -> None:
        super().__init__(data, initial={"name": user.name, "target_letters": user.target_letters})
        if not leads:
            del self.fields["target_letters"]

    def clean_name(self) -> str:
        """Without what can't be stored or seen."""
        return " ".join(str(self.cleaned_data["name"]).replace("\0", "").split())


class ForgottenPasswordForm(ResetPasswordForm):
    """Where the letter goes. A worker sends it: the answer takes as long for an address that nobody has."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Ask for the letter."""
        services.post_password_letter(self.users[0] if self.users else None)
        return str(self.cleaned_data["email"])


class _OnceForm(forms.Form):
    """A code that works once: allauth remembers a used one for 30 seconds, but takes it for longer."""

    def clean_code(self) -> str:
        """Refuse a code that this login has used already."""
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # the forms below bring it
        except UnreadableSecret as error:
            log.exception("The code of somebody could not be checked")
            raise forms.ValidationError(UNREADABLE) from error
        authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP:
            lifetime = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            used = f"used-code:{authenticator.user_id}:{''.join(code.split())}"
            if not cache.add(used, True, timeout=lifetime):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OnceForm, AuthenticateForm):
    """A code at sign-in."""


class ConfirmingCodeForm(_OnceForm, ReauthenticateForm):
    """A code before a change."""


class FirstCodeForm(ActivateTOTPForm):
    """The first code of an app, which shows that it took the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "placeholder": ""}


class PasskeyForm(AddWebAuthnForm):
    """A new passkey. The browser fills `credential`."""

    name = forms.CharField(required=False, max_length=80, label="Name")
    passwordless = forms.BooleanField(
        required=False,
        initial=True,
        label="Sign in with it alone",
        help_text="Without a password. Your device asks for your fingerprint, face or PIN instead.",
    )


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(max_length=80, label="Name")
