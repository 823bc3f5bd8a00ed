"""What can be asked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

#: The values of the dimensions asked for, in their order: ids, None where a record has none, a month as its first day.
Key = tuple[Any, ...]

KINDS = ("sale", "order", "activity")
METRICS = ("count", "quantity", "net", "gross", "margin")
#: {dimension: column} by what the records are.
DEAL_COLUMNS = {
    "member": "member_id",
    "channel": "channel_id",
    "customer": "customer_id",
    "branch": "customer_branch_id",
    "wholesaler_branch": "wholesaler_branch_id",
    "company": "company_id",
    "sales_ledger": "sales_ledger_id",
    "zone": "zone_id",
    "state": "state_id",
}
ACTIVITY_COLUMNS = {"member": "member_id", "customer": "customer_id", "branch": "branch_id", "type": "type_id"}
#: Stands on a deal's lines: filters only.
BRAND = "brand"


class States(StrEnum):
    """Which deals count, by what their state means (docs/glossary.md)."""

    ANY = "any"
    CONFIRMED = "confirmed"
    PROPOSED = "proposed"
    ORDERED = "ordered"


class Span(Protocol):
    """Days from `start` to `end`, both included."""

    @property
    def start(self) -> date:
        """The first day."""
        ...

    @property
    def end(self) -> date:
        """The last day."""
        ...


@dataclass(frozen=True, slots=True)
class Measure:
    """What to count: records of a kind, in some states, of or without some people and places.

    `states` may be ids of deal states as well. `include` and `exclude` map dimensions to ids; an empty list to include
    counts nothing, a record without the dimension is not excluded. Brand means deals with at least one line of it, each
    counted once and in whole. Activities have no states and only a count; `verified` is theirs alone.
    Raises ValueError for what can't be asked.
    """

    kind: str = "sale"
    metric: str = "count"
    states: States | tuple[int, ...] = States.CONFIRMED
    include: Mapping[str, Collection[int]] = field(default_factory=dict)
    exclude: Mapping[str, Collection[int]] = field(default_factory=dict)
    verified: bool | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.metric not in METRICS:
            raise ValueError(f"There is no {self.metric} of {self.kind}.")
        if self.of_activities and self.metric != "count":
            raise ValueError("Activities have no amounts.")
        if self.verified is not None and not self.of_activities:
            raise ValueError("Only activities are verified.")
        known = {*ACTIVITY_COLUMNS} if self.of_activities else {*DEAL_COLUMNS, BRAND}
        for dimension in (*self.include, *self.exclude):
            if dimension not in known:
                raise ValueError(f"A measure of {self.kind} has no dimension {dimension}.")

    @property
    def of_activities(self) -> bool:
        """Whether it counts activities, not deals."""
        return self.kind == "activity"


@dataclass(frozen=True, slots=True)
class Question:
    """A measure over days of its own, of one member or customer where named."""

    measure: Measure
    period: Span
    member: int | None = None
    customer: int | None = None
