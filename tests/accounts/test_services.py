"""Organizations, members, teams and zones: what each service changes, refuses and notes."""

from copy import copy
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts import services
from accounts.models import AuditEntry, ClosingDay, Member, Organization, Role, TeamManager, User
from accounts.tenancy import TenantError, tenant
from tests.conftest import Company

DAY = date(2026, 5, 1)


@pytest.fixture
def inside(acme: Company) -> Any:
    with tenant(acme.organization):
        yield acme


def noted(subject: Any) -> list[tuple[str, Any, Any, str]]:
    """(field, old, new, why) of a thing's audit rows, in order."""
    entries = AuditEntry.objects.filter(subject=subject._meta.label_lower, subject_id=subject.pk).order_by("pk")
    return list(entries.values_list("field", "old", "new", "why"))


class TestOrganization:
    def test_founding_makes_its_admin_and_notes_it(self, db: None) -> None:
        user = User.objects.create_user("ann@new.example", "secret words", name="Ann")
        organization = services.create_organization("New", "new", admin=user, currency="USD", time_zone="Europe/Dublin")
        with tenant(organization):
            member = Member.objects.get()
            assert (member.role, member.user, member.email, member.name) == (Role.ADMIN, user, "ann@new.example", "Ann")
            assert noted(organization) == [("name", None, "New", "added")]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("slug", "not a slug"),
            ("slug", "acme"),
            ("currency", "ZZZ"),
            ("time_zone", "Nowhere/At-all"),
            ("language", "xx"),
            ("fiscal_start", 13),
            ("holiday_country", "XX"),
            ("holiday_region", "BY"),
            ("working_weekdays", [0, 7]),
        ],
    )
    def test_a_value_that_does_not_hold_founds_nothing(self, acme: Company, field: str, value: Any) -> None:
        assert acme.admin.user is not None
        with pytest.raises(ValidationError):
            services.create_organization(**{"name": "New", "slug": "new", "admin": acme.admin.user, field: value})
        assert Organization.objects.count() == 1

    def test_settings_are_changed_and_noted(self, inside: Company) -> None:
        services.change_organization(inside.organization, by=inside.admin, currency="USD", fiscal_start=1)
        assert Organization.objects.get().currency == "USD"
        assert noted(inside.organization)[-1] == ("currency", "EUR", "USD", "typed")

    def test_companies_have_names_of_their_own(self, inside: Company) -> None:
        company = services.add_company(inside.organization, name="North Ltd", by=inside.admin)
        services.rename_company(company, name="North", by=inside.admin)
        assert noted(company) == [("name", None, "North Ltd", "added"), ("name", "North Ltd", "North", "typed")]
        with pytest.raises(ValidationError):
            services.add_company(inside.organization, name=" NORTH ", by=inside.admin)
        with pytest.raises(ValidationError):
            services.add_company(inside.organization, name="  ", by=inside.admin)

    def test_closing_days_come_and_go(self, inside: Company) -> None:
        closing = services.add_closing_day(inside.organization, day=DAY, name="Fair", by=inside.admin)
        assert services.add_closing_day(inside.organization, day=DAY, name="Trade fair", by=inside.admin) == closing
        assert [each.name for each in ClosingDay.objects.all()] == ["Trade fair"]
        services.remove_closing_day(closing, by=inside.admin)
        assert not ClosingDay.objects.exists()
        assert AuditEntry.objects.filter(why="removed", old="2026-05-01").exists()


class TestMembers:
    def test_added_with_a_login_or_without(self, inside: Company) -> None:
        member = services.add_member(inside.organization, name="Bo", email=" Bo@ACME.example ", by=inside.admin)
        assert (member.user, member.email, member.role) == (None, "bo@acme.example", Role.SALESPERSON)
        assert noted(member) == [("name", None, "Bo", "added"), ("role", None, "salesperson", "added")]
        assert AuditEntry.objects.order_by("pk").last().by == inside.admin  # type: ignore[union-attr]

    def test_changes_are_noted_from_what_to_what(self, inside: Company) -> None:
        services.change_member(inside.seller, by=inside.admin, today=DAY, role=Role.MANAGER, active_to=DAY)
        assert noted(inside.seller)[-2:] == [
            ("role", "salesperson", "manager", "typed"),
            ("active_to", None, "2026-05-01", "typed"),
        ]

    def test_nothing_changed_notes_nothing(self, inside: Company) -> None:
        before = noted(inside.seller)
        services.change_member(inside.seller, by=inside.admin, today=DAY, role=Role.SALESPERSON)
        assert noted(inside.seller) == before

    def test_one_login_or_address_is_one_member(self, inside: Company) -> None:
        with pytest.raises(services.LoginTaken):
            services.add_member(inside.organization, name="Twin", user=inside.seller.user)
        with pytest.raises(services.LoginTaken):
            services.change_member(inside.other_seller, by=inside.admin, today=DAY, email=inside.seller.email)

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"role": Role.MANAGER}, id="demoted"),
            pytest.param({"active_to": date(2026, 4, 30)}, id="gone"),
            pytest.param({"user": None}, id="without-a-login"),
        ],
    )
    def test_the_last_admin_stays(self, inside: Company, changes: dict[str, Any]) -> None:
        with pytest.raises(services.LastAdmin):
            services.change_member(inside.admin, by=inside.admin, today=DAY, **changes)
        inside.admin.refresh_from_db()
        assert (inside.admin.role, inside.admin.active_to) == (Role.ADMIN, None)

    def test_another_admin_may_go(self, inside: Company) -> None:
        services.change_member(inside.manager, by=inside.admin, today=DAY, role=Role.ADMIN)
        services.change_member(inside.admin, by=inside.manager, today=DAY, role=Role.MANAGER)
        assert noted(inside.admin)[-1] == ("role", "admin", "manager", "typed")

    def test_an_end_before_the_beginning_is_refused(self, inside: Company) -> None:
        with pytest.raises(ValidationError):
            services.change_member(
                inside.seller, by=inside.admin, today=DAY, active_from=DAY, active_to=date(2026, 4, 30)
            )


