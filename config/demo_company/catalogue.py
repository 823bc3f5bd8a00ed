"""What Harbour Motors sells, and to whom."""

from dataclasses import dataclass
from random import Random

from config.demo_company.cast import FLEET, ONLINE, PHONE, RETAIL, USED

COMPANIES = RETAIL_COMPANY, FLEET_COMPANY = ("Harbour Motors Retail", "Harbour Fleet Services")
LEDGERS = ("Leasing orders", "Web shop orders", "Parts counter orders")
WHOLESALERS = ("Auto Supply Tallaght", "Auto Supply Swords", "Celtic Parts Cork")
FAMILIES = {
    "Passenger cars": ("Aster", "Corvo", "Tern"),
    "Electric": ("Lumen", "Norden"),
    "Vans and trucks": ("Pilot Vans", "Haulwell"),
    "Parts and care": ("Harbour Care", "Tidewater Parts"),
}
STATES = PROPOSED, CONFIRMED, DELIVERED, LOST = ("Proposed", "Confirmed", "Delivered", "Lost")


@dataclass(frozen=True, slots=True)
class Product:
    """Something on the price list; prices in euro before tax, `margin` the part of them that is earned."""

    brand: str
    name: str
    low: int
    high: int
    margin: float


NEW = (
    Product("Aster", "Aster One 1.0", 15_500, 18_900, 0.08),
    Product("Aster", "Aster Estate 1.5", 19_800, 24_500, 0.08),
    Product("Corvo", "Corvo Crossover", 21_000, 27_900, 0.09),
    Product("Tern", "Tern City", 12_900, 15_400, 0.07),
    Product("Lumen", "Lumen E3", 23_500, 29_800, 0.06),
    Product("Norden", "Norden Long Range", 31_000, 38_500, 0.06),
)
APPROVED = (
    Product("Aster", "Aster One, approved used", 6_900, 11_800, 0.11),
    Product("Corvo", "Corvo Crossover, approved used", 9_800, 15_900, 0.12),
    Product("Tern", "Tern City, approved used", 4_900, 8_900, 0.12),
    Product("Lumen", "Lumen E3, approved used", 11_900, 17_500, 0.10),
)
COMMERCIAL = (
    Product("Pilot Vans", "Pilot Panel Van", 17_500, 22_900, 0.07),
    Product("Pilot Vans", "Pilot Crew Van", 19_900, 25_500, 0.07),
    Product("Haulwell", "Haulwell 7.5 t", 38_000, 52_000, 0.05),
)
SMALL = (
    Product("Tidewater Parts", "Wheel set", 480, 1_350, 0.28),
    Product("Tidewater Parts", "Tow bar, fitted", 390, 760, 0.31),
    Product("Tidewater Parts", "Roof box", 220, 540, 0.33),
    Product("Harbour Care", "Service plan, 3 years", 540, 990, 0.42),
    Product("Harbour Care", "Extended warranty", 350, 820, 0.55),
    Product("Harbour Care", "Paint protection", 260, 420, 0.61),
)
#: What each channel sells first.
FIRST = {RETAIL: NEW, ONLINE: (*NEW[:4], *APPROVED), PHONE: SMALL, FLEET: COMMERCIAL, USED: APPROVED}
#: Net of a usual deal in a channel, for targets in money.
USUAL_NET = {RETAIL: 23_000, ONLINE: 16_500, PHONE: 1_300, FLEET: 54_000, USED: 11_000}


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who buys; a firm has branches."""

    name: str
    branches: tuple[str, ...] = ()


# fmt: off
GIVEN = (
    "Aoife", "Brian", "Ciara", "Declan", "Eimear", "Fergal", "Gráinne", "Hassan", "Isolde", "Jakub", "Keeva",
    "Lorcan", "Maeve", "Niall", "Oona", "Pádraig", "Rania", "Siobhán", "Tomasz", "Una", "Viktor", "Wei", "Yusuf",
    "Zofia",
)
FAMILY = (
    "Murphy", "Kelly", "O'Brien", "Doyle", "Byrne", "McCarthy", "Gallagher", "Lynch", "Kowalski", "Adeyemi", "Silva",
    "Nguyen", "Power", "Hayes", "Keane", "Nolan", "Quigley", "Tierney", "Ahmed", "Flynn",
)
FIRM = (
    "Anchor", "Beacon", "Clover", "Dunmore", "Eblana", "Fairwind", "Glenside", "Harp", "Inver", "Liffey", "Marlin",
    "Northside", "Osprey", "Pier", "Rossmore",
)
# fmt: on
TRADE = ("Couriers", "Bakery", "Electrical", "Plumbing", "Catering", "Builders", "Dairy")
PLACES = ("Dublin Port", "Swords", "Tallaght", "Bray", "Cork", "Drogheda")


def customers(seed: int) -> tuple[tuple[Customer, ...], tuple[Customer, ...]]:
    """About 220 private people and 100 firms with 1 to 3 branches each."""
    rng = Random(f"{seed}/customers")
    people = rng.sample([f"{given} {family}" for given in GIVEN for family in FAMILY], 220)
    firms = rng.sample([f"{name} {trade}" for name in FIRM for trade in TRADE], 100)
    return (
        tuple(Customer(name) for name in people),
        tuple(Customer(name, tuple(rng.sample(PLACES, rng.choice((1, 1, 2, 3))))) for name in firms),
    )
