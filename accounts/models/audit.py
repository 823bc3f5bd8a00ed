"""Who changed what, when, from what to what."""

import uuid

from django.db import models
from django.db.models.functions import Now

from accounts.database import TenantForeignKey, tenant_rules
from accounts.models.base import TenantModel
from accounts.models.member import Member


class AuditEntry(TenantModel):
    """One change of one field of one thing. Rows are added and read, never changed: the policies allow no more.

    `subject` is the kind of thing (`targets.monthlytarget`), `subject_id` its id, `old` and `new` are JSON values,
    `why` says how it came about (typed, applied, copied, imported, undone). A `batch` can be undone as one.
    """

    at = models.DateTimeField(db_default=Now())
    by = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    why = models.CharField(max_length=20)
    batch = models.UUIDField(default=uuid.uuid4)

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = tenant_rules("by", append_only=True)
        indexes = [
            models.Index(fields=["organization", "subject", "subject_id", "at"], name="accounts_audit_subject"),
            models.Index(fields=["organization", "batch"], name="accounts_audit_batch"),
            models.Index(fields=["organization", "at"], name="accounts_audit_at"),
            models.Index(fields=["organization", "by", "at"], name="accounts_audit_by"),
        ]
