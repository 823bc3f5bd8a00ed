"""Constraints that migrations carry, and the role they are made as."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import TeamManager
from accounts.tenancy import tenant
from config.checks import refuse_unsafe_role, role_faults, runtime_role
from config.owner import owner_connection
from tests.conftest import Company

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


FORCED = ["accounts_teammanager", "accounts_member"]


def statements() -> list[str]:
    """What a migration that adds the key runs."""
    added: Any = next(each for each in TeamManager._meta.constraints if each.name == "accounts_teammanager_member_fk")
    return [str(each) for each in added.statements(TeamManager, connections["owner"].schema_editor())]


def run(sql: list[str]) -> None:
    """As the owner, all or nothing."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for each in sql:
            cursor.execute(each)


def test_a_key_added_later_checks_the_rows_that_stand_there(acme: Company, rival: Company) -> None:
    """Forced security would hide them from the owner who adds it, and the key would be valid unseen."""
    with tenant(acme.organization):
        team, member = acme.team.pk, rival.manager.pk
    run(["ALTER TABLE accounts_teammanager DROP CONSTRAINT accounts_teammanager_member_fk"])
    with tenant(acme.organization):
        bad = TeamManager.objects.create(organization=acme.organization, team_id=team, member_id=member)
    with pytest.raises(IntegrityError):
        run(statements())
    with tenant(acme.organization):
        bad.delete()
    run(statements())
    with connection.cursor() as cursor:
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname IN (%s, %s)", FORCED)
        assert cursor.fetchall() == [(True,), (True,)]


def test_the_owner_is_held_by_the_policies_too(acme: Company) -> None:
    with owner_connection() as owner:
        assert owner.execute("SELECT count(*) FROM accounts_member").fetchone() == (0,)


def test_the_owner_can_migrate_again(acme: Company) -> None:
    call_command("migrate", verbosity=0)
    call_command("migrate", "--plan", verbosity=0)
    assert role_faults(connection) == []


class TestRole:
    def test_the_runtime_role_is_accepted(self) -> None:
        assert runtime_role(databases=["default"]) == []
        assert runtime_role(databases=["owner"]) == []

    def test_an_owner_of_tables_is_refused(self) -> None:
        faults = role_faults(connections["owner"])
        assert "owns tables, or may become the role that does" in faults
        assert "may create tables" in faults
        assert "may truncate tables" in faults

    def test_it_is_refused_at_its_first_connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        owner = connections["owner"]
        owner.ensure_connection()
        monkeypatch.setattr(owner, "alias", "default")
        with pytest.raises(Exception, match="owns tables"):
            refuse_unsafe_role(sender=None, connection=owner)
        assert owner.connection is None
