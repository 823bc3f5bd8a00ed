"""Who may do what: roles, teams, grants, and what a grant does not give."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from guardian.models import GroupObjectPermission, UserObjectPermission

from accounts import services
from accounts.models import AuditEntry, Member, Role, Team, TeamGrant
from accounts.permissions import (
    RIGHTS,
    Reach,
    holds_grant,
    is_admitted,
    may_set_target,
    members_to_admit,
    settable_members,
    visible_members,
)
from accounts.tenancy import tenant
from ledger.services.scope import scope_of
from tests.conftest import Company

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


@pytest.fixture
def north(acme: Company) -> Team:
    """A team that the manager doesn't manage, with `other_seller` in it until the middle of November."""
    with tenant(acme.organization):
        team = services.add_team(acme.organization, name="North", by=acme.admin)
        services.join_team(acme.other_seller, team, start=date(2026, 1, 1), end=date(2026, 11, 15), by=acme.admin)
    return team


def seen(viewer: Member, first: date = FIRST, last: date = LAST) -> set[str]:
    return set(visible_members(viewer, first, last).values_list("name", flat=True))


def settable(viewer: Member, first: date = FIRST, last: date = LAST) -> set[str]:
    return set(settable_members(viewer, first, last).values_list("name", flat=True))


def permission() -> Permission:
    return Permission.objects.get(codename="manage_this_team")


class TestRoles:
    def test_an_admin_sees_and_sets_everybody(self, acme: Company) -> None:
        with tenant(acme.organization):
            everybody = set(Member.objects.values_list("name", flat=True))
            assert seen(acme.admin) == settable(acme.admin) == everybody

    def test_a_manager_sees_and_sets_the_own_team(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            assert seen(acme.manager) == {acme.manager.name, acme.seller.name}
            assert settable(acme.manager) == {acme.seller.name}

    def test_a_salesperson_sees_themselves_and_sets_nobody(self, acme: Company) -> None:
        with tenant(acme.organization):
            assert seen(acme.seller) == {acme.seller.name}
            assert settable(acme.seller) == set()

    def test_managing_a_team_gives_a_salesperson_nothing(self, acme: Company) -> None:
        with tenant(acme.organization):
            services.manage_team(acme.other_seller, acme.team, by=acme.admin)
            assert seen(acme.other_seller) == {acme.other_seller.name}

    def test_a_salesperson_sets_their_own_where_the_organization_says_so(self, acme: Company) -> None:
        with tenant(acme.organization):
            organization = services.change_organization(acme.organization, salespeople_set_targets=True, by=acme.admin)
        with tenant(organization):
            assert settable(acme.seller) == {acme.seller.name}
            assert not may_set_target(acme.seller, acme.other_seller, FIRST, LAST)
            assert settable(acme.manager) == {acme.seller.name}

    @pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.words)
    def test_no_role_reaches_further_than_the_one_above(self, right: object) -> None:
        # Reaches are flags: everything that a salesperson has, a manager has, and admins have all.
        assert right.admin is Reach.ALL  # type: ignore[attr-defined]
        assert right.salesperson & ~Reach.OWN_IF_ALLOWED in right.manager  # type: ignore[attr-defined]


