"""Secrets of second factors: encrypted where they are stored, readable with earlier keys and from before."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import secrets
from accounts.secrets import MARK, UnreadableSecret
from tests.accounts.factors import CODE, code, login_of, recovery_codes, set_up_app, signed_in, text
from tests.conftest import Company

OLD, NEW = "o" * 40, "n" * 40


def stored(company: Company) -> dict[str, Any]:
    """{type: data} of the seller's second factors."""
    return dict(Authenticator.objects.filter(user=login_of(company.seller)).values_list("type", "data"))


def gets_in(company: Company, typed: str) -> bool:
    client: Client = signed_in(company.seller)
    client.post(CODE, {"code": typed})
    return "_auth_user_id" in client.session


def test_what_is_stored_shows_no_secret(acme: Company) -> None:
    browser = signed_in(acme.seller)
    secret = set_up_app(browser)
    recovery_codes(browser)
    data = stored(acme)
    assert data["totp"]["secret"].startswith(MARK)
    assert secret not in str(data)
    assert data["recovery_codes"]["seed"].startswith(MARK)
    assert gets_in(acme, code(secret))


def test_a_recovery_code_still_lets_in_once(acme: Company) -> None:
    browser = signed_in(acme.seller)
    set_up_app(browser)
    first = recovery_codes(browser)[0]
    assert [gets_in(acme, first), gets_in(acme, first)] == [True, False]


def test_two_equal_secrets_are_stored_differently() -> None:
    assert secrets.encrypt("ABC") != secrets.encrypt("ABC")


def test_a_secret_from_before_still_works_and_is_encrypted_by_the_command(acme: Company, capsys: Any) -> None:
    browser = signed_in(acme.seller)
    secret = set_up_app(browser)
    Authenticator.objects.filter(type="totp").update(data={"secret": secret})
    assert gets_in(acme, code(secret))
    call_command("encrypt_second_factors")
    assert "1 second factors encrypted anew." in capsys.readouterr().out
    assert stored(acme)["totp"]["secret"].startswith(MARK)
    assert secrets.decrypt(stored(acme)["totp"]["secret"]) == secret


def test_recovery_codes_brought_from_elsewhere_are_encrypted_too(acme: Company) -> None:
    data = {"migrated_codes": ["11111111", "22222222"], "used_mask": 0}
    Authenticator.objects.create(user=login_of(acme.seller), type="recovery_codes", data=data)
    call_command("encrypt_second_factors")
    kept = stored(acme)["recovery_codes"]
    assert [secrets.decrypt(each) for each in kept["migrated_codes"]] == data["migrated_codes"]
    assert all(each.startswith(MARK) for each in kept["migrated_codes"])
    assert kept["used_mask"] == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, {"SECOND_FACTOR_KEYS": [NEW]}, id="a-key-of-its-own"),
        pytest.param({"SECOND_FACTOR_KEYS": [OLD]}, {"SECOND_FACTOR_KEYS": [NEW, OLD]}, id="the-next-key"),
        pytest.param(
            {"SECRET_KEY": OLD}, {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": [OLD]}, id="another-key-of-the-site"
        ),
    ],
)
def test_keys_are_changed_without_locking_anybody_out(
    settings: Any, db: None, before: dict[str, Any], after: dict[str, Any]
) -> None:
    for name, value in before.items():
        setattr(settings, name, value)
    kept = secrets.encrypt("ABC")
    for name, value in after.items():
        setattr(settings, name, value)
    assert secrets.decrypt(kept) == "ABC"
    assert not secrets.is_current(kept)
    assert secrets.is_current(secrets.encrypt(secrets.decrypt(kept)))


def test_after_the_command_the_old_key_is_needed_no_more(acme: Company, settings: Any) -> None:
    settings.SECOND_FACTOR_KEYS = [OLD]
    browser = signed_in(acme.seller)
    secret = set_up_app(browser)
    codes = recovery_codes(browser)
    settings.SECOND_FACTOR_KEYS = [NEW, OLD]
    call_command("encrypt_second_factors")
    once = stored(acme)
    call_command("encrypt_second_factors")
    assert stored(acme) == once
    settings.SECOND_FACTOR_KEYS = [NEW]
    assert gets_in(acme, code(secret))
    assert gets_in(acme, codes[0])


def test_without_its_key_nobody_gets_in_and_nothing_is_changed(acme: Company, settings: Any) -> None:
    settings.SECOND_FACTOR_KEYS = [OLD]
    set_up_app(signed_in(acme.seller))
    before = stored(acme)
    settings.SECOND_FACTOR_KEYS = [NEW]
    browser = signed_in(acme.seller)
    answer = browser.post(CODE, {"code": "123456"})
    assert answer.status_code == 200
    assert "Codes can't be checked at the moment" in text(answer.content)
    assert "That code is not right" not in text(answer.content)
    with pytest.raises(CommandError, match="Put the earlier key back"):
        call_command("encrypt_second_factors")
    assert stored(acme) == before


@pytest.mark.parametrize("forged", [MARK, f"{MARK}x", f"{MARK}gAAAAA", f"{MARK}{'A' * 120}"])
def test_what_no_key_made_is_not_opened(forged: str) -> None:
    with pytest.raises(UnreadableSecret):
        secrets.decrypt(forged)
