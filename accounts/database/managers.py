"""The first lock: outside an open tenant a query raises, inside one it names the organization."""

from typing import Any, NoReturn, TypeVar

from django.db import models
from django_scopes import get_scope
from django_scopes.manager import DisabledQuerySet

M = TypeVar("M", bound=models.Model)


class ClosedQuerySet(DisabledQuerySet):
    """Raises ScopeError for whatever is asked, also for what django-scopes lets through."""

    def _closed(self, *args: Any, **kwargs: Any) -> NoReturn:
        self.error()
        raise AssertionError("unreachable")

    exists = explain = contains = bulk_create = bulk_update = create = in_bulk = _closed


class TenantManager(models.Manager[M]):
    """Scoped by django-scopes. With an app's own queryset: `TenantManager.from_queryset(DealQuerySet)()`."""

    def get_queryset(self) -> "models.QuerySet[M]":
        """The rows of the organization whose tenant is open."""
        scope = get_scope()
        if not scope.get("_enabled", True):
            return super().get_queryset()
        if "organization" not in scope:
            closed: models.QuerySet[M] = ClosedQuerySet(self.model, using=self._db, missing_scopes={"organization"})
            return closed
        return super().get_queryset().filter(organization=scope["organization"])
