"""The stored secrets of second factors. Global, as logins are, so no organization's audit has it."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.secrets import decrypt, encrypt, is_current


def encrypt_second_factors() -> int:
    """Encrypt anew whatever isn't encrypted with the first key; say how many people's secrets that were.

    One transaction each, so that it may be stopped and begun again. Raises UnreadableSecret.
    """
    changed = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            authenticator = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if authenticator is None:
                continue
            data = {name: _again(name, value) for name, value in authenticator.data.items()}
            if data != authenticator.data:
                Authenticator.objects.filter(pk=pk).update(data=data)
                changed += 1
    return changed


def _again(name: str, value: Any) -> Any:
    """A part of a second factor's data, which is a secret only by these names."""
    if name in ("secret", "seed"):
        return value if is_current(value) else encrypt(decrypt(value))
    if name == "migrated_codes":
        return [each if is_current(each) else encrypt(decrypt(each)) for each in value]
    return value
