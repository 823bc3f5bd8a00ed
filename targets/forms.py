"""What people type into the grid, and the month in its address."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol
from django import forms
from django.forms.boundfield import BoundField
from django.http import Http404, QueryDict

from config.formats import Formats
from ledger.reading import DateOrder, Decimals
from progress.periods import rest_of_year
from targets.importing import COLUMNS, LABELS, Blanks, Choices
from targets.services import LARGEST, LARGEST_REVENUE, Metric

MONTH = re.compile(r"(?P<year>20\d\d|19[7-9]\d)-(?P<month>0[1-9]|1[0-2])", re.ASCII)
AGREED = re.compile(
    r"(?P<member>[0-9]{1,18})-(?P<channel>[0-9]{1,18}):(?P<month>[0-9]{4}-[0-9]{2})"
    r":(?P<metric>count|revenue):(?P<version>[0-9]{1,9})",
    re.ASCII,
)
# Signs of currencies, as a spreadsheet copies them with an amount.
SIGNS = re.compile(r"[€$£¥₹]|\b[A-Z]{3}\b")
SPACES = re.compile(r"[\s\u00a0\u2009\u202f'’]")
REACHES = [("year", "Rest of the year"), ("everyone", "Everyone"), ("both", "Everyone, rest of the year")]
LARGEST_BLOCK = 5_000
LARGEST_ID = 10**18
MOST_MONTHS = 36
WHERE = re.compile(r"[A-Z]{1,3}[0-9]{1,6}", re.ASCII)
WHOLE = "Enter a whole number such as {example}."


class MetricForm(forms.Form):
    """Which of the two targets of a cell is meant: the number of deals where nothing is said."""

    metric = forms.ChoiceField(choices=[("count", "Deals"), ("revenue", "Revenue")], required=False)

    def clean_metric(self) -> Metric:
        """The number of deals where nothing is said."""
        return "revenue" if self.cleaned_data["metric"] == "revenue" else "count"


class CellForm(MetricForm):
    """One cell as the grid sends it, beside its month; `count` is what was typed."""

    member = forms.IntegerField(min_value=1)
    channel = forms.IntegerField(min_value=1)
    version = forms.IntegerField(min_value=0)
    count = forms.CharField(required=False, strip=False, max_length=100)


@dataclass(frozen=True, slots=True)
class Pasted:
    """One cell of a pasted block: where it goes, the version that was seen, the text, and where it stood (B7)."""

    member_id: int
    channel_id: int
    version: int
    text: str
    where: str


class CellsField(forms.JSONField):
    """JSON that people may send as they like: numbers without end and lists in lists in lists are wrong too."""

    def to_python(self, value: Any) -> Any:
        """What it says. Raises ValidationError."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error


class BlockForm(MetricForm):
    """A pasted block as the grid sends it: `cells` is [[member, channel, version, text, where], ...], each place once.

    One field, since a form with thousands is refused. `outside`: how many numbers found no cell.
    """

    cells = CellsField()
    outside = forms.IntegerField(min_value=0, max_value=10**6, required=False)

    def clean_cells(self) -> list[Pasted]:
        """The cells, of which there may be LARGEST_BLOCK."""
        cells = self.cleaned_data["cells"]
        if not isinstance(cells, list) or len(cells) > LARGEST_BLOCK:
            raise forms.ValidationError("This is no block of cells.")
        found = {}
        for cell in cells:
            match cell:
                case [int(member), int(channel), int(version), str(text), str(where)] if (
                    0 < member < LARGEST_ID and 0 < channel < LARGEST_ID and WHERE.fullmatch(where)
                ):
                    found[member, channel] = Pasted(member, channel, version, text[:100], where)
                case _:
                    raise forms.ValidationError("This is no block of cells.")
        return list(found.values())


class SpreadForm(MetricForm):
    """One number for more cells: of the person, or of the people, in this month or in the rest of its year too.

    `members` are the people shown, set apart by commas; empty means everybody.
    """

    member = forms.IntegerField(min_value=1)
    channel = forms.IntegerField(min_value=1)
    number = forms.CharField(required=False, strip=False, max_length=100)
    members = forms.RegexField(r"\A[0-9]{1,18}(,[0-9]{1,18}){0,4999}\Z", required=False)
    reach = forms.ChoiceField(choices=REACHES)

    def member_ids(self) -> list[int] | None:
        """Whose cells; None for everybody's."""
        asked = self.cleaned_data
        if asked["reach"] == "year":
            return [asked["member"]]
        return sorted({int(member) for member in asked["members"].split(",")}) if asked["members"] else None

    def months(self, month: date, fiscal_start: int) -> list[date]:
        """Which months: the later ones of the fiscal year for one person, who has this month's number already."""
        reach = self.cleaned_data["reach"]
        later = [each.start for each in rest_of_year(month, fiscal_start)]
        return {"year": later, "everyone": [month], "both": [month, *later]}[reach]


