"""A deal entered by hand: its header, its lines, and what was typed kept whatever happens."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import BaseFormSet

from accounts.models import Company, Member, Zone
from accounts.permissions import RECORD, dated_people
from config.formats import Formats
from ledger.effects import Facts
from ledger.ingest.rows import AMOUNTS
from ledger.models import Channel, Deal, DealState, Kind, SalesLedger
from ledger.reading.values import LONGEST_NAME, LONGEST_NUMBER, Decimals, Wrong, amount_reader
from ledger.services.records import Entry, Line

MOST_LINES = 100
LISTS = ("channel", "state", "company", "zone", "sales_ledger")
TEXTS = ("customer", "customer_branch", "wholesaler_branch")
ZERO = Decimal(0)


def decimals_of(formats: Formats) -> Decimals:
    """How an organization's language writes decimals."""
    return Decimals.COMMA if get_decimal_symbol(formats.locale) == "," else Decimals.POINT


class AmountField(forms.CharField):
    """An amount as people write it, to two decimals."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, *, decimals: Decimals, blank: Decimal, label: str) -> None:
        super().__init__(label=label, required=False)
        self.read = amount_reader(decimals, blank)

    def clean(self, value: Any) -> Any:
        """The amount; ValidationError in words."""
        try:
            return self.read(super().clean(value))
        except Wrong as error:
            raise ValidationError(str(error)) from error


class LineForm(forms.Form):
    """One line of a deal."""

    product = forms.CharField(label="Product", required=False, max_length=LONGEST_NAME)
    brand = forms.CharField(label="Brand", required=False, max_length=LONGEST_NAME)

    def __init__(self, *args: Any, decimals: Decimals, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["brand"].widget.attrs |= {"list": "brand-names", "autocomplete": "off"}
        for name in AMOUNTS:
            blank = Decimal(1) if name == "quantity" else ZERO
            self.fields[name] = AmountField(decimals=decimals, blank=blank, label=name.capitalize())

    def line(self) -> Line:
        """What was entered; the form is valid."""
        return Line(**{name: self.cleaned_data[name] for name in ("brand", "product", *AMOUNTS)})


LineForms = forms.formset_factory(
    LineForm, extra=0, min_num=1, validate_min=True, max_num=MOST_LINES, validate_max=True, absolute_max=MOST_LINES
)


class DealForm(forms.Form):
    """The header of a deal. Kind and number are fixed once it is stored."""

    kind = forms.ChoiceField(label="Kind", choices=Kind.choices)
    number = forms.CharField(label="Number", max_length=LONGEST_NUMBER, error_messages={"required": "Give a number."})
    date = forms.DateField(
        label="Date",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Give the day on which the deal counts."},
    )
    member = forms.ChoiceField(label="Salesperson", required=False)
    channel = forms.ChoiceField(label="Channel", required=False)
    state = forms.ChoiceField(label="State", error_messages={"required": "Choose a state."})
    customer = forms.CharField(label="Customer", required=False, max_length=LONGEST_NAME)
    customer_branch = forms.CharField(label="Customer branch", required=False, max_length=LONGEST_NAME)
    wholesaler_branch = forms.CharField(label="Wholesaler branch", required=False, max_length=LONGEST_NAME)
    company = forms.ChoiceField(label="Operating company", required=False)
    zone = forms.ChoiceField(label="Zone", required=False)
    sales_ledger = forms.ChoiceField(label="Sales ledger", required=False)

    def __init__(self, *args: Any, by: Member, deal: Deal | None, **kwargs: Any) -> None:
        """Six queries, for the choices."""
        super().__init__(*args, **kwargs)
        if deal is not None:
            del self.fields["kind"], self.fields["number"]
        people = dated_people(by, RECORD)
        members = Member.objects.order_by("name_key", "pk")
        self.members = {
            str(member.pk): member for member in (members if people is None else members.filter(pk__in=people))
        }
        if people is not None:
            self.fields["member"].required = True
            self.fields["member"].error_messages["required"] = "Choose one of your people."
        channels = [
            row for row in Channel.objects.all() if row.archived_at is None or (deal and deal.channel_id == row.pk)
        ]
        self.rows: dict[str, dict[str, Any]] = {
            name: {str(row.pk): row for row in rows}
            for name, rows in (
                ("channel", channels),
                ("state", DealState.objects.all()),
                ("company", Company.objects.order_by("name_key")),
                ("zone", Zone.objects.order_by("name_key")),
                ("sales_ledger", SalesLedger.objects.order_by("name_key")),
            )
        }
        nobody = [("", "Nobody" if people is None else "Choose")]
        self._offer("member", nobody, _named(self.members.values()))
        for name, rows in self.rows.items():
            self._offer(
                name, [("", "Choose" if name == "state" else "None")], ((key, row.name) for key, row in rows.items())
            )
        for name in ("customer", "customer_branch", "wholesaler_branch"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "list": f"{name}-names"}

    def _offer(self, name: str, first: list[tuple[str, str]], rows: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*first, *rows]


class DealSheet:
    """The whole form: header and lines, bound to what was posted or filled from what is stored.

    After a button that only rearranges, it is made anew from what was typed and says nothing about faults.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        by: Member,
        formats: Formats,
        deal: Deal | None = None,
        initial: Mapping[str, Any] | None = None,
        lines: list[dict[str, Any]] | None = None,
    ) -> None:
        self.deal, self.formats = deal, formats
        options = {"decimals": decimals_of(formats)}
        self.header = DealForm(data, by=by, deal=deal, initial=dict(initial or {}))
        initial_lines = None if data is not None else lines or [{"quantity": "1"}]
        self.lines: BaseFormSet[Any] = LineForms(data, prefix="lines", initial=initial_lines, form_kwargs=options)
        # Those of `initial` are all there are.
        self.lines.extra = 0
        if data is None:
            self.lines.min_num = 0

    def rearranged(self, data: Mapping[str, Any], action: str, *, by: Member) -> "DealSheet":
        """The same with a line more or less, and everything as it was typed."""
        typed = [{name: form[name].value() for name in form.fields} for form in self.lines.forms]
        if action == "add-line" and len(typed) < MOST_LINES:
            typed.append({"quantity": "1"})
        verb, _, place = action.rpartition("-")
        if verb == "remove-line" and len(typed) > 1 and place in map(str, range(len(typed))):
            del typed[int(place)]
        initial = {name: self.header[name].value() for name in self.header.fields}
        return DealSheet(None, by=by, formats=self.formats, deal=self.deal, initial=initial, lines=typed)

    def is_valid(self) -> bool:
        """Whether everything has a form; judges header and lines both, so that every fault is shown at once."""
        return all([self.header.is_valid(), self.lines.is_valid()])

    @property
    def bound(self) -> bool:
        """Whether something was posted to be stored."""
        return self.header.is_bound

    def entry(self) -> Entry:
        """What was entered; the sheet is valid."""
        given = self.header.cleaned_data
        return Entry(
            kind=self.deal.kind if self.deal else given["kind"],
            number=self.deal.number if self.deal else given["number"],
            date=given["date"],
            member=self.header.members.get(given["member"]),
            lines=[form.line() for form in self.lines.forms],
            **{name: given[name] for name in TEXTS},
            **{name: row.name if (row := self.header.rows[name].get(given[name])) else "" for name in LISTS},
        )

    def facts(self) -> Facts | None:
        """What is counted of the deal as it is typed just now; None while it has no day or state."""
        values = {name: str(self.header[name].value() or "") for name in self.header.fields}
        state = self.header.rows["state"].get(values["state"])
        try:
            day = date.fromisoformat(values["date"])
        except ValueError:
            return None
        if state is None:
            return None
        member, channel = self.header.members.get(values["member"]), self.header.rows["channel"].get(values["channel"])
        return Facts(
            kind=self.deal.kind if self.deal else values["kind"],
            date=day,
            member_id=member.pk if member else None,
            channel_id=channel.pk if channel else None,
            confirmed=state.meaning == "confirmed",
            net=sum(self._nets(), ZERO),
        )

    def explain(self, errors: Mapping[str | tuple[int, str], str]) -> None:
        """Put what a service found wrong where it is."""
        for place, words in errors.items():
            if isinstance(place, tuple):
                index, name = place
                self.lines.forms[index].add_error(name, words)
            else:
                self.header.add_error(place if place in self.header.fields else None, words)

    def _nets(self) -> Iterator[Decimal]:
        for form in self.lines.forms:
            try:
                yield form.fields["net"].clean(form["net"].value())
            except ValidationError:
                continue


