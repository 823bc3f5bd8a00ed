"""Somebody in a team or a zone: since when, until when, and where next."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from accounts.models import Member, Team, Zone
from accounts.services import SpansOverlap
from config.seen import SeenForm


def day_input() -> forms.DateInput:
    """The browser's own calendar, whatever the language."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def people_on(today: date) -> "QuerySet[Member]":
    """Everybody who hasn't left, by name."""
    return Member.objects.filter(Q(active_to__isnull=True) | Q(active_to__gte=today)).order_by("name_key", "pk")


class DatedForm(SeenForm):
    """First and last day. What a service says about days that overlap stands at the first one."""

    start = forms.DateField(label="From", widget=day_input())
    end = forms.DateField(label="Until", required=False, widget=day_input(), help_text="The last day, included.")

    def clean(self) -> dict[str, Any]:
        """A span runs forwards."""
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", "The last day is before the first.")
        return data

    def overlap(self, error: SpansOverlap) -> None:
        """The days are taken."""
        self.add_error("start", str(error))


class JoinForm(DatedForm):
    """Somebody new in a team or a zone."""

    field_order = ("member", "start", "end")

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, stands={"start": today})
        self.fields["member"] = forms.ModelChoiceField(
            label="Person",
            queryset=people_on(today),
            empty_label="Choose",
            error_messages={"invalid_choice": "Choose one of the people in the list."},
        )
        self.order_fields(self.field_order)
        self.fields["end"].help_text = "Leave it empty while there is no last day."


class ManagerForm(forms.Form):
    """Somebody who manages a team."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        super().__init__(data, auto_id="id_manager_%s")
        self.fields["member"] = forms.ModelChoiceField(
            label="Person",
            queryset=people_on(today),
            empty_label="Choose",
            error_messages={"invalid_choice": "Choose one of the people in the list."},
        )


class MoveForm(forms.Form):
    """From one team or zone to another."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, places: "QuerySet[Team] | QuerySet[Zone]", kind: str
    ) -> None:
        super().__init__(data, auto_id="id_move_%s")
        self.kind = kind
        self.fields[kind] = forms.ModelChoiceField(
            label=f"To {kind}",
            queryset=places.order_by("name_key"),
            empty_label="Choose",
            error_messages={"invalid_choice": f"Choose one of the {kind}s in the list."},
        )
        self.fields["start"] = forms.DateField(
            label="From", widget=day_input(), help_text=f"The day before is the last one in the old {kind}."
        )

    def overlap(self, error: SpansOverlap) -> None:
        """They are there already on some of these days."""
        self.add_error(self.kind, str(error))

    def refuse(self, error: ValidationError) -> None:
        """Put what the service found wrong where it is."""
        for name, problems in error.error_dict.items():
            self.add_error(name if name in self.fields else None, problems)
