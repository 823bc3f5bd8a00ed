"""What the pages about organizations and people show, one module a subject."""

from accounts.readers.entrance import Membership, current_organization_of, memberships
from accounts.readers.holidays import HolidayYear, holiday_year
from accounts.readers.teams import TeamDetail, memberships_of, team_detail, teams
from accounts.readers.uses import uses_of
from accounts.readers.zones import ZoneDetail, assignments_of, zone_detail, zones

__all__ = [
    "HolidayYear",
    "Membership",
    "TeamDetail",
    "ZoneDetail",
    "assignments_of",
    "current_organization_of",
    "holiday_year",
    "memberships",
    "memberships_of",
    "team_detail",
    "teams",
    "uses_of",
    "zone_detail",
    "zones",
]
