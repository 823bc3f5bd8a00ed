"""What people type about reports."""

from collections.abc import Mapping
from typing import Any

from django import forms

from config.seen import NameForm


class ViewForm(NameForm):
    """The name of a saved report, and for those who may whether everyone sees it."""

    shared = forms.BooleanField(
        label="Share with everyone",
        required=False,
        help_text="Everyone can open it, and sees the numbers of the people they may see.",
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, stands: Mapping[str, Any] | None = None, may_share: bool
    ) -> None:
        super().__init__(data, stands=stands)
        self.fields["name"].widget.attrs["maxlength"] = 80
        if not may_share:
            del self.fields["shared"]
            self._seen.pop("shared", None)

    def clean_name(self) -> str:
        """One space between words, and no more than fits a menu."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if len(name) > 80:
            raise forms.ValidationError("A name has at most 80 characters.")
        return name

    @property
    def shares(self) -> bool:
        """Whether it is to be shared."""
        return bool(self.cleaned_data.get("shared"))
