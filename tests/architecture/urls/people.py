"""People and invitations."""

from accounts.models import Role
from tests.architecture.urls.declare import Outside, Site

PERSON = {"member_id": "{other_seller.pk}"}
RULES: dict[str, Site | Outside] = {
    "people:member-list": Site(get=200, least=Role.ADMIN, query="q=a&team={team.pk}"),
    "people:member-export": Site(get=200, least=Role.ADMIN, query="q=a&team={team.pk}"),
    "people:member-add": Site(
        get=200,
        post=302,
        least=Role.ADMIN,
        data={"name": "Somebody new", "role": "salesperson", "team": "{team.pk}"},
        ids=("team",),
    ),
    "people:member-detail": Site(
        get=200,
        post=302,
        least=Role.ADMIN,
        path=PERSON,
        data={"name": "{other_seller.name} new", "role": "manager", "seen": "{}"},
    ),
    "people:member-leave": Site(post=302, least=Role.ADMIN, path=PERSON),
    "people:member-return": Site(post=302, least=Role.ADMIN, path=PERSON),
    "people:login-give": Site(
        get=302, post=422, least=Role.ADMIN, path=PERSON, data={"email": "new@somewhere.example", "role": "manager"}
    ),
    "people:invitation-list": Site(get=200, least=Role.ADMIN),
    "people:invitation-add": Site(
        get=200,
        post=302,
        least=Role.ADMIN,
        data={"people": "new@somewhere.example", "role": "manager", "team": "{team.pk}"},
        ids=("team",),
        changes=("accounts_outboxjob",),
    ),
    "people:invitation-resend": Site(
        post=302, least=Role.ADMIN, path={"invitation_id": "{invitation.pk}"}, changes=("accounts_outboxjob",)
    ),
    "people:invitation-revoke": Site(post=302, least=Role.ADMIN, path={"invitation_id": "{invitation.pk}"}),
    "first-steps": Site(get=200, least=Role.ADMIN),
    "first-steps-hide": Site(post=302, least=Role.ADMIN),
    "sample-load": Site(post=302, least=Role.ADMIN),
    "sample-remove": Site(post=302, least=Role.ADMIN),
    "sign-up": Outside(anonymous=(200, 422), signed_in=(200, 422)),
    "sign-up-sent": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "sign-up-confirm": Outside(anonymous=(410, 410), signed_in=(410, 410), path={"token": "no-such-token"}),
    "join": Outside(anonymous=(410, 410), signed_in=(410, 410), path={"slug": "acme", "token": "no-such-token"}),
}
