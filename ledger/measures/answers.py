"""The answers: one statement each."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.tenancy import current_organization
from ledger.measures.measure import Key, Measure, Question, Span
from ledger.measures.sources import (
    ACTIVITIES,
    DEALS,
    Parameters,
    Source,
    conditions,
    exclusion,
    inclusion,
    source_for,
    state_condition,
)

ZERO = Decimal(0)


def totals(measure: Measure, period: Span, by: Sequence[str] = ()) -> dict[Key, Decimal]:
    """A sum for each combination of the dimensions in `by` that occurs; {(): sum} without any. One query.

    Whole months are read from the monthly totals where these have the dimensions, everything else from the records.
    """
    return {key: values[""] for key, values in totals_many({"": measure}, period, by).items()}


def totals_many(measures: Mapping[str, Measure], period: Span, by: Sequence[str] = ()) -> dict[Key, dict[str, Decimal]]:
    """Several measures at once: {key: {name: sum}}, every name in every row.

    One query for all that count deals and one for all that count activities.
    """
    found: dict[Key, dict[str, Decimal]] = {}
    for of_activities in (False, True):
        asked = {name: measure for name, measure in measures.items() if measure.of_activities == of_activities}
        if asked:
            source = source_for(asked.values(), period, by)
            for key, values in _grouped(asked, period, by, source):
                found.setdefault(key, dict.fromkeys(measures, ZERO)).update(values)
    return found


def daily(measure: Measure, period: Span, by: Sequence[str] = ()) -> dict[Key, Decimal]:
    """A sum for each day, and combination of `by`, on which something happened: {(day, *key): sum}. One query."""
    source = ACTIVITIES if measure.of_activities else DEALS
    return {key: values[""] for key, values in _grouped({"": measure}, period, ("date", *by), source)}


def totals_each(questions: Sequence[Question]) -> list[Decimal]:
    """The answers to many questions with days of their own, in their order. One query whatever their number.

    Questions of the same form share a part of the statement, in which each is one look-up in an index.
    """
    shapes: defaultdict[Key, list[int]] = defaultdict(list)
    for place, question in enumerate(questions):
        shapes[_shape(question)].append(place)
    if not shapes:
        return []
    parameters = Parameters(current_organization().pk)
    parts = [_part(questions, places, parameters) for places in shapes.values()]
    answers = dict(_rows(" UNION ALL ".join(parts), parameters))
    return [answers[place] for place in range(len(questions))]


def _grouped(
    measures: Mapping[str, Measure], period: Span, by: Sequence[str], source: Source
) -> Iterable[tuple[Key, dict[str, Decimal]]]:
    """What all measures ask of a row narrows the rows; what only some ask narrows their own sums."""
    parameters = Parameters(current_organization().pk)
    asked = {name: conditions(measure, source, parameters) for name, measure in measures.items()}
    shared = [
        condition for condition in next(iter(asked.values())) if all(condition in others for others in asked.values())
    ]
    sums = []
    for name, measure in measures.items():
        own = [condition for condition in asked[name] if condition not in shared]
        narrowed = f" FILTER (WHERE {' AND '.join(own)})" if own else ""
        sums.append(f"coalesce({source.value(measure.metric)}{narrowed}, 0)::numeric")
    keys = [source.column(dimension) for dimension in by]
    days = f"t.{source.day} BETWEEN {parameters.add(period.start)} AND {parameters.add(period.end)}"
    statement = (
        f"SELECT {', '.join([*keys, *sums])} FROM {source.table} t "
        f"WHERE {' AND '.join(['t.organization_id = %(organization)s', days, *shared])}"
    )
    if keys:
        statement += f" GROUP BY {', '.join(str(place) for place in range(1, len(keys) + 1))}"
    for row in _rows(statement, parameters):
        yield tuple(row[: len(keys)]), dict(zip(measures, row[len(keys) :], strict=True))


def _shape(question: Question) -> Key:
    """What makes two questions differ by their values alone."""
    measure = question.measure
    return (
        measure.of_activities,
        measure.metric,
        measure.states,
        measure.verified,
        tuple(measure.include),
        tuple(measure.exclude),
        question.member is None,
        question.customer is None,
    )


def _part(questions: Sequence[Question], places: list[int], parameters: Parameters) -> str:
    """The statement for questions of one form: their values in arrays, one row each, and a look-up for each row."""
    first = questions[places[0]]
    source = ACTIVITIES if first.measure.of_activities else DEALS
    asked = [questions[place] for place in places]
    columns: dict[str, tuple[str, list[Any]]] = {
        "place": ("int", places),
        "first_day": ("date", [question.period.start for question in asked]),
        "last_day": ("date", [question.period.end for question in asked]),
    }
    wanted = ["t.organization_id = %(organization)s"]
    if not first.measure.of_activities:
        columns["kind"] = ("text", [question.measure.kind for question in asked])
        wanted += ["t.kind = q.kind", *state_condition(first.measure, parameters)]
    for dimension in ("member", "customer"):
        if getattr(first, dimension) is not None:
            columns[dimension] = ("bigint", [getattr(question, dimension) for question in asked])
    wanted += _whose_days(first, source)
    if first.measure.verified is not None:
        wanted.append("t.verified" if first.measure.verified else "NOT t.verified")
    for form, condition in (("include", inclusion), ("exclude", exclusion)):
        for dimension in getattr(first.measure, form):
            # An array of arrays must be rectangular; as text each may have a length of its own.
            name = f"{form}_{dimension}"
            lists = [getattr(question.measure, form)[dimension] for question in asked]
            columns[name] = ("text", [f"{{{','.join(map(str, sorted(ids)))}}}" for ids in lists])
            wanted.append(condition(source, dimension, f"q.{name}::bigint[]"))
    arrays = ", ".join(f"{parameters.add(values)}::{kind}[]" for kind, values in columns.values())
    return (
        f"SELECT q.place, answer.value FROM unnest({arrays}) AS q ({', '.join(columns)}) CROSS JOIN LATERAL ("
        f"SELECT coalesce({source.value(first.measure.metric)}, 0)::numeric AS value FROM {source.table} t "
        f"WHERE {' AND '.join(wanted)}) AS answer"
    )


def _whose_days(question: Question, source: Source) -> list[str]:
    """The person or customer, and the days, of a question of one form.

    Compared as pairs (person, day), since only the index on both can serve that: the planner doesn't know how many days
    a question asks for, and where it believes them few it would as soon read everybody's.
    """
    subjects = [name for name in ("member", "customer") if getattr(question, name) is not None]
    if not subjects:
        return [f"t.{source.day} BETWEEN q.first_day AND q.last_day"]
    first, *others = subjects
    pair = f"({source.column(first)}, t.{source.day})"
    between = [f"{pair} >= (q.{first}, q.first_day)", f"{pair} <= (q.{first}, q.last_day)"]
    return between + [f"{source.column(name)} = q.{name}" for name in others]


def _rows(statement: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
