"""Work that must happen, kept beside what it follows from."""

from django.db import models
from django.db.models.functions import Now


class OutboxJob(models.Model):
    """One task to hand to the workers. Written in the transaction that makes it necessary, and gone once it is done.

    Global, since a worker asks for the next job of whatever organization: it names a task and ids, nothing else.
    """

    task = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict, help_text="Ids alone")
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True, help_text="Why the last attempt failed")

    class Meta:
        indexes = [models.Index(fields=["due_at", "id"], name="accounts_outboxjob_due")]

    def __str__(self) -> str:
        return f"{self.task} {self.arguments}"
