"""Every table: a tenant's, with all three locks, or on the list of global ones."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, models
from django_scopes.exceptions import ScopeError

from accounts.database import TenantForeignKey, TenantManager
from accounts.models import TenantModel
from config.checks import role_faults
from tests.architecture.catalog import GLOBAL, OTHER_INDEXES, OTHER_POLICIES, every_model, tables_of, tenant_models

CONDITION = "(organization_id = (NULLIF(current_setting('app.organization'::text, true), ''::text))::bigint)"
TENANT_MODELS = tenant_models()
each_tenant_model = pytest.mark.parametrize("model", TENANT_MODELS, ids=tables_of(TENANT_MODELS))
pytestmark = pytest.mark.django_db


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def test_every_model_has_an_organization_or_a_reason() -> None:
    without = {model._meta.db_table for model in every_model() if not issubclass(model, TenantModel)}
    with_it = {
        model._meta.db_table
        for model in every_model()
        if any(field.attname == "organization_id" for field in model._meta.local_concrete_fields)
    }
    assert without - set(GLOBAL) == set(), "no organization, and no reason in tests/architecture/catalog.py"
    assert with_it == set(tables_of(TENANT_MODELS)), "an organization, but not a TenantModel"


def test_every_table_belongs_to_a_model() -> None:
    found = {
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p', 'v', 'm', 'f')"
        )
    }
    assert found - {model._meta.db_table for model in every_model()} == {"django_migrations"}


def test_the_tables_are_what_the_models_say() -> None:
    """All that is asked of the database here holds for the models too."""
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_no_entry_of_the_lists_is_stale() -> None:
    tables = {name for (name,) in rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")}
    policies = {name for (name,) in rows("SELECT policyname FROM pg_policies")}
    assert set(GLOBAL) - tables == set()
    assert set(GLOBAL) & set(tables_of(TENANT_MODELS)) == set()
    assert set(OTHER_POLICIES) - policies == set()
    assert set(OTHER_INDEXES) - tables == set()


def test_nothing_in_the_database_acts_with_the_owners_rights() -> None:
    functions = rows("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef")
    triggers = rows(TRIGGERS)
    others = {function for _, _, function, *_ in triggers} - {f"headway_{name}" for name in OUR_TRIGGERS}
    rules = rows("SELECT rulename FROM pg_rules WHERE schemaname = 'public'")
    assert (functions, others, rules) == ([], set(), [])


def test_the_runtime_role_has_rows_and_nothing_more() -> None:
    assert role_faults(connection) == []
    beyond = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND has_table_privilege(current_user, oid, 'TRUNCATE, REFERENCES, TRIGGER')"
    )
    assert beyond == []


@each_tenant_model
def test_row_security_is_enabled_and_forced(model: type[TenantModel]) -> None:
    found = rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", model._meta.db_table
    )
    assert found == [(True, True)]


@each_tenant_model
def test_policies_show_and_take_the_open_tenants_rows_alone(model: type[TenantModel]) -> None:
    policies = rows(
        "SELECT policyname, cmd, qual, with_check FROM pg_policies WHERE tablename = %s", model._meta.db_table
    )
    commands = set()
    for name, command, using, check in policies:
        if name in OTHER_POLICIES:
            assert command == "SELECT", "a policy beside the tenant's own may only show rows"
            continue
        commands.add(command)
        assert using == (None if command == "INSERT" else CONDITION), name
        assert check == (None if command == "SELECT" else CONDITION), name
    assert commands in ({"ALL"}, {"SELECT", "INSERT"})


@each_tenant_model
def test_organization_is_never_null(model: type[TenantModel]) -> None:
    found = rows(
        "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'organization_id'",
        model._meta.db_table,
    )
    assert found == [(True,)]


@each_tenant_model
def test_indexes_begin_with_organization(model: type[TenantModel]) -> None:
    found = rows(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE i.indrelid = %s::regclass AND NOT i.indisprimary AND a.attname IS DISTINCT FROM 'organization_id'",
        model._meta.db_table,
    )
    assert {name for (name,) in found} - set(OTHER_INDEXES) == set()


def test_no_unique_index_is_excused() -> None:
    found = rows(
        "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE (i.indisunique OR i.indisexclusion) AND c.relname = ANY(%s)",
        list(OTHER_INDEXES),
    )
    assert found == []


FOREIGN_KEYS = """
    SELECT k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text, k.condeferrable, k.confdeltype,
           (SELECT array_agg(a.attname::text ORDER BY u.n) FROM unnest(k.conkey) WITH ORDINALITY u(num, n)
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num),
           (SELECT array_agg(a.attname::text ORDER BY u.n) FROM unnest(k.confkey) WITH ORDINALITY u(num, n)
              JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num), k.convalidated
      FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""


