"""A row in every tenant table, made from the columns, so that a new table needs no line here.

The names of rows carry the organization's slug: where one shows up in another organization's page, it leaked.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models.fields import NOT_PROVIDED

from accounts.models import Organization, TenantModel, User
from tests.architecture.catalog import tenant_models

# Where a made-up value breaks a rule of the table.
VALUES: dict[str, Callable[[], dict[str, Any]]] = {
    "accounts.TeamGrant": lambda: {
        "permission": Permission.objects.get(codename="manage_this_team"),
        "user": User.objects.order_by("pk").first(),
    },
    "targets.Digest": lambda: {"since": dt.datetime(2025, 12, 31, 12, tzinfo=dt.UTC)},
}


def fill(organization: Organization) -> dict[type[TenantModel], TenantModel]:
    """One row of each tenant model of the open tenant, those that stand there already included."""
    made: dict[type[TenantModel], TenantModel] = {}
    for model in tenant_models():
        _row(model, organization, made)
    return made


def _row(
    model: type[TenantModel], organization: Organization, made: dict[type[TenantModel], TenantModel]
) -> TenantModel:
    if model not in made:
        made[model] = model.objects.order_by("pk").first() or _make(model, organization, made)
    return made[model]


def _make(
    model: type[TenantModel], organization: Organization, made: dict[type[TenantModel], TenantModel]
) -> TenantModel:
    values: dict[str, Any] = {"organization": organization}
    given = VALUES.get(model._meta.label, dict)()
    for field in model._meta.local_concrete_fields:
        if field.name in values or field.primary_key:
            continue
        if field.name in given:
            values[field.name] = given[field.name]
        elif isinstance(field, models.ForeignKey):
            target: Any = field.related_model
            if issubclass(target, TenantModel) and target is not model:
                values[field.name] = _row(target, organization, made)
        elif not field.has_default() and getattr(field, "db_default", NOT_PROVIDED) is NOT_PROVIDED:
            values[field.name] = _value(field, organization)
    return model.objects.create(**values)


def _value(field: Any, organization: Organization) -> Any:
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.EmailField):
        return f"filled@{organization.slug}.example"
    if isinstance(field, models.FileField):
        return f"{organization.slug}.csv"
    if isinstance(field, models.CharField | models.TextField):
        return f"{organization.slug} filled"[: field.max_length]
    if isinstance(field, models.DateTimeField):
        return dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    if isinstance(field, models.DateField):
        return dt.date(2026, 1, 1)
    if isinstance(field, models.DecimalField):
        return Decimal(1)
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField):
        return 1
    if field.null:
        return None
    raise AssertionError(f"tests/architecture/filling.py knows no value for {field}")
