"""What holds for everyone's monthly targets."""

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.models import Organization, PaceCalendar
from config.seen import SeenForm

FIELDS = ("salespeople_set_targets", "pace_calendar", "at_risk_percent", "everyone_sees_leaderboard")
_OUT_OF_RANGE = "Enter a whole percentage from 0 to 20."


class TargetRulesForm(SeenForm):
    """Who sets targets, which days pace counts, from when somebody is at risk, and who sees the leaderboard."""

    salespeople_set_targets = forms.BooleanField(
        label="Salespeople set their own targets",
        required=False,
        help_text=(
            "For this month and later ones. Managers and admins still see and change every target, and get one letter"
            " a day about what salespeople changed. Months that have ended stay with managers and admins."
        ),
    )
    pace_calendar = forms.ChoiceField(
        label="Pace counts",
        choices=[
            (PaceCalendar.CALENDAR, "Calendar days: every day of a month asks for the same share of its target."),
            (PaceCalendar.WORKING, "Working days: only days you work ask for a share, weekends cost nobody."),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose which days count.",
            "invalid_choice": "Choose calendar days or working days.",
        },
        help_text="Changes at once what every page expects by today. Targets and what was sold stay as they are.",
    )
    at_risk_percent = forms.IntegerField(
        label="At risk band, in percent",
        min_value=0,
        max_value=20,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Enter 0 for no band.",
            "invalid": _OUT_OF_RANGE,
            "min_value": _OUT_OF_RANGE,
            "max_value": _OUT_OF_RANGE,
        },
        help_text="Who is behind pace by no more than this share of what is expected is shown as at risk. 0 is off.",
    )
    everyone_sees_leaderboard = forms.BooleanField(
        label="Everyone sees the leaderboard",
        required=False,
        help_text=(
            "Everybody's name, team, place, and numbers, for every month. Off: salespeople see their own place, such as"
            " 3rd of 12, and nobody else; managers see the people of their teams."
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, organization: Organization) -> None:
        super().__init__(data, stands={name: getattr(organization, name) for name in FIELDS})
