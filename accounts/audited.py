"""What of organizations and their people is audited, in words."""

from django.utils.dates import MONTHS, WEEKDAYS

from accounts.subjects import FieldWords, Group, Subject

SUBJECTS = (
    Subject(
        "accounts.member",
        "Person",
        Group.PEOPLE,
        fields={
            "email": FieldWords("E-mail"),
            "user": FieldWords("Login", refers_to="accounts.user"),
            "active_from": FieldWords("First day"),
            "active_to": FieldWords("Last day"),
        },
    ),
    Subject("accounts.team", "Team", Group.PEOPLE),
    Subject(
        "accounts.teammembership",
        "Team member",
        Group.PEOPLE,
        ("member__name", "team__name"),
        {
            "member": FieldWords("Person", refers_to="accounts.member"),
            "start": FieldWords("From"),
            "end": FieldWords("Until"),
        },
    ),
    Subject(
        "accounts.teammanager",
        "Team manager",
        Group.PEOPLE,
        ("member__name", "team__name"),
        {"member": FieldWords("Manager", refers_to="accounts.member")},
    ),
    Subject(
        "accounts.teamgrant",
        "Grant on a team",
        Group.PEOPLE,
        ("content_object__name",),
        {
            "member": FieldWords("Granted to", refers_to="accounts.member"),
            "team": FieldWords("Team", refers_to="accounts.team"),
        },
    ),
    Subject(
        "accounts.invitation",
        "Invitation",
        Group.PEOPLE,
        ("email",),
        {
            "email": FieldWords("E-mail"),
            "expires_at": FieldWords("Valid until"),
            "created_by": FieldWords("Invited by", refers_to="accounts.member"),
            "accepted_at": FieldWords("Accepted"),
            "revoked_at": FieldWords("Withdrawn"),
        },
    ),
    Subject(
        "accounts.organization",
        "Organization",
        fields={
            "language": FieldWords("Numbers and dates"),
            "fiscal_start": FieldWords(
                "Fiscal year starts in", choices={key: str(name) for key, name in MONTHS.items()}
            ),
            "working_weekdays": FieldWords("Working days", choices={key: str(name) for key, name in WEEKDAYS.items()}),
            "holiday_country": FieldWords("Public holidays of"),
            "holiday_region": FieldWords("Region"),
            "pace_calendar": FieldWords(
                "Pace counts", choices={"calendar": "calendar days", "working": "working days"}
            ),
            "at_risk_percent": FieldWords("At risk band, in percent"),
            "admins_need_second_factor": FieldWords("Admins need a second step to sign in"),
            "salespeople_set_targets": FieldWords("Salespeople set their own targets"),
            "everyone_sees_leaderboard": FieldWords("Everyone sees the leaderboard"),
            "first_steps_open": FieldWords("First steps are shown"),
            "sample deals": FieldWords("Made-up deals"),
        },
    ),
    Subject("accounts.company", "Operating company"),
    Subject("accounts.closingday", "Holiday", parts=("day", "name"), fields={"day": FieldWords("Day")}),
    Subject("accounts.zone", "Zone"),
    Subject(
        "accounts.zoneassignment",
        "Zone assignment",
        parts=("member__name", "zone__name"),
        fields={
            "member": FieldWords("Person", refers_to="accounts.member"),
            "start": FieldWords("From"),
            "end": FieldWords("Until"),
        },
    ),
)
