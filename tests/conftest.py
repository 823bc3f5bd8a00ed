"""The test database, used as the unprivileged role, and the named cast.

A superuser or the owner would see through row-level security and prove nothing, so only setting up and cleaning up
connect as the owner.
"""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client, TransactionTestCase

from accounts import services
from accounts.models import Member, Organization, Role, Team, User
from accounts.tenancy import tenant
from config.owner import create_database, drop_database, owner_connection
from ledger.models import Channel, DealState
from tests.mail import Mailbox, delivered

KEPT = ("django_migrations", "django_content_type", "auth_permission")


def empty_tables(self: TransactionTestCase) -> None:
    """In place of Django's flush: the runtime role may not TRUNCATE, and its DELETE sees no tenant's rows."""
    with owner_connection() as connection:
        tables = connection.execute(
            "SELECT format('%%I', tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)",
            [list(KEPT)],
        ).fetchall()
        connection.execute(f"TRUNCATE {', '.join(name for (name,) in tables)} RESTART IDENTITY CASCADE")


TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Make the test database as the owner, migrate it, and hand it to the runtime role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"test_headway_{worker}"
    with django_db_blocker.unblock():
        create_database(name)
        for alias in ("default", "owner"):
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        connections["owner"].close()
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        drop_database(name)


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture(autouse=True)
def _own_rate_limits(settings: Any) -> None:
    """Tests beside this one, and the one before, don't use up its attempts to sign in."""
    prefix = f"test-{uuid.uuid4().hex}"
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": prefix}}


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """Mail leaves over SMTP to a server of the test's own, as it does in production; `mailbox.letters` has it."""
    with delivered() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = box.host, box.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield box


PASSWORD = "correct horse battery"
HOSTILE = "<script>alert(1)</script>"
FORMULA = "=cmd()|' /C calc'!A0"
RIGHT_TO_LEFT = "\u202egnp.tset\u202c"


@dataclass
class Company:
    """An organization of the cast with one person of each role, a team, five channels and three deal states."""

    organization: Organization
    admin: Member
    manager: Member
    seller: Member
    other_seller: Member
    team: Team
    channels: list[Channel]
    proposed: DealState
    confirmed: DealState
    lost: DealState

    def client(self, member: Member) -> Client:
        """A browser that this member is signed in with."""
        client = Client()
        assert member.user is not None
        client.force_login(member.user)
        session = client.session
        session["seen"] = int(time.time())  # as after the first page: nothing about it is noted for ten minutes
        session.save()
        return client

    def url(self, path: str = "") -> str:
        """An address of this organization's site."""
        return f"/o/{self.organization.slug}/{path}"


def found(slug: str, **settings: Any) -> Company:
    """Make a company of the cast. Every name carries the slug, so that a leak names its source.

    The manager manages the one team, which `seller` belongs to and `other_seller` doesn't.
    """
    admin_user = User.objects.create_user(f"admin@{slug}.example", PASSWORD, name=f"{slug} admin")
    organization = services.create_organization(f"{slug} {HOSTILE}", slug, admin=admin_user, **settings)
    with tenant(organization):
        people = {
            role: services.add_member(
                organization,
                name=f"{slug} {name}",
                role=rank,
                user=User.objects.create_user(f"{role}@{slug}.example", PASSWORD, name=f"{slug} {name}"),
                email=f"{role}@{slug}.example",
            )
            for role, rank, name in [
                ("manager", Role.MANAGER, "manager"),
                ("seller", Role.SALESPERSON, f"seller {HOSTILE}"),
                ("other-seller", Role.SALESPERSON, f"other {FORMULA} {RIGHT_TO_LEFT}"),
            ]
        }
        team = Team.objects.create(organization=organization, name=f"{slug} team {HOSTILE}")
        services.join_team(people["seller"], team, start=date(2020, 1, 1))
        services.manage_team(people["manager"], team)
        return Company(
            organization=organization,
            admin=Member.objects.get(user=admin_user),
            manager=people["manager"],
            seller=people["seller"],
            other_seller=people["other-seller"],
            team=team,
            channels=[
                Channel.objects.create(organization=organization, name=f"{slug} {name}", position=position)
                for position, name in enumerate(["phone", "e-mail", "web", "shop", "social"])
            ],
            proposed=DealState.objects.create(organization=organization, name=f"{slug} proposed", is_initial=True),
            confirmed=DealState.objects.create(
                organization=organization, name=f"{slug} confirmed", triggers_commission=True, is_ordered=True
            ),
            lost=DealState.objects.create(organization=organization, name=f"{slug} lost"),
        )


@pytest.fixture
def acme(db: None) -> Company:
    """The company that tests work in."""
    return found("acme")


@pytest.fixture
def rival(db: None) -> Company:
    """The company that must never see or change anything of acme's."""
    return found("rival")
