"""What of targets is audited, in words."""

from accounts.subjects import FieldWords, Group, Style, Subject

SUBJECTS = (
    Subject(
        "targets.monthlytarget",
        "Monthly target",
        Group.TARGETS,
        ("member__name", "channel__name", "month"),
        {
            "count": FieldWords("Deals"),
            "revenue": FieldWords("Revenue", Style.MONEY),
            "month": FieldWords("Month", Style.MONTH),
        },
    ),
)
