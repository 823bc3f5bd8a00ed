"""Django's admin: who gets in, one organization at a time, and nothing changed but through services."""

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as configured
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import AuditEntry, Organization, OutboxJob, TenantModel, User
from accounts.services import outbox
from accounts.tenancy import tenant
from config.checks import role_faults
from ledger.models import Deal
from tests.accounts.factors import code
from tests.architecture.filling import fill
from tests.conftest import PASSWORD, Company
from tests.ledger.rows import store

pytestmark = pytest.mark.django_db(transaction=True)


class Operators:
    """The operators' process: its settings and its database role, with one operator and two companies."""

    def __init__(self, acme: Company, rival: Company) -> None:
        self.acme, self.rival = acme, rival
        self.user = User.objects.create_user("ops@headway.example", PASSWORD, is_staff=True)
        self.secret = generate_totp_secret()
        TOTP.activate(self.user, self.secret)
        self.plain = User.objects.create_user("new@headway.example", PASSWORD, is_staff=True)

    def client(self, user: User | None = None) -> Client:
        """A browser of somebody who typed address and password, and a code where one is asked for."""
        client = Client()
        answer = client.post(reverse("account_login"), {"login": (user or self.user).email, "password": PASSWORD})
        if answer["Location"].startswith(reverse("mfa_authenticate")):
            client.post(reverse("mfa_authenticate"), {"code": code(self.secret)})
        return client

    def inside(self, company: Company) -> Client:
        """The operator's browser, looking into a company."""
        client = self.client()
        client.post(reverse("organization-enter"), {"enter": company.organization.pk})
        return client


@pytest.fixture
def operators(acme: Company, rival: Company, settings: Any) -> Iterator[Operators]:
    for company in (acme, rival):
        store(company, {"number": f"{company.organization.slug}-1", "member": "", "customer": "A customer"})
        with tenant(company.organization):
            fill(company.organization)
    outbox.enqueue("ledger.tasks.clean_import_files")
    made = Operators(acme, rival)
    for name, value in configured.OPERATORS.items():
        setattr(settings, name, value)
    connection.close()
    known, url = connections["default"].settings_dict, urlsplit(os.environ["DATABASE_ADMIN_URL"])
    before = {name: known[name] for name in ("USER", "PASSWORD")}
    known |= {"USER": url.username, "PASSWORD": url.password}
    yield made
    connection.close()
    known |= before


def admin_pages() -> Iterator[str]:
    """The lists of every table, by the names of their addresses."""
    from config.operators import pages

    for model in pages.site._registry:
        yield f"admin:{model._meta.app_label}_{model._meta.model_name}"


def of_tenants(name: str) -> bool:
    from django.apps import apps

    return issubclass(apps.get_model(name.removeprefix("admin:").replace("_", ".")), TenantModel)


def walk(patterns: list[Any], route: str = "") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, route + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield route + str(each.pattern), each


class TestWhoGetsIn:
    def test_the_anonymous_and_those_without_a_second_factor_see_no_address_of_it(self, operators: Operators) -> None:
        free = ("accounts/", "home/", "jsi18n/", "livez", "readyz", "logout/")
        addresses = [
            "/" + route.replace("<path:object_id>", "1").replace("<int:content_type_id>/<path:object_id>", "1/1")
            for route, _ in walk(get_resolver().url_patterns)
            if not route.startswith(free) and "(?P" not in route and "<int" not in route
        ]
        assert len(addresses) > 60
        manager = operators.acme.client(operators.acme.admin)
        nobody, halfway = Client(), operators.client(operators.plain)
        for address in addresses:
            for method in ("get", "post"):
                asked = getattr(nobody, method)(address)
                assert asked.status_code in (302, 405), address
                assert "/login/" in asked.headers.get("Location", "/login/"), address
                for client in (manager, halfway):
                    answer = getattr(client, method)(address, follow=True)
                    assert answer.status_code in (403, 405), address
                    assert b"rival" not in answer.content

    def test_staff_with_a_second_factor_are_in(self, operators: Operators) -> None:
        assert operators.client().get(reverse("admin:index")).status_code == 200

    def test_a_session_without_the_code_is_not_enough(self, operators: Operators) -> None:
        client = Client()
        client.force_login(operators.user)
        assert client.get(reverse("admin:index"), follow=True).status_code == 403

    def test_guessing_is_limited(self, operators: Operators) -> None:
        client = Client()
        said = [
            client.post(reverse("account_login"), {"login": operators.user.email, "password": f"guess {number}"})
            for number in range(12)
        ]
        assert b"Too many" in said[-1].content

    def test_the_product_is_not_served_here(self, operators: Operators) -> None:
        assert operators.client().get(operators.acme.url("targets/")).status_code == 404


