"""A last day ends teams and zones, and the rights over a person; taken back, it gives them back."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts import services
from accounts.models import AuditEntry, Member, Team, TeamMembership, ZoneAssignment
from accounts.permissions import may_record, may_set_target, visible_members
from accounts.tenancy import tenant
from tests.conftest import Company

TODAY, LAST = date(2026, 10, 22), date(2026, 10, 15)
BEGAN = date(2020, 1, 1)


@pytest.fixture
def inside(acme: Company) -> Any:
    with tenant(acme.organization):
        yield acme


def leave(company: Company, last: date | None) -> Member:
    member = Member.objects.get(pk=company.seller.pk)
    return services.change_member(member, by=company.admin, today=TODAY, active_to=last)


def teams(company: Company) -> list[tuple[date, date | None]]:
    found = TeamMembership.objects.filter(member=company.seller).order_by("start")
    return list(found.values_list("start", "end"))


def notes() -> list[tuple[str, Any, Any]]:
    entries = AuditEntry.objects.filter(subject="accounts.teammembership", field="end", why__in=("left", "back"))
    return list(entries.order_by("pk").values_list("why", "old", "new"))


def test_teams_and_zones_end_with_the_last_day_and_it_is_noted(inside: Company) -> None:
    zone = services.add_zone(inside.organization, name="North", by=inside.admin)
    services.assign_zone(inside.seller, zone, start=BEGAN, by=inside.admin)
    leave(inside, LAST)
    assert teams(inside) == [(BEGAN, LAST)]
    assert ZoneAssignment.objects.get().end == LAST
    assert notes() == [("left", None, "2026-10-15")]


@pytest.mark.parametrize(
    ("last_days", "end", "noted"),
    [
        pytest.param([LAST, None], None, ["left", "back"], id="taken-back"),
        pytest.param([LAST, date(2026, 10, 20)], date(2026, 10, 20), ["left", "back"], id="moved-later"),
        pytest.param([LAST, date(2026, 10, 10)], date(2026, 10, 10), ["left", "left"], id="moved-earlier"),
        pytest.param(
            [LAST, date(2026, 10, 10), date(2026, 10, 20), None],
            None,
            ["left", "left", "back", "back"],
            id="to-and-fro",
        ),
        pytest.param([LAST, None, date(2026, 11, 5)], date(2026, 11, 5), ["left", "back", "left"], id="leaves-again"),
        pytest.param([LAST, LAST], LAST, ["left"], id="said-twice"),
    ],
)
def test_what_ended_only_by_leaving_goes_on(
    inside: Company, last_days: list[date | None], end: date | None, noted: list[str]
) -> None:
    for last in last_days:
        leave(inside, last)
    assert teams(inside) == [(BEGAN, end)]
    assert [why for why, _, _ in notes()] == noted


def test_ending_access_at_once_and_taking_it_back(inside: Company) -> None:
    services.end_access(inside.seller, by=inside.admin, today=TODAY)
    assert teams(inside) == [(BEGAN, date(2026, 10, 21))]
    leave(inside, None)
    assert teams(inside) == [(BEGAN, None)]


def test_what_ended_before_stays_as_it_was(inside: Company) -> None:
    services.leave_team(TeamMembership.objects.get(), end=date(2026, 10, 1), by=inside.admin)
    leave(inside, LAST)
    leave(inside, None)
    assert teams(inside) == [(BEGAN, date(2026, 10, 1))]
    assert notes() == []


def test_a_day_that_somebody_chose_meanwhile_counts(inside: Company) -> None:
    leave(inside, LAST)
    services.leave_team(TeamMembership.objects.get(), end=date(2026, 10, 5), by=inside.admin)
    leave(inside, None)
    assert teams(inside) == [(BEGAN, date(2026, 10, 5))]


def test_what_would_begin_later_is_taken_back(inside: Company) -> None:
    south = services.add_team(inside.organization, name="South", by=inside.admin)
    services.move_member(TeamMembership.objects.get(), south, start=date(2026, 11, 1), by=inside.admin)
    leave(inside, LAST)
    assert teams(inside) == [(BEGAN, LAST)]
    entry = AuditEntry.objects.get(why="left", field="team")
    assert (entry.old, entry.new, entry.by) == (south.pk, None, inside.admin)


def test_what_goes_on_never_runs_into_what_was_added_meanwhile(inside: Company) -> None:
    leave(inside, LAST)
    later = date(2026, 11, 1)
    TeamMembership.objects.create(
        organization=inside.organization, team=inside.team, member=inside.seller, start=later, end=None
    )
    leave(inside, None)
    assert teams(inside) == [(BEGAN, date(2026, 10, 31)), (later, None)]


@pytest.mark.parametrize("kind", ["team", "zone"])
def test_who_has_a_last_day_joins_until_then(inside: Company, kind: str) -> None:
    member = services.change_member(inside.other_seller, by=inside.admin, today=TODAY, active_to=LAST)
    place: Any = inside.team if kind == "team" else services.add_zone(inside.organization, name="N", by=inside.admin)
    join: Any = services.join_team if kind == "team" else services.assign_zone
    span = join(member, place, start=date(2026, 10, 1), by=inside.admin)
    assert span.end == LAST
    with pytest.raises(ValidationError, match="is 15 Oct 2026"):
        join(member, place, start=date(2026, 10, 16), by=inside.admin)
    services.change_member(member, by=inside.admin, today=TODAY, active_to=None)
    span.refresh_from_db()
    assert span.end is None


def test_a_longer_membership_is_cut_again(inside: Company) -> None:
    leave(inside, LAST)
    span = services.leave_team(TeamMembership.objects.get(), end=date(2026, 12, 31), by=inside.admin)
    assert span.end == LAST
    leave(inside, None)
    assert teams(inside) == [(BEGAN, date(2026, 12, 31))]


def test_a_page_says_at_the_day_why_not(acme: Company) -> None:
    with tenant(acme.organization):
        services.change_member(acme.other_seller, by=acme.admin, today=TODAY, active_to=date(2099, 1, 15))
    response = acme.client(acme.admin).post(
        acme.url(f"settings/teams/{acme.team.pk}/join/"), {"member": acme.other_seller.pk, "start": "2099-01-16"}
    )
    assert response.status_code == 422
    assert "is 15 Jan 2099. Choose a day until then." in response.content.decode()


@pytest.mark.parametrize(
    ("first", "last", "theirs"),
    [
        pytest.param(date(2026, 9, 1), date(2026, 9, 30), True, id="the-month-before"),
        pytest.param(date(2026, 10, 1), date(2026, 10, 31), True, id="the-month-of-leaving"),
        pytest.param(date(2026, 11, 1), date(2026, 11, 30), False, id="the-month-after"),
    ],
)
def test_a_managers_rights_end_with_it(inside: Company, first: date, last: date, theirs: bool) -> None:
    leave(inside, LAST)
    assert may_set_target(inside.manager, inside.seller, first, last) is theirs
    assert visible_members(inside.manager, first, last).filter(pk=inside.seller.pk).exists() is theirs


@pytest.mark.parametrize(("day", "theirs"), [(LAST, True), (date(2026, 10, 16), False)])
def test_deals_of_later_days_are_for_admins(inside: Company, day: date, theirs: bool) -> None:
    leave(inside, LAST)
    assert may_record(inside.manager, inside.seller.pk, day) is theirs
    assert may_record(inside.admin, inside.seller.pk, day)


def test_the_teams_page_shows_the_last_day(acme: Company) -> None:
    with tenant(acme.organization):
        leave(acme, LAST)
        team = Team.objects.get()
    page = acme.client(acme.admin).get(acme.url(f"settings/teams/{team.pk}/")).content.decode()
    assert "15 Oct 2026" in page
