"""Waterfall: which production counts for which goal of a project, so that each unit counts once.

Production runs into the deepest goals of its code that cover its site, fills one after the other to its target, and
what is left over stays on the last. One call is one project: its goals, and its production, best added up beforehand by
code, site and hand link, since the cost grows with goals + groups.

Source: docs/algorithms/waterfall.md.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from itertools import chain
from typing import TypeAlias

from progress.amounts import EXACT, Amount, ratio
from progress.goal_tree import GoalNode, in_filling_order, in_tree_order, matching, nearest_above

__all__ = ["Allocation", "Deletion", "Driver", "Feed", "GoalNode", "Production", "allocate", "first_driver", "without"]

ZERO = Decimal(0)

# `{(goal_id, code, site_id): quantity}` of what is linked by hand, and `{code: {site_id: quantity}}` of the pools, with
# codes as they match.
Links: TypeAlias = Mapping[tuple[int, str, int | None], Decimal]
Pools: TypeAlias = Mapping[str, Mapping[int | None, Decimal]]


class Driver(StrEnum):
    """Which of a goal's two numbers drives its status."""

    OWN = "own"
    WITH_CHILDREN = "with_children"


@dataclass(frozen=True, slots=True)
class Production:
    """What was produced of a code at a site: one record, or the sum of any that share code, site and hand link.

    quantity: negative for a correction. site_id: None for records with no site. goal_id: the goal it was linked to by
    hand. Raises TypeError for a quantity that is neither Decimal nor int, ValueError for NaN and infinity.
    """

    code: str | None
    site_id: int | None
    quantity: Amount
    goal_id: int | None = None

    def __post_init__(self) -> None:
        matching(self.code)
        ratio(self.quantity, "quantity")


@dataclass(frozen=True, slots=True)
class Feed:
    """How much of the production of a code (as matched) at a site went to a goal; to none, where goal_id is None."""

    code: str
    site_id: int | None
    goal_id: int | None
    quantity: Decimal
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Allocation:
    """What every goal has reached, and where each unit went.

    own: `{goal_id: quantity}`, each goal's own progress, never below 0.
    with_children: `{goal_id: quantity}`, the same with all goals below it; None where their units don't agree.
    unmatched: the production that no goal takes.
    overcorrected: what corrections took away beyond what there was. Always
    sum(own) + unmatched - overcorrected = sum of production.
    feeds: which production fed which goal, and what is unmatched: by hand first, then by code, site and order of
    filling. A goal's feeds add up to its own progress, unless hand-linked corrections outweigh them.
    """

    own: dict[int, Decimal]
    with_children: dict[int, Decimal | None]
    unmatched: Decimal
    overcorrected: Decimal
    feeds: tuple[Feed, ...]

    def driving(self, goal_id: int, driver: Driver) -> Decimal:
        """The number that drives a goal's status: its own progress, also where units don't agree."""
        total = self.with_children[goal_id] if driver is Driver.WITH_CHILDREN else None
        return self.own[goal_id] if total is None else total


@dataclass(frozen=True, slots=True)
class Deletion:
    """What a project is left with once a goal is deleted.

    moved: the children that now stand under the grandparent. freed: the production whose hand link was cleared.
    """

    goals: tuple[GoalNode, ...]
    production: tuple[Production, ...]
    moved: tuple[GoalNode, ...]
    freed: tuple[Production, ...]


def first_driver(code: str | None) -> Driver:
    """What drives a goal's status when it is created: without a code it is a container of other goals."""
    return Driver.OWN if matching(code) else Driver.WITH_CHILDREN


def allocate(goals: Iterable[GoalNode], production: Iterable[Production]) -> Allocation:
    """Share a project's production out among its goals.

    Raises ValueError for goals that are no tree (see `in_tree_order`), for production linked to a goal that is not
    there, and where some goals' creation times have a time zone and others' have none; decimal.Inexact beyond 1,000
    digits.
    """
    tree = in_tree_order(goals)
    courses = courses_of(tree)
    own = {goal.id: ZERO for goal in tree}
    unmatched = produced = ZERO
    feeds: list[Feed] = []
    with localcontext(EXACT):
        linked, pools = added_up(production, own)
        for goal_id, code, site in sorted(linked, key=lambda key: (key[0], key[1], last_if_none(key[2]))):
            quantity = linked[goal_id, code, site]
            produced += quantity
            if quantity:
                own[goal_id] += quantity
                feeds.append(Feed(code, site, goal_id, quantity, by_hand=True))
        for code in sorted(pools):
            course, sites = courses.get(code, NO_GOALS), pools[code]
            for site in sorted(sites, key=last_if_none):
                quantity = sites[site]
                produced += quantity
                if quantity > 0:
                    taken = course.pour(site, quantity, own)
                    feeds.extend([Feed(code, site, goal_id, part, by_hand=False) for goal_id, part in taken.items()])
                    if not taken:
                        unmatched += quantity
                        feeds.append(Feed(code, site, None, quantity, by_hand=False))
        own = {goal: max(quantity, ZERO) for goal, quantity in own.items()}
        return Allocation(
            own=own,
            with_children=with_children(tree, own),
            unmatched=unmatched,
            overcorrected=sum(own.values(), unmatched) - produced,
            feeds=tuple(feeds),
        )


