"""People of an organization, their teams and their zones."""

from datetime import date

from django.conf import settings
from django.db import models

from accounts.database import RowPolicy, TenantForeignKey, tenant_rules
from accounts.database.constraints import CURRENT_LOGIN
from accounts.models.base import NamedModel, TenantModel


class Role(models.TextChoices):
    """What somebody is in an organization; what each may do stands in `accounts.permissions`."""

    ADMIN = "admin", "Admin"
    MANAGER = "manager", "Manager"
    SALESPERSON = "salesperson", "Salesperson"


class Member(NamedModel):
    """A person in an organization; with a login, or only a name that an import brought."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    email = models.EmailField(blank=True, help_text="Lower case; imports know people by it")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.SALESPERSON)
    active_from = models.DateField(null=True, blank=True)
    active_to = models.DateField(null=True, blank=True, help_text="Last day, included")

    class Meta:
        constraints = [
            *tenant_rules(),
            # A person at sign-in may read which organizations are theirs, before any tenant is open.
            RowPolicy(name="accounts_member_own", command="SELECT", using=f"user_id = {CURRENT_LOGIN}"),
            models.UniqueConstraint(fields=["organization", "user"], name="accounts_member_user"),
            models.UniqueConstraint(
                fields=["organization", "email"], condition=~models.Q(email=""), name="accounts_member_email"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_member_role"),
            models.CheckConstraint(
                condition=models.Q(active_from__isnull=True)
                | models.Q(active_to__isnull=True)
                | models.Q(active_from__lte=models.F("active_to")),
                name="accounts_member_active",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name_key"], name="accounts_member_name"),
            models.Index(fields=["user"], name="accounts_member_login"),
        ]

    def is_active(self, day: date) -> bool:
        """Whether the person is with the organization on a day."""
        return (self.active_from or day) <= day <= (self.active_to or day)


class Team(NamedModel):
    """A group of members; who belongs to it changes with time."""

    class Meta:
        permissions = [("manage_this_team", "Manage this team")]
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="accounts_team_name"),
        ]


class _Dated(TenantModel):
    """A span of days, both included; without an end it is still running."""

    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class TeamMembership(_Dated):
    """Somebody belongs to a team from a day to a day; spans of one person in one team don't overlap (services)."""

    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="team_memberships")

    class Meta:
        constraints = [
            *tenant_rules("team", "member"),
            models.UniqueConstraint(
                fields=["organization", "team", "member", "start"], name="accounts_teammembership_start"
            ),
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")),
                name="accounts_teammembership_span",
            ),
        ]
        indexes = [models.Index(fields=["organization", "member", "start"], name="accounts_teammember_member")]


class TeamManager(TenantModel):
    """Somebody manages a team."""

    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="managers")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="managed_teams")

    class Meta:
        constraints = [
            *tenant_rules("team", "member"),
            models.UniqueConstraint(fields=["organization", "team", "member"], name="accounts_teammanager_once"),
        ]
        indexes = [models.Index(fields=["organization", "member"], name="accounts_teammanager_member")]


class Zone(NamedModel):
    """A place that sales are made in."""

    class Meta:
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="accounts_zone_name"),
        ]


class ZoneAssignment(_Dated):
    """Somebody works a zone from a day to a day."""

    zone = TenantForeignKey(Zone, on_delete=models.CASCADE, related_name="assignments")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="zone_assignments")

    class Meta:
        constraints = [
            *tenant_rules("zone", "member"),
            models.UniqueConstraint(
                fields=["organization", "zone", "member", "start"], name="accounts_zoneassignment_start"
            ),
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gte=models.F("start")),
                name="accounts_zoneassignment_span",
            ),
        ]
        indexes = [models.Index(fields=["organization", "member", "start"], name="accounts_zoneassign_member")]
