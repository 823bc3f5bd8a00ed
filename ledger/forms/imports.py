"""The forms of imports: the file, and how it is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from accounts.models import Member
from ledger.ingest.rows import NAMES, Meaning
from ledger.models import Import, Kind
from ledger.readers.preview import MEANINGS, FoundState
from ledger.reading import FIELDS, FIXABLE, LABELS, REQUIRED, DateOrder, Decimals, Survey
from ledger.services.choices import Choices, creatable, guessed_formats

HINTS = {
    "number": "The deal's own id. Rows with the same number are lines of one deal.",
    "date": "The day on which the deal counts.",
    "date_fallback": "For rows without the first date.",
    "member": "By name or e-mail address.",
    "state": "Below you say what each one means.",
    "quantity": "1 where there is no column.",
}
DATE_FORMATS = [
    (DateOrder.YMD.value, "2026-03-31 (year, month, day)"),
    (DateOrder.DMY.value, "31/03/2026 or 31.3.26 (day, month, year)"),
    (DateOrder.MDY.value, "03/31/2026 or 3/31/26 (month, day, year)"),
]
NUMBER_FORMATS = [(Decimals.POINT.value, "1,234.56 or 1 234.56"), (Decimals.COMMA.value, "1.234,56 or 1 234,56")]
ABSENT = {
    "channel": "Deals without a channel can't be counted against targets."
    " Choose a column, or one channel for every row.",
    "state": "Without a state no deal can be stored. Choose a column, or one state for every row.",
}
MOST_STATES = 60
TOO_FEW = "Choose a file."


class ImportUploadForm(forms.Form):
    """One CSV file or workbook."""

    file = forms.FileField(
        label="CSV file or Excel workbook",
        allow_empty_file=True,
        error_messages={"required": TOO_FEW, "missing": TOO_FEW},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a deal on the mapping page. `absent` says what it means to have neither column nor value."""

    name: str
    label: str
    hint: str
    absent: str
    required: bool
    column: BoundField
    fixed: BoundField | None
    create: BoundField | None
    examples: list[str]


@dataclass(frozen=True, slots=True)
class StateRow:
    """One state of the file: what it means already, or the control to say so."""

    name: str
    known: str
    control: BoundField
    place: int


class ImportMappingForm(forms.Form):
    """Columns, fixed values, formats, unknown names. The names of controls: column-net, fixed-channel, create-member.

    States come as pairs state-name-0, state-meaning-0, since they are those of whatever column is chosen. A format
    that is still the one guessed, as the hidden controls tell, is guessed again for the columns that are chosen now.
    """

    kind = forms.ChoiceField(label="These rows are", choices=[("sale", "Sales"), ("order", "Orders")])
    date_order = forms.ChoiceField(
        label="Dates are written like", choices=[("", "Choose"), *DATE_FORMATS], required=False
    )
    decimals = forms.ChoiceField(label="Numbers are written like", choices=NUMBER_FORMATS)
    date_order_guess = forms.CharField(required=False, widget=forms.HiddenInput)
    decimals_guess = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, source: Import, choices: Choices, by: Member) -> None:
        survey = Survey(**source.survey)
        super().__init__(
            None if data is None else _with_guesses(data, survey),
            initial=_initial(choices) | _guesses(survey, choices.columns),
        )
        self.source, self.by = source, by
        headers = [(header, header) for header in source.survey["headers"]]
        allowed = creatable(by)
        for name in FIELDS:
            self.fields[f"column-{name}"] = forms.ChoiceField(
                label=LABELS[name], choices=[("", "Not in the file"), *headers], required=False
            )
            if name in FIXABLE:
                self.fields[f"fixed-{name}"] = forms.CharField(
                    label=f"{LABELS[name]}, the same for every row", required=False, max_length=240
                )
                # What the style sheet tells an empty one by.
                self.fields[f"fixed-{name}"].widget.attrs["placeholder"] = " "
                if name in ABSENT:
                    self.fields[f"fixed-{name}"].widget.attrs["list"] = f"known-{name}"
            if name in NAMES:
                self.fields[f"create-{name}"] = forms.BooleanField(
                    label=f"Create where unknown: {LABELS[name].lower()}", required=False, disabled=name not in allowed
                )
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField) and not field.widget.is_hidden:
                field.widget.attrs["class"] = "input sm"

    def rows(self) -> Iterator[FieldRow]:
        """Every field of a deal with its controls and what stands in its column first."""
        examples = self.source.survey["examples"]
        for name in FIELDS:
            column = self[f"column-{name}"]
            yield FieldRow(
                name=name,
                label=LABELS[name],
                hint=HINTS.get(name, ""),
                absent=ABSENT.get(name, ""),
                required=name in REQUIRED,
                column=column,
                fixed=self[f"fixed-{name}"] if name in FIXABLE else None,
                create=self[f"create-{name}"] if name in NAMES else None,
                examples=examples.get(column.value() or "", []),
            )

    def choices(self) -> Choices:
        """What was typed and chosen, as far as it has a form; services say whether it holds."""
        data = {name: self[name].value() for name in self.fields}
        if not self.is_bound:
            return _choices(data, self.initial["states"])
        meanings = {each.value for each in Meaning}
        return _choices(data, {name: Meaning(word) for name, word in self.answers().items() if word in meanings})

    def answers(self) -> dict[str, str]:
        """{state: what was chosen for it}, "" where nothing was and "refuse" where its rows shall be refused."""
        pairs = [
            (self.data.get(f"state-name-{place}"), self.data.get(f"state-meaning-{place}"))
            for place in range(MOST_STATES)
        ]
        return {_text(name): _text(word) for name, word in pairs if name}

    def explain(self, errors: Mapping[str, str]) -> None:
        """Put what a service found wrong where it is."""
        for name, words in errors.items():
            fixed = name in FIXABLE and self[f"fixed-{name}"].value() and not self[f"column-{name}"].value()
            self.add_error(f"fixed-{name}" if fixed else _place(name), words)


