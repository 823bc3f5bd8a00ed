"""What people type about the lists that records refer to."""

import json
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from accounts.services import ChangedMeanwhile
from ledger.models import DealState
from ledger.readers.lists import family_names

NAME_TAKEN = "This name is taken. Choose another one."


class EntryForm(forms.Form):
    """The name of a row. Over `stands`, what the row holds, its page carries `seen_json` as a hidden `seen`."""

    name = forms.CharField(
        label="Name",
        max_length=240,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter a name."},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, stands: Any = None) -> None:
        holds = {} if stands is None else {name: getattr(stands, name) for name in self.base_fields}
        super().__init__(data, initial=holds)
        self._seen = holds if data is None else self._read(str(data.get("seen", "")))

    def clean_name(self) -> str:
        """One space between words."""
        return " ".join(str(self.cleaned_data["name"]).split())

    def seen(self) -> dict[str, Any]:
        """The values that the page showed, as far as the post tells."""
        return dict(self._seen)

    @property
    def seen_json(self) -> str:
        """The same for the hidden field."""
        return json.dumps(self._seen)

    def explain(self, error: ChangedMeanwhile) -> None:
        """Say at each field what it was changed to meanwhile; saving once more then replaces that."""
        for name, now in error.fields.items():
            who = now.who or "Somebody"
            self.add_error(
                name, f"{who} changed this to {self.words(name, now.value)} meanwhile. Save again to replace it."
            )
            self._seen[name] = now.value

    def refuse(self, error: ValidationError) -> None:
        """Put what a service found wrong at its field: the only thing that no field knows is that a name is taken."""
        problems = getattr(error, "error_dict", {}).get("name")
        self.add_error("name", problems or NAME_TAKEN)

    def words(self, name: str, value: Any) -> str:
        """A value as its field would show it."""
        field: Any = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            choices: dict[Any, str] = dict(cast("list[tuple[Any, str]]", field.choices))
            return choices.get("" if value is None else value, "something else")
        return ("on" if value else "off") if isinstance(value, bool) else str(value)

    def _read(self, text: str) -> dict[str, Any]:
        try:
            found = json.loads(text)
        except ValueError:
            return {}
        if not isinstance(found, dict):
            return {}
        plain = (str, int, bool, type(None))
        return {name: value for name, value in found.items() if name in self.fields and isinstance(value, plain)}


class StateForm(EntryForm):
    """A deal state and what it means."""

    is_initial = forms.BooleanField(
        label="Proposed", required=False, help_text="Hoped for: shown hatched, never in a percentage."
    )
    triggers_commission = forms.BooleanField(
        label="Confirmed", required=False, help_text="Counts towards targets. With both, a deal is confirmed."
    )
    is_ordered = forms.BooleanField(label="A real order", required=False, help_text="Ordered, not just a quote.")

    def flags(self, state: DealState) -> dict[str, bool]:
        """What the state is to mean: a flag that wasn't touched stays as it is now."""
        return {
            name: getattr(state, name) if self._seen.get(name) == self.cleaned_data[name] else self.cleaned_data[name]
            for name in ("is_initial", "triggers_commission", "is_ordered")
        }


class BrandForm(EntryForm):
    """A brand and its family."""

    family_id = forms.TypedChoiceField(label="Brand family", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Mapping[str, Any] | None, *, stands: Any = None) -> None:
        super().__init__(data, stands=stands)
        field: Any = self.fields["family_id"]
        field.choices = [("", "No family"), *family_names()]
        if not self.is_bound and stands is not None and stands.family_id is None:
            self.initial["family_id"] = ""


class PlaceForm(forms.Form):
    """Beside which row another one is put: before it, or after it."""

    above = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    below = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two."""
        data = super().clean() or {}
        if (data.get("above") is None) == (data.get("below") is None):
            raise forms.ValidationError("Say before or after which row.")
        return data

    @property
    def beside(self) -> int:
        """The row's id."""
        return int(self.cleaned_data["above"] or self.cleaned_data["below"])

    @property
    def after(self) -> bool:
        """Whether below it."""
        return self.cleaned_data["below"] is not None