def typed_of(deal: Deal, lines: Iterable[Any], formats: Formats) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A stored deal as somebody would type it: the header, and the lines."""
    header = {
        "date": deal.date,
        "member": deal.member_id,
        **{name: getattr(deal, f"{name}_id") for name in LISTS},
        **{name: row.name if (row := getattr(deal, name)) else "" for name in TEXTS},
    }
    sign = "," if decimals_of(formats) is Decimals.COMMA else "."
    return header, [
        {
            "product": line.product,
            "brand": line.brand.name if line.brand else "",
            **{name: _typed(getattr(line, name), sign) for name in AMOUNTS},
        }
        for line in lines
    ]


def _typed(amount: Decimal, sign: str) -> str:
    """12 or 12.50."""
    text = f"{amount:.2f}".removesuffix(".00")
    return text.replace(".", sign)


def _named(members: Iterable[Member]) -> list[tuple[str, str]]:
    """People with their names, and where two share one with their e-mail addresses."""
    members = list(members)
    seen: dict[str, int] = {}
    for member in members:
        seen[member.name_key] = seen.get(member.name_key, 0) + 1
    return [
        (str(member.pk), f"{member.name} ({member.email or 'no e-mail'})" if seen[member.name_key] > 1 else member.name)
        for member in members
    ]
