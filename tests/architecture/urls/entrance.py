"""Signing in and passwords."""

from tests.architecture.urls.declare import Outside

RULES: dict[str, Outside] = {
    "account_login": Outside(anonymous=(200, 200), signed_in=(302, 302)),
    "account_logout": Outside(anonymous=(302, 302), signed_in=(200, 302)),
    "account_inactive": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "account_change_password": Outside(anonymous=(302, 302), signed_in=(200, 200)),
    "account_reset_password": Outside(anonymous=(200, 200), signed_in=(200, 200)),
    "account_reset_password_done": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "account_reset_password_from_key": Outside(
        anonymous=(200, 200),
        signed_in=(200, 200),
        path={"uidb36": "1", "key": "wrong-key"},
        changes=("account_emailaddress",),
    ),
    "account_reset_password_from_key_done": Outside(anonymous=(200, 405), signed_in=(200, 405)),
}
