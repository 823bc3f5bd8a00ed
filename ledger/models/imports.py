"""Imports of files: what was asked, how far it is, and which rows were refused."""

import uuid
from typing import Any

from django.db import models

from accounts.database import TenantForeignKey, tenant_rules
from accounts.models import Member, TenantModel
from ledger.models.records import Kind


def upload_path(instance: "Import", filename: str) -> str:
    """Uploads lie apart by organization, under a name that nobody chose."""
    return f"imports/{instance.organization_id}/{uuid.uuid4().hex}.csv"


class Import(TenantModel):
    """One uploaded file on its way into the ledger.

    `survey` is what a first look through the file found (`ledger.reading.Survey`), `shape` tells files of the same
    columns. `mapping` is {field: column header}, `options` what else the user chose (`ledger.services.choices`).
    `position` is the line up to which everything is done for good, kept in the same transaction as what those lines
    brought: a run that dies goes on from there. `claim` is the worker that may write now; a later one takes it over.
    """

    class Status(models.TextChoices):
        """Where it stands."""

        UPLOADED = "uploaded", "Waiting for columns"
        QUEUED = "queued", "Waiting to start"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Stopped"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    #: Those on which a worker is, or should be.
    ACTIVE = (Status.QUEUED, Status.RUNNING)

    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.SALE)
    filename = models.CharField(max_length=240)
    file = models.FileField(upload_to=upload_path, max_length=240)
    size = models.BigIntegerField(help_text="Bytes")
    survey: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    shape = models.CharField(max_length=64, blank=True)
    mapping: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    options: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.UPLOADED)
    problem = models.TextField(blank=True, help_text="Why it stopped, in words for the user")
    run = models.UUIDField(default=uuid.uuid4, editable=False)
    claim = models.UUIDField(null=True, editable=False)
    created_by = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undo_position = models.BigIntegerField(default=0, db_default=0, help_text="The deals up to this id are done")
    deals_deleted = models.IntegerField(default=0, db_default=0)
    deals_restored = models.IntegerField(default=0, db_default=0)
    deals_kept = models.IntegerField(default=0, db_default=0, help_text="Changed since, so not undone")
    undone_at = models.DateTimeField(null=True)
    undone_by = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.BigIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    rows_read = models.IntegerField(default=0)
    rows_stored = models.IntegerField(
        default=0, help_text="Rows that are in the ledger now, new or changed or as before"
    )
    rows_unchanged = models.IntegerField(default=0, help_text="Of those stored: rows that changed nothing")
    rows_refused = models.IntegerField(default=0)

    class Meta:
        constraints = [
            *tenant_rules("created_by", "undone_by"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="ledger_import_kind"),
        ]
        indexes = [
            models.Index(fields=["organization", "created_at"], name="ledger_import_created"),
            models.Index(fields=["organization", "shape"], name="ledger_import_shape"),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def may_be_undone(self) -> bool:
        """Whether it has ended and brought something that is not taken back."""
        return self.status in (self.Status.DONE, self.Status.FAILED) and self.rows_stored > self.rows_unchanged


class ImportRefusal(TenantModel):
    """One row that was not stored: where, what and why; `row` is the line as it stood, for the download."""

    source = TenantForeignKey(Import, on_delete=models.CASCADE, related_name="refusals")
    line = models.BigIntegerField()
    column = models.CharField(max_length=240, blank=True)
    value = models.CharField(max_length=240, blank=True)
    reason = models.CharField(max_length=400)
    row: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    class Meta:
        constraints = [*tenant_rules("source", referenced=False)]
        indexes = [models.Index(fields=["organization", "source", "line"], name="ledger_importrefusal_line")]
