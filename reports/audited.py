"""What of reports is audited, in words."""

from accounts.subjects import FieldWords, Group, Subject

SUBJECTS = (
    Subject(
        "reports.savedview",
        "Saved report",
        Group.SETTINGS,
        fields={
            "query": FieldWords("What it shows"),
            "shared": FieldWords("Shared with everyone"),
            "owner_id": FieldWords("Owner", refers_to="accounts.member"),
        },
    ),
)
