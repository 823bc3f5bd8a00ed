"""Whoever is demoted or let go loses access at the next request, in a session that is open already."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import services
from accounts.models import Member, Role, User
from accounts.tenancy import tenant
from tests.accounts.factors import email_of
from tests.conftest import Company


def change(company: Company, member: Member, **values: Any) -> None:
    with tenant(company.organization):
        today = company.organization.local_date(timezone.now())
        services.change_member(member, by=company.admin, today=today, **values)


def test_a_role_taken_away_closes_its_pages(acme: Company) -> None:
    client = acme.client(acme.manager)
    before = client.get(acme.url("imports/")).status_code
    change(acme, acme.manager, role=Role.SALESPERSON)
    assert (before, client.get(acme.url("imports/")).status_code) == (200, 403)
    assert ">Import<" not in client.get(acme.url("home/goals/")).content.decode()


def test_a_role_given_opens_them(acme: Company) -> None:
    client = acme.client(acme.seller)
    before = client.get(acme.url("imports/")).status_code
    change(acme, acme.seller, role=Role.MANAGER)
    assert (before, client.get(acme.url("imports/")).status_code) == (403, 200)


def test_a_membership_that_ended_yesterday_finds_nothing(acme: Company) -> None:
    client = acme.client(acme.seller)
    before = client.get(acme.url("home/goals/")).status_code
    yesterday = acme.organization.local_date(timezone.now()) - timedelta(days=1)
    change(acme, acme.seller, active_to=yesterday)
    assert (before, client.get(acme.url("home/goals/")).status_code) == (200, 404)
    assert client.post(acme.url("targets/cell/"), {}).status_code == 404
    assert acme.organization.name not in client.get("/organizations/").content.decode()


def test_the_last_day_counts(acme: Company) -> None:
    client = acme.client(acme.seller)
    change(acme, acme.seller, active_to=acme.organization.local_date(timezone.now()))
    assert client.get(acme.url("home/goals/")).status_code == 200


def test_another_organization_stays_open(acme: Company, rival: Company) -> None:
    with tenant(rival.organization):
        Member.objects.filter(pk=rival.seller.pk).update(user=acme.seller.user)
    client = acme.client(acme.seller)
    change(acme, acme.seller, active_to=acme.organization.local_date(timezone.now()) - timedelta(days=1))
    assert client.get(rival.url("home/goals/")).status_code == 200


def test_a_login_switched_off_is_signed_out(acme: Company) -> None:
    client = acme.client(acme.seller)
    User.objects.filter(email=email_of(acme.seller)).update(is_active=False)
    assert client.get(acme.url("home/goals/"))["Location"].startswith("/accounts/login/")
    htmx = client.get(acme.url("home/goals/"), headers={"HX-Request": "true"})
    assert htmx["HX-Redirect"].startswith("/accounts/login/")
    assert client.get("/accounts/second-factor/").status_code == 302
