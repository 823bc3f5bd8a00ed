"""The invented content of the style guide."""

from datetime import date
from typing import Any

from django import forms

from config.svg import icon_names

COLOURS = (
    *("canvas", "surface", "sunken", "line", "ink", "ink-2", "ink-3", "brand", "brand-soft"),
    *("good", "good-soft", "bad", "bad-soft", "warn-soft", "proposed"),
)
PEOPLE = (
    "Amara Okafor",
    "Ben Sorensen",
    "Chiara Rossi",
    "Dev Patel",
    "Elif Kaya",
    "Finn Walsh",
    "Hugo Marin",
    "Madonna",
)


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(help_text="As it stands on the door")
    email = forms.EmailField(label="E-mail")
    channel = forms.ChoiceField(choices=[("retail", "Retail"), ("online", "Online")])
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    remember = forms.BooleanField(label="Keep this for next time", help_text="Only on this computer", required=False)
    unknown = forms.ChoiceField(
        label="People we don't know",
        choices=[("create", "Add them"), ("refuse", "Refuse their rows")],
        widget=forms.RadioSelect,
        initial="create",
    )


def examples() -> dict[str, Any]:
    """The context of the page."""
    return {
        "colours": COLOURS,
        "icons": [name for name in icon_names() if name != "logo"],
        "people": PEOPLE,
        "today": date(2026, 10, 22),
        "form": ExampleForm(
            {"name": "Harbour Motors", "email": "not an address", "channel": "online", "unknown": "create"}
        ),
    }
