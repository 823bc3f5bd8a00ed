"""Invitations: how somebody gets a login into an organization."""

from django.db import models

from accounts.database import TenantForeignKey, tenant_rules
from accounts.models.base import TenantModel
from accounts.models.member import Member, Role, Team


class Invitation(TenantModel):
    """A letter that lets its reader become a member, once and until it expires.

    `token_hash` is the SHA-256 of the secret in the letter's link; the secret itself is kept nowhere. `member` is a
    person who has no login yet and gets one; without, accepting adds a member.
    """

    email = models.EmailField(help_text="Lower case")
    name = models.CharField(max_length=240, blank=True)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.SALESPERSON)
    team = TenantForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations")
    token_hash = models.CharField(max_length=64, editable=False)
    created_by = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            *tenant_rules("team", "member", "created_by"),
            models.UniqueConstraint(fields=["organization", "token_hash"], name="accounts_invitation_token"),
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="accounts_invitation_open",
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_invitation_role"),
        ]

    def __str__(self) -> str:
        return self.email
