"""A batch while it is judged: its columns, which rows are refused and why."""

import re
from decimal import ROUND_HALF_UP, Decimal

from ledger.ingest.names import LONGEST_NAME, NONE, Names, shown
from ledger.ingest.rows import AMOUNTS, NAMES, Batch, Refusal

LIMIT = Decimal(10) ** 14
CENT = Decimal("0.01")
#: The names that stand on the deal itself; `brand` stands on its line.
HEADER_NAMES = tuple(name for name in NAMES if name != "brand")
LONGEST = {"number": 120, "product": LONGEST_NAME}
_GOOD_AMOUNTS = re.compile(r"(?:-?[0-9]{1,14}\.[0-9]{2}\n)*")


class Judgement:
    """The rows of a batch, by index, of which some get refused; the first reason met is the one that counts.

    `texts` holds the columns of text, `amounts` the amounts as text with two decimals, `ids` {dimension: ids as COPY
    writes them}; the caller's batch is not changed. `first` {number: index of its first row} where a number has several
    rows, else empty.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.size = len(batch)
        self.refusals: dict[int, Refusal] = {}
        self.texts: dict[str, list[str]] = {name: getattr(batch, name) for name in (*NAMES, "product")}
        self.texts["number"] = list(map(str.strip, batch.number))
        self.amounts: dict[str, list[str]] = {}
        self.ids: dict[str, list[str]] = {}
        self.first: dict[str, int] = {}
        self._check_texts()
        self._check_amounts()
        numbers = self.texts["number"]
        if len(set(numbers)) < self.size:
            for index, number in enumerate(numbers):
                self.first.setdefault(number, index)
            self._fill_blanks()

    def refuse(self, index: int, field: str, value: str, reason: str) -> None:
        """Refuse one row; a row that is refused already stays so for its first reason."""
        if index not in self.refusals:
            self.refusals[index] = Refusal(self.batch.line[index], field, value, reason)

    def accepted(self) -> list[int]:
        """The indexes of the rows that are not refused, in order."""
        return [index for index in range(self.size) if index not in self.refusals]

    def names(self, dimension: str) -> set[str]:
        """The distinct names of a dimension, as written."""
        return set(self.texts[dimension])

    def settle(self, dimension: str, names: Names) -> None:
        """Take over the ids of a dimension and refuse the rows whose name has none."""
        column = self.texts[dimension]
        if not names.problems:
            self.ids[dimension] = list(map(names.ids.__getitem__, column))
            return
        self.ids[dimension] = [names.ids.get(name, NONE) for name in column]
        for index, name in enumerate(column):
            if name in names.problems:
                self.refuse(index, dimension, name, names.problems[name])

    def _check_texts(self) -> None:
        """No text the database can't hold: NUL, half a surrogate pair, too long; and a number on every row."""
        for field, column in self.texts.items():
            joined = "".join(column)
            if "\0" in joined or not _encodes(joined):
                for index, text in enumerate(column):
                    if "\0" in text or not _encodes(text):
                        readable = text.replace("\0", "").encode("utf-8", "replace").decode()
                        self.refuse(index, field, readable, "This holds a character that can't be stored.")
                self.texts[field] = ["" if index in self.refusals else text for index, text in enumerate(column)]
            longest = LONGEST.get(field)
            if longest and max(map(len, column), default=0) > longest:
                for index, text in enumerate(column):
                    if len(text) > longest:
                        self.refuse(index, field, shown(text), f"This is longer than {longest} characters.")
        if "" in self.texts["number"]:
            for index, number in enumerate(self.texts["number"]):
                if not number:
                    self.refuse(index, "number", "", "The number is missing.")

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

    def _fill_blanks(self) -> None:
        """A later row of a number that leaves a name of the deal out means the first row's."""
        firsts = [self.first[number] for number in self.texts["number"]]
        for field in HEADER_NAMES:
            column = self.texts[field]
            self.texts[field] = [text or column[first] for text, first in zip(column, firsts, strict=True)]


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
