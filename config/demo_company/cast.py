"""Who works at Harbour Motors, and how."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from progress.periods import months_later

SEED = 2026
MONTHS_BACK = 18
#: Of every login of the demo. It guards nothing but made-up data on your own machine.
PASSWORD = "harbour-demo"  # noqa: S105 - printed on purpose
DOMAIN = "harbourmotors.example"
TEAMS = ("North desk", "South desk", "Fleet desk")


class Habit(Enum):
    """How somebody's deals spread over a month."""

    USUAL = "as the days are busy"
    DAILY = "one deal each working day, so exactly on pace"
    RENEWALS = "contracts that renew on the 1st, so complete from the first day"
    WEEK_THREE = "hardly any in the third week"
    MONTH_END = "most in the last week"


@dataclass(frozen=True, slots=True)
class Person:
    """A salesperson. `base` is deals asked for in a usual month, `strength` what part of it they usually reach.

    `joined` and `moved` are months after the company's opening; `desks` is the desk, or the old and the new one.
    """

    name: str
    desks: tuple[str, ...]
    base: int
    strength: float
    channels: dict[str, int]
    zones: tuple[str, ...]
    habit: Habit = Habit.USUAL
    joined: int | None = None
    moved: int | None = None
    login: bool = True

    @property
    def email(self) -> str:
        """The address in the company."""
        return address(self.name)


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody who runs desks and sells nothing."""

    name: str
    email: str
    desks: tuple[str, ...] = field(default=())


def address(name: str) -> str:
    """First name at the company's domain."""
    return f"{name.split(maxsplit=1)[0].lower()}@{DOMAIN}"


RETAIL, ONLINE, PHONE, FLEET, USED = CHANNELS = ("Retail", "Online", "Phone", "Fleet", "Approved used")
DOCKLANDS, QUAY, AIRPORT, COAST = ZONES = ("Docklands", "Quay North", "Airport Road", "Coast and islands")

ADMIN = Leader("Nora Quinn", f"admin@{DOMAIN}")
MANAGER = Leader("Marta Cole", address("Marta Cole"), TEAMS)
FLEET_MANAGER = Leader("Sean Brady", address("Sean Brady"), ("Fleet desk",))

PEOPLE = (
    Person(
        "Amara Okafor", ("North desk",), 31, 1.10, {RETAIL: 9, ONLINE: 8, PHONE: 4, FLEET: 3, USED: 7}, (DOCKLANDS,)
    ),
    Person("Ben Sorensen", ("North desk",), 29, 0.86, {RETAIL: 10, ONLINE: 7, PHONE: 4, USED: 8}, (DOCKLANDS, QUAY)),
    Person("Chiara Rossi", ("North desk",), 30, 1.03, {RETAIL: 8, ONLINE: 12, PHONE: 3, FLEET: 2, USED: 6}, (QUAY,)),
    Person("Dev Patel", ("North desk",), 21, 1.0, {RETAIL: 8, ONLINE: 5, PHONE: 2, USED: 6}, (QUAY,), Habit.DAILY),
    Person(
        "Elif Kaya",
        ("South desk",),
        28,
        0.84,
        {RETAIL: 9, ONLINE: 7, PHONE: 4, FLEET: 2, USED: 6},
        (AIRPORT,),
        Habit.WEEK_THREE,
    ),
    Person(
        "Finn Walsh",
        ("North desk", "South desk"),
        27,
        0.98,
        {RETAIL: 9, ONLINE: 8, PHONE: 3, USED: 7},
        (DOCKLANDS, AIRPORT),
        moved=11,
    ),
    Person("Grace Lin", ("South desk",), 33, 1.12, {RETAIL: 10, ONLINE: 10, PHONE: 3, FLEET: 3, USED: 8}, (AIRPORT,)),
    Person("Hugo Marin", ("South desk",), 24, 0.95, {RETAIL: 9, ONLINE: 6, PHONE: 4, USED: 5}, (COAST,), login=False),
    Person("Ines Duarte", ("Fleet desk",), 26, 0.9, {RETAIL: 5, ONLINE: 4, PHONE: 5, FLEET: 9, USED: 4}, (COAST,)),
    Person("Jonas Weber", ("Fleet desk",), 5, 1.1, {PHONE: 1, FLEET: 4}, (DOCKLANDS, COAST), Habit.RENEWALS),
    Person("Kasia Nowak", ("Fleet desk",), 24, 1.0, {RETAIL: 4, ONLINE: 6, PHONE: 6, FLEET: 6}, (AIRPORT,), joined=9),
    Person(
        "Liam Byrne",
        ("Fleet desk",),
        26,
        1.02,
        {RETAIL: 5, ONLINE: 4, PHONE: 6, FLEET: 8, USED: 3},
        (QUAY, COAST),
        Habit.MONTH_END,
    ),
)
#: Those who end and pass every day of a month on the same side of the pace, two of each taken anew every month.
LEADING = ("Amara Okafor", "Chiara Rossi", "Grace Lin")
TRAILING = ("Ben Sorensen", "Elif Kaya", "Ines Duarte")
#: Has no target in the month in which the demo is loaded, nor later.
WITHOUT_TARGET = "Hugo Marin"


def opening(today: date) -> date:
    """The first day of the demo's data for a demo that is loaded on a day."""
    return months_later(today.replace(day=1), -MONTHS_BACK)


def joined_on(person: Person, opened: date) -> date:
    """Somebody's first day in the company."""
    return opened if person.joined is None else months_later(opened, person.joined).replace(day=15)


def moved_on(person: Person, opened: date) -> date | None:
    """The first day at the new desk and in the new zone, for whoever changed."""
    return None if person.moved is None else months_later(opened, person.moved)


def zone_on(person: Person, day: date, opened: date) -> str:
    """The zone somebody works: those who moved have left their first one, others with two keep to the first."""
    moved = moved_on(person, opened)
    return person.zones[1] if moved is not None and day >= moved else person.zones[0]
