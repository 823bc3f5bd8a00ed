"""The one place that opens a tenant: transaction, row-level security setting and manager scope together.

Source: docs/adr/0003-three-locks.md.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django_scopes import scope, scopes_disabled

if TYPE_CHECKING:
    from accounts.models import Organization

_current: ContextVar["Organization | None"] = ContextVar("tenant", default=None)
_login: ContextVar[int | None] = ContextVar("login", default=None)


class TenantError(RuntimeError):
    """No tenant is open, or another one is."""


def current_organization() -> "Organization":
    """The organization whose tenant is open; TenantError outside one."""
    organization = _current.get()
    if organization is None:
        raise TenantError("No tenant is open.")
    return organization


@contextmanager
def tenant(organization: "Organization", *, read_only: bool = False, using: str = "default") -> Iterator[None]:
    """Open a tenant: one transaction in which only this organization's rows exist.

    Opening the same tenant again inside is allowed and makes a savepoint; opening another raises TenantError. Nothing
    is open any more when `on_commit` hooks run. Reading only inside a writing tenant ends with its block; the reverse
    is refused by the database. Costs one statement, two when read-only.
    """
    outer = _current.get()
    if outer is not None and outer.pk != organization.pk:
        raise TenantError(f"Tenant {outer.pk} is open, asked for {organization.pk}.")
    if _login.get() is not None:
        raise TenantError("A login's memberships are being read; open the tenant after that.")
    connection = connections[using]
    nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        if read_only:
            _set(connection, "transaction_read_only", "on")
        _set(connection, "app.organization", str(int(organization.pk)))
        token = _current.set(organization)
        try:
            with scope(organization=organization.pk):
                yield
        finally:
            _current.reset(token)
        if nested and outer is None:
            _clear(connection, "app.organization")


@contextmanager
def login(user_id: int, *, using: str = "default") -> Iterator[None]:
    """Let one user's own memberships be read across organizations, and nothing else (policy `accounts_member_own`).

    TenantError inside a tenant, whose view of its members it would widen.
    """
    if _current.get() is not None or _login.get() is not None:
        raise TenantError("A login's memberships are read before a tenant is open, one login at a time.")
    connection = connections[using]
    nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        _set(connection, "transaction_read_only", "on")
        _set(connection, "app.login", str(int(user_id)))
        token = _login.set(user_id)
        try:
            with scopes_disabled():
                yield
        finally:
            _login.reset(token)
        if nested:
            _clear(connection, "app.login")


def in_tenant(organization: "Organization", chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Keep the tenant open while a streamed body is produced.

    It is open to `chunks` alone: whoever consumes the body stands outside between two of them.
    """
    inside = copy_context()
    opened = ExitStack()
    body = iter(chunks)
    inside.run(opened.enter_context, tenant(organization, read_only=True))
    try:
        while (chunk := inside.run(next, body, None)) is not None:
            yield chunk
    finally:
        inside.run(opened.__exit__, *sys.exc_info())


def _set(connection: BaseDatabaseWrapper, setting: str, value: str) -> None:
    """For this transaction alone: a session-wide SET would leak to whoever gets the connection next.

    A literal in a statement of its own, since Citus forwards no other form to its workers.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {setting} = '{value}'")


def _clear(connection: BaseDatabaseWrapper, setting: str) -> None:
    """Inside somebody else's transaction SET LOCAL would outlive our block; a rollback undoes it by itself."""
    if not connection.needs_rollback:
        _set(connection, setting, "")
