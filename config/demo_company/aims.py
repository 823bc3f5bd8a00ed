"""The monthly targets of Harbour Motors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.demo_company import cast, catalogue, months
from config.demo_company.deals import Story, split_by_channel
from progress.periods import months_later

MONTHS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Aim:
    """What one person is asked for through one channel in one month, in deals and in money before tax."""

    member: str
    channel: str
    month: date
    count: int
    revenue: Decimal


def aims(story: Story, first: date, last: date) -> Iterator[Aim]:
    """Every target of the months from the one around `first` to the one around `last`.

    One person has none from the month on in which the demo was loaded; whoever joins gets none for a part of a month.
    """
    loaded = months_later(story.opened, cast.MONTHS_BACK)
    for month in months.months_between(first, last):
        for person in cast.PEOPLE:
            if person.name == cast.WITHOUT_TARGET and month >= loaded:
                continue
            plan = months.plan(person, month, seed=story.seed, opened=story.opened, calendar=story.calendar)
            if plan.asked is None:
                continue
            for channel, count in split_by_channel(person, plan.asked).items():
                revenue = round(count * catalogue.USUAL_NET[channel], -3) or 500
                yield Aim(person.name, channel, month, count, Decimal(revenue))


def last_month(today: date) -> date:
    """The last month that has targets on a day."""
    return months_later(today.replace(day=1), MONTHS_AHEAD)
