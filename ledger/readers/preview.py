"""The first rows of a file as an import would read them, and the states that stand in it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from accounts.database import name_key
from accounts.models import Member
from ledger.ingest.names import MODELS, unknown
from ledger.ingest.rows import NAMES, Batch, Meaning
from ledger.models import Channel, DealState, Import
from ledger.reading import LABELS, Layout, Piece, Survey, guess_meaning, read_pieces
from ledger.services.choices import Choices, chosen_fields
from ledger.services.scope import scope_of

ROWS = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it will be read: a date, an amount or text; `new` marks a name that will be made."""

    value: Any
    new: bool = False
    wrong: bool = False

    @property
    def is_date(self) -> bool:
        """Written in the organization's way."""
        return isinstance(self.value, date)

    @property
    def is_amount(self) -> bool:
        """Written in the organization's way, at the right."""
        return isinstance(self.value, Decimal)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row; with a `reason` it will be refused."""

    line: int
    cells: list[Cell]
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """`columns` are the fields that are read, by their label; `refused` counts the rows with a reason."""

    columns: list[str]
    rows: list[PreviewRow]
    refused: int


@dataclass(frozen=True, slots=True)
class FoundState:
    """A state that stands in the file. `known` is what it means already, in words; "" for a new one."""

    name: str
    known: str


def states_of(source: Import, choices: Choices) -> tuple[list[FoundState], bool]:
    """The distinct states of the chosen column, or the fixed one; and whether these are all. One query."""
    survey = Survey(**source.survey)
    header = choices.columns.get("state")
    names = survey.distinct.get(header, []) if header else [text for text in [choices.fixed.get("state", "")] if text]
    keys = {name_key(name): name for name in names}
    known = {state.name_key: state.meaning.capitalize() for state in DealState.objects.filter(name_key__in=keys)}
    complete = (survey.whole and header in survey.distinct) or not header
    return [FoundState(name, known.get(key, "")) for key, name in keys.items()], complete


def known_channels() -> "QuerySet[Any, str]":
    """The names of the channels in use, to suggest. One query once they are read."""
    return Channel.objects.filter(archived_at=None).values_list("name", flat=True)


def known_states() -> "QuerySet[Any, str]":
    """The names of the states, to suggest. One query once they are read."""
    return DealState.objects.values_list("name", flat=True)


def with_guesses(choices: Choices, states: list[FoundState], answered: Collection[str]) -> Choices:
    """The choices and, for new states that nobody has answered for, what their names suggest."""
    guesses = {
        state.name: meaning
        for state in states
        if not state.known and state.name not in answered and (meaning := guess_meaning(state.name))
    }
    return replace(choices, states=guesses | choices.states)


def preview(source: Import, choices: Choices, *, zone: ZoneInfo, viewer: Member | None) -> Preview:
    """The first 20 rows; none where the file is gone. One query a list that the choices name, three for a manager."""
    survey = Survey(**source.survey)
    layout = choices.layout(survey.table, zone)
    try:
        with default_storage.open(source.file.name, "rb") as stream:
            piece = next(read_pieces(stream, survey.table, layout, rows=ROWS), None)
    except FileNotFoundError:
        piece = None
    if piece is None:
        return Preview([], [], 0)
    fields = list(chosen_fields(choices))
    fields = [field for field in fields if field != "date_fallback" or "date" not in fields]
    reasons, fresh = _judged(piece.batch, choices, viewer)
    rows = list(islice(_rows(piece, layout, fields, reasons, fresh), ROWS))
    return Preview([LABELS[field] for field in fields], rows, sum(bool(row.reason) for row in rows))


def _rows(
    piece: Piece,
    layout: Layout,
    fields: list[str],
    reasons: dict[int, tuple[str, str]],
    fresh: dict[str, set[str]],
) -> Iterable[PreviewRow]:
    places = {line: place for place, line in enumerate(piece.batch.line)}
    rejected = {refusal.line: refusal for refusal in piece.rejected}
    for line in sorted([*places, *rejected]):
        if line in rejected:
            refusal = rejected[line]
            wrong = "date" if refusal.field == "date_fallback" else refusal.field
            cells = [Cell(_raw(field, layout, refusal.cells), wrong=field == wrong) for field in fields]
            yield PreviewRow(line, cells, refusal.reason)
        else:
            wrong, reason = reasons.get(line, ("", ""))
            values = [(field, getattr(piece.batch, field)[places[line]]) for field in fields]
            cells = [Cell(value, value in fresh.get(field, ()), field == wrong) for field, value in values]
            yield PreviewRow(line, cells, reason)


def _raw(field: str, layout: Layout, cells: list[str]) -> str:
    place = layout.columns.get(field)
    if place is None:
        return layout.fixed.get(field, "")
    return cells[place][:200] if place < len(cells) else ""


def _judged(
    batch: Batch, choices: Choices, viewer: Member | None
) -> tuple[dict[int, tuple[str, str]], dict[str, set[str]]]:
    """{line: (field, reason)} of rows that the ingest will refuse, and {field: names that it will make}."""
    reasons: dict[int, tuple[str, str]] = {}
    fresh: dict[str, set[str]] = {}
    scope = scope_of(viewer)
    for refusal in scope.refusals(batch, choices.kind) if scope else []:
        reasons.setdefault(refusal.line, (refusal.field, refusal.reason))
    meant = {name_key(name) for name in choices.states}
    for field in NAMES:
        column: list[str] = getattr(batch, field)
        missing = _unknown(field, {name for name in column if name_key(name)})
        made = {name for name in missing if field in choices.create and (field != "state" or name_key(name) in meant)}
        fresh[field] = made
        for line, name in zip(batch.line, column, strict=True):
            if name in missing and name not in made:
                open_state = field == "state" and field in choices.create
                reason = f"Say what the state {name} means." if open_state else unknown(field, name)
                reasons.setdefault(line, (field, reason))
            elif field == "state" and not name:
                reasons.setdefault(line, (field, "The state is missing."))
    return reasons, fresh


def _unknown(field: str, names: Collection[str]) -> set[str]:
    """Those that no list has yet. A branch is looked up by its name alone here: a preview need not be exact there."""
    if not names:
        return set()
    keys = {name: name_key(name) for name in names}
    condition = Q(name_key__in=keys.values())
    columns = ["name_key"]
    if field == "member":
        condition |= Q(email__in=[name.strip().lower() for name in names])
        columns.append("email")
    known = {value for row in MODELS[field].objects.filter(condition).values_list(*columns) for value in row if value}
    return {name for name, key in keys.items() if key not in known and name.strip().lower() not in known}


MEANINGS = [
    (Meaning.CONFIRMED.value, "Confirmed"),
    (Meaning.PROPOSED.value, "Proposed"),
    (Meaning.NONE.value, "Neither"),
]
