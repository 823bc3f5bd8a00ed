"""What changes organizations and their people: one function an intention, each in one transaction with its audit rows.

All but `create_organization` run inside the organization's tenant. `by` is the member who asks; None is the system.
"""

from accounts.services.audit import record
from accounts.services.logins import add_login, choose_theme
from accounts.services.members import LastAdmin, LoginTaken, add_member, change_member
from accounts.services.organizations import (
    add_closing_day,
    add_company,
    change_organization,
    create_organization,
    remove_closing_day,
    rename_company,
)
from accounts.services.spans import SpansOverlap
from accounts.services.teams import add_team, join_team, leave_team, manage_team, rename_team, stop_managing
from accounts.services.zones import add_zone, assign_zone, end_assignment, rename_zone

__all__ = [
    "LastAdmin",
    "LoginTaken",
    "SpansOverlap",
    "add_closing_day",
    "add_company",
    "add_login",
    "add_member",
    "add_team",
    "add_zone",
    "assign_zone",
    "change_member",
    "change_organization",
    "choose_theme",
    "create_organization",
    "end_assignment",
    "join_team",
    "leave_team",
    "manage_team",
    "record",
    "remove_closing_day",
    "rename_company",
    "rename_team",
    "rename_zone",
    "stop_managing",
]
