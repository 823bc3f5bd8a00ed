"""A batch while it is judged: its columns, which rows are refused and why."""

import re
from collections.abc import Collection, Sequence
from decimal import ROUND_HALF_UP, Decimal

from ledger.ingest.names import LONGEST_NAME, NONE, SEPARATOR, Names, Resolver, shown
from ledger.ingest.rows import AMOUNTS, COMPANION, NAMES, Batch, Outcome, Refusal

LIMIT = Decimal(10) ** 14
CENT = Decimal("0.01")
#: The names that stand on the deal itself; `brand` stands on its line.
HEADER_NAMES = tuple(name for name in NAMES if name != "brand")
LONGEST = {"number": 120, "product": LONGEST_NAME}
_GOOD_AMOUNTS = re.compile(r"(?:-?[0-9]{1,14}\.[0-9]{2}\n)*")


class Rows:
    """Rows by index, of which some get refused; the first reason met is the one that counts.

    `texts` holds the columns of text, `ids` {dimension: ids as COPY writes them}.
    """

    def __init__(self, line: list[int], texts: dict[str, list[str]]) -> None:
        self.line = line
        self.size = len(line)
        self.texts = texts | {"number": list(map(str.strip, texts["number"]))}
        self.ids: dict[str, list[str]] = {}
        self.refusals: dict[int, Refusal] = {}
        self._check_texts()

    def refuse(self, index: int, field: str, value: str, reason: str) -> None:
        """Refuse one row; a row that is refused already stays so for its first reason."""
        if index not in self.refusals:
            self.refusals[index] = Refusal(self.line[index], field, value, reason)

    def accepted(self) -> list[int]:
        """The indexes of the rows that are not refused, in order."""
        return [index for index in range(self.size) if index not in self.refusals]

    def outcome(self, unchanged: int, as_it_was: Sequence[int] = ()) -> Outcome:
        """What became of the rows."""
        refusals = [self.refusals[index] for index in sorted(self.refusals)]
        return Outcome(self.size - len(refusals), unchanged, refusals, list(as_it_was))

    def resolve(self, resolver: Resolver, dimensions: Sequence[str]) -> None:
        """Names to ids, once all of them are looked up: nothing is made for a row that another name of it refuses."""
        found = {
            dimension: resolver.look_up(dimension, dict.fromkeys(self.texts[dimension])) for dimension in dimensions
        }
        for dimension, names in found.items():
            self._refuse_problems(dimension, names)
        for dimension, names in found.items():
            column = self.texts[dimension]
            if names.missing:
                resolver.make(dimension, names, {column[index] for index in self.accepted()})
                self._refuse_problems(dimension, names)
            if len(names.ids) == len(set(column) | {""}):
                self.ids[dimension] = list(map(names.ids.__getitem__, column))
            else:
                self.ids[dimension] = [names.ids.get(name, NONE) for name in column]

    def resolve_branches(self, resolver: Resolver, dimension: str) -> None:
        """A branch belongs to the row's customer, so that two customers may each have a branch called Main."""
        column, customers = self.texts[dimension], self.ids["customer"]
        ids = self.ids[dimension] = [NONE] * self.size
        if not any(column):
            return
        named = []
        for index, name in enumerate(column):
            if name.strip() and index not in self.refusals:
                if customers[index] == NONE:
                    self.refuse(index, dimension, name, "A customer branch needs its customer.")
                else:
                    named.append(index)
        found, problems = resolver.resolve_branches({(customers[index], column[index]) for index in named})
        for index in named:
            name = column[index]
            if (customers[index], name) in found:
                ids[index] = found[customers[index], name]
            else:
                self.refuse(index, dimension, name, problems.get(name, "This branch could not be added."))

    def _refuse_problems(self, dimension: str, names: Names) -> None:
        if names.problems:
            for index, name in enumerate(self.texts[dimension]):
                if name in names.problems:
                    self.refuse(index, dimension, name, names.problems[name])

    def _check_texts(self) -> None:
        """No text the database can't hold: NUL, half a surrogate pair, too long; and a number on every row."""
        for field, column in self.texts.items():
            if not storable("".join(column)):
                for index, text in enumerate(column):
                    if not storable(text):
                        readable = text.replace("\0", "").replace(SEPARATOR, "").encode("utf-8", "replace").decode()
                        self.refuse(index, field, readable, "This holds a character that can't be stored.")
                self.texts[field] = [text if storable(text) else "" for text in column]
            longest = LONGEST.get(field)
            if longest and max(map(len, column), default=0) > longest:
                for index, text in enumerate(column):
                    if len(text) > longest:
                        self.refuse(index, field, shown(text), f"This is longer than {longest} characters.")
        if "" in self.texts["number"]:
            for index, number in enumerate(self.texts["number"]):
                if not number:
                    self.refuse(index, "number", "", "The number is missing.")


class Judgement(Rows):
    """The lines of deals in a batch, which itself is not changed.

    `amounts` holds the amounts as text with two decimals. `first` {number: index of its first row} where a number has
    several rows, else empty.
    """

    def __init__(self, batch: Batch) -> None:
        super().__init__(batch.line, {name: getattr(batch, name) for name in ("number", *NAMES, "product")})
        self.batch = batch
        self.amounts: dict[str, list[str]] = {}
        self.first: dict[str, int] = {}
        self._check_amounts()
        numbers = self.texts["number"]
        if len(set(numbers)) < self.size:
            for index, number in enumerate(numbers):
                self.first.setdefault(number, index)

    def _check_amounts(self) -> None:
        """Two decimals, finite, within what a column holds. One pattern for the whole column; rows only if it fails."""
        for field in AMOUNTS:
            column = list(map(str, getattr(self.batch, field)))
            if not _GOOD_AMOUNTS.fullmatch("\n".join(column) + "\n" * bool(column)):
                for index, amount in enumerate(getattr(self.batch, field)):
                    column[index] = "0.00"
                    if not amount.is_finite():
                        self.refuse(index, field, str(amount), "This is not a number.")
                    elif abs(amount) >= LIMIT or abs(rounded := amount.quantize(CENT, ROUND_HALF_UP)) >= LIMIT:
                        self.refuse(index, field, shown(str(amount)), "This number is too large.")
                    else:
                        column[index] = f"{rounded:f}"
            if "-0.00" in column:
                column = ["0.00" if text == "-0.00" else text for text in column]
            self.amounts[field] = column

    def accepted(self) -> list[int]:
        """Besides, a deal that loses a row loses all its rows here.

        Stored in part, it would lose that part again when the corrected rows are imported, which replace its lines.
        """
        if self.first and self.refusals:
            numbers = self.texts["number"]
            broken = {numbers[index] for index in self.refusals} - {""}
            for index, number in enumerate(numbers):
                if number in broken:
                    self.refuse(index, "", "", COMPANION)
        return super().accepted()

    def fill_blanks(self, besides: Collection[str]) -> None:
        """A later row of a number that leaves a name of the deal out means the first row's, `besides` some numbers."""
        if not self.first:
            return
        firsts = [
            index if number in besides else self.first[number] for index, number in enumerate(self.texts["number"])
        ]
        for field in HEADER_NAMES:
            column = self.texts[field]
            self.texts[field] = [
                text if text.strip() else column[first] for text, first in zip(column, firsts, strict=True)
            ]


def storable(text: str) -> bool:
    """Whether a text can be stored: no NUL, no half of a surrogate pair; and not the sign that separates texts."""
    if "\0" in text or SEPARATOR in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
