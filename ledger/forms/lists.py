"""What people type about the lists that records refer to."""

from collections.abc import Mapping
from typing import Any

from django import forms

from config.seen import NameForm
from ledger.models import DealState
from ledger.readers.lists import family_names


class EntryForm(NameForm):
    """The name of a row, and what else of it is edited, over the row that `stands`."""

    def __init__(self, data: Mapping[str, Any] | None, *, stands: Any = None) -> None:
        super().__init__(data, stands={name: getattr(stands, name) for name in self.base_fields} if stands else None)

    def clean_name(self) -> str:
        """One space between words."""
        return " ".join(str(self.cleaned_data["name"]).split())


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
