"""Rights on single things, beside those of a role."""

from typing import Any

from django.conf import settings
from django.db import models
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from accounts.database import TenantForeignKey, TenantManager, tenant_rules
from accounts.models.base import TenantModel
from accounts.models.member import Team


class GrantManager(UserObjectPermissionManager, TenantManager[Any]):
    """Guardian's, inside the open tenant alone."""


class TeamGrant(UserObjectPermissionBase, TenantModel):
    """A login may manage a team without being one of its managers; a table of its own, so that all three locks hold."""

    permission = models.ForeignKey("auth.Permission", on_delete=models.CASCADE, db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    content_object = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="grants")

    objects = GrantManager()  # type: ignore[misc]  # guardian's own is replaced

    class Meta:
        constraints = [
            *tenant_rules("content_object"),
            models.UniqueConstraint(
                fields=["organization", "user", "permission", "content_object"], name="accounts_teamgrant_once"
            ),
        ]
        unique_together = ()  # guardian's lacks the organization
