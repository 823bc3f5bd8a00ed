"""The waterfall alone: 10,000 goals and the production of 1,000,000 records, and how its time grows."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from benchmarks.framework import Row, timed
from benchmarks.worlds import Bench
from progress.waterfall import GoalNode, Production, allocate

MADE = datetime(2026, 1, 1, tzinfo=UTC)
YEAR_END = date(2026, 12, 31)
SITES = [None, *range(1, 201)]

Project = tuple[list[GoalNode], list[Production]]


def tree(count: int, random: Random) -> list[GoalNode]:
    """Goals of a hundredth as many codes: half of them under an earlier one, most of a site, a tenth undated."""
    site_of: dict[int | None, int | None] = {None: None}
    goals = []
    for number in range(1, count + 1):
        parent = random.randrange(1, number) if number % 2 == 0 else None
        site_of[number] = site_of[parent] or random.choice([None, *random.choices(SITES, k=2)])
        due = YEAR_END - timedelta(days=random.randrange(365)) if number % 10 else None
        target = Decimal(random.randrange(1, 200))
        goals.append(GoalNode(number, parent, site_of[number], f"Code {number % (count // 100)}", target, due, MADE))
    return goals


def grouped(records: int, count: int, random: Random) -> list[Production]:
    """Random records, added up by code, site and hand link as a database does it; one in a hundred is linked."""
    sums: defaultdict[tuple[str, int | None, int | None], Decimal] = defaultdict(Decimal)
    for number in range(records):
        link = random.randrange(1, count + 1) if number % 100 == 0 else None
        quantity = Decimal(random.randrange(-50, 500)) / 100
        sums[f"CODE {random.randrange(count // 100)}", random.choice(SITES), link] += quantity
    return [Production(code, site, quantity, link) for (code, site, link), quantity in sums.items()]


def many_codes(count: int) -> Project:
    """As a company has them: about three groups for two goals."""
    random = Random(count)
    return tree(count, random), grouped(3 * count, count, random)


def one_code(count: int) -> Project:
    """The hardest: half the goals of the project, and a site below each of them, so that every group may reach half."""
    half = count // 2
    project = [GoalNode(number, None, None, "code", Decimal(3), None, MADE) for number in range(1, half + 1)]
    below = [GoalNode(half + goal.id, goal.id, goal.id, "code", Decimal(1), YEAR_END, MADE) for goal in project]
    return [*project, *below], [Production("CODE", goal.id, Decimal(2)) for goal in project]


def growth(shape: Callable[[int], Project], count: int) -> Iterator[Row]:
    """The time of a project beside that of one with a tenth of its goals and groups.

    It is ten times as long, and more where the smaller one fits the processor's caches; by the product of goals and
    groups it would be a hundred times.
    """
    reference = None
    for size in (count // 10, count):
        goals, production = shape(size)
        figures = timed(partial(allocate, goals, production), times=9)
        name = f"{shape.__name__.replace('_', ' ')}: {len(goals):,} goals, {len(production):,} groups"
        yield Row(name, figures, "ms", reference, ratio_at_most=reference and 20)
        reference = sorted(figures)[len(figures) // 2]


def measure(bench: Bench) -> Iterator[Row]:
    """The case with the stated aim, and how two shapes grow."""
    count = 1_000 if bench.small else 10_000
    random = Random(4)
    goals, production = tree(count, random), grouped(100 * count, count, random)
    name = f"{len(goals):,} goals, {100 * count:,} records in {len(production):,} groups"
    yield Row(name, timed(partial(allocate, goals, production), times=9), "ms", at_most=500)
    for shape in (many_codes, one_code):
        yield from growth(shape, count)