class TestGrants:
    def test_a_manager_gets_another_teams_people_too(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            services.grant_team(north, to=acme.manager, by=acme.admin)
            assert seen(acme.manager) == {acme.manager.name, acme.seller.name, acme.other_seller.name}
            assert may_set_target(acme.manager, acme.other_seller, FIRST, LAST)

    def test_a_salesperson_gets_a_managers_rights_over_its_people_alone(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            services.grant_team(north, to=acme.seller, by=acme.admin)
            assert seen(acme.seller) == {acme.seller.name, acme.other_seller.name}
            assert settable(acme.seller) == {acme.other_seller.name}

    def test_it_covers_the_days_on_which_people_were_in_the_team(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            services.grant_team(north, to=acme.seller, by=acme.admin)
            assert settable(acme.seller, date(2026, 12, 1), date(2026, 12, 31)) == set()
            assert not may_set_target(acme.seller, acme.other_seller, date(2026, 12, 1), date(2026, 12, 31))

    def test_imports_take_the_deals_of_the_granted_teams_people_alone(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            services.grant_team(north, to=acme.seller, by=acme.admin)
            scope = scope_of(acme.seller)
            assert scope is not None
            assert scope.days[acme.other_seller.pk] == [(date(2026, 1, 1), date(2026, 11, 15))]
            assert acme.seller.pk not in scope.days, "managers' rights over the team's people, nothing of their own"

    def test_pages_of_managers_open_and_admins_stay_closed(self, acme: Company, north: Team) -> None:
        client = acme.client(acme.seller)
        assert client.get(acme.url("imports/")).status_code == 403
        with tenant(acme.organization):
            grant = services.grant_team(north, to=acme.seller, by=acme.admin)
        assert client.get(acme.url("imports/")).status_code == 200
        assert client.get(acme.url("settings/permissions/")).status_code == 403
        with tenant(acme.organization):
            services.revoke_grant(grant, by=acme.admin)
        assert client.get(acme.url("imports/")).status_code == 403

    def test_admitting_knows_of_grants_without_a_query(
        self, acme: Company, north: Team, django_assert_num_queries: object
    ) -> None:
        with tenant(acme.organization):
            services.grant_team(north, to=acme.seller, by=acme.admin)
            holder = members_to_admit().get(pk=acme.seller.pk)
            other = members_to_admit().get(pk=acme.other_seller.pk)
            with django_assert_num_queries(0):  # type: ignore[operator]
                assert (holds_grant(holder), holds_grant(other)) == (True, False)

    def test_it_is_of_no_use_in_another_organization(self, acme: Company, rival: Company, north: Team) -> None:
        with tenant(rival.organization):
            guest = services.add_member(rival.organization, name="guest", user=acme.seller.user, by=rival.admin)
        with tenant(acme.organization):
            services.grant_team(north, to=acme.seller, by=acme.admin)
        with tenant(rival.organization):
            assert not holds_grant(guest)
            assert seen(guest) == {"guest"}

    def test_twice_is_once(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            first = services.grant_team(north, to=acme.seller, by=acme.admin)
            second = services.grant_team(north, to=acme.seller, by=acme.admin)
            assert first == second
            entries = AuditEntry.objects.filter(subject="accounts.teamgrant")
            assert [(entry.field, entry.new, entry.by) for entry in entries.order_by("field")] == [
                ("member", acme.seller.pk, acme.admin),
                ("team", north.pk, acme.admin),
            ]

    def test_taking_it_back_is_noted_once(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            grant = services.grant_team(north, to=acme.seller, by=acme.admin)
            services.revoke_grant(TeamGrant.objects.get(pk=grant.pk), by=acme.admin)
            services.revoke_grant(grant, by=acme.admin)
            assert not holds_grant(acme.seller)
            removed = AuditEntry.objects.filter(subject="accounts.teamgrant", why="removed")
            assert {(entry.field, entry.old) for entry in removed} == {("member", acme.seller.pk), ("team", north.pk)}

    def test_who_needs_none_or_can_not_sign_in_gets_none(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            nameless = services.add_member(acme.organization, name="Nora", by=acme.admin)
            for member, team, words in (
                (nameless, north, "no login"),
                (acme.admin, north, "admin"),
                (acme.manager, acme.team, "manages"),
            ):
                with pytest.raises(services.GrantRefused, match=words):
                    services.grant_team(team, to=member, by=acme.admin)
            assert not TeamGrant.objects.exists()


class TestWhatGivesNothing:
    def test_a_global_permission(self, acme: Company, north: Team) -> None:
        assert acme.seller.user
        acme.seller.user.user_permissions.add(permission())
        with tenant(acme.organization):
            assert seen(acme.seller) == {acme.seller.name}
            assert not is_admitted(acme.seller, Role.MANAGER)

    def test_being_a_platform_operator(self, acme: Company, north: Team) -> None:
        assert acme.seller.user
        acme.seller.user.is_superuser = acme.seller.user.is_staff = True
        acme.seller.user.save()
        with tenant(acme.organization):
            assert seen(acme.seller) == {acme.seller.name}
        assert acme.client(acme.seller).get(acme.url("imports/")).status_code == 403

    def test_guardians_own_tables(self, acme: Company, north: Team) -> None:
        assert acme.seller.user
        group = Group.objects.create(name="operators")
        acme.seller.user.groups.add(group)
        where = {"content_type": permission().content_type, "object_pk": str(north.pk), "permission": permission()}
        UserObjectPermission.objects.bulk_create([UserObjectPermission(user=acme.seller.user, **where)])
        GroupObjectPermission.objects.bulk_create([GroupObjectPermission(group=group, **where)])
        with tenant(acme.organization):
            assert seen(acme.seller) == {acme.seller.name}

    def test_another_permission_on_the_team(self, acme: Company, north: Team) -> None:
        view = Permission.objects.get(codename="view_team", content_type__app_label="accounts")
        with tenant(acme.organization):
            TeamGrant.objects.create(
                organization=acme.organization, user=acme.seller.user, permission=view, content_object=north
            )
            assert seen(acme.seller) == {acme.seller.name}
            assert not holds_grant(acme.seller)


class TestPages:
    def test_whoever_holds_a_grant_sees_and_sets_the_team_on_the_targets_page(self, acme: Company, north: Team) -> None:
        with tenant(acme.organization):
            services.grant_team(north, to=acme.seller, by=acme.admin)
        body = acme.client(acme.seller).get(acme.url("targets/?month=2026-11")).content.decode()
        channel = acme.channels[0].pk
        assert f't{acme.other_seller.pk}-{channel}"' in body
        assert f't{acme.seller.pk}-{channel}"' not in body
        assert "Team deals" in body

    def test_a_salesperson_sets_their_own_target_there_where_allowed(self, acme: Company) -> None:
        with tenant(acme.organization):
            services.change_organization(acme.organization, salespeople_set_targets=True, by=acme.admin)
        place = f"{acme.seller.pk}-{acme.channels[0].pk}"
        client = acme.client(acme.seller)
        response = client.post(acme.url("targets/?month=2026-11"), {"loaded": f"{place}:0:", f"t{place}": "7"})
        assert response.status_code == 302
        assert "Your deals" in client.get(acme.url("targets/?month=2026-11")).content.decode()
