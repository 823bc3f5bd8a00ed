"""What is read from where: the fields of a deal, and which column or fixed value each takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from ledger.ingest.rows import AMOUNTS, NAMES
from ledger.reading.values import DateOrder, Decimals

TEXTS = (*NAMES, "product")
FIELDS = (
    "number",
    "date",
    "date_fallback",
    "member",
    "state",
    *(name for name in TEXTS if name not in ("member", "state")),
    *AMOUNTS,
)
REQUIRED = ("number", "date", "state")
#: Fields that can have one value for every row instead of a column.
FIXABLE = frozenset({*TEXTS, *AMOUNTS})
LABELS = {
    "number": "Number",
    "date": "Date",
    "date_fallback": "Second date",
    "member": "Salesperson",
    "customer": "Customer",
    "customer_branch": "Customer branch",
    "wholesaler_branch": "Wholesaler branch",
    "company": "Operating company",
    "sales_ledger": "Sales ledger",
    "channel": "Channel",
    "zone": "Zone",
    "state": "State",
    "brand": "Brand",
    "product": "Product",
    "quantity": "Quantity",
    "net": "Net amount",
    "gross": "Gross amount",
    "margin": "Margin",
}


@dataclass(frozen=True)
class Layout:
    """How rows become deals. `columns` is {field: place in the row, from 0}, `fixed` {field: text for every row}.

    `width` is the number of columns; `returned` as in `Table`. A field in neither has no value (a quantity: 1).
    """

    width: int
    columns: Mapping[str, int]
    fixed: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder = DateOrder.YMD
    decimals: Decimals = Decimals.POINT
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    returned: bool = False
