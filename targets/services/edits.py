"""What an edit of targets is made of, what it comes to, and why it can't be made."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.core.exceptions import PermissionDenied

SUBJECT = "targets.monthlytarget"
LARGEST = 1_000_000
LARGEST_REVENUE = 1_000_000_000_000

Metric = Literal["count", "revenue"]
Number = int | Decimal
#: The month, the person, the channel.
Place = tuple[date, int, int]


def largest(metric: Metric) -> int:
    """The highest target that makes sense."""
    return LARGEST if metric == "count" else LARGEST_REVENUE


class UnknownCell(LookupError):
    """There is no such person or channel in the organization."""


class NotYours(PermissionDenied):
    """This member may not set that person's targets."""


class NoSuchNumber(ValueError):
    """Below 0 or above the largest."""


class CellClosed(ValueError):
    """The cell takes no new target; clearing one is still possible."""


class ChannelArchived(CellClosed):
    """The channel is archived."""


class MonthEnded(CellClosed):
    """The month is over, and only managers may still change it."""


class MemberInactive(CellClosed):
    """The person is not with the organization in the month: `starts` later, or has `left` before."""

    def __init__(self, name: str, *, starts: date | None = None, left: date | None = None) -> None:
        super().__init__(name)
        self.name, self.starts, self.left = name, starts, left


@dataclass(frozen=True, slots=True)
class Standing:
    """What a cell holds, who left it so and when; `name` and `at` are None where nobody has set it."""

    number: Number | None
    version: int
    name: str | None
    at: datetime | None


class Conflict(RuntimeError):
    """Somebody changed the cell since the editor saw it; `standing` says who set what and when."""

    def __init__(self, standing: Standing) -> None:
        super().__init__("The target was changed since.")
        self.standing = standing


class ChangedSince(Conflict):
    """An edit can't be undone: somebody changed the cell after it."""


class NothingToUndo(LookupError):
    """No edit of targets carries this batch id, or it is undone already."""


class NothingToFill(LookupError):
    """No cell would get a number."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants one cell of a month to hold: None clears it. `version` is what they saw, 0 for never set."""

    member_id: int
    channel_id: int
    number: Number | None
    version: int
    metric: Metric = "count"


@dataclass(frozen=True, slots=True)
class Order:
    """An edit and its month."""

    month: date
    edit: Edit

    @property
    def place(self) -> Place:
        """Where it goes."""
        return (self.month, self.edit.member_id, self.edit.channel_id)


@dataclass(frozen=True, slots=True)
class Change:
    """One cell after a write. `batch` is what `undo` takes, None where nothing had to be changed."""

    member_id: int
    channel_id: int
    month: date
    old: Number | None
    new: Number | None
    version: int
    batch: uuid.UUID | None
    metric: Metric = "count"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of several edits: changes in their order, and {place in the list: why that one was not made}."""

    changes: Sequence[Change]
    errors: Mapping[int, Exception]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A number that filling many cells would replace by another one."""

    member_id: int
    channel_id: int
    month: date
    metric: Metric
    old: Number
    new: Number | None
    version: int

    @property
    def key(self) -> tuple[int, int, date, Metric]:
        """Which number it is."""
        return (self.member_id, self.channel_id, self.month, self.metric)


class WouldReplace(RuntimeError):
    """Filling would replace numbers that nobody has agreed to replace: `replaced`, of `total` numbers to be set."""

    def __init__(self, replaced: Sequence[Replaced], total: int) -> None:
        super().__init__(f"{len(replaced)} of {total} targets hold another number.")
        self.replaced, self.total = replaced, total


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling many cells came to: `changes`, and how many other numbers were `kept`."""

    changes: Sequence[Change]
    kept: int


class EditsRefused(ValueError):
    """Some of several edits can't be made, so none was. `errors` is {place in the list: error}."""

    def __init__(self, errors: Mapping[int, Exception]) -> None:
        super().__init__(f"{len(errors)} edits refused.")
        self.errors = errors