def without(goal_id: int, goals: Iterable[GoalNode], production: Iterable[Production]) -> Deletion:
    """Delete a goal: its children move up to its parent, and what was linked to it by hand matches by code again.

    Raises ValueError for a goal that is not there.
    """
    goals, production = tuple(goals), tuple(production)
    gone = next((goal for goal in goals if goal.id == goal_id), None)
    if gone is None:
        raise ValueError(f"goal {goal_id} is not among the goals")
    moved = {goal.id: replace(goal, parent_id=gone.parent_id) for goal in goals if goal.parent_id == goal_id}
    freed = tuple(replace(part, goal_id=None) for part in production if part.goal_id == goal_id)
    return Deletion(
        goals=tuple(moved.get(goal.id, goal) for goal in goals if goal.id != goal_id),
        production=tuple(part for part in production if part.goal_id != goal_id) + freed,
        moved=tuple(moved.values()),
        freed=freed,
    )


@dataclass(slots=True)
class Course:
    """The goals that production of one code runs into, in the order of filling.

    project: the project goals; `roomy` are those of them that aren't known to be full. of_site: each site's goals.
    passed: for each site, the project goals above one of its goals, which its production passes by.

    A project goal above another one, or a site goal above another one, is in none of these: nothing ever runs into it.
    """

    project: list[GoalNode] = field(default_factory=list)
    roomy: OrderedDict[int, GoalNode] = field(default_factory=OrderedDict)
    of_site: defaultdict[int | None, list[GoalNode]] = field(default_factory=lambda: defaultdict(list))
    passed: defaultdict[int | None, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, goal: GoalNode) -> None:
        """Put a goal last."""
        if goal.site_id is None:
            self.project.append(goal)
            self.roomy[goal.id] = goal
        else:
            self.of_site[goal.site_id].append(goal)

    def pour(self, site: int | None, quantity: Decimal, own: dict[int, Decimal]) -> dict[int, Decimal]:
        """Add a site's production to the goals' progress; `{goal_id: quantity}` that each took, {} where none does.

        Of two project goals here none is above the other, so a site passes by at most as many as it has goals; a full
        one is met once. All pours together thus cost as much as there are goals and pours.
        """
        taken: dict[int, Decimal] = {}
        full: list[int] = []
        passed = self.passed.get(site, ())
        for goal in chain(self.of_site.get(site, ()), self.roomy.values()):
            if not quantity:
                break
            if goal.id in passed:
                continue
            part = min(quantity, goal.target - own[goal.id])
            if part > 0:
                taken[goal.id] = part
                own[goal.id] += part
                quantity -= part
            if quantity:
                full.append(goal.id)
        for goal_id in full:
            self.roomy.pop(goal_id, None)
        last = self.last(site) if quantity else None
        if last is not None:
            taken[last.id] = taken.get(last.id, ZERO) + quantity
            own[last.id] += quantity
        return taken

    def last(self, site: int | None) -> GoalNode | None:
        """The goal with which a site's order ends."""
        passed = self.passed.get(site, ())
        for goal in reversed(self.project):
            if goal.id not in passed:
                return goal
        of_site = self.of_site.get(site)
        return of_site[-1] if of_site else None


# What production of a code runs into that no goal has. Nothing is ever added to it.
NO_GOALS = Course()


def courses_of(tree: Sequence[GoalNode]) -> dict[str, Course]:
    """The course of each code, from goals in tree order."""
    courses: defaultdict[str, Course] = defaultdict(Course)
    covered = set()
    for above, goal in nearest_above(tree):
        if above.site_id == goal.site_id:
            covered.add(above.id)
        else:
            courses[matching(goal.code)].passed[goal.site_id].add(above.id)
    for goal in in_filling_order(goal for goal in tree if goal.id not in covered):
        code = matching(goal.code)
        if code:
            courses[code].add(goal)
    return courses


def added_up(production: Iterable[Production], goals: Container[int]) -> tuple[Links, Pools]:
    """The sums of what is linked by hand, and of the pools.

    Raises ValueError for a link to a goal that is not there.
    """
    codes: dict[str | None, str] = {}
    linked: defaultdict[tuple[int, str, int | None], Decimal] = defaultdict(Decimal)
    pools: defaultdict[str, defaultdict[int | None, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for part in production:
        code = codes.get(part.code)
        if code is None:
            code = codes[part.code] = matching(part.code)
        if part.goal_id is None:
            pools[code][part.site_id] += part.quantity
        elif part.goal_id in goals:
            linked[part.goal_id, code, part.site_id] += part.quantity
        else:
            raise ValueError(f"production of {part.code!r} is linked to goal {part.goal_id}, which is not there")
    return linked, pools


def last_if_none(site: int | None) -> tuple[int, ...]:
    """Sorts sites by id, and no site behind them."""
    return (True,) if site is None else (False, site)


def with_children(tree: Sequence[GoalNode], own: dict[int, Decimal]) -> dict[int, Decimal | None]:
    """Each goal's progress with all goals below it; None where they have more than one code.

    A goal's unit is its code's, as far as is known here. One without a code takes on the unit of those below it.
    """
    totals = dict(own)
    units: dict[int, str | None] = {goal.id: matching(goal.code) for goal in tree}
    for goal in reversed(tree):
        if goal.parent_id is not None:
            totals[goal.parent_id] += totals[goal.id]
            units[goal.parent_id] = common_unit(units[goal.parent_id], units[goal.id])
    return {goal.id: None if units[goal.id] is None else totals[goal.id] for goal in tree}


def common_unit(one: str | None, other: str | None) -> str | None:
    """The unit of a sum: "" is not known yet, None is that they differ."""
    if one == "" or other == "":
        return other if one == "" else one
    return one if one == other else None
