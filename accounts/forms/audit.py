"""What an administrator asks the audit."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.models import Organization
from accounts.readers.audit import SYSTEM, Asked
from accounts.subjects import subjects

LONGEST_TEXT = 120


class EntryFilterForm(forms.Form):
    """Who, what, when, and a word. `people` are those who can have changed something."""

    who = forms.ChoiceField(label="Who", required=False)
    kind = forms.ChoiceField(label="What", required=False)
    start = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    q = forms.CharField(
        label="Name or number",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any], *, people: list[tuple[int, str]]) -> None:
        super().__init__(data)
        everybody = [("", "Everybody"), *((str(pk), name) for pk, name in people), (SYSTEM, "The system")]
        self.fields["who"].choices = everybody  # type: ignore[attr-defined]
        groups = groupby(subjects(), key=lambda subject: subject.group)
        kinds = [(group.value, [(each.label, each.words) for each in found]) for group, found in groups]
        self.fields["kind"].choices = [("", "Everything"), *kinds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A span has its first day first."""
        data = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", "This day is before the first one.")
        return data

    def asked(self, organization: Organization) -> Asked:
        """What is asked for, days being those of the organization's wall; without what can't be read."""
        self.is_valid()
        data = self.cleaned_data
        zone = ZoneInfo(organization.time_zone)
        start, end = data.get("start"), data.get("end")
        return Asked(
            who=data.get("who", ""),
            kind=data.get("kind", ""),
            start=_midnight(start, zone) if start else None,
            end=_midnight(end + timedelta(days=1), zone) if end and end < date.max else None,
            text=data.get("q", "").strip(),
        )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
