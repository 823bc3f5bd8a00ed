"""Forms that know what their page showed, so that two people who change the same thing don't overwrite each other."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from accounts.services import ChangedMeanwhile

NAME_TAKEN = "This name is taken. Choose another one."


class SeenForm(forms.Form):
    """A form over what `stands` now. The hidden `seen` of its page carries `seen_json` back."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, stands: Mapping[str, Any] | None = None) -> None:
        stands = stands or {}
        super().__init__(data, initial=dict(stands))
        self._seen = dict(stands) if data is None else self._read(str(data.get("seen", "")))

    def seen(self) -> dict[str, Any]:
        """The values that the page showed, as far as the post tells."""
        return dict(self._seen)

    @property
    def seen_json(self) -> str:
        """The same for the hidden field."""
        return json.dumps(self._seen, default=str)

    def explain(self, error: ChangedMeanwhile) -> None:
        """Say at each field what it was changed to meanwhile; saving once more then replaces that."""
        for name, now in error.fields.items():
            who = now.who or "Somebody"
            self.add_error(
                name, f"{who} changed this to {self.words(name, now.value)} meanwhile. Save again to replace it."
            )
            self._seen[name] = now.value

    def words(self, name: str, value: Any) -> str:
        """A value as its field would show it."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            labels = {str(key): str(label) for key, label in cast("Any", field.choices)}
            values = value if isinstance(value, list) else ["" if value is None else value]
            return ", ".join(labels.get(str(each), "something else") for each in values) or "nothing"
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, date):
            return f"{value.day} {value:%b %Y}"
        return str(value or "nothing")

    def refuse(self, error: ValidationError) -> None:
        """Put what a service found wrong where it is; what belongs to no field stands above the form."""
        by_field = hasattr(error, "error_dict")  # such an error has no list of its own
        for name, problems in error.error_dict.items() if by_field else [("", error.error_list)]:
            self.add_error(name if name in self.fields else None, problems)

    def _read(self, text: str) -> dict[str, Any]:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):  # the latter of what is nested without end
            return {}
        if not isinstance(found, dict):
            return {}
        return {name: self._python(self.fields[name], value) for name, value in found.items() if name in self.fields}

    @staticmethod
    def _python(field: forms.Field, value: Any) -> Any:
        if not isinstance(field, forms.DateField):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            return None


class NameForm(SeenForm):
    """The name of a row that people and imports know by its name."""

    name = forms.CharField(
        label="Name",
        max_length=240,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Enter a name."},
    )

    def refuse(self, error: ValidationError) -> None:
        """A name is taken, or is none: there is nothing else that can be wrong."""
        problems = getattr(error, "error_dict", {}).get("name")
        self.add_error("name", problems or NAME_TAKEN)