def parse_month(text: str) -> date | None:
    """The first day of a month written 2026-10, from 1970 to 2099; None for anything else."""
    match = MONTH.fullmatch(text.strip())
    return date(int(match["year"]), int(match["month"]), 1) if match else None


def parse_number(text: str, metric: Metric, formats: Formats) -> Any:
    """What was typed, as `parse_count` or `parse_revenue` reads it."""
    return parse_revenue(text, formats) if metric == "revenue" else parse_count(text, formats)


def parse_revenue(text: str, formats: Formats) -> Decimal | None:
    """An amount as people write it, with or without the currency and up to two decimals; None where nothing was typed.

    Raises ValueError with a text for the user.
    """
    _, point = symbols(formats.locale)
    bare = SIGNS.sub("", text.strip()).strip()
    if bare in ("", "+"):
        return None
    complaint = f"Enter an amount such as {formats.number(Decimal('1200.50'))}."
    if bare[0] in "-−":
        raise ValueError("A target can't be below 0.")
    whole, sign, decimals = bare.partition(point)
    if sign and not (decimals.isascii() and decimals.isdecimal() and len(decimals) <= 2):
        raise ValueError(complaint)
    digits = _digits(whole, formats.locale)
    if digits is None:
        raise ValueError(complaint)
    if len(digits) > len(str(LARGEST_REVENUE)) or Decimal(f"{digits}.{decimals or 0}") > LARGEST_REVENUE:
        raise ValueError(f"The largest target is {formats.number(LARGEST_REVENUE)}.")
    return Decimal(f"{digits}.{decimals or 0}")


def parse_count(text: str, formats: Formats) -> int | None:
    """A number of deals as people write it; None where nothing was typed.

    Thousands may be set apart by a space, an apostrophe or the language's own sign: 1,200 in English, 1.200 in German.
    Decimals are accepted where they are zero. Raises ValueError with a text for the user.
    """
    _, point = symbols(formats.locale)
    bare = text.strip()
    if bare in ("", "+"):
        return None
    complaint = WHOLE.format(example=formats.number(1200))
    if bare[0] in "-−":
        raise ValueError("A target can't be below 0.")
    whole, _, decimals = bare.partition(point)
    if decimals.strip("0") or (point in bare and not decimals):
        raise ValueError(complaint)
    digits = _digits(whole, formats.locale)
    if digits is None:
        raise ValueError(complaint)
    if len(digits) > len(str(LARGEST)) or int(digits) > LARGEST:
        raise ValueError(f"The largest target is {formats.number(LARGEST)}.")
    return int(digits)


def _digits(whole: str, locale: Locale) -> str | None:
    """The digits of a whole number without what sets thousands apart; None where that isn't one."""
    group, _ = symbols(locale)
    parts = re.split(f"[\u00a0{re.escape(group)}]", SPACES.sub("\u00a0", whole))
    grouped = len(parts) > 1
    if not all(part.isdecimal() for part in parts) or (
        grouped and (any(len(part) not in (2, 3) for part in parts[1:-1]) or len(parts[-1]) != 3 or len(parts[0]) > 3)
    ):
        return None
    return "".join(parts).lstrip("0") or "0"


def read_ids(data: QueryDict) -> list[int] | None:
    """The people that are named; None where nobody is. Raises Http404."""
    named = data.getlist("member")
    if not all(re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) for text in named):
        raise Http404
    return sorted({int(text) for text in named}) or None


def read_agreed(text: str) -> dict[tuple[int, int, date, Metric], int]:
    """What `write_agreed` wrote. Raises Http404."""
    agreed: dict[tuple[int, int, date, Metric], int] = {}
    for entry in text.split():
        match = AGREED.fullmatch(entry)
        month = parse_month(match["month"]) if match else None
        if match is None or month is None:
            raise Http404
        metric: Metric = "revenue" if match["metric"] == "revenue" else "count"
        agreed[int(match["member"]), int(match["channel"]), month, metric] = int(match["version"])
    return agreed


