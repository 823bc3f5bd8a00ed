"""The one place that opens a tenant: transaction, row-level security setting and manager scope together.

Source: docs/adr/0002-three-locks.md.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import connections, transaction
from django_scopes import scope

if TYPE_CHECKING:
    from accounts.models import Organization

_current: ContextVar["Organization | None"] = ContextVar("tenant", default=None)


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

    Opening the same tenant again inside is allowed and makes a savepoint; opening another raises TenantError.
    `read_only` counts for the outermost opening alone. Costs one statement, two when read-only.
    """
    outer = _current.get()
    if outer is not None and outer.pk != organization.pk:
        raise TenantError(f"Tenant {outer.pk} is open, asked for {organization.pk}.")
    connection = connections[using]
    nested = connection.in_atomic_block
    token = _current.set(organization)
    try:
        with transaction.atomic(using=using):
            with connection.cursor() as cursor:
                if read_only and not nested:
                    cursor.execute("SET LOCAL transaction_read_only = on")
                # A literal in a statement of its own: Citus forwards no other form to its workers.
                cursor.execute(f"SET LOCAL app.organization = '{int(organization.pk)}'")
            with scope(organization=organization.pk):
                yield
            # Inside somebody else's transaction SET LOCAL would outlive this block.
            if nested and outer is None and not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL app.organization = ''")
    finally:
        _current.reset(token)


@contextmanager
def login(user_id: int, *, using: str = "default") -> Iterator[None]:
    """Let one user's own memberships be read across organizations, and nothing else (policy `own_memberships`)."""
    connection = connections[using]
    nested = connection.in_atomic_block
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.login = '{int(user_id)}'")
        yield
        if nested and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL app.login = ''")


def in_tenant(organization: "Organization", chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Keep the tenant open while a streamed body is produced."""
    with tenant(organization, read_only=True):
        yield from chunks
