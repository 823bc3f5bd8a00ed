"""Founds the demo companies: everything but deals and targets."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from accounts import services as people
from accounts.models import Member, Organization, PaceCalendar, Role, User
from accounts.tenancy import tenant
from config.demo_company import cast, catalogue, months
from config.demo_company.cast import ADMIN, FLEET_MANAGER, MANAGER, PASSWORD, PEOPLE, TEAMS
from config.demo_company.catalogue import CONFIRMED, DELIVERED, PROPOSED
from ledger.founding import found_organization
from ledger.models import Brand, BrandFamily, Channel, DealState, SalesLedger

SLUG, EMPTY_SLUG = "demo", "rentals"
TIME_ZONE = ZoneInfo("Europe/Dublin")
IRELAND = {
    "currency": "EUR",
    "time_zone": str(TIME_ZONE),
    "language": "en-IE",
    "fiscal_start": 1,
    "holiday_country": "IE",
    "pace_calendar": PaceCalendar.WORKING,
}


def found(today: date) -> Organization:
    """Harbour Motors with everything but deals and targets."""
    admin = _login(ADMIN.name, ADMIN.email, make_password(PASSWORD))
    organization = people.create_organization("Harbour Motors", SLUG, admin=admin, **IRELAND)
    opened = cast.opening(today)
    with tenant(organization):
        by = Member.objects.get(user=admin)
        for name in catalogue.COMPANIES:
            people.add_company(organization, name=name, by=by)
        for year in range(opened.year, today.year + 2):
            people.add_closing_day(organization, day=months.christmas_eve(year), name="Christmas Eve", by=by)
        _add_lists(organization)
        _add_people(organization, opened, admin.password, by)
    return organization


def found_empty() -> None:
    """A second company of the same admin, for switching and for importing into."""
    admin = User.objects.get(email=ADMIN.email)
    found_organization("Harbour Rentals", EMPTY_SLUG, admin=admin, **IRELAND)


def _login(name: str, email: str, hashed: str) -> User:
    # One hash for all: making a dozen takes seconds.
    return User.objects.create(email=email, name=name, password=hashed)


def _add_lists(organization: Organization) -> None:
    """Channels, states, brands in families and sales ledgers."""
    for position, name in enumerate(cast.CHANNELS):
        Channel.objects.create(organization=organization, name=name, position=position)
    for position, name in enumerate(catalogue.STATES):
        DealState.objects.create(
            organization=organization,
            name=name,
            position=position,
            is_initial=name == PROPOSED,
            triggers_commission=name in (CONFIRMED, DELIVERED),
            is_ordered=name in (CONFIRMED, DELIVERED),
        )
    for name, brands in catalogue.FAMILIES.items():
        family = BrandFamily.objects.create(organization=organization, name=name)
        for brand in brands:
            Brand.objects.create(organization=organization, name=brand, family=family)
    for name in catalogue.LEDGERS:
        SalesLedger.objects.create(organization=organization, name=name)


def _add_people(organization: Organization, opened: date, hashed: str, by: Member) -> None:
    """Teams, their managers, salespeople with dated memberships, and zones with dated assignments."""
    teams = {name: people.add_team(organization, name=name, by=by) for name in TEAMS}
    zones = {name: people.add_zone(organization, name=name, by=by) for name in cast.ZONES}
    for leader in (MANAGER, FLEET_MANAGER):
        user = _login(leader.name, leader.email, hashed)
        member = people.add_member(
            organization, name=leader.name, role=Role.MANAGER, user=user, email=leader.email, active_from=opened, by=by
        )
        for desk in leader.desks:
            people.manage_team(member, teams[desk], by=by)
    for person in PEOPLE:
        start, moved = cast.joined_on(person, opened), cast.moved_on(person, opened)
        member = people.add_member(
            organization,
            name=person.name,
            user=_login(person.name, person.email, hashed) if person.login else None,
            email=person.email,
            active_from=start,
            by=by,
        )
        for desk, first, last in _spans(person.desks, start, moved):
            people.join_team(member, teams[desk], start=first, end=last, by=by)
        for zone, first, last in _spans(person.zones, start, moved):
            people.assign_zone(member, zones[zone], start=first, end=last, by=by)


def _spans(places: tuple[str, ...], start: date, moved: date | None) -> list[tuple[str, date, date | None]]:
    """All places from the start on; for whoever moved, the first until the day before and the second from then on."""
    if moved is None:
        return [(place, start, None) for place in places]
    before, after = places
    return [(before, start, moved - timedelta(days=1)), (after, moved, None)]
