"""Importing targets from the lines of a file: what they would do, and doing just that.

The file's people and channels are known as in an import of deals, and every number is checked as the grid's are.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection, transaction

from accounts.models import Member
from accounts.permissions import SEE, covers, dated_people
from accounts.tenancy import current_organization
from ledger.ingest.names import Names, Resolver, shown
from ledger.ingest.rows import Unknowns
from progress.periods import month_of
from targets.importing import Line
from targets.services.checking import Known, known_of, refusals
from targets.services.edits import Edit, NotYours, Number, Order, Place
from targets.services.storing import store


class PlanChanged(RuntimeError):
    """Importing would do something else than the user saw: somebody changed a target since, or sent the file before."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A number that a line would set; None is no target."""

    line: int
    member: str
    channel: str
    edit: Edit
    month: date
    old: Number | None

    @property
    def new(self) -> Number | None:
        """What it would be."""
        return self.edit.number


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of which nothing would be stored. `column` is where it is wrong, "" where it is wrong as a whole."""

    line: int
    column: str
    cells: Sequence[str]
    reason: str | Exception
    number: Number | None = None


@dataclass(frozen=True)
class ImportPlan:
    """What a file would do, in the order of its lines; `same` counts the numbers that stand already."""

    changes: Sequence[Planned]
    same: int
    refused: Sequence[Refused]

    @property
    def added(self) -> list[Planned]:
        """Numbers where there was no target."""
        return [each for each in self.changes if each.old is None]

    @property
    def changed(self) -> list[Planned]:
        """Numbers that replace another one."""
        return [each for each in self.changes if each.old is not None and each.new is not None]

    @property
    def cleared(self) -> list[Planned]:
        """Targets that would be gone."""
        return [each for each in self.changes if each.new is None]

    @property
    def token(self) -> str:
        """Tells what this plan changes from what any other does."""
        parts = [
            f"{each.edit.member_id} {each.edit.channel_id} {each.month} {each.edit.metric} {each.old} {each.new}"
            for each in self.changes
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def plan_import(lines: Sequence[Line], *, viewer: Member, at: datetime) -> ImportPlan:
    """Hold the lines of a file against the targets as they are. At most eight queries, whatever their number.

    A line is stored whole or not at all. What a viewer sees and may not set is refused only where it would change.
    """
    return _planned(lines, viewer=viewer, at=at)[0]


@transaction.atomic
def import_targets(lines: Sequence[Line], *, seen: str, by: Member, at: datetime) -> uuid.UUID:
    """Set what the plan `seen` (its token) said, as one batch, which is returned.

    Raises PlanChanged, having stored nothing, where it would be something else now, and also where it would be nothing.
    """
    plan, known = _planned(lines, viewer=by, at=at)
    if not plan.changes or plan.token != seen:
        raise PlanChanged
    batch = uuid.uuid4()
    orders = [Order(each.month, each.edit) for each in plan.changes]
    outcome = store(orders, by=by, at=at, why="imported", batch=batch, all_or_none=True, known=known)
    if outcome.errors:  # set by somebody else in this very moment
        raise PlanChanged
    return batch


def _planned(lines: Sequence[Line], *, viewer: Member, at: datetime) -> tuple[ImportPlan, Known]:
    """The plan, and what it was made from."""
    refused = [Refused(line.line, line.column, line.cells, line.problem) for line in lines if line.problem]
    placed, unplaced = _placed([line for line in lines if not line.problem])
    orders = [
        Order(place[0], Edit(place[1], place[2], number, 0, metric))
        for line, place in placed
        for metric, number in line.numbers.items()
    ]
    known = known_of(orders, by=viewer)
    orders = [_as_seen(order, known) for order in orders]
    sources = [line for line, _ in placed for _ in line.numbers]
    planned = [_of(order, line, known) for order, line in zip(orders, sources, strict=True)]
    errors = refusals(orders, known.rows, viewer=viewer, at=at, known=known)
    visible = dated_people(viewer, SEE) if any(isinstance(error, NotYours) for error in errors.values()) else None
    wrong: dict[int, Refused] = {}
    for index, error in errors.items():
        each, foreign = planned[index], isinstance(error, NotYours)
        span = month_of(each.month)
        if foreign and each.old == each.new and covers(visible, each.edit.member_id, span.start, span.end):
            continue
        column = "member" if foreign else each.edit.metric
        wrong.setdefault(each.line, Refused(each.line, column, sources[index].cells, error, each.new))
    stays = [each for each in planned if each.line not in wrong]
    changes = [each for each in stays if each.old != each.new]
    refused = sorted([*refused, *unplaced, *wrong.values()], key=lambda each: each.line)
    return ImportPlan(changes, len(stays) - len(changes), refused), known


def _placed(lines: Sequence[Line]) -> tuple[list[tuple[Line, Place]], list[Refused]]:
    """The lines with the cell that each sets, and those that name nobody, nothing, or what another line sets."""
    members, channels = _resolved(lines)
    placed: list[tuple[Line, Place]] = []
    refused: list[Refused] = []
    first: dict[tuple[Place, str], int] = {}
    for line in lines:
        if problem := _unknown("member", line.member, members) or _unknown("channel", line.channel, channels):
            refused.append(Refused(line.line, problem[0], line.cells, problem[1]))
            continue
        assert line.month is not None
        place = (line.month, int(members.ids[line.member]), int(channels.ids[line.channel]))
        taken = next((first[place, metric] for metric in line.numbers if (place, metric) in first), None)
        if taken is not None:
            refused.append(Refused(line.line, "", line.cells, f"Line {taken:,} sets this target already."))
            continue
        first |= dict.fromkeys(((place, metric) for metric in line.numbers), line.line)
        placed.append((line, place))
    return placed, refused


def _as_seen(order: Order, known: Known) -> Order:
    """An order with the version that is there."""
    held = known.rows.get(order.place)
    return replace(order, edit=replace(order.edit, version=held.version)) if held else order


def _of(order: Order, line: Line, known: Known) -> Planned:
    """An order beside what its cell holds."""
    edit, held = order.edit, known.rows.get(order.place)
    old: Number | None = getattr(held, edit.metric) if held else None
    names = (known.members[edit.member_id].name, known.channels[edit.channel_id].name)
    return Planned(line.line, *names, edit, order.month, old)


def _resolved(lines: Sequence[Line]) -> tuple[Names, Names]:
    """The people and the channels that lines name. Two queries."""
    with connection.cursor() as cursor:
        # As if they might be made, so that those that are unknown come back apart from those that are not clear.
        unknowns = Unknowns(frozenset({"member", "channel"}))
        resolver = Resolver(cursor, current_organization().pk, unknowns)
        members = resolver.look_up("member", {line.member for line in lines})
        return members, resolver.look_up("channel", {line.channel for line in lines})


def _unknown(column: str, name: str, names: Names) -> tuple[str, str] | None:
    """(column, reason) where a name leads to nobody or nothing."""
    if name in names.problems:
        return column, names.problems[name]
    if name in names.missing:
        return column, f"There is {'nobody' if column == 'member' else 'no channel'} called {shown(name)}."
    return None
