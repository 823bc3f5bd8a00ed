"""The organization's own settings."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dates import MONTHS, WEEKDAYS

from accounts.choices import Choices, countries, currencies, known_time_zone, language_name, languages, regions
from accounts.models import Organization
from config.seen import SeenForm

FIELDS = (
    "name",
    "currency",
    "language",
    "time_zone",
    "fiscal_start",
    "working_weekdays",
    "holiday_country",
    "holiday_region",
    "admins_need_second_factor",
)


class OrganizationForm(SeenForm):
    """Everything about the organization but its address and what holds for targets.

    Regions are those of the country that is chosen now; `country` is one that somebody has just chosen and not saved.
    """

    name = forms.CharField(label="Name", max_length=120)
    currency = forms.ChoiceField(
        label="Currency", help_text="How amounts are written. Amounts that are stored are not converted."
    )
    language = forms.ChoiceField(
        label="Numbers and dates", help_text="The language that numbers, money and dates are written in."
    )
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
        help_text="Decides which day it is: today, this month, and pace. Records keep the dates they have.",
    )
    fiscal_start = forms.TypedChoiceField(
        label="Fiscal year starts in",
        coerce=int,
        choices=[(number, str(name)) for number, name in MONTHS.items()],
        help_text="Quarters, half years and years are counted from here. Records keep their dates and months.",
    )
    working_weekdays = forms.TypedMultipleChoiceField(
        label="Working days",
        coerce=int,
        choices=[(number, str(name)) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one day."},
    )
    holiday_country = forms.ChoiceField(
        label="Public holidays of",
        required=False,
        widget=forms.Select(attrs={"hx-get": "", "hx-target": "#holiday-region", "hx-swap": "outerHTML"}),
    )
    holiday_region = forms.ChoiceField(
        label="Region", required=False, error_messages={"invalid_choice": "Choose a region of this country."}
    )
    admins_need_second_factor = forms.BooleanField(
        label="Admins need a second factor",
        required=False,
        help_text="Besides the password, a code from an app or a passkey. Who has none sets it up at the next sign-in.",
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, organization: Organization, country: str | None = None
    ) -> None:
        super().__init__(data, stands={name: getattr(organization, name) for name in FIELDS})
        if country is not None:
            self.initial.update({"holiday_country": country, "holiday_region": ""})
        self._choose("currency", _with(currencies(), organization.currency, organization.currency))
        self._choose("language", _with(languages(), organization.language, language_name(organization.language)))
        country = str(self["holiday_country"].value() or "")
        self._choose("holiday_country", [("", "No country"), *_with(countries(), organization.holiday_country, "")])
        known = regions(country)
        self._choose("holiday_region", [("", "The whole country"), *known])
        self.fields["holiday_region"].widget.attrs["disabled"] = not known
        if not known:
            everywhere = "This country has the same holidays everywhere."
            self.fields["holiday_region"].help_text = everywhere if country else ""

    def clean_time_zone(self) -> str:
        """A zone's name in its own spelling; the city alone is enough."""
        typed = self.cleaned_data["time_zone"]
        known = known_time_zone(typed)
        if not known:
            raise forms.ValidationError(f"There is no time zone called {typed}. Try a city, such as Europe/Dublin.")
        return known

    def clean_working_weekdays(self) -> list[int]:
        """In the order of the week."""
        return sorted(self.cleaned_data["working_weekdays"])

    def _choose(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _with(choices: Choices, value: str, label: str) -> Choices:
    """The choices, and the one that the organization has already."""
    return choices if not value or value in dict(choices) else [*choices, (value, label or value)]
