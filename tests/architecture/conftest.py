"""Two companies with a row in every table, and what a request may have changed of them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import TenantModel
from accounts.tenancy import tenant
from tests.architecture.catalog import tables_of, tenant_models
from tests.architecture.filling import fill
from tests.conftest import Company, found

UNSEEN = ("django_session", "django_migrations")  # sessions remember the organization used last


@dataclass
class World:
    """A company of the cast with a row in every tenant table."""

    company: Company
    rows: dict[type[TenantModel], TenantModel]

    def value(self, path: str) -> Any:
        """`seller.pk` of the company, or of a row by its model's name: `import.pk`, `monthlytarget.pk`."""
        first, *rest = path.split(".")
        by_name = {model._meta.model_name: row for model, row in self.rows.items()}
        start = getattr(self.company, first) if hasattr(self.company, first) else by_name[first]
        return reduce(getattr, rest, start)


@pytest.fixture(scope="module")
def founded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    """Both, made once for a module: making them takes longer than asking about them."""
    quick = override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )
    with django_db_blocker.unblock(), quick, transaction.atomic():
        both = []
        for company in (found("acme"), found("rival")):
            with tenant(company.organization):
                both.append(World(company, fill(company.organization)))
        yield both[0], both[1]
        transaction.set_rollback(True)


@pytest.fixture
def worlds(founded: tuple[World, World]) -> Iterator[tuple[World, World]]:
    """Acme's and rival's; whatever a test does to them is undone. Don't mix with `db` in one module."""
    with transaction.atomic():
        yield founded
        transaction.set_rollback(True)


def fingerprint(company: Company) -> dict[str, str]:
    """A hash of all rows of each tenant table that are a company's, and of its own row."""
    found = {}
    with tenant(company.organization), connection.cursor() as cursor:
        for table in tables_of(tenant_models()):
            found[table] = _hash(cursor, f"SELECT t::text FROM {table} t ORDER BY id")
        own = "SELECT t::text FROM accounts_organization t WHERE id = %s"
        found["accounts_organization"] = _hash(cursor, own, company.organization.pk)
    return found


def fingerprint_of_global_tables() -> dict[str, str]:
    """A hash of all rows of each table that belongs to no organization, but for sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND NOT relrowsecurity AND relname <> ALL(%s)",
            [list(UNSEEN)],
        )
        tables = [name for (name,) in cursor.fetchall()]
        return {table: _hash(cursor, f"SELECT t::text FROM {table} t ORDER BY 1") for table in tables}


def _hash(cursor: Any, sql: str, *parameters: Any) -> str:
    cursor.execute(sql, parameters or None)
    return hashlib.sha256(repr(cursor.fetchall()).encode()).hexdigest()