HOLD = "headway_references_hold"
OUR_TRIGGERS = ("references_hold", "references_stay", "key_stays")
TRIGGERS = """
    SELECT t.tgname, t.tgrelid::regclass::text, p.proname::text, t.tgenabled,
           string_to_array(encode(t.tgargs, 'escape'), '\\000')
      FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal
"""


def checked_by_statement(model: type[TenantModel]) -> set[tuple[str, ...]]:
    """(organization_id, column) of the references that triggers hold: on insert, on update, and on the other side."""
    table = model._meta.db_table
    found = [(name, on, function, args) for name, on, function, enabled, args in rows(TRIGGERS) if enabled == "O"]
    held = [set(zip(args[1::2], args[2::2], strict=False)) for _, on, f, args in found if (on, f) == (table, HOLD)]
    if not held:
        return set()
    added, changed = held
    stay = {(args[2], on) for _, on, f, args in found if f == "headway_references_stay" and args[1] == table}
    fixed = {on for _, on, f, _ in found if f == "headway_key_stays"}
    assert added == changed == stay, table
    assert {target for _, target in added} <= fixed, table
    return {("organization_id", column) for column, _ in added}


def test_keys_between_tenant_tables_are_composite_and_checked_at_once() -> None:
    tenants = set(tables_of(TENANT_MODELS))
    for name, table, target, deferrable, on_delete, columns, referenced, validated in rows(FOREIGN_KEYS):
        if target not in tenants:
            continue
        assert table in tenants, f"{name}: a global table points at a tenant's"
        assert (columns[0], len(columns), referenced) == ("organization_id", 2, ["organization_id", "id"]), name
        assert (deferrable, validated) == (False, True), name
        assert on_delete in "ar", f"{name}: SET NULL would clear organization_id too"


@each_tenant_model
def test_every_reference_has_its_composite_key(model: type[TenantModel]) -> None:
    keys = {tuple(columns) for _, table, _, _, _, columns, _, _ in rows(FOREIGN_KEYS) if table == model._meta.db_table}
    keys |= checked_by_statement(model)
    for field in model._meta.local_fields:
        target: Any = field.related_model
        if isinstance(field, models.ForeignKey) and issubclass(target, TenantModel):
            assert isinstance(field, TenantForeignKey), field
            assert ("organization_id", field.column) in keys, f"{field} is missing in tenant_rules(...)"
            assert field.remote_field.on_delete not in (models.SET_NULL, models.SET_DEFAULT), field
    assert not model._meta.local_many_to_many, "a many-to-many table needs a model of its own, with an organization"


def test_global_models_never_point_at_tenant_models() -> None:
    for model in every_model():
        if not issubclass(model, TenantModel):
            for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
                target = field.related_model
                assert not (isinstance(target, type) and issubclass(target, TenantModel)), field


@each_tenant_model
def test_outside_a_tenant_every_manager_raises(model: type[TenantModel]) -> None:
    for manager in (model._default_manager, *model._meta.managers):
        assert isinstance(manager, TenantManager), manager
        for question in (
            list,
            lambda q: q.count(),
            lambda q: q.exists(),
            lambda q: q.filter(pk=1),
            lambda q: q.first(),
        ):
            with pytest.raises(ScopeError):
                question(manager.all())
