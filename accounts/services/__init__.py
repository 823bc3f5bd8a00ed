"""What changes organizations and their people: one function an intention, each in one transaction with its audit rows.

All but `create_organization` run inside the organization's tenant. `by` is the member who asks; None is the system.
"""

from accounts.services.audit import record
from accounts.services.grants import GrantRefused, grant_team, revoke_grant
from accounts.services.closing_days import add_closing_day, add_closing_days, remove_closing_day, rename_closing_day
from accounts.services.companies import add_company, delete_company, rename_company
from accounts.services.conflicts import ChangedMeanwhile, Meanwhile
from accounts.services.logins import add_login, choose_theme
from accounts.services.members import LastAdmin, LoginTaken, add_member, change_member
from accounts.services.organizations import change_organization, create_organization
from accounts.services.own_account import end_sessions, hold_login, note_session, rename_login
from accounts.services.removal import InUse
from accounts.services.spans import SpansOverlap
from accounts.services.teams import (
    add_team,
    delete_team,
    join_team,
    leave_team,
    manage_team,
    move_member,
    redate_membership,
    remove_membership,
    rename_team,
    stop_managing,
)
from accounts.services.zones import (
    add_zone,
    assign_zone,
    delete_zone,
    end_assignment,
    move_assignment,
    redate_assignment,
    remove_assignment,
    rename_zone,
)

__all__ = [
    "GrantRefused",
    "ChangedMeanwhile",
    "InUse",
    "LastAdmin",
    "LoginTaken",
    "Meanwhile",
    "SpansOverlap",
    "add_closing_day",
    "add_closing_days",
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
    "delete_company",
    "delete_team",
    "delete_zone",
    "end_assignment",
    "end_sessions",
    "hold_login",
    "grant_team",
    "join_team",
    "leave_team",
    "manage_team",
    "move_assignment",
    "move_member",
    "note_session",
    "record",
    "redate_assignment",
    "redate_membership",
    "remove_assignment",
    "remove_closing_day",
    "remove_membership",
    "rename_closing_day",
    "rename_company",
    "rename_login",
    "rename_team",
    "rename_zone",
    "revoke_grant",
    "stop_managing",
]
