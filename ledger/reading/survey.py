"""A first look through a file: how many rows, and which values stand in each column."""

from dataclasses import asdict, dataclass, field
from typing import IO, Any

from ledger.reading.batches import fitted
from ledger.reading.guesses import guess_date_orders, guess_decimals
from ledger.reading.layout import Layout
from ledger.reading.opening import NotReadable, Table
from ledger.reading.records import records

#: The first look happens while somebody waits, so it ends after so many rows, refused ones too, or bytes.
MOST_ROWS = 200_000
MOST_BYTES = 128 * 1024**2
#: A column of more distinct values than this is not a list of states.
MOST_STATES = 50
SAMPLES = 400
LONGEST = 240


@dataclass(frozen=True)
class Survey:
    """What was found. `distinct` is {header: its values} where they are at most MOST_STATES; `examples` holds three.

    `dates` is {header: the orders in which its values read as dates}, `decimals` {header: how its amounts are written}.
    `samples` (at most SAMPLES distinct values a column) serve guessing and are not kept. `whole`: the file ended
    within MOST_ROWS rows.
    """

    delimiter: str
    headers: list[str]
    header_line: int
    returned: bool
    rows: int
    whole: bool
    distinct: dict[str, list[str]]
    examples: dict[str, list[str]]
    dates: dict[str, list[str]]
    decimals: dict[str, str]
    samples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        """How the rows are to be read."""
        return Table(self.delimiter, self.headers, self.header_line, self.returned)

    def kept(self) -> dict[str, Any]:
        """As JSON, for later."""
        return {name: value for name, value in asdict(self).items() if name != "samples"}


def survey(stream: IO[bytes], table: Table, *, most_rows: int = MOST_ROWS) -> Survey:
    """Look through a file's first rows. Raises NotReadable where there is no row at all."""
    layout = Layout(len(table.headers), {}, returned=table.returned)
    found: list[dict[str, None]] = [{} for _ in table.headers]
    rows = rejected = 0
    whole = True
    for piece in records(stream, table.delimiter, width=layout.width + layout.returned):
        keep = [line > table.header_line for line in piece.lines[:1]]
        if not all(keep):
            del piece.lines[: len(keep)], piece.rows[: len(keep)]
        _, cells, wrong = fitted(piece, layout)
        rows += len(cells)
        rejected += len(wrong)
        for column, values in enumerate(zip(*cells, strict=True)):
            if len(found[column]) <= SAMPLES:
                found[column].update(dict.fromkeys(map(_storable, values)))
        if rows + rejected >= most_rows or piece.end >= MOST_BYTES:
            whole = False
            break
    if not rows and not rejected:
        raise NotReadable("The file has a header and no rows.")
    texts = {
        header: [value for value in list(values)[: SAMPLES + 1] if value]
        for header, values in zip(table.headers, found, strict=True)
    }
    return Survey(
        table.delimiter,
        table.headers,
        table.header_line,
        table.returned,
        rows + rejected,
        whole,
        distinct={header: values for header, values in texts.items() if len(values) <= MOST_STATES},
        examples={header: [value[:60] for value in values[:3]] for header, values in texts.items()},
        dates={header: list(orders) for header, values in texts.items() if (orders := guess_date_orders(values))},
        decimals={header: guess_decimals(values).value for header, values in texts.items()},
        samples={header: values[:SAMPLES] for header, values in texts.items()},
    )


def _storable(text: str) -> str:
    return text.strip()[:LONGEST]
