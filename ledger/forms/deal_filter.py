"""What the list of deals can be narrowed by, as it stands in its address."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from django import forms

from accounts.models import Company, Member, Role, Team, Zone
from accounts.permissions import visible_members
from ledger.models import Channel, DealState, Kind
from ledger.readers.deals import SORTS, DealFilter
from ledger.readers.deals.filters import NONE

ANY = ("", "Any")
MEANINGS = ("confirmed", "proposed", "neither")
SORT_CHOICES = [
    ("-date", "Newest first"),
    ("date", "Oldest first"),
    ("number", "Number, A to Z"),
    ("-number", "Number, Z to A"),
    ("-net", "Largest net amount first"),
    ("net", "Smallest net amount first"),
]
Choices = list[tuple[str, str]]


class DealFilterForm(forms.Form):
    """The filters of the list. Whatever is not understood asks for nothing, and says so at its field."""

    text = forms.CharField(
        label="Number or product",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": "Begins with"}),
    )
    kind = forms.ChoiceField(
        label="Kind", choices=[("", "Sales and orders"), ("sale", "Sales"), ("order", "Orders")], required=False
    )
    first = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    member = forms.ChoiceField(label="Salesperson", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    channel = forms.ChoiceField(label="Channel", required=False)
    state = forms.ChoiceField(label="State", required=False)
    company = forms.ChoiceField(label="Operating company", required=False)
    zone = forms.ChoiceField(label="Zone", required=False)
    customer = forms.CharField(
        label="Customer",
        required=False,
        max_length=240,
        widget=forms.TextInput(attrs={"placeholder": "Begins with"}),
    )
    sort = forms.ChoiceField(label="Order", choices=SORT_CHOICES, required=False)

    def __init__(self, data: Mapping[str, Any], *, viewer: Member) -> None:
        """Six queries, for the choices."""
        super().__init__(data)
        self.states = list(DealState.objects.all())
        people = visible_members(viewer, date.min, date.max).order_by("name_key", "pk")
        everyone = viewer.role == Role.ADMIN
        self._offer("member", people, [(str(NONE), "Nobody")] if everyone else [])
        self._offer("team", Team.objects.order_by("name_key"), [])
        self._offer("channel", Channel.objects.all(), [(str(NONE), "No channel")])
        self._offer("company", Company.objects.order_by("name_key"), [(str(NONE), "No company")])
        self._offer("zone", Zone.objects.order_by("name_key"), [(str(NONE), "No zone")])
        choice = self.fields["state"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [
            ANY,
            ("What it means", [(meaning, meaning.capitalize()) for meaning in MEANINGS]),
            ("State", [(str(state.pk), state.name) for state in self.states]),
        ]

    def clean_last(self) -> date | None:
        """Days the wrong way round would silently find nothing."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            raise forms.ValidationError("This day is before the first one.")
        return cast("date | None", last)

    @property
    def shown(self) -> list[forms.BoundField]:
        """The filters that stand open."""
        return [self[name] for name in ("text", "kind", "first", "last", "member", "state") if self._tells(name)]

    @property
    def further(self) -> list[forms.BoundField]:
        """The filters below the fold."""
        names = ("team", "channel", "company", "zone", "customer", "sort")
        return [self[name] for name in names if self._tells(name)]

    @property
    def unfolded(self) -> bool:
        """Whether one of those below the fold is in use."""
        return any(bound.value() not in (None, "", "-date") for bound in self.further)

    def _tells(self, name: str) -> bool:
        """Whether there is anything to choose between: one person or team needs no filter."""
        field = self.fields[name]
        return not isinstance(field, forms.ChoiceField) or len(list(field.widget.choices)) > 2

    def _offer(self, name: str, rows: Iterable[Any], more: Choices) -> None:
        found = [(str(row.pk), row.name) for row in rows]
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [ANY, *found, *(more if found else [])]

    def asked(self) -> DealFilter:
        """The filter, as far as it is understood."""
        self.is_valid()
        given = self.cleaned_data
        ids = {
            name: int(given[name]) if given.get(name) else None
            for name in ("member", "team", "channel", "company", "zone")
        }
        kind, sort = given.get("kind", ""), given.get("sort", "")
        return DealFilter(
            kind=kind if kind in Kind.values else "",
            first=given.get("first"),
            last=given.get("last"),
            states=self._states(given.get("state", "")),
            customer=given.get("customer", ""),
            text=given.get("text", ""),
            sort=sort if sort.removeprefix("-") in SORTS else "-date",
            **ids,
        )

    def _states(self, asked: str) -> tuple[int, ...] | None:
        if asked in MEANINGS:
            return tuple(state.pk for state in self.states if state.meaning == asked)
        return (int(asked),) if asked else None