def read_expected(text: str) -> int:
    """How many cells somebody was told an action has; -1 where they were told nothing, so that they are asked."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else -1


def write_agreed(agreed: Mapping[tuple[int, int, date, Metric], int]) -> str:
    """member-channel:2026-10:count:version of each number that may be replaced, set apart by spaces."""
    return " ".join(
        f"{member}-{channel}:{month:%Y-%m}:{metric}:{version}"
        for (member, channel, month, metric), version in agreed.items()
    )


@lru_cache(maxsize=64)
def symbols(locale: Locale) -> tuple[str, str]:
    """The signs that set thousands and decimals apart."""
    return str(get_group_symbol(locale)), str(get_decimal_symbol(locale))


class TargetFileForm(forms.Form):
    """One CSV file or workbook of targets."""

    file = forms.FileField(
        label="CSV file or Excel workbook",
        allow_empty_file=True,
        error_messages=dict.fromkeys(("required", "missing"), "Choose a file."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )


class ImportChoicesForm(forms.Form):
    """Which column is what, and how numbers, dates and empty cells are read; fields of columns are column-member etc.

    `asks_date_order`: whether the months are dates that need it.
    """

    decimals = forms.ChoiceField(
        label="Numbers are written like",
        choices=[(Decimals.POINT.value, "1,234.56 or 1 234.56"), (Decimals.COMMA.value, "1.234,56 or 1 234,56")],
    )
    date_order = forms.ChoiceField(
        label="Dates are written like",
        choices=[
            (DateOrder.DMY.value, "01/11/2026 (day, month, year)"),
            (DateOrder.MDY.value, "11/01/2026 (month, day, year)"),
        ],
        required=False,
    )
    blanks = forms.ChoiceField(
        label="An empty cell",
        choices=[(Blanks.KEEP.value, "leaves the target as it is"), (Blanks.CLEAR.value, "clears the target")],
    )

    def __init__(self, data: Mapping[str, Any] | None, *, headers: Sequence[str], choices: Choices) -> None:
        initial = {f"column-{name}": header for name, header in choices.columns.items()}
        options = {"decimals": choices.decimals, "date_order": choices.date_order, "blanks": choices.blanks}
        super().__init__(data, initial=initial | {name: option.value for name, option in options.items()})
        self.asks_date_order = False
        for name in COLUMNS:
            self.fields[f"column-{name}"] = forms.ChoiceField(
                label=LABELS[name],
                choices=[("", "Not in the file"), *((header, header) for header in headers)],
                required=False,
            )

    def choices(self) -> Choices:
        """What is chosen, as far as it has a form; `Choices.problems` says whether it holds."""
        said = {name: str(self[name].value() or "") for name in self.fields}
        return Choices(
            {name: said[f"column-{name}"] for name in COLUMNS if said[f"column-{name}"]},
            Decimals.COMMA if said["decimals"] == Decimals.COMMA else Decimals.POINT,
            DateOrder.MDY if said["date_order"] == DateOrder.MDY else DateOrder.DMY,
            Blanks.CLEAR if said["blanks"] == Blanks.CLEAR else Blanks.KEEP,
        )

    def columns(self) -> list[BoundField]:
        """The fields of the columns."""
        return [self[f"column-{name}"] for name in COLUMNS]

    def explain(self, problems: Mapping[str, str]) -> None:
        """Put what is wrong with the columns where it is."""
        for name, words in problems.items():
            self.add_error(f"column-{name}", words)


class TargetExportForm(forms.Form):
    """Which months a file of targets has, and whether also the cells that hold none, to be filled in."""

    first = forms.CharField(label="From", max_length=7, widget=forms.TextInput(attrs={"type": "month"}))
    last = forms.CharField(label="To", max_length=7, widget=forms.TextInput(attrs={"type": "month"}))
    empty = forms.BooleanField(label="Also people and channels without a target, to fill in", required=False)

    def clean_first(self) -> date:
        """A month."""
        return self._month("first")

    def clean_last(self) -> date:
        """A month."""
        return self._month("last")

    def _month(self, name: str) -> date:
        month = parse_month(self.cleaned_data[name])
        if month is None:
            raise forms.ValidationError("Enter a month such as 2026-11.")
        return month

    def clean(self) -> dict[str, Any]:
        """In their order, and not too many."""
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "This is before the first month.")
        elif first and last and (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
            self.add_error("last", f"Choose at most {MOST_MONTHS} months.")
        return data
