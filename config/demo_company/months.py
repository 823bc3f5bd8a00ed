"""How a person's month goes: the number asked for, and how many deals are done by each day.

Every day of a month somebody is ahead of the pace, somebody behind, somebody exactly on it and somebody complete, so
that a demo loaded on any day has all of them to show. The one exception is the rules': before a month's first working
day nothing is expected, so nobody can be behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from random import Random

from accounts.calendar import public_holidays
from config.demo_company import cast
from config.demo_company.cast import Habit, Person
from progress.periods import Period, WorkCalendar, month_of, months_later

#: Of a usual month, by calendar month: new plates sell in January and July, and people are away in August and December.
SEASON = (1.12, 1.0, 1.06, 1.02, 1.0, 0.98, 1.15, 0.8, 1.05, 1.08, 1.0, 0.78)
#: Of a usual day, from Monday. On Sundays and holidays the house is closed.
WEEKDAYS = (0.85, 0.95, 1.0, 1.1, 1.3, 0.45, 0.0)


def calendar(first: date, last: date) -> WorkCalendar:
    """The house's working days from one day to another: Ireland's, and closed on Christmas Eve.

    Not the organization's own settings, so that changing those doesn't rewrite what the demo did before.
    """
    years = range(first.year, last.year + 1)
    closed = frozenset[date]().union(*(public_holidays("IE", "", year) for year in years))
    return WorkCalendar(frozenset(range(5)), closed | {christmas_eve(year) for year in years})


def christmas_eve(year: int) -> date:
    """The day on which the house closes beside the public holidays."""
    return date(year, 12, 24)


@dataclass(frozen=True, slots=True)
class Month:
    """A person's month. `asked` is the target in deals, None for none; `done` holds (day, deals of that day)."""

    asked: int | None
    done: tuple[tuple[date, int], ...]


def plan(person: Person, month: date, *, seed: int, opened: date, calendar: WorkCalendar) -> Month:
    """A person's month that starts on `month`; the same whatever day it is looked at."""
    rng = Random(f"{seed}/{person.name}/{month}")
    joined = cast.joined_on(person, opened)
    days = list(_days(month_of(month)))
    if joined > days[-1]:
        return Month(None, ())
    worked = calendar.count(month_of(month))
    level = _level(person, month, opened, rng)
    leading, trailing = sides(seed, month)
    if person.habit is Habit.DAILY:
        level = worked
    elif person.name in trailing:
        level = max(level, worked + 4)  # so that one deal on the first working day is behind, not "not started"
    shares = [Fraction(calendar.count(Period(month, day)), worked) for day in days]
    running = _usual(person, level, days, calendar, rng)
    if person.habit is Habit.DAILY:
        running = [int(level * share) for share in shares]
    elif person.habit is Habit.RENEWALS:
        later = sorted(rng.sample(range(2, 28), rng.choice((0, 1, 2))))
        running = [level + sum(day.day >= extra for extra in later) for day in days]
    elif person.name in leading:
        running = [
            max(usual, ceil(level * share * Fraction(106, 100) + Fraction(4, 10)))
            for usual, share in zip(running, shares, strict=True)
        ]
    elif person.name in trailing:
        running = [
            max(1, _between(level * share * Fraction(76, 100), usual, level * share * Fraction(88, 100)))
            if share
            else 0
            for usual, share in zip(running, shares, strict=True)
        ]
    steps = [after - before for before, after in zip([0, *running], running, strict=False)]
    done = [(day, step) for day, step in zip(days, steps, strict=True) if day >= joined]
    return Month(None if joined > month else level, tuple(done))


def sides(seed: int, month: date) -> tuple[frozenset[str], frozenset[str]]:
    """Who leads and who trails throughout a month."""
    rng = Random(f"{seed}/sides/{month}")
    return frozenset(rng.sample(cast.LEADING, 2)), frozenset(rng.sample(cast.TRAILING, 2))


def _between(least: Fraction, usual: int, most: Fraction) -> int:
    return min(max(usual, ceil(least)), floor(most))


def _days(period: Period) -> Iterator[date]:
    day = period.start
    while day <= period.end:
        yield day
        day += timedelta(days=1)


def _level(person: Person, month: date, opened: date, rng: Random) -> int:
    """The number asked for: a usual month's, by season, a little more each year, less in somebody's first half year."""
    age = (month.year - opened.year) * 12 + month.month - opened.month
    if person.habit is Habit.RENEWALS:
        return person.base + rng.choice((-1, 0, 0, 1))
    level = person.base * SEASON[month.month - 1] * (1 + age * 0.004)
    if person.joined is not None:
        level *= min(1.0, 0.4 + 0.12 * (age - person.joined))
    return max(round(level) + rng.choice((-1, 0, 0, 1)), 4)


def _usual(person: Person, level: int, days: list[date], calendar: WorkCalendar, rng: Random) -> list[int]:
    """Deals done by each day where busy days, habits and luck decide."""
    total = max(level * (person.strength + rng.gauss(0, 0.08)), 1)
    weights = []
    for day in days:
        weight = WEEKDAYS[day.weekday()] if day not in calendar.holidays else 0.0
        if (days[-1] - day).days < 5:
            weight *= 2.4 if person.habit is Habit.MONTH_END else 1.35
        if person.habit is Habit.WEEK_THREE and 15 <= day.day <= 21:
            weight *= 0.12
        weights.append(weight * rng.gammavariate(3, 1 / 3))
    passed, running = 0.0, []
    for weight in weights:
        passed += weight
        running.append(round(total * passed / sum(weights)))
    return running


def months_between(first: date, last: date) -> Iterator[date]:
    """The first days of the months from the one around `first` to the one around `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = months_later(month, 1)
