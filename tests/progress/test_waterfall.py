"""Which production counts for which goal."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, Inexact, localcontext
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.amounts import Amount
from progress.goal_tree import in_tree_order, matching
from progress.waterfall import (
    Allocation,
    Course,
    Deletion,
    Driver,
    Feed,
    GoalNode,
    Production,
    allocate,
    courses_of,
    first_driver,
    without,
)
from tests.progress.slow_waterfall import slowly
from tests.progress.tables import Row, cases, listed, optional

MADE = datetime(2025, 1, 1, tzinfo=UTC)
CODE = r"""(?: code (?P<code>"[^"]*"|\S+))?"""
GOAL = re.compile(
    r"(?P<name>\w+) (?P<target>\S+)(?: in (?P<parent>\w+))?(?: at (?P<site>\w+))?"
    r"(?: by (?P<due>\S+))?(?: made (?P<made>\S+))?" + CODE
)
PRODUCTION = re.compile(
    r"(?P<quantity>\S+)(?: to (?P<goal>\w+))?(?: at (?P<site>\w+))?" + CODE + r"(?: at (?P<place>\w+))?"
)
FEED = re.compile(
    r"(?P<quantity>\S+)(?: code (?P<code>\S+))?(?: at (?P<site>\w+))? to (?P<goal>\w+)(?P<by_hand> by hand)?"
)

Goals = list[GoalNode]
Rows = list[Production]


class Project:
    """What a row of a table describes; goals and sites have ids in the order in which they are named."""

    def __init__(self, row: Row) -> None:
        self.names: list[str] = []
        self.sites: list[str] = []
        self.goals = listed(self.goal, row["goals"])
        self.production = listed(self.part, row["production"])

    def id_of(self, name: str | None) -> int | None:
        return None if name is None else self.names.index(name) + 1

    def site_id(self, name: str | None) -> int | None:
        if name is None:
            return None
        if name not in self.sites:
            self.sites.append(name)
        return self.sites.index(name) + 1

    def goal(self, text: str) -> GoalNode:
        found = fields(GOAL, text)
        self.names.append(found["name"])
        return GoalNode(
            id=len(self.names),
            parent_id=self.id_of(found["parent"]),
            site_id=self.site_id(found["site"]),
            code=code(found["code"]),
            target=Decimal(found["target"]),
            due=date.fromisoformat(found["due"]) if found["due"] else None,
            created_at=datetime.fromisoformat(found["made"]).replace(tzinfo=UTC) if found["made"] else MADE,
        )

    def part(self, text: str) -> Production:
        found = fields(PRODUCTION, text)
        site = self.site_id(found["site"] or found["place"])
        return Production(code(found["code"]), site, Decimal(found["quantity"]), self.id_of(found["goal"]))

    def feed(self, text: str) -> Feed:
        found = fields(FEED, text)
        goal = None if found["goal"] == "none" else self.id_of(found["goal"])
        folded = found["code"] or "panel"
        return Feed(folded, self.site_id(found["site"]), goal, Decimal(found["quantity"]), bool(found["by_hand"]))

    def reached(self, text: str) -> dict[int | None, Decimal | None]:
        pairs = [part.split() for part in listed(str, text)]
        return {self.id_of(name): optional(Decimal, quantity) for name, quantity in pairs}

    def allocated(self) -> Allocation:
        return allocate(self.goals, self.production)


def fields(pattern: re.Pattern[str], text: str) -> dict[str, Any]:
    found = pattern.fullmatch(text)
    assert found, text
    return found.groupdict()


def code(text: str | None) -> str:
    return "PANEL" if text is None else text.strip('"')


@cases("waterfall", "Filling")
def test_filling(row: Row) -> None:
    project = Project(row)
    found = project.allocated()
    assert found.own == project.reached(row["own"])
    assert found.unmatched == Decimal(row["unmatched"])
    assert found.overcorrected == 0


@cases("waterfall", "Corrections")
def test_corrections(row: Row) -> None:
    project = Project(row)
    found = project.allocated()
    assert found.own == project.reached(row["own"])
    assert found.unmatched == Decimal(row["unmatched"])
    assert found.overcorrected == Decimal(row["overcorrected"])


@cases("waterfall", "With children")
def test_with_children(row: Row) -> None:
    project = Project(row)
    found = project.allocated()
    assert found.own == project.reached(row["own"])
    assert found.with_children == project.reached(row["with children"])


@cases("waterfall", "Which production fed which goal")
def test_feeds(row: Row) -> None:
    project = Project(row)
    assert list(project.allocated().feeds) == listed(project.feed, row["feeds"])


@cases("waterfall", "Deleting a goal")
def test_deleting(row: Row) -> None:
    project = Project(row)
    deleted = project.id_of(row["deleted"])
    assert deleted is not None
    left = without(deleted, project.goals, project.production)
    assert {goal.id: goal.parent_id for goal in left.moved} == {
        project.id_of(child): None if parent == "none" else project.id_of(parent)
        for child, _, parent in (part.split() for part in listed(str, row["moved"]))
    }
    assert list(left.freed) == listed(project.part, row["freed"])
    found = allocate(left.goals, left.production)
    assert found.own == project.reached(row["own"])
    assert found.unmatched == Decimal(row["unmatched"])


def goal(number: int = 1, parent: int | None = None, site: int | None = None, **changes: Any) -> GoalNode:
    return replace(GoalNode(number, parent, site, "PANEL", 10, None, MADE), **changes)


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_a_goal_without_a_code_starts_with_its_children(blank: str | None) -> None:
    assert first_driver(blank) is Driver.WITH_CHILDREN
    assert first_driver(" PANEL") is Driver.OWN


def test_what_drives_a_status() -> None:
    goals = [goal(), goal(2, 1), goal(3, 2, code="DUCT")]
    found = allocate([*goals, goal(4), goal(5, 4)], [Production("PANEL", None, 3, of) for of in (1, 2, 4, 5)])
    assert found.driving(4, Driver.OWN) == 3
    assert found.driving(4, Driver.WITH_CHILDREN) == 6
    assert found.with_children[1] is None
    assert found.driving(1, Driver.WITH_CHILDREN) == 3


def test_amounts_come_out_as_decimal() -> None:
    found = allocate([goal(), goal(2, 1, target=5)], [Production("PANEL", None, 7), Production("DUCT", None, 1)])
    numbers = [*found.own.values(), *found.with_children.values(), found.unmatched, found.overcorrected]
    assert {type(number) for number in [*numbers, *(feed.quantity for feed in found.feeds)]} == {Decimal}


def test_sums_are_exact_whatever_the_precision_around() -> None:
    parts = [Production("PANEL", None, Decimal("1e40")), Production("PANEL", None, Decimal("0.01"))]
    with localcontext(Context(prec=2)):
        found = allocate([goal(target=Decimal("1e39")), goal(2, target=Decimal("0.001"))], parts)
    assert found.own == {1: Decimal("1e39"), 2: Decimal(f"9{'0' * 39}.01")}
    assert found.overcorrected == 0
    with pytest.raises(Inexact):
        allocate([goal()], [*parts, Production("PANEL", None, Decimal("1e1001"))])


def test_a_goal_known_to_be_full_is_never_met_again() -> None:
    course, own = Course(), dict.fromkeys(range(1, 5), Decimal(0))
    for number in range(1, 5):
        course.add(goal(number))
    assert course.pour(None, Decimal(25), own) == {1: 10, 2: 10, 3: 5}
    assert list(course.roomy) == [3, 4]
    assert course.pour(7, Decimal(5), own) == {3: 5}
    assert course.pour(None, Decimal(11), own) == {4: 11}
    assert not course.roomy


class Looks(dict[int, Decimal]):
    """Progress that counts how often it is looked at."""

    count = 0

    def __getitem__(self, goal_id: int) -> Decimal:
        self.count += 1
        return super().__getitem__(goal_id)


@pytest.mark.parametrize("size", [50, 500])
def test_the_cost_grows_with_goals_and_pools_and_not_with_their_product(size: int) -> None:
    project = [goal(number) for number in range(size)]
    below = [goal(size + each.id, each.id, each.id, target=1) for each in project]
    own = Looks(dict.fromkeys(range(2 * size), Decimal(0)))
    course = courses_of([part for pair in zip(project, below, strict=True) for part in pair])["panel"]
    for site in range(size):
        course.pour(site, Decimal(9), own)
    assert own.count <= 4 * size + 4 * size


def test_a_tree_may_be_as_deep_as_it_likes() -> None:
    deep = [goal(number, number - 1 or None) for number in range(1, 5001)]
    found = allocate(deep, [Production("PANEL", None, 12)])
    assert found.own[5000] == found.with_children[1] == 12


def test_goals_come_with_their_descendants_directly_behind_them() -> None:
    goals = [goal(1), goal(2, 1), goal(3, 2), goal(4, 1), goal(5)]
    ids = [each.id for each in in_tree_order(goals)]
    assert sorted(ids) == [1, 2, 3, 4, 5]
    assert ids.index(3) == ids.index(2) + 1
    assert {2, 3, 4} == set(ids[ids.index(1) + 1 : ids.index(1) + 4])


# Letters that fold into two, spaces of every kind, and None for blank.
codes = st.sampled_from(["panel", "Panel", " PANEL\t", "duct", "DUCT ", "straße", "STRASSE", "", " ", None])
units = st.sampled_from([Decimal(1), Decimal("0.25"), Decimal("0.01")])
sites = st.sampled_from([None, 1, 2, 3])
dates = st.sampled_from([None, *(date(2025, 1, 1) + timedelta(days=days) for days in range(3))])
times = st.sampled_from([MADE + timedelta(days=days) for days in range(3)])


@st.composite
def trees(draw: st.DrawFn, unit: Decimal, most: int = 40) -> Goals:
    """Up to 40 goals in any tree, with ids and creation that say nothing about who is above whom."""
    ids = draw(st.lists(st.integers(1, 99), unique=True, min_size=1, max_size=most))
    goals: Goals = []
    for number in ids:
        parent = draw(st.sampled_from([None, *goals[-4:]]))
        site = draw(sites) if parent is None or parent.site_id is None else parent.site_id
        target = unit * draw(st.integers(1, 12))
        goals.append(
            GoalNode(number, parent.id if parent else None, site, draw(codes), target, draw(dates), draw(times))
        )
    return goals


def parts(goals: Goals, unit: Decimal, least: int = -12) -> st.SearchStrategy[Production]:
    links = st.one_of(st.none(), st.none(), st.none(), st.sampled_from([each.id for each in goals]))
    amounts = st.integers(least, 40).map(lambda count: unit * count)
    return st.builds(Production, codes, st.sampled_from([None, 1, 2, 3, 4]), amounts, links)


@st.composite
def projects(draw: st.DrawFn, most: int = 40) -> tuple[Goals, Rows, Decimal]:
    unit = draw(units)
    goals = draw(trees(unit, most))
    return goals, draw(st.lists(parts(goals, unit), max_size=25)), unit


@given(projects())
def test_it_is_what_going_unit_by_unit_gives(project: tuple[Goals, Rows, Decimal]) -> None:
    goals, production, unit = project
    found = allocate(goals, production)
    assert (found.own, found.with_children, found.unmatched) == slowly(goals, production, unit)


@given(st.data(), units)
def test_goals_of_one_code_fill_as_unit_by_unit(data: st.DataObject, unit: Decimal) -> None:
    goals = [replace(each, code="panel") for each in data.draw(trees(unit))]
    production = [replace(part, code="PANEL") for part in data.draw(st.lists(parts(goals, unit), max_size=12))]
    found = allocate(goals, production)
    assert (found.own, found.with_children, found.unmatched) == slowly(goals, production, unit)


@given(projects())
def test_every_unit_counts_once(project: tuple[Goals, Rows, Decimal]) -> None:
    goals, production, _ = project
    found = allocate(goals, production)
    produced = sum(part.quantity for part in production)
    assert sum(found.own.values()) + found.unmatched - found.overcorrected == produced
    assert min([*found.own.values(), found.unmatched, found.overcorrected]) >= 0


@given(projects())
def test_nothing_is_overcorrected_without_corrections(project: tuple[Goals, Rows, Decimal]) -> None:
    goals, production, _ = project
    production = [part if part.quantity > 0 else replace(part, quantity=-part.quantity) for part in production]
    found = allocate(goals, production)
    assert found.overcorrected == 0
    assert sum(found.own.values()) + found.unmatched == sum(part.quantity for part in production)


@given(projects())
def test_feeds_account_for_everything(project: tuple[Goals, Rows, Decimal]) -> None:
    goals, production, _ = project
    found = allocate(goals, production)
    to_goals, from_pools, by_pool = Counter[int | None](), Counter[object](), Counter[object]()
    for feed in found.feeds:
        to_goals[feed.goal_id] += feed.quantity  # type: ignore[assignment]
        by_pool[feed.code, feed.site_id, feed.goal_id if feed.by_hand else None] += feed.quantity  # type: ignore[assignment]
    for part in production:
        from_pools[matching(part.code), part.site_id, part.goal_id] += part.quantity  # type: ignore[assignment]
    assert {each.id: max(to_goals[each.id], 0) for each in goals} == found.own
    assert to_goals[None] == found.unmatched
    for pool, total in from_pools.items():
        assert by_pool[pool] == (total if pool[2] else max(total, 0))  # type: ignore[index]
    places = [(feed.code, feed.site_id, feed.goal_id, feed.by_hand) for feed in found.feeds]
    assert len(places) == len(set(places))
    assert all(feed.quantity for feed in found.feeds)


@given(st.data(), projects())
def test_adding_production_never_lowers_anyones_progress(
    data: st.DataObject, project: tuple[Goals, Rows, Decimal]
) -> None:
    goals, production, unit = project
    more = data.draw(parts(goals, unit, least=0))
    before, after = allocate(goals, production), allocate(goals, [*production, more])
    assert all(after.own[each.id] >= before.own[each.id] for each in goals)
    assert after.unmatched >= before.unmatched
    for each in goals:
        was, now = before.with_children[each.id], after.with_children[each.id]
        assert (was is None) == (now is None)
        assert was is None or now is None or now >= was


@given(projects(), st.randoms(use_true_random=False))
def test_the_order_of_input_never_matters(project: tuple[Goals, Rows, Decimal], random: Random) -> None:
    goals, production, _ = project
    usual = allocate(goals, production)
    random.shuffle(goals)
    random.shuffle(production)
    assert allocate(iter(goals), iter(production)) == usual


@given(projects())
def test_adding_up_beforehand_changes_nothing(project: tuple[Goals, Rows, Decimal]) -> None:
    goals, production, _ = project
    sums: dict[tuple[str | None, int | None, int | None], Amount] = {}
    for part in production:
        key = (part.code, part.site_id, part.goal_id)
        sums[key] = sums.get(key, 0) + part.quantity
    grouped = [Production(code, site, total, goal_id) for (code, site, goal_id), total in sums.items()]
    assert allocate(goals, grouped) == allocate(goals, production)


@given(st.data(), projects())
def test_deleting_a_goal_loses_no_production(data: st.DataObject, project: tuple[Goals, Rows, Decimal]) -> None:
    goals, production, _ = project
    gone = data.draw(st.sampled_from(goals))
    left = without(gone.id, goals, production)
    assert list(left.goals) == [
        replace(each, parent_id=gone.parent_id) if each.parent_id == gone.id else each for each in goals if each != gone
    ]
    assert sum(part.quantity for part in left.production) == sum(part.quantity for part in production)
    assert all(part.goal_id != gone.id for part in left.production)
    allocate(left.goals, left.production)


@pytest.mark.parametrize("kind", [GoalNode, Production, Feed, Allocation, Deletion, Course])
def test_results_never_change_and_hold_nothing_else(kind: Any) -> None:
    assert kind.__dataclass_params__.frozen == (kind is not Course)
    assert "__slots__" in vars(kind)


NAN = Decimal("NaN")
NAIVE = MADE.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("goals", "message"),
    [
        pytest.param([goal(1), goal(1)], "goal 1 occurs twice", id="an-id-twice"),
        pytest.param([goal(1, 9)], "goal 1: its parent 9 is not among the goals", id="unknown-parent"),
        pytest.param([goal(1, 1)], "goal 1 is its own parent", id="its-own-parent"),
        pytest.param([goal(1, 2), goal(2, 1)], "goals stand above themselves: 1 under 2 under 1", id="two-in-a-cycle"),
        pytest.param(
            [goal(5), goal(4, 3), goal(1, 2), goal(2, 3), goal(3, 1)],
            "goals stand above themselves: 3 under 1 under 2 under 3",
            id="a-cycle-named-from-a-goal-below-it",
        ),
        pytest.param(
            [goal(1, site=4), goal(2, 1)],
            "goal 2 is a project goal and can't stand under goal 1 of a site",
            id="a-project-goal-under-a-site-goal",
        ),
        pytest.param(
            [goal(1, site=4), goal(2, 1, site=5)], "goal 2 is of site 5, its parent 1 of site 4", id="a-later-site"
        ),
        pytest.param(
            [goal(1, site=5), goal(2, 1, site=4)], "goal 2 is of site 4, its parent 1 of site 5", id="an-earlier-site"
        ),
        pytest.param(
            [goal(1), goal(2, created_at=NAIVE)],
            "created_at must have a time zone in all goals or in none",
            id="times-that-can't-be-compared",
        ),
    ],
)
def test_goals_that_are_no_tree_are_refused(goals: Goals, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        allocate(goals, [])


def test_a_tree_is_fine() -> None:
    allocate([goal(1), goal(2, 1), goal(3, 2, site=4), goal(4, 3, site=4)], [])
    allocate([goal(1, created_at=NAIVE), goal(2, created_at=NAIVE)], [])


def test_a_link_to_an_unknown_goal_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^production of 'PANEL' is linked to goal 9, which is not there$"):
        allocate([goal()], [Production("PANEL", None, 1, 9)])


def test_deleting_an_unknown_goal_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^goal 9 is not among the goals$"):
        without(9, [goal()], [])


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        pytest.param({"target": 0}, ValueError, "target of goal 1 must be above 0, not 0", id="target-zero"),
        pytest.param(
            {"target": Decimal("-0.01")}, ValueError, "target of goal 1 must be above 0, not -0.01", id="below"
        ),
        pytest.param({"target": NAN}, ValueError, "target of goal 1 must be a finite number, not NaN", id="target-nan"),
        pytest.param(
            {"target": 1.5}, TypeError, "target of goal 1 must be Decimal or int, not float", id="target-float"
        ),
        pytest.param(
            {"target": None}, TypeError, "target of goal 1 must be Decimal or int, not NoneType", id="target-none"
        ),
        pytest.param({"code": 7}, TypeError, "code must be text, not int", id="code-a-number"),
        pytest.param({"due": MADE}, TypeError, "due of goal 1 must be a date, not datetime", id="due-a-moment"),
        pytest.param(
            {"created_at": date(2025, 1, 1)},
            TypeError,
            "created_at of goal 1 must be a datetime, not date",
            id="made-a-day",
        ),
    ],
)
def test_bad_goals_are_refused(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        goal(**changes)


@pytest.mark.parametrize(
    ("code", "quantity", "error", "message"),
    [
        pytest.param("PANEL", 1.5, TypeError, "quantity must be Decimal or int, not float", id="a-float"),
        pytest.param("PANEL", NAN, ValueError, "quantity must be a finite number, not NaN", id="nan"),
        pytest.param("PANEL", Decimal("Infinity"), ValueError, "quantity must be a finite number", id="infinity"),
        pytest.param(7, 1, TypeError, "code must be text, not int", id="code-a-number"),
    ],
)
def test_bad_production_is_refused(code: Any, quantity: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        Production(code, None, quantity)


def test_deleting_looks_for_the_very_goal() -> None:
    goals = [goal(3), goal(1), goal(2, 1), goal(4, 2)]
    assert [child.parent_id for child in without(2, goals, []).moved] == [1]


def test_what_is_linked_by_hand_is_told_goal_by_goal() -> None:
    production = [Production("A", None, 3, goal_id=2), Production("B", None, 5, goal_id=1)]
    feeds = allocate([goal(1), goal(2)], production).feeds
    assert [(feed.goal_id, feed.code) for feed in feeds] == [(1, "b"), (2, "a")]
