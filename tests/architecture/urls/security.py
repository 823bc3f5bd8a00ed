"""A person's own account: second factors, passkeys, devices. Signed in long ago, most of it first asks who it is."""

from tests.architecture.urls.declare import Outside

ASKS_AGAIN = Outside(anonymous=(302, 302), signed_in=(302, 302))

RULES: dict[str, Outside] = {
    "account": Outside(
        anonymous=(302, 302), signed_in=(200, 302), data={"name": "New name"}, changes=("accounts_user",)
    ),
    "account_reauthenticate": Outside(anonymous=(302, 302), signed_in=(200, 200), data={"password": "wrong"}),
    "mfa_reauthenticate": ASKS_AGAIN,
    "mfa_reauthenticate_webauthn": ASKS_AGAIN,
    "mfa_index": Outside(anonymous=(302, 302), signed_in=(200, 405)),
    "mfa_authenticate": ASKS_AGAIN,
    "mfa_activate_totp": ASKS_AGAIN,
    "mfa_deactivate_totp": Outside(anonymous=(302, 302), signed_in=(404, 404)),
    "mfa_view_recovery_codes": Outside(anonymous=(302, 302), signed_in=(404, 405)),
    "mfa_generate_recovery_codes": ASKS_AGAIN,
    "mfa_download_recovery_codes": Outside(anonymous=(302, 302), signed_in=(404, 404)),
    "mfa_list_webauthn": Outside(anonymous=(302, 302), signed_in=(200, 405)),
    "mfa_add_webauthn": ASKS_AGAIN,
    "mfa_login_webauthn": Outside(anonymous=(302, 302), signed_in=(302, 302)),
    "mfa_edit_webauthn": Outside(anonymous=(302, 302), signed_in=(302, 302), path={"pk": "1"}),
    "mfa_remove_webauthn": Outside(anonymous=(302, 302), signed_in=(302, 302), path={"pk": "1"}),
    "usersessions_list": Outside(anonymous=(302, 302), signed_in=(200, 302)),
    "session-end": Outside(anonymous=(405, 302), signed_in=(405, 404), path={"session_id": "1"}),
}
