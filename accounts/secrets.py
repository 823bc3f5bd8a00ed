"""Secrets of second factors, encrypted where they are stored: a copy of the database alone makes no codes.

Source: docs/deployment.md, "Keys of second factors".
"""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: What is encrypted begins so; what was stored before there was encryption doesn't, since it is letters and digits.
MARK = "fernet:"


class UnreadableSecret(RuntimeError):
    """None of the keys opens it: the one that it was stored with is no longer among the settings."""


def encrypt(text: str) -> str:
    """A secret as it is stored, encrypted with the first key."""
    return MARK + _box(_keys()).encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """A secret from what is stored, with whichever key it was encrypted. Raises UnreadableSecret."""
    if not stored.startswith(MARK):
        return stored
    return _open(stored, _keys())


def is_current(stored: str) -> bool:
    """Whether it is encrypted with the first key."""
    try:
        return stored.startswith(MARK) and bool(_open(stored, _keys()[:1]))
    except UnreadableSecret:
        return False


def _open(stored: str, keys: tuple[str, ...]) -> str:
    try:
        return _box(keys).decrypt(stored.removeprefix(MARK).encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret("No key of SECOND_FACTOR_KEYS or SECRET_KEY opens this secret.") from error


def _keys() -> tuple[str, ...]:
    return (*settings.SECOND_FACTOR_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    """Encrypts with the first of some keys and opens with all. A key may be any long random text."""
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    """A key of its own for this purpose: whoever has it can't sign sessions with it."""
    return urlsafe_b64encode(HKDF(SHA256(), length=32, salt=None, info=b"headway second factor").derive(key.encode()))
