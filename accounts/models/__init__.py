"""Organizations, their people, teams and zones, and the audit of what was changed."""

from accounts.models.audit import AuditEntry
from accounts.models.base import NamedModel, TenantModel
from accounts.models.grant import TeamGrant
from accounts.models.invitation import Invitation
from accounts.models.member import Member, Role, Team, TeamManager, TeamMembership, Zone, ZoneAssignment
from accounts.models.organization import ClosingDay, Company, Organization, PaceCalendar
from accounts.models.outbox import OutboxJob
from accounts.models.user import User

__all__ = [
    "AuditEntry",
    "ClosingDay",
    "Company",
    "Invitation",
    "Member",
    "NamedModel",
    "Organization",
    "OutboxJob",
    "PaceCalendar",
    "Role",
    "Team",
    "TeamGrant",
    "TeamManager",
    "TeamMembership",
    "TenantModel",
    "User",
    "Zone",
    "ZoneAssignment",
]
