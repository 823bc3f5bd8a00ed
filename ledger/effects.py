"""What else a deal moves: targets and goals stand above the ledger, which knows none of them, and say it here.

An app registers its answer when it is ready (`TargetsConfig.ready`); pages of deals ask all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Member
from ledger.models import Deal


@dataclass(frozen=True, slots=True)
class Facts:
    """What a deal says as far as it is counted anywhere; `confirmed` is what its state means."""

    kind: str
    date: date
    member_id: int | None
    channel_id: int | None
    confirmed: bool
    net: Decimal


@dataclass(frozen=True, slots=True)
class Moved:
    """One number that a deal moves: whose or what (`what`), in which month, from what to what, of which target.

    `target` is None where none is set. `money`: these are amounts, else counts of deals.
    """

    what: str
    month: date
    money: bool
    before: Decimal
    after: Decimal
    target: Decimal | None


#: What a change from one state of a deal to another moves; None stands for no deal. The deal as it is `before` is the
#: one that is stored. Shows the viewer nobody whom they may not see.
Effect = Callable[[Facts | None, Facts | None, Member], Iterable[Moved]]
_effects: list[Effect] = []


def register(effect: Effect) -> None:
    """Let an app say what deals move in it."""
    if effect not in _effects:
        _effects.append(effect)


def of_change(before: Facts | None, after: Facts | None, *, viewer: Member) -> list[Moved]:
    """Everything that a change of a deal would move, in the order in which the apps are installed."""
    return [moved for effect in _effects for moved in effect(before, after, viewer)]


def facts_of(deal: Deal) -> Facts:
    """What a stored deal says; its state is loaded."""
    return Facts(
        kind=deal.kind,
        date=deal.date,
        member_id=deal.member_id,
        channel_id=deal.channel_id,
        confirmed=deal.state.meaning == "confirmed",
        net=deal.net,
    )
