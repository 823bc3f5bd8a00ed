"""Who may do what."""

from accounts.models import Role
from tests.architecture.urls.declare import Site

RULES: dict[str, Site] = {
    "permissions:overview": Site(get=200, least=Role.ADMIN, query="q=a"),
    "permissions:overview-export": Site(get=200, least=Role.ADMIN),
    "permissions:person-detail": Site(
        get=200,
        post=302,
        least=Role.ADMIN,
        path={"member_id": "{other_seller.pk}"},
        data={"team": "{team.pk}"},
        ids=("team",),
    ),
    "permissions:grant-revoke": Site(post=302, least=Role.ADMIN, path={"grant_id": "{teamgrant.pk}"}),
}
