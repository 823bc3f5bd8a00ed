"""Reports that people come back to."""

from django.db import models

from accounts.database import TenantForeignKey, tenant_rules
from accounts.models import Member, NamedModel


class SavedView(NamedModel):
    """A report under a name, its owner's own or shared with everyone (docs/reports.md).

    `query` is the address's query: a period such as "this month" stays relative to the day on which it is opened. What
    it shows to whom is decided when it is opened, so that sharing one gives nobody a right.
    """

    owner = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    query = models.CharField(max_length=400, blank=True)
    shared = models.BooleanField(default=False)

    class Meta:
        constraints = [
            *tenant_rules("owner"),
            models.UniqueConstraint(fields=["organization", "owner", "name_key"], name="reports_savedview_name"),
        ]
        indexes = [models.Index(fields=["organization", "shared"], name="reports_savedview_shared")]
