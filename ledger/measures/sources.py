"""The tables that answers are read from, and a measure's conditions in their SQL.

Every condition names the organization where it touches a table: row-level security would do, but the explicit filter
makes the better plan.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.measures.measure import ACTIVITY_COLUMNS, BRAND, DEAL_COLUMNS, Measure, Span, States
from progress.periods import are_whole_months

_FLAGS = {
    States.CONFIRMED: "triggers_commission",
    States.PROPOSED: "is_initial AND NOT triggers_commission",
    States.ORDERED: "is_ordered",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A table. `day` is its date column, `count` how its rows are counted, `columns` {dimension: column}."""

    table: str
    day: str
    count: str
    columns: dict[str, str]

    def column(self, dimension: str) -> str:
        """The SQL of a dimension; ValueError if there is none."""
        if dimension == "date":
            return f"t.{self.day}"
        if dimension == "month":
            return "t.month" if self.day == "month" else "(t.date - (extract(day FROM t.date)::int - 1))"
        if dimension not in self.columns:
            raise ValueError(f"{self.table} has no dimension {dimension}.")
        return f"t.{self.columns[dimension]}"

    def value(self, metric: str) -> str:
        """The aggregate of a metric."""
        return self.count if metric == "count" else f"sum(t.{metric})"


def _months(table: str, *dimensions: str) -> Source:
    columns = {dimension: DEAL_COLUMNS[dimension] for dimension in (*dimensions, "state")}
    return Source(table, "month", "sum(t.count)", columns)


DEALS = Source("ledger_deal", "date", "count(*)", DEAL_COLUMNS)
ACTIVITIES = Source("ledger_activity", "date", "count(*)", ACTIVITY_COLUMNS)
#: The smallest first.
MONTHS = (_months("ledger_companymonth", "company"), _months("ledger_membermonth", "member", "channel"))


def source_for(measures: Collection[Measure], period: Span, by: Sequence[str]) -> Source:
    """The smallest table that can answer; all measures are of activities, or none is."""
    if any(measure.of_activities for measure in measures):
        return ACTIVITIES
    needed = {dimension for measure in measures for dimension in (*measure.include, *measure.exclude)} | {*by}
    if are_whole_months(period.start, period.end):
        for source in MONTHS:
            if needed <= {*source.columns, "month"}:
                return source
    return DEALS


class Parameters:
    """Collects the values of a statement, each under a name of its own; equal values share one."""

    def __init__(self, organization_id: int) -> None:
        self.values: dict[str, Any] = {"organization": organization_id}

    def add(self, value: object) -> str:
        """The placeholder of a value."""
        for name, known in self.values.items():
            if type(known) is type(value) and known == value:
                return f"%({name})s"
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def ids(self, ids: Iterable[int]) -> str:
        """The placeholder of some ids."""
        return f"{self.add(sorted(ids))}::bigint[]"


def conditions(measure: Measure, source: Source, parameters: Parameters) -> list[str]:
    """What a row must fulfil to count, in parts that measures may share. The period is not among them."""
    found = []
    if not measure.of_activities:
        found += [f"t.kind = {parameters.add(measure.kind)}", *state_condition(measure, parameters)]
    if measure.verified is not None:
        found.append("t.verified" if measure.verified else "NOT t.verified")
    for dimension, ids in measure.include.items():
        found.append(inclusion(source, dimension, parameters.ids(ids)))
    for dimension, ids in measure.exclude.items():
        found.append(exclusion(source, dimension, parameters.ids(ids)))
    return found


def state_condition(measure: Measure, parameters: Parameters) -> list[str]:
    """The states that count, looked up once a statement and not once a row."""
    if measure.states is States.ANY:
        return []
    if not isinstance(measure.states, States):
        return [f"t.state_id = ANY({parameters.ids(measure.states)})"]
    wanted = f"SELECT id FROM ledger_dealstate WHERE organization_id = %(organization)s AND {_FLAGS[measure.states]}"
    return [f"t.state_id = ANY(ARRAY({wanted}))"]


def inclusion(source: Source, dimension: str, ids: str) -> str:
    """Only records of these; `ids` is the SQL of an array."""
    if dimension == BRAND:
        return _of_brands(ids)
    return f"{source.column(dimension)} = ANY({ids})"


def exclusion(source: Source, dimension: str, ids: str) -> str:
    """No records of these; `ids` is the SQL of an array."""
    if dimension == BRAND:
        return f"NOT {_of_brands(ids)}"
    column = source.column(dimension)
    return f"({column} IS NULL OR {column} <> ALL({ids}))"


def _of_brands(ids: str) -> str:
    return (
        "EXISTS (SELECT FROM ledger_dealline l WHERE l.organization_id = %(organization)s "
        f"AND l.deal_id = t.id AND l.brand_id = ANY({ids}))"
    )
