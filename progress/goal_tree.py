"""The tree of a project's production goals: what a goal is, which may stand under which, and how codes are compared.

Source: docs/algorithms/waterfall.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from progress.amounts import Amount, ratio
from progress.periods import require_day


@dataclass(frozen=True, slots=True)
class GoalNode:
    """A production goal in the tree of its project's goals.

    parent_id: None at the top. site_id: None for a project goal. code: None is the same as blank.
    target: above 0. due: None without a target date. Raises TypeError for a target that is neither Decimal nor int and
    for dates of another type, ValueError for a target that is not finite and above 0.
    """

    id: int
    parent_id: int | None
    site_id: int | None
    code: str | None
    target: Amount
    due: date | None
    created_at: datetime

    def __post_init__(self) -> None:
        matching(self.code)
        if ratio(self.target, f"target of goal {self.id}")[0] <= 0:
            raise ValueError(f"target of goal {self.id} must be above 0, not {self.target}")
        if self.due is not None:
            require_day(self.due, f"due of goal {self.id}")
        if not isinstance(self.created_at, datetime):
            raise TypeError(f"created_at of goal {self.id} must be a datetime, not {type(self.created_at).__name__}")


def matching(code: str | None) -> str:
    """A code as it is compared: without spaces around it and without case. Blank matches nothing.

    Raises TypeError for what is neither text nor None.
    """
    if code is None:
        return ""
    if not isinstance(code, str):
        raise TypeError(f"code must be text, not {type(code).__name__}")
    return code.strip().casefold()


def in_tree_order(goals: Iterable[GoalNode]) -> list[GoalNode]:
    """The goals with each one's descendants directly behind it.

    Raises ValueError, naming the goals, where an id occurs twice, a parent is not there, a goal is above itself, or a
    goal stands under a site goal without being of that site.
    """
    by_id: dict[int, GoalNode] = {}
    for goal in goals:
        if goal.id in by_id:
            raise ValueError(f"goal {goal.id} occurs twice")
        by_id[goal.id] = goal
    below: defaultdict[int | None, list[GoalNode]] = defaultdict(list)
    for goal in by_id.values():
        if goal.parent_id is not None:
            check_parent(goal, by_id.get(goal.parent_id))
        below[goal.parent_id].append(goal)
    tree: list[GoalNode] = []
    waiting = below[None]
    while waiting:
        goal = waiting.pop()
        tree.append(goal)
        waiting.extend(below.get(goal.id, ()))
    placed = {goal.id for goal in tree}
    loose = [goal_id for goal_id in by_id if goal_id not in placed]
    if loose:
        raise ValueError(f"goals stand above themselves: {cycle(by_id, loose[0])}")
    return tree


def check_parent(goal: GoalNode, parent: GoalNode | None) -> None:
    """Raise ValueError unless a goal may stand under a parent."""
    if parent is None:
        raise ValueError(f"goal {goal.id}: its parent {goal.parent_id} is not among the goals")
    if parent.id == goal.id:
        raise ValueError(f"goal {goal.id} is its own parent")
    if parent.site_id is None or parent.site_id == goal.site_id:
        return
    if goal.site_id is None:
        raise ValueError(f"goal {goal.id} is a project goal and can't stand under goal {parent.id} of a site")
    raise ValueError(f"goal {goal.id} is of site {goal.site_id}, its parent {parent.id} of site {parent.site_id}")


def cycle(by_id: dict[int, GoalNode], below: int) -> str:
    """The goals of a cycle, one under the other, that a goal is in or below; every parent is there."""
    path: dict[int | None, None] = {}
    goal_id: int | None = below
    while goal_id is not None and goal_id not in path:
        path[goal_id] = None
        goal_id = by_id[goal_id].parent_id
    ring = list(path)[list(path).index(goal_id) :]
    return " under ".join(str(name) for name in [*ring, goal_id])


def nearest_above(tree: Sequence[GoalNode]) -> Iterator[tuple[GoalNode, GoalNode]]:
    """Pairs of a goal's nearest ancestor that has its code, and the goal; no pair where there is none or no code."""
    place = {goal.id: index for index, goal in enumerate(tree)}
    ends = [index + 1 for index in range(len(tree))]
    for index, goal in reversed(list(enumerate(tree))):
        if goal.parent_id is not None:
            parent = place[goal.parent_id]
            ends[parent] = max(ends[parent], ends[index])
    paths: defaultdict[str, list[int]] = defaultdict(list)
    for index, goal in enumerate(tree):
        code = matching(goal.code)
        if not code:
            continue
        path = paths[code]
        while path and ends[path[-1]] <= index:
            path.pop()
        if path:
            yield tree[path[-1]], goal
        path.append(index)


def in_filling_order(goals: Iterable[GoalNode]) -> list[GoalNode]:
    """Site goals before project goals, then by target date with undated last, then by creation, then by id.

    Raises ValueError where some creation times have a time zone and others have none.
    """
    goals = list(goals)
    if len({goal.created_at.utcoffset() is None for goal in goals}) > 1:
        raise ValueError("created_at must have a time zone in all goals or in none")
    return sorted(
        goals, key=lambda goal: (goal.site_id is None, goal.due is None, goal.due or date.min, goal.created_at, goal.id)
    )
