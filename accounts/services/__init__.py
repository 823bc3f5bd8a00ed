"""What changes organizations and their people: one function an intention, each in one transaction with its audit rows.

All but `create_organization` run inside the organization's tenant. `by` is the member who asks; None is the system.
"""

from accounts.services.audit import record, record_numbers
from accounts.services.closing_days import add_closing_day, add_closing_days, remove_closing_day, rename_closing_day
from accounts.services.companies import add_company, delete_company, rename_company
from accounts.services.conflicts import ChangedMeanwhile, Meanwhile
from accounts.services.grants import GrantRefused, grant_team, revoke_grant
from accounts.services.invitations import (
    AlreadyInvited,
    AlreadyMember,
    InvitationGone,
    LoginExists,
    OtherAddress,
    accept_invitation,
    accept_with_new_login,
    invite,
    resend_invitation,
    revoke_invitation,
    send_invitation,
)
from accounts.services.list_files import (
    plan_closing_days,
    plan_companies,
    plan_teams,
    plan_zones,
    store_closing_days,
    store_companies,
    store_teams,
    store_zones,
)
from accounts.services.logins import add_login, choose_theme
from accounts.services.members import LastAdmin, LoginTaken, add_member, change_member, end_access
from accounts.services.organizations import change_organization, create_organization
from accounts.services.own_account import (
    change_login,
    end_sessions,
    hold_login,
    note_session,
    post_password_letter,
    send_password_letter,
)
from accounts.services.removal import InUse
from accounts.services.span_files import plan_assignments, plan_memberships, store_assignments, store_memberships
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
    "AlreadyInvited",
    "AlreadyMember",
    "ChangedMeanwhile",
    "GrantRefused",
    "InUse",
    "InvitationGone",
    "LastAdmin",
    "LoginExists",
    "LoginTaken",
    "Meanwhile",
    "OtherAddress",
    "SpansOverlap",
    "accept_invitation",
    "accept_with_new_login",
    "add_closing_day",
    "add_closing_days",
    "add_company",
    "add_login",
    "add_member",
    "add_team",
    "add_zone",
    "assign_zone",
    "change_login",
    "change_member",
    "change_organization",
    "choose_theme",
    "create_organization",
    "delete_company",
    "delete_team",
    "delete_zone",
    "end_access",
    "end_assignment",
    "end_sessions",
    "grant_team",
    "hold_login",
    "invite",
    "join_team",
    "leave_team",
    "manage_team",
    "move_assignment",
    "move_member",
    "note_session",
    "plan_assignments",
    "plan_closing_days",
    "plan_companies",
    "plan_memberships",
    "plan_teams",
    "plan_zones",
    "post_password_letter",
    "record",
    "record_numbers",
    "redate_assignment",
    "redate_membership",
    "remove_assignment",
    "remove_closing_day",
    "remove_membership",
    "rename_closing_day",
    "rename_company",
    "rename_team",
    "rename_zone",
    "resend_invitation",
    "revoke_grant",
    "revoke_invitation",
    "send_invitation",
    "send_password_letter",
    "stop_managing",
    "store_assignments",
    "store_closing_days",
    "store_companies",
    "store_memberships",
    "store_teams",
    "store_zones",
]
