"""Two companies with a row in every table, and what a request may have changed of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import Company as OperatingCompany
from accounts.models import Team, TenantModel, Zone
from accounts.tenancy import tenant
from ledger.models import Deal, DealChange, Import
from ledger.readers.deals.detail import image_of
from ledger.services.uploads import upload_import
from tests.architecture.catalog import GLOBAL, tables_of, tenant_models
from tests.architecture.filling import fill
from tests.conftest import Company, found
from tests.ledger.rows import NOTHING, store

# Sessions remember the organization used last, and where a login was last seen is noted every ten minutes.
UNSEEN = {"django_session", "django_migrations", "usersessions_usersession"}
WORDS = re.compile(r"{([a-z_]+(?:\.[a-z_0-9]+)*)}")


@dataclass
class World:
    """A company of the cast with a row in every tenant table."""

    company: Company
    rows: dict[type[TenantModel], TenantModel]
    more: dict[str, Any] = field(default_factory=dict)  # further rows by name
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)  # of people who are signed in, by role

    def __post_init__(self) -> None:
        people = {"admin": self.company.admin, "manager": self.company.manager, "salesperson": self.company.seller}
        self.cookies = {role: self.company.client(member).cookies for role, member in people.items()}

    @property
    def month(self) -> str:
        """This month, as addresses write it."""
        return f"{datetime.now(UTC):%Y-%m}"

    def value(self, path: str) -> Any:
        """`seller.pk` of the company, or of a row by its model's name: `import.pk`, `monthlytarget.channel_id`."""
        first, *rest = path.split(".")
        by_name = {model._meta.model_name: row for model, row in self.rows.items()}
        owner: Any = next((each for each in (self, self.company) if hasattr(each, first)), None)
        start = getattr(owner, first) if owner else (by_name | self.more)[first]
        return reduce(lambda found, step: found[int(step)] if step.isdigit() else getattr(found, step), rest, start)

    def written(self, text: str) -> str:
        """`t{seller.pk}-{channels.0.pk}` with the values put in."""
        return WORDS.sub(lambda match: str(self.value(match[1])), text)


def imports(company: Company) -> dict[str, Any]:
    """The manager's imports: the first one waits for its columns, the others have ended."""
    made = {}
    for name, status in (("waiting", "uploaded"), ("finished", "done"), ("failed", "failed"), ("running", "running")):
        file = ContentFile(b"number,date,member,state,net\n1,2026-01-02,somebody,open,5\n", name="deals.csv")
        source = upload_import(file, filename=f"{company.organization.slug} deals.csv", by=company.manager)
        Import.objects.filter(pk=source.pk).update(status=status, rows_stored=0 if name == "waiting" else 1)
        made[f"{name}_import"] = source
    return made


def places(company: Company, rows: dict[type[TenantModel], TenantModel]) -> dict[str, Any]:
    """A team and a zone to move to, and the operating company, whose own name the company of the cast has taken."""
    organization, slug = company.organization, company.organization.slug
    return {
        "other_team": Team.objects.create(organization=organization, name=f"{slug} other team"),
        "other_zone": Zone.objects.create(organization=organization, name=f"{slug} other zone"),
        "operating_company": rows[OperatingCompany],
    }


def deals(company: Company) -> dict[str, Any]:
    """A deal of the seller's, and one that was taken back."""
    slug = company.organization.slug
    row = {"member": company.seller.email, "channel": company.channels[0].name, "state": company.confirmed.name}
    store(company, row | {"number": f"{slug} sold", "product": f"{slug} product"}, unknowns=NOTHING)
    sold = Deal.objects.get(number=f"{slug} sold")
    image = image_of(sold, sold.lines.all())
    gone = DealChange.objects.create(
        organization=company.organization,
        deal_id=0,
        kind="sale",
        number=f"{slug} gone",
        what=DealChange.What.DELETED,
        run=uuid4(),
        before=image,
    )
    return {"sold_deal": sold, "deleted_deal": gone}


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
                more = imports(company) | deals(company)
                rows = fill(company.organization)
                more |= places(company, rows)
            both.append(World(company, rows, more))
        yield both[0], both[1]
        transaction.set_rollback(True)


@pytest.fixture
def worlds(founded: tuple[World, World]) -> Iterator[tuple[World, World]]:
    """Acme's and rival's; whatever a test does to them is undone. Don't mix with `db` in one module."""
    with transaction.atomic():
        yield founded
        transaction.set_rollback(True)


def fingerprint(company: Company) -> dict[str, str]:
    """A hash of all rows of each tenant table that are a company's, and of its own row. One query."""
    with tenant(company.organization):
        own = f"id = {company.organization.pk}"
        return _hashes([*tables_of(tenant_models()), "accounts_organization"], {"accounts_organization": own})


def fingerprint_of_global_tables(*companies: Company) -> dict[str, str]:
    """A hash of each table that belongs to no organization, but for sessions and the companies' own rows."""
    others = f"id NOT IN ({', '.join(str(company.organization.pk) for company in companies)})"
    return _hashes(sorted(set(GLOBAL) - UNSEEN), {"accounts_organization": others})


def _hashes(tables: list[str], only: dict[str, str]) -> dict[str, str]:
    parts = [
        f"SELECT '{table}', md5(coalesce(string_agg(t::text, ' ' ORDER BY id), '')) FROM {table} t"
        + (f" WHERE {only[table]}" if table in only else "")
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())
