"""The organization's own settings: admins alone."""

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Role
from tests.architecture.urls.declare import Site


def names() -> SimpleUploadedFile:
    """A list with one line."""
    return SimpleUploadedFile("names.csv", b"Name\nNorth\n", "text/csv")


def days() -> SimpleUploadedFile:
    """A closing day."""
    return SimpleUploadedFile("days.csv", b"Day,What for\n2026-12-24,Christmas Eve\n", "text/csv")


def people() -> SimpleUploadedFile:
    """Somebody's days in a team or a zone."""
    return SimpleUploadedFile("people.csv", b"Person,From,Until\nacme manager,2026-01-01,\n", "text/csv")


ORGANIZATION = {
    "name": "Renamed",
    "currency": "USD",
    "language": "de",
    "time_zone": "Europe/Dublin",
    "fiscal_start": "4",
    "working_weekdays": "1",
    "holiday_country": "DE",
    "holiday_region": "BY",
}
TARGET_RULES = {"salespeople_set_targets": "on", "pace_calendar": "working", "at_risk_percent": "10"}
SPAN = {"start": "2026-01-01", "end": "2026-12-31"}
COMPANY = {"company_id": "{operating_company.pk}"}
TEAM = {"team_id": "{teammembership.team_id}"}
ZONE = {"zone_id": "{zoneassignment.zone_id}"}
MEMBERSHIP = {"span_id": "{teammembership.pk}"}
ASSIGNMENT = {"span_id": "{zoneassignment.pk}"}


def admins(**rule: object) -> Site:
    """A page that admins alone open."""
    return Site(least=Role.ADMIN, **rule)  # type: ignore[arg-type]


RULES: dict[str, Site] = {
    "settings:organization": admins(get=200, post=302, data=ORGANIZATION, fragments=("holiday-region",)),
    "settings:target-rules": admins(get=200, post=302, data=TARGET_RULES),
    "settings:company-list": admins(get=200, query="q=a&sort=-name"),
    "settings:company-export": admins(get=200),
    "settings:company-import": admins(get=200, post=200, files={"file": names}),
    "settings:company-add": admins(get=200, post=302, data={"name": "North"}),
    "settings:company-detail": admins(get=200, post=302, path=COMPANY, data={"name": "North"}),
    "settings:company-delete": admins(post=(302, 409), path=COMPANY),  # 409 once a deal of the cast names it
    "settings:holiday-list": admins(get=200, post=302, query="year=2027", data={"day": "2026-12-24", "name": "Eve"}),
    "settings:closing-day-export": admins(get=200),
    "settings:closing-day-import": admins(get=200, post=200, files={"file": days}),
    "settings:closing-day-detail": admins(
        get=200, post=302, path={"closing_id": "{closingday.pk}"}, data={"name": "Inventory"}
    ),
    "settings:closing-day-remove": admins(post=302, path={"closing_id": "{closingday.pk}"}),
    "settings:team-list": admins(get=200, query="q=team&sort=-people"),
    "settings:team-export": admins(get=200),
    "settings:team-import": admins(get=200, post=200, files={"file": names}),
    "settings:team-add": admins(get=200, post=302, data={"name": "North"}),
    "settings:team-detail": admins(get=200, post=302, path=TEAM, data={"name": "North"}),
    "settings:team-delete": admins(post=409, path=TEAM),
    "settings:team-join": admins(
        get=302, post=302, path=TEAM, data={"member": "{other_seller.pk}", **SPAN}, ids=("member",)
    ),
    "settings:team-manage": admins(get=302, post=302, path=TEAM, data={"member": "{seller.pk}"}, ids=("member",)),
    "settings:team-members-export": admins(get=200, path=TEAM),
    "settings:team-members-import": admins(get=200, post=200, path=TEAM, files={"file": people}),
    "settings:manager-remove": admins(
        post=302, path={"team_id": "{teammanager.team_id}", "manager_id": "{teammanager.pk}"}
    ),
    "settings:membership-detail": admins(get=200, post=302, path=MEMBERSHIP, data=SPAN),
    "settings:membership-move": admins(
        get=302, post=302, path=MEMBERSHIP, data={"team": "{other_team.pk}", "start": "2026-06-01"}, ids=("team",)
    ),
    "settings:membership-remove": admins(post=302, path=MEMBERSHIP),
    "settings:zone-list": admins(get=200, query="q=a&sort=-people"),
    "settings:zone-export": admins(get=200),
    "settings:zone-import": admins(get=200, post=200, files={"file": names}),
    "settings:zone-add": admins(get=200, post=302, data={"name": "North"}),
    "settings:zone-detail": admins(get=200, post=302, path=ZONE, data={"name": "North"}),
    "settings:zone-delete": admins(post=409, path=ZONE),
    "settings:zone-assign": admins(
        get=302, post=302, path=ZONE, data={"member": "{other_seller.pk}", **SPAN}, ids=("member",)
    ),
    "settings:zone-people-export": admins(get=200, path=ZONE),
    "settings:zone-people-import": admins(get=200, post=200, path=ZONE, files={"file": people}),
    "settings:assignment-detail": admins(get=200, post=302, path=ASSIGNMENT, data=SPAN),
    "settings:assignment-move": admins(
        get=302, post=302, path=ASSIGNMENT, data={"zone": "{other_zone.pk}", "start": "2026-01-02"}, ids=("zone",)
    ),
    "settings:assignment-remove": admins(post=302, path=ASSIGNMENT),
}
