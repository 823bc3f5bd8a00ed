"""The waterfall again, unit by unit and straight from the rules: slow, and sharing nothing with the fast one."""

from collections import Counter
from decimal import Decimal

from progress.waterfall import GoalNode, Production

Reached = tuple[dict[int, Decimal], dict[int, Decimal | None], Decimal]


def family(goal: GoalNode, goals: list[GoalNode]) -> list[GoalNode]:
    """A goal and everything below it."""
    return [goal] + [part for child in goals if child.parent_id == goal.id for part in family(child, goals)]


def plain(code: str | None) -> str:
    return (code or "").strip().casefold()


def order(code: str, site: int | None, goals: list[GoalNode]) -> list[GoalNode]:
    """The goals that production of a code at a site fills, in order."""
    candidates = [goal for goal in goals if code and plain(goal.code) == code and goal.site_id in {None, site}]
    deepest = [goal for goal in candidates if sum(part in candidates for part in family(goal, goals)) == 1]
    # Python sorts keep the order of equals, so the last thing to go by comes first.
    deepest.sort(key=lambda goal: goal.id)
    deepest.sort(key=lambda goal: goal.created_at)
    undated = [goal for goal in deepest if goal.due is None]
    dated = sorted((goal for goal in deepest if goal.due is not None), key=lambda goal: str(goal.due))
    return sorted(dated + undated, key=lambda goal: 1 if goal.site_id is None else 0)


def slowly(goals: list[GoalNode], production: list[Production], unit: Decimal) -> Reached:
    """Own, with children and unmatched, where all amounts are whole numbers of units."""
    reached = Counter[int]()
    pools = Counter[tuple[str, int | None]]()
    for part in production:
        if part.goal_id is None:
            pools[plain(part.code), part.site_id] += int(part.quantity / unit)
        else:
            reached[part.goal_id] += int(part.quantity / unit)
    unmatched = 0
    numbered = sorted({site for _, site in pools if site is not None})
    for site in [*numbered, None]:
        for code in {code for code, where in pools if where == site}:
            filled = order(code, site, goals)
            for _ in range(pools[code, site]):
                if filled:
                    roomy = [goal for goal in filled if reached[goal.id] * unit < goal.target]
                    reached[(roomy or filled[-1:])[0].id] += 1
                else:
                    unmatched += 1
    own = {goal.id: max(reached[goal.id], 0) * unit for goal in goals}
    return own, {goal.id: together(family(goal, goals), own) for goal in goals}, unmatched * unit


def together(parts: list[GoalNode], own: dict[int, Decimal]) -> Decimal | None:
    if len({plain(part.code) for part in parts} - {""}) > 1:
        return None
    return sum((own[part.id] for part in parts), Decimal(0))