class StatesForm(forms.Form):
    """What the states that stand in the file mean; states the organization knows already keep their meaning.

    `meant` is what holds so far, `answers` what was chosen (`ImportMappingForm.answers`).
    """

    def __init__(self, states: list[FoundState], meant: Mapping[str, Meaning], answers: Mapping[str, str]) -> None:
        super().__init__()
        self.states = states
        for place, state in enumerate(states):
            self.fields[f"state-meaning-{place}"] = forms.ChoiceField(
                label=f"Meaning of {state.name}",
                choices=[("", "Choose"), *MEANINGS, ("refuse", "Refuse these rows")],
                initial=meant.get(state.name) or answers.get(state.name, ""),
                required=False,
                widget=forms.Select(attrs={"class": "input sm", "aria-label": f"Meaning of {state.name}"}),
            )

    def rows(self) -> Iterator[StateRow]:
        """Each state with its control."""
        for place, state in enumerate(self.states):
            yield StateRow(state.name, state.known, self[f"state-meaning-{place}"], place)


def _initial(choices: Choices) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "kind": choices.kind or Kind.SALE,
        "date_order": choices.date_order or "",
        "decimals": choices.decimals,
        "states": choices.states,
    }
    initial |= {f"column-{name}": header for name, header in choices.columns.items()}
    initial |= {f"fixed-{name}": text for name, text in choices.fixed.items()}
    return initial | {f"create-{name}": True for name in choices.create}


def _guesses(survey: Survey, columns: Mapping[str, str]) -> dict[str, str]:
    order, decimals = guessed_formats(survey, columns)
    return {"date_order_guess": order or "", "decimals_guess": decimals}


def _with_guesses(data: Mapping[str, Any], survey: Survey) -> dict[str, Any]:
    """What was posted, with formats that nobody chose guessed anew."""
    posted = {name: data.get(name) for name in data}
    guesses = _guesses(survey, {name: _text(data.get(f"column-{name}")) for name in FIELDS})
    for name in ("date_order", "decimals"):
        if posted.get(name) in (None, "", posted.get(f"{name}_guess")):
            posted[name] = guesses[f"{name}_guess"]
    return posted | guesses


def _choices(data: Mapping[str, Any], states: dict[str, Meaning]) -> Choices:
    order, decimals = data["date_order"], data["decimals"]
    return Choices(
        kind=_text(data["kind"]),
        columns={name: text for name in FIELDS if (text := _text(data[f"column-{name}"]))},
        fixed={name: text for name in FIELDS if name in FIXABLE and (text := _text(data[f"fixed-{name}"]).strip())},
        date_order=DateOrder(order) if order in {each.value for each in DateOrder} else None,
        decimals=Decimals(decimals) if decimals in {each.value for each in Decimals} else Decimals.POINT,
        create=frozenset(name for name in NAMES if data[f"create-{name}"]),
        states=states,
    )


def _text(value: object) -> str:
    """What a control holds, as a database can keep it."""
    return str(value or "").replace("\0", "\ufffd")


def _place(name: str) -> str | None:
    if name in FIELDS:
        return f"column-{name}"
    return name if name in ("kind", "date_order", "decimals") else None
