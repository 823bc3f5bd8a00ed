"""What the runtime role can do in plain SQL: an attacker with an injection, in a tenant or in none."""

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from accounts.database import TenantForeignKey
from accounts.models import AuditEntry, TenantModel
from accounts.tenancy import tenant
from ledger.models import DealChange
from tests.architecture.catalog import tables_of, tenant_models
from tests.architecture.conftest import World, fingerprint

TENANT_MODELS = tenant_models()
each_tenant_model = pytest.mark.parametrize("model", TENANT_MODELS, ids=tables_of(TENANT_MODELS))
APPEND_ONLY = (AuditEntry, DealChange)
REFUSED = psycopg.errors.InsufficientPrivilege


def run(sql: str, *parameters: Any) -> Any:
    """The rows, the number of rows changed, or the error's class."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall() if cursor.description else cursor.rowcount
    except DatabaseError as error:
        return type(error.__cause__)


def copy_of_own_row(table: str, changes: str) -> str:
    record = f"jsonb_populate_record(NULL::{table}, to_jsonb(t) || {changes})"
    return f"INSERT INTO {table} SELECT ({record}).* FROM {table} t LIMIT 1"


@each_tenant_model
def test_another_tenants_rows_are_out_of_reach(model: type[TenantModel], worlds: tuple[World, World]) -> None:
    acme, rival = worlds
    table, own, other = model._meta.db_table, acme.company.organization, rival.company.organization
    before = fingerprint(rival.company)
    changed = (0, REFUSED)
    with tenant(own):
        assert run(f"SELECT count(*) FROM {table}") != [(0,)], "nothing to compare with"
        assert run(f"SELECT count(*) FROM {table} WHERE organization_id <> %s", own.pk) == [(0,)]
        assert run(f"UPDATE {table} SET organization_id = %s WHERE organization_id = %s", own.pk, other.pk) in changed
        assert run(f"UPDATE {table} SET id = id WHERE id = %s", rival.rows[model].pk) in changed
        assert run(f"UPDATE {table} SET organization_id = %s", other.pk) is REFUSED
        assert run(f"DELETE FROM {table} WHERE organization_id = %s", other.pk) in changed
        assert run(f"DELETE FROM {table} WHERE id = %s", rival.rows[model].pk) in changed
        given = f"""'{{"organization_id": {other.pk}, "id": 4000000}}'"""
        assert run(copy_of_own_row(table, given)) is REFUSED
        assert run(f"{copy_of_own_row(table, given)} ON CONFLICT DO NOTHING") is REFUSED
        assert run(f"SELECT 1 FROM {table} WHERE organization_id = %s FOR SHARE", other.pk) in ([], REFUSED)
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} (organization_id) TO STDOUT") as copy:
            assert {bytes(row) for row in copy} == {f"{own.pk}\n".encode()}
        assert run(f"COPY {table} FROM STDIN") in (psycopg.errors.FeatureNotSupported, REFUSED)
    assert fingerprint(rival.company) == before


@each_tenant_model
def test_without_a_tenant_there_is_nothing(model: type[TenantModel], worlds: tuple[World, World]) -> None:
    acme, rival = worlds
    table = model._meta.db_table
    before = fingerprint(acme.company), fingerprint(rival.company)
    assert run(f"SELECT count(*) FROM {table}") == [(0,)]
    assert run(f"UPDATE {table} SET id = id") in (0, REFUSED)
    assert run(f"DELETE FROM {table}") in (0, REFUSED)
    columns = f"""jsonb_populate_record(NULL::{table}, '{{"organization_id": {acme.company.organization.pk}}}')"""
    assert run(f"INSERT INTO {table} SELECT ({columns}).*") is REFUSED
    assert (fingerprint(acme.company), fingerprint(rival.company)) == before


@each_tenant_model
def test_the_table_itself_is_out_of_reach(model: type[TenantModel], worlds: tuple[World, World]) -> None:
    table = model._meta.db_table
    for sql in (
        f"TRUNCATE {table}",
        f"TRUNCATE {table} CASCADE",
        f"DROP TABLE {table} CASCADE",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} OWNER TO CURRENT_USER",
        f"ALTER TABLE {table} ADD COLUMN extra int",
        f"CREATE POLICY everything ON {table} USING (true)",
        f"CREATE INDEX ON {table} (id)",
        f"CREATE TRIGGER spy AFTER INSERT ON {table} EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"SET LOCAL row_security = off; SELECT count(*) FROM {table}",
    ):
        assert run(sql) is REFUSED, sql


@each_tenant_model
def test_a_reference_to_another_tenants_row_is_refused_at_once(
    model: type[TenantModel], worlds: tuple[World, World]
) -> None:
    acme, rival = worlds
    table = model._meta.db_table
    with tenant(acme.company.organization):
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                target: Any = field.related_model
                foreign = rival.rows[target].pk
                if model in APPEND_ONLY:
                    sql = copy_of_own_row(table, f"""'{{"{field.column}": {foreign}, "id": 4000000}}'""")
                else:
                    sql = f"UPDATE {table} SET {field.column} = {foreign}"
                assert run(sql) is psycopg.errors.ForeignKeyViolation, field


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("CREATE TABLE public.mine (id int)", id="a-table-of-its-own"),
        pytest.param("CREATE VIEW public.mine AS SELECT 1", id="a-view"),
        pytest.param("CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", id="a-function"),
        pytest.param("CREATE SCHEMA mine", id="a-schema"),
        pytest.param("CREATE ROLE mine SUPERUSER", id="a-role"),
        pytest.param("ALTER ROLE CURRENT_USER BYPASSRLS", id="bypassing-for-itself"),
        pytest.param("SELECT rolpassword FROM pg_authid", id="password-hashes"),
        pytest.param("SELECT pg_read_file('PG_VERSION')", id="a-file-of-the-server"),
        pytest.param("COPY (SELECT 1) TO PROGRAM 'true'", id="a-program"),
        pytest.param("SELECT setval('accounts_member_id_seq', 1)", id="a-sequence-set-back"),
        pytest.param("DELETE FROM accounts_organization", id="no-organization-is-ever-deleted"),
        pytest.param("DELETE FROM django_migrations", id="migrations"),
        pytest.param("UPDATE auth_permission SET name = ''", id="permissions"),
    ],
)
def test_refused(sql: str, worlds: tuple[World, World]) -> None:
    assert run(sql) is REFUSED


def test_it_becomes_nobody_else(worlds: tuple[World, World]) -> None:
    for (name,) in run("SELECT rolname FROM pg_roles WHERE rolname <> current_user AND rolname !~ '^pg_'"):
        assert run(f'SET LOCAL ROLE "{name}"') is REFUSED, name
        assert run(f'SET LOCAL SESSION AUTHORIZATION "{name}"') is REFUSED, name
    assert run("SELECT count(*) FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')") == [(1,)]


def test_another_organizations_settings_stay(worlds: tuple[World, World]) -> None:
    acme, rival = worlds
    with tenant(acme.company.organization):
        assert run("UPDATE accounts_organization SET name = 'x' WHERE id = %s", rival.company.organization.pk) == 0
        assert run("UPDATE accounts_organization SET id = 4000000") in (REFUSED, psycopg.errors.ForeignKeyViolation)


def test_audit_rows_are_added_and_read_but_not_changed(worlds: tuple[World, World]) -> None:
    with tenant(worlds[0].company.organization):
        assert AuditEntry.objects.filter(subject="accounts.member").exists()
        assert run("UPDATE accounts_auditentry SET new = '1'") is REFUSED
        assert run("DELETE FROM accounts_auditentry") is REFUSED
        assert run("SELECT 1 FROM accounts_auditentry FOR UPDATE") is REFUSED


def test_statistics_tell_nothing(worlds: tuple[World, World]) -> None:
    names = ["accounts_organization", *tables_of(TENANT_MODELS)]
    assert run("SELECT count(*) FROM pg_stats WHERE tablename = ANY(%s)", names) == [(0,)]
