"""The lines of a file of targets, typed; names are still as they stand in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Literal

from babel import Locale

from ledger.reading import Layout
from ledger.reading.batches import Rejected, fitted
from ledger.reading.records import records
from ledger.reading.values import Values, Wrong, amount_reader, read_name
from targets.importing.choices import LABELS, Blanks, Choices
from targets.importing.files import TargetFile
from targets.importing.months import month_reader

Field = Literal["count", "revenue"]
NUMBERS: tuple[Field, Field] = ("count", "revenue")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: whom, where, when and {count or revenue: the number, None to clear it}; what is to stay is not in it.

    With a `problem` (in words for the user, `column` says where) nothing of it can be stored. `cells` is the line as it
    stood.
    """

    line: int
    cells: Sequence[str]
    member: str = ""
    channel: str = ""
    month: date | None = None
    numbers: Mapping[Field, int | Decimal | None] = field(default_factory=dict)
    column: str = ""
    problem: str = ""


def read_lines(file: TargetFile, choices: Choices, locale: Locale) -> list[Line]:
    """Every line of a file in its order; lines without any text are left out."""
    reader = _Reader(file, choices, locale)
    return sorted(reader.lines(), key=lambda line: line.line)


class _Reader:
    """Reads the lines of one file; each text is parsed once."""

    def __init__(self, file: TargetFile, choices: Choices, locale: Locale) -> None:
        self.file, self.blanks = file, choices.blanks
        self.places = {
            name: file.survey.headers.index(header)
            for name, header in choices.columns.items()
            if header in file.survey.headers
        }
        self.names = Values[str](read_name)
        self.months = Values[date](month_reader(choices.date_order, locale))
        amounts = amount_reader(choices.decimals, Decimal(0))
        self.numbers: dict[Field, Values[int | Decimal]] = {
            "count": Values(_whole(amounts)),
            "revenue": Values(amounts),
        }

    def lines(self) -> Iterator[Line]:
        """Typed lines and refused ones, those of a piece after each other."""
        table = self.file.survey.table
        layout = Layout(len(table.headers), {}, returned=table.returned)
        for piece in records(BytesIO(self.file.data), table.delimiter, width=layout.width + layout.returned):
            numbers, rows, rejected = fitted(piece, layout)
            yield from (_rejected(each) for each in rejected if each.line > table.header_line)
            for number, cells in zip(numbers, rows, strict=True):
                if number > table.header_line and any(map(str.strip, cells)):
                    yield self._line(number, cells)

    def _line(self, number: int, cells: list[str]) -> Line:
        found: dict[str, str] = {}
        for name in ("member", "channel"):
            text = cells[self.places[name]] if name in self.places else ""
            value = self.names[text]
            if not value:
                return Line(number, cells, column=name, problem=self.names.reasons.get(text) or _missing(name))
            found[name] = value
        text = cells[self.places["month"]] if "month" in self.places else ""
        month = self.months[text]
        if month is None:
            return Line(number, cells, column="month", problem=self.months.reasons.get(text) or _missing("month"))
        numbers: dict[Field, int | Decimal | None] = {}
        for metric in NUMBERS:
            place = self.places.get(metric)
            if place is None:
                continue
            text = cells[place]
            if text.strip():
                numbers[metric] = self.numbers[metric][text]
                if numbers[metric] is None:
                    return Line(number, cells, column=metric, problem=self.numbers[metric].reasons[text])
            elif self.blanks is Blanks.CLEAR:
                numbers[metric] = None
        return Line(number, cells, found["member"], found["channel"], month, numbers)


def _whole(read: Callable[[str], Decimal]) -> Callable[[str], int]:
    """Read numbers of deals: amounts without decimals."""

    def read_whole(text: str) -> int:
        found = read(text)
        if found != int(found):
            raise Wrong("This is not a whole number of deals.")
        return int(found)

    return read_whole


def _rejected(refusal: Rejected) -> Line:
    return Line(refusal.line, refusal.cells, problem=refusal.reason)


def _missing(name: str) -> str:
    return f"The {LABELS[name].lower()} is missing."
