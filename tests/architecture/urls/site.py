"""Addresses that belong to no one app."""

from tests.architecture.urls.declare import Outside, Site

RULES: dict[str, Site | Outside] = {
    "home": Outside(anonymous=(302, 405), signed_in=(302, 405)),
    "current-targets": Outside(anonymous=(302, 405), signed_in=(302, 405)),
    "current-goals": Outside(anonymous=(302, 405), signed_in=(302, 405)),
    "organizations": Outside(anonymous=(302, 405), signed_in=(200, 405)),
    "theme": Outside(
        anonymous=(405, 302), signed_in=(405, 302), data={"theme": "dark", "next": "/"}, changes=("accounts_user",)
    ),
    "livez": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "readyz": Outside(anonymous=((200, 503), 405), signed_in=((200, 503), 405)),
    "styleguide": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "overview": Site(get=302),
}