SPANS = pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        pytest.param(date(2026, 1, 1), date(2026, 3, 31), True, id="ends-the-day-before"),
        pytest.param(date(2026, 1, 1), date(2026, 4, 1), False, id="ends-on-the-first-day"),
        pytest.param(date(2026, 4, 10), date(2026, 4, 20), False, id="inside"),
        pytest.param(date(2026, 4, 30), None, False, id="begins-on-the-last-day"),
        pytest.param(date(2026, 5, 1), None, True, id="begins-the-day-after"),
        pytest.param(date(2026, 1, 1), None, False, id="around-without-an-end"),
    ],
)


class TestTeams:
    @SPANS
    def test_memberships_do_not_overlap(self, inside: Company, start: date, end: date | None, free: bool) -> None:
        team = services.add_team(inside.organization, name="new team", by=inside.admin)
        services.join_team(inside.seller, team, start=date(2026, 4, 1), end=date(2026, 4, 30), by=inside.admin)
        if free:
            services.join_team(inside.seller, team, start=start, end=end, by=inside.admin)
        else:
            with pytest.raises(services.SpansOverlap):
                services.join_team(inside.seller, team, start=start, end=end, by=inside.admin)

    def test_two_teams_at_once_are_fine(self, inside: Company) -> None:
        team = services.add_team(inside.organization, name="new team", by=inside.admin)
        assert services.join_team(inside.seller, team, start=DAY, by=inside.admin).pk

    def test_leaving_sets_the_last_day(self, inside: Company) -> None:
        membership = inside.team.memberships.get()
        services.leave_team(membership, end=DAY, by=inside.admin)
        assert inside.team.memberships.get().end == DAY
        assert noted(membership)[-1] == ("end", None, "2026-05-01", "typed")
        with pytest.raises(ValidationError):
            services.leave_team(membership, end=date(2019, 1, 1), by=inside.admin)

    def test_leaving_later_does_not_run_into_the_next_membership(self, inside: Company) -> None:
        first = services.leave_team(inside.team.memberships.get(), end=DAY, by=inside.admin)
        services.join_team(inside.seller, inside.team, start=date(2026, 6, 1), by=inside.admin)
        with pytest.raises(services.SpansOverlap):
            services.leave_team(first, end=date(2026, 6, 1), by=inside.admin)

    def test_a_name_is_a_teams_own(self, inside: Company) -> None:
        with pytest.raises(ValidationError):
            services.add_team(inside.organization, name=inside.team.name.upper(), by=inside.admin)
        services.rename_team(inside.team, name="Renamed", by=inside.admin)
        assert noted(inside.team)[-1][2] == "Renamed"

    def test_taken_back_twice_is_noted_once(self, inside: Company) -> None:
        membership = inside.team.memberships.get()
        manager = inside.team.managers.get()
        for _ in range(2):
            services.remove_membership(copy(membership), by=inside.admin)
            services.stop_managing(copy(manager), by=inside.admin)
        assert [why for _, _, _, why in noted(membership)].count("removed") == 3
        assert [why for _, _, _, why in noted(manager)].count("removed") == 2

    def test_managers_come_and_go(self, inside: Company) -> None:
        manager = services.manage_team(inside.seller, inside.team, by=inside.admin)
        assert services.manage_team(inside.seller, inside.team, by=inside.admin) == manager
        assert len(noted(manager)) == 2
        services.stop_managing(manager, by=inside.admin)
        assert [each.member for each in TeamManager.objects.all()] == [inside.manager]
        assert AuditEntry.objects.filter(why="removed", field="member", old=inside.seller.pk).exists()


class TestZones:
    @SPANS
    def test_assignments_do_not_overlap(self, inside: Company, start: date, end: date | None, free: bool) -> None:
        zone = services.add_zone(inside.organization, name="north", by=inside.admin)
        services.assign_zone(inside.seller, zone, start=date(2026, 4, 1), end=date(2026, 4, 30), by=inside.admin)
        if free:
            services.assign_zone(inside.seller, zone, start=start, end=end, by=inside.admin)
        else:
            with pytest.raises(services.SpansOverlap):
                services.assign_zone(inside.seller, zone, start=start, end=end, by=inside.admin)

    def test_an_assignment_ends(self, inside: Company) -> None:
        zone = services.add_zone(inside.organization, name="north", by=inside.admin)
        assignment = services.assign_zone(inside.seller, zone, start=DAY, by=inside.admin)
        services.end_assignment(assignment, end=date(2026, 5, 31), by=inside.admin)
        assert noted(assignment)[-1] == ("end", None, "2026-05-31", "typed")
        services.rename_zone(zone, name="south", by=inside.admin)
        assert noted(zone)[-1] == ("name", "north", "south", "typed")


def test_everything_happens_in_a_tenant(acme: Company) -> None:
    with pytest.raises((TenantError, Exception)):
        services.add_team(acme.organization, name="outside", by=None)
