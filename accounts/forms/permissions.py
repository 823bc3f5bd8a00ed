"""Giving rights over a team."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Team


class TeamGrantForm(forms.Form):
    """Which team. The choices are those of the open organization."""

    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label="Team",
        queryset=None,
        empty_label="Choose a team",
        error_messages={"required": "Choose a team.", "invalid_choice": "Choose one of these teams."},
    )

    def __init__(self, data: Any = None, *, teams: "QuerySet[Team]") -> None:
        super().__init__(data)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
