"""An organization that asks its admins for a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, Organization
from accounts.tenancy import tenant
from tests.accounts.factors import APP, INDEX, add_passkey, set_up_app, signed_in, text
from tests.conftest import Company


@pytest.fixture
def strict(acme: Company) -> Company:
    """Acme, which asks."""
    ask(acme)
    return acme


def ask(company: Company, *, asks: bool = True) -> None:
    with tenant(company.organization):
        Organization.objects.filter(pk=company.organization.pk).update(admins_need_second_factor=asks)


def pages(client: Client, company: Company) -> list[int]:
    return [client.get(company.url(path)).status_code for path in ("targets/", "imports/", "home/goals/")]


def test_an_admin_without_one_sets_it_up_first_and_then_goes_on(strict: Company) -> None:
    client = signed_in(strict.admin)
    response = client.get(strict.url("targets/"))
    assert (response.status_code, response["Location"]) == (302, INDEX)
    assert "asks its admins for a second factor" in text(client.get(INDEX).content)
    set_up_app(client)
    assert f'href="{strict.url()}"' in client.get(INDEX).content.decode()
    assert pages(client, strict) == [200, 200, 200]
    assert strict.organization.name not in text(client.get(INDEX).content), "said once"


def test_no_page_of_the_organization_opens_before(strict: Company) -> None:
    assert pages(strict.client(strict.admin), strict) == [302, 302, 302]


def test_nothing_is_written_before(strict: Company) -> None:
    response = strict.client(strict.admin).post(strict.url("targets/cell/"), {"aim": "5"})
    assert (response.status_code, response["Location"]) == (302, INDEX)


def test_htmx_leaves_the_page(strict: Company) -> None:
    response = strict.client(strict.admin).get(strict.url("targets/"), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (200, INDEX)


def test_a_passkey_counts_and_recovery_codes_alone_do_not(strict: Company) -> None:
    client = strict.client(strict.admin)
    codes = Authenticator.objects.create(
        user=strict.admin.user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0}
    )
    assert pages(client, strict) == [302, 302, 302]
    codes.delete()
    add_passkey(strict.admin)
    assert pages(client, strict) == [200, 200, 200]


def test_managers_and_salespeople_are_not_asked(strict: Company) -> None:
    assert pages(strict.client(strict.manager), strict) == [200, 200, 200]
    assert strict.client(strict.seller).get(strict.url("home/goals/")).status_code == 200


def test_other_organizations_are_open(strict: Company, rival: Company) -> None:
    with tenant(rival.organization):
        Member.objects.filter(pk=rival.seller.pk).update(user=strict.admin.user)
    assert strict.client(strict.admin).get(rival.url("home/goals/")).status_code == 200


def test_asked_from_the_next_request_on(acme: Company) -> None:
    client = acme.client(acme.admin)
    before = client.get(acme.url("targets/")).status_code
    ask(acme)
    assert (before, client.get(acme.url("targets/")).status_code) == (200, 302)


class TestTheLastOne:
    def test_stays(self, strict: Company) -> None:
        client = signed_in(strict.admin)
        set_up_app(client)
        client.post(APP + "remove/")
        assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
        assert "Set up another one first." in text(client.get(INDEX).content)

    def test_a_passkey_stays_too(self, strict: Company) -> None:
        client, passkey = signed_in(strict.admin), add_passkey(strict.admin)
        client.post(f"/accounts/passkeys/{passkey.pk}/remove/")
        assert Authenticator.objects.filter(pk=passkey.pk).exists()

    def test_one_of_two_may_go(self, strict: Company) -> None:
        client = signed_in(strict.admin)
        set_up_app(client)
        add_passkey(strict.admin)
        client.post(APP + "remove/")
        assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
        assert pages(client, strict) == [200, 200, 200]

    def test_goes_where_nobody_asks(self, acme: Company) -> None:
        client = signed_in(acme.admin)
        set_up_app(client)
        client.post(APP + "remove/")
        assert not Authenticator.objects.exists()

    def test_goes_for_those_who_are_not_asked(self, strict: Company) -> None:
        client = signed_in(strict.manager)
        set_up_app(client)
        client.post(APP + "remove/")
        assert not Authenticator.objects.exists()


def test_asking_for_it_costs_nobody_a_query(acme: Company) -> None:
    add_passkey(acme.admin)

    def queries(member: Member) -> int:
        client = acme.client(member)
        client.get(acme.url("home/goals/"))
        with CaptureQueriesContext(connection) as captured:
            client.get(acme.url("home/goals/"))
        return len(captured)

    admin, manager = queries(acme.admin), queries(acme.manager)
    ask(acme)
    assert (queries(acme.admin), queries(acme.manager)) == (admin, manager)