class TestOneOrganization:
    def test_without_a_choice_no_table_of_an_organization_is_shown(self, operators: Operators) -> None:
        client = operators.client()
        for name in admin_pages():
            expected = 403 if of_tenants(name) else 200
            assert client.get(reverse(f"{name}_changelist")).status_code == expected, name

    def test_every_list_and_row_shows_the_chosen_one_alone(self, operators: Operators) -> None:
        client = operators.inside(operators.acme)
        for name in admin_pages():
            page = client.get(reverse(f"{name}_changelist"), {"q": ""})
            assert page.status_code == 200, name
            if not of_tenants(name):
                continue
            assert "rival" not in page.content.decode(), name
            rows = list(page.context["cl"].result_list)
            assert rows, name
            detail = client.get(reverse(f"{name}_change", args=[rows[0].pk])).content.decode()
            assert "rival" not in detail, name
            assert "<script>alert" not in detail, name

    def test_a_foreign_row_is_not_there(self, operators: Operators) -> None:
        client = operators.inside(operators.acme)
        with tenant(operators.rival.organization):
            foreign = Deal.objects.get()
        answer = client.get(reverse("admin:ledger_deal_change", args=[foreign.pk]), follow=True)
        assert foreign.number not in answer.content.decode().replace(f"“{foreign.pk}”", "")

    def test_search_by_number_and_by_date(self, operators: Operators) -> None:
        client = operators.inside(operators.acme)
        address = reverse("admin:ledger_deal_changelist")
        assert client.get(address, {"q": "acme-1"}).context["cl"].result_count == 1
        assert client.get(address, {"q": "rival-1"}).context["cl"].result_count == 0
        assert client.get(address, {"date__year": "2026"}).context["cl"].result_count >= 1

    def test_leaving(self, operators: Operators) -> None:
        client = operators.inside(operators.acme)
        assert operators.acme.organization.slug in client.get(reverse("admin:index")).content.decode()
        client.post(reverse("organization-leave"))
        assert client.get(reverse("admin:ledger_deal_changelist")).status_code == 403

    @pytest.mark.parametrize("number", ["", "0", "x", "99999999", "-1"])
    def test_an_organization_that_is_not_there(self, operators: Operators, number: str) -> None:
        assert operators.client().post(reverse("organization-enter"), {"enter": number}).status_code == 404

    def test_ten_more_rows_cost_no_query(self, operators: Operators) -> None:
        client = operators.inside(operators.acme)
        counts = []
        for more in (0, 10):
            self._add(operators, more)
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("admin:ledger_deal_changelist"))
            counts.append(len(captured))
        assert counts[0] == counts[1]

    def _add(self, operators: Operators, count: int) -> None:
        """As the product's role."""
        known = connections["default"].settings_dict
        mine = {name: known[name] for name in ("USER", "PASSWORD")}
        url = urlsplit(os.environ["DATABASE_URL"])
        connection.close()
        known |= {"USER": url.username, "PASSWORD": url.password}
        for number in range(count):
            store(operators.acme, {"number": f"more-{number}", "customer": f"c{number}", "member": "acme manager"})
        connection.close()
        known |= mine


class TestWhatOperatorsMayDo:
    def test_records_are_read_only(self, operators: Operators) -> None:
        client = operators.inside(operators.acme)
        for name in admin_pages():
            rows = client.get(reverse(f"{name}_changelist")).context["cl"].result_list
            row = next((row for row in rows if row != operators.acme.organization), None)
            assert client.post(reverse(f"{name}_add"), {"name": "x"}).status_code == 403, name
            if row is not None:
                assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403, name
                assert client.post(reverse(f"{name}_change", args=[row.pk]), {"name": "x"}).status_code == 403, name
                data = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
                client.post(reverse(f"{name}_changelist"), data)
                assert type(row)._base_manager.filter(pk=row.pk).exists() or of_tenants(name), name

    def test_the_chosen_organization_is_changed_through_its_service(self, operators: Operators) -> None:
        client = operators.inside(operators.acme)
        organization = operators.acme.organization
        address = reverse("admin:accounts_organization_change", args=[organization.pk])
        data = {"name": "Acme & Sons", "time_zone": "Europe/Berlin", "language": "en", "holiday_country": ""}
        answer = client.post(address, data | {"holiday_region": "", "slug": "stolen"})
        assert answer.status_code == 302, answer.content.decode()
        organization.refresh_from_db()
        assert (organization.name, organization.time_zone, organization.slug) == (
            "Acme & Sons",
            "Europe/Berlin",
            "acme",
        )
        with tenant(organization):
            fields = set(AuditEntry.objects.filter(subject="accounts.organization").values_list("field", flat=True))
        assert {"name", "time_zone"} <= fields
        other = reverse("admin:accounts_organization_change", args=[operators.rival.organization.pk])
        assert client.post(other, data).status_code == 403
        assert client.post(address, data | {"time_zone": "Mars/Crater"}).status_code == 200
        assert Organization.objects.get(pk=organization.pk).time_zone == "Europe/Berlin"

    def test_logins_are_locked_and_unlocked_but_never_ones_own(self, operators: Operators) -> None:
        client = operators.client()
        address = reverse("admin:accounts_user_changelist")
        chosen = [operators.acme.seller.user_id or 0, operators.user.pk]
        client.post(address, {"action": "lock", "_selected_action": chosen})
        assert [User.objects.get(pk=pk).is_active for pk in chosen] == [False, True]
        client.post(address, {"action": "unlock", "_selected_action": chosen})
        assert User.objects.get(pk=chosen[0]).is_active

    def test_a_job_is_tried_again(self, operators: Operators) -> None:
        job = OutboxJob.objects.get()
        OutboxJob.objects.update(attempts=outbox.MOST_ATTEMPTS, problem="No disk")
        client = operators.client()
        address = reverse("admin:accounts_outboxjob_changelist")
        assert client.get(address, {"state": "given-up"}).context["cl"].result_count == 1
        assert client.get(address, {"state": "failing"}).context["cl"].result_count == 0
        client.post(address, {"action": "try_again", "_selected_action": job.pk})
        assert OutboxJob.objects.get().attempts == 0


class TestItsDatabaseRole:
    def test_it_sees_and_writes_little(self, operators: Operators) -> None:
        assert role_faults(connection) == []
        for statement in (
            "UPDATE accounts_user SET is_staff = true",
            "INSERT INTO accounts_user (email) VALUES ('x@example.com')",
            "UPDATE ledger_deal SET net = 1",
            "DELETE FROM ledger_deal",
            "DELETE FROM accounts_auditentry",
            "UPDATE accounts_auditentry SET why = ''",
            "INSERT INTO accounts_outboxjob (task) VALUES ('x')",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_deal")
            assert cursor.fetchone() == (0,), "no organization, no row"
