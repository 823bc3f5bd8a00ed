"""Days on which the organization is closed."""

from datetime import date

from django import forms

from accounts.forms.spans import day_input
from config.seen import SeenForm

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


class ClosingDayForm(forms.Form):
    """One day, and why."""

    day = forms.DateField(label="Day", widget=day_input())
    name = forms.CharField(
        label="What for", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_day(self) -> date:
        """Within the years that calendars are asked for."""
        day: date = self.cleaned_data["day"]
        if not FIRST <= day <= LAST:
            raise forms.ValidationError("Choose a day between 2000 and 2099.")
        return day


class ClosingNameForm(SeenForm):
    """Why the organization is closed on a day."""

    name = forms.CharField(
        label="What for", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
