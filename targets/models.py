"""Monthly targets."""

from typing import Any

from django.db import models

from accounts.database import TenantForeignKey, tenant_rules
from accounts.models import Member, TenantModel
from ledger.models import Channel


class MonthlyTarget(TenantModel):
    """What one salesperson is asked to reach through one channel in one month (docs/targets-grid.md).

    None is "no target", 0 a deliberate choice. Count and revenue are separate. A cleared target keeps its row, so that
    `version` (0 = never set) tells two people apart who edit the same cell.
    """

    member = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="Its first day")
    count = models.PositiveIntegerField(null=True, blank=True)
    revenue: "models.DecimalField[Any, Any]" = models.DecimalField(
        max_digits=16, decimal_places=2, null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            *tenant_rules("member", "channel"),
            models.UniqueConstraint(fields=["organization", "month", "member", "channel"], name="targets_monthly_once"),
            models.CheckConstraint(condition=models.Q(revenue__gte=0), name="targets_monthly_revenue"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="targets_monthly_first_day"),
        ]
        indexes = [
            models.Index(fields=["organization", "member", "month"], name="targets_monthly_member"),
            models.Index(fields=["organization", "channel"], name="targets_monthly_channel"),
        ]


class Digest(TenantModel):
    """One morning's letters about targets that salespeople set themselves (docs/targets-grid.md).

    They tell of the changes from `since` on and before `until`. Each digest begins where the last one ended, so that
    every change is told once, and there is one a day at most.
    """

    day = models.DateField(help_text="The organization's local date when it was begun")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "day"], name="targets_digest_day"),
            models.CheckConstraint(condition=models.Q(since__lt=models.F("until")), name="targets_digest_span"),
        ]
        indexes = [models.Index(fields=["organization", "until"], name="targets_digest_until")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
