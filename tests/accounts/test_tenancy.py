"""The tenant context: what is visible inside, nothing outside."""

import pytest
from django.db import connection
from django_scopes.exceptions import ScopeError

from accounts.models import Member
from accounts.tenancy import TenantError, current_organization, tenant
from tests.conftest import Company


@pytest.mark.django_db(transaction=True)
class TestTenant:
    def test_inside_only_its_own_rows_exist(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization), connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT organization_id FROM accounts_member")
            assert cursor.fetchall() == [(acme.organization.pk,)]
            assert current_organization() == acme.organization

    def test_outside_a_manager_raises_and_the_database_shows_nothing(self, acme: Company) -> None:
        with pytest.raises(ScopeError):
            Member.objects.count()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM accounts_member")
            assert cursor.fetchone() == (0,)

    def test_another_tenant_inside_is_refused(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization), pytest.raises(TenantError), tenant(rival.organization):
            pass

    def test_reading_only_refuses_writes(self, acme: Company) -> None:
        with pytest.raises(Exception, match="read-only"), tenant(acme.organization, read_only=True):
            acme.seller.save()
