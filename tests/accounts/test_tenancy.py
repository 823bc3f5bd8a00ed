"""The tenant context: what is visible inside, nothing outside, whatever goes wrong on the way."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.db.models import Count
from django_scopes.exceptions import ScopeError

from accounts import services
from accounts.models import Member, Role, Team, TeamManager, TeamMembership, Zone
from accounts.readers import memberships
from accounts.tenancy import TenantError, current_organization, in_tenant, login, tenant
from config.celery import app
from ledger.models import Brand, BrandFamily, Channel
from tests.conftest import Company

pytestmark = pytest.mark.django_db(transaction=True)


def seen() -> int:
    """The rows of members that the database shows, whatever managers say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_member")
        row = cursor.fetchone()
        assert row is not None
        return int(row[0])


class TestTenant:
    def test_inside_only_its_own_rows_exist(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization), connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT organization_id FROM accounts_member")
            assert cursor.fetchall() == [(acme.organization.pk,)]
            assert current_organization() == acme.organization

    def test_outside_a_manager_raises_and_the_database_shows_nothing(self, acme: Company) -> None:
        for question in (list, lambda q: q.exists(), lambda q: q.count(), lambda q: q.bulk_create([])):
            with pytest.raises(ScopeError):
                question(Member.objects.all())
        assert seen() == 0
        with pytest.raises(TenantError):
            current_organization()

    def test_what_is_unscoped_is_held_by_the_database(self, acme: Company, rival: Company) -> None:
        assert not Member._base_manager.exists()
        with tenant(acme.organization):
            assert Member._base_manager.count() == 4
            with pytest.raises(Member.DoesNotExist):
                rival.seller.refresh_from_db()

    def test_another_tenant_inside_is_refused(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization):
            with pytest.raises(TenantError), tenant(rival.organization):
                pass
            assert seen() == 4

    def test_the_same_tenant_inside_is_a_savepoint(self, acme: Company) -> None:
        with tenant(acme.organization):
            with pytest.raises(ZeroDivisionError), tenant(acme.organization):  # noqa: PT012 - the error ends the block
                acme.seller.name = "changed"
                acme.seller.save()
                raise ZeroDivisionError
            assert current_organization() == acme.organization
            assert "changed" not in Member.objects.values_list("name", flat=True)

    def test_an_error_undoes_and_closes_everything(self, acme: Company) -> None:
        with pytest.raises(ZeroDivisionError), tenant(acme.organization):  # noqa: PT012 - the error ends the block
            Zone.objects.create(organization=acme.organization, name="north")
            raise ZeroDivisionError
        assert seen() == 0
        with pytest.raises(ScopeError):
            Zone.objects.count()
        with tenant(acme.organization):
            assert not Zone.objects.exists()

    def test_a_database_error_inside_is_undone_too(self, acme: Company) -> None:
        with pytest.raises(IntegrityError), tenant(acme.organization):  # noqa: PT012 - the error ends the block
            Channel.objects.create(organization=acme.organization, name="new")
            Channel.objects.create(organization=acme.organization, name="new")
        assert seen() == 0

    @pytest.mark.parametrize("fails", [False, True])
    def test_in_somebody_elses_transaction_it_ends_with_its_block(self, acme: Company, fails: bool) -> None:
        with transaction.atomic():
            try:
                with tenant(acme.organization):
                    assert seen() == 4
                    if fails:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
            assert seen() == 0

    def test_a_rollback_that_is_asked_for_closes_it_too(self, acme: Company) -> None:
        with transaction.atomic():
            with tenant(acme.organization):
                transaction.set_rollback(True)
            assert seen() == 0

    def test_the_same_connection_afterwards_shows_nothing(self, acme: Company) -> None:
        with tenant(acme.organization):
            process = connection.connection.info.backend_pid
        assert connection.connection.info.backend_pid == process
        assert seen() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.organization', true), current_setting('transaction_read_only')")
            assert cursor.fetchone() == ("", "off")

    def test_another_thread_stands_outside(self, acme: Company) -> None:
        found: list[Any] = []

        def look() -> None:
            try:
                found.append(seen())
                Member.objects.count()
            except ScopeError as error:
                found.append(type(error))
            finally:
                connections.close_all()

        with tenant(acme.organization):
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()
        assert found == [0, ScopeError]

    def test_a_task_without_a_tenant_sees_nothing(self, acme: Company) -> None:
        def look() -> tuple[int, int]:
            return seen(), Member._base_manager.count()

        assert app.task(name="tests.look")(look).apply().get() == (0, 0)

    def test_when_commit_hooks_run_it_is_closed(self, acme: Company, rival: Company) -> None:
        found: list[Any] = []

        def hook() -> None:
            with pytest.raises(TenantError):
                current_organization()
            with tenant(rival.organization):
                found.append(current_organization())

        with tenant(acme.organization):
            transaction.on_commit(hook)
        assert found == [rival.organization]


class TestReadOnly:
    def test_writes_are_refused(self, acme: Company) -> None:
        with pytest.raises(Exception, match="read-only"), tenant(acme.organization, read_only=True):
            acme.seller.save()

    def test_also_in_somebody_elses_transaction_which_goes_on_writing(self, acme: Company) -> None:
        with transaction.atomic():
            with pytest.raises(DatabaseError, match="read-only"), tenant(acme.organization, read_only=True):
                acme.seller.save()
            with tenant(acme.organization):
                acme.seller.save()

    def test_writing_can_not_be_opened_inside(self, acme: Company) -> None:
        with (
            tenant(acme.organization, read_only=True),
            pytest.raises(DatabaseError, match="read-only"),
            tenant(acme.organization),
        ):
            acme.seller.save()


class TestLogin:
    def test_shows_ones_own_memberships_everywhere_and_nobody_elses(self, acme: Company, rival: Company) -> None:
        with tenant(rival.organization):
            services.add_member(rival.organization, name="guest", user=acme.seller.user)
        assert acme.seller.user is not None
        with login(acme.seller.user.pk):
            found = {(member.organization_id, member.name) for member in Member.objects.all()}
        assert found == {(acme.organization.pk, acme.seller.name), (rival.organization.pk, "guest")}
        assert seen() == 0

    def test_changes_nothing(self, acme: Company) -> None:
        assert acme.seller.user is not None
        with pytest.raises(DatabaseError, match="read-only"), login(acme.seller.user.pk):
            acme.seller.save()

    def test_does_not_widen_a_tenant(self, acme: Company) -> None:
        assert acme.seller.user is not None
        with tenant(acme.organization), pytest.raises(TenantError), login(acme.seller.user.pk):
            pass
        with login(acme.seller.user.pk), pytest.raises(TenantError), tenant(acme.organization):
            pass

    def test_ends_with_its_block_in_somebody_elses_transaction(self, acme: Company) -> None:
        assert acme.seller.user is not None
        with transaction.atomic():
            with login(acme.seller.user.pk):
                assert seen() == 1
            assert seen() == 0


class TestStreams:
    def rows(self) -> Iterator[bytes]:
        for name in Member.objects.order_by("pk").values_list("name", flat=True).iterator(chunk_size=1):
            yield name.encode()

    def test_the_body_is_produced_inside(self, acme: Company) -> None:
        assert len(list(in_tenant(acme.organization, self.rows()))) == 4
        assert seen() == 0

    def test_whoever_reads_it_stands_outside(self, acme: Company) -> None:
        body = in_tenant(acme.organization, self.rows())
        next(body)
        with pytest.raises(TenantError):
            current_organization()
        with pytest.raises(ScopeError):
            Member.objects.count()
        list(body)

    def test_given_up_halfway_it_closes(self, acme: Company) -> None:
        body: Any = in_tenant(acme.organization, self.rows())
        next(body)
        body.close()
        assert not connection.in_atomic_block
        assert seen() == 0

    def test_an_error_halfway_closes_it(self, acme: Company) -> None:
        def broken() -> Iterator[bytes]:
            yield b"first"
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            list(in_tenant(acme.organization, broken()))
        assert not connection.in_atomic_block
        assert seen() == 0

    def test_it_can_not_write(self, acme: Company) -> None:
        def writing() -> Iterator[bytes]:
            acme.seller.save()
            yield b""

        with pytest.raises(DatabaseError, match="read-only"):
            list(in_tenant(acme.organization, writing()))


class TestQueries:
    """The ways Django reads and writes, each with rows of both companies at hand."""

    def test_relations_stay_inside(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization):
            assert list(rival.team.memberships.all()) == []
            assert [found.member for found in acme.team.memberships.select_related("member", "team")] == [acme.seller]
            (team,) = Team.objects.prefetch_related("memberships__member", "managers__member")
            assert [found.member for found in team.managers.all()] == [acme.manager]
            membership = TeamMembership.objects.get()
            assert (membership.member, membership.team) == (acme.seller, acme.team)
            assert Team.objects.filter(memberships__member__name=acme.seller.name).get() == acme.team
            assert Team.objects.annotate(people=Count("memberships")).get().people == 1

    def test_joins_name_the_organization(self, acme: Company) -> None:
        with tenant(acme.organization):
            sql = str(TeamMembership.objects.select_related("member").filter(team__name="x").query)
        assert sql.count('"organization_id" = (') == 2

    def test_exclude_over_a_reverse_relation_still_answers(self, acme: Company) -> None:
        with tenant(acme.organization):
            assert acme.seller not in Member.objects.exclude(team_memberships__team=acme.team)
            assert Member.objects.exclude(team_memberships__team=acme.team).count() == 3

    def test_a_row_of_another_tenant_is_not_saved(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization):
            rival.seller.name = "stolen"
            with pytest.raises(DatabaseError), transaction.atomic():
                rival.seller.save(force_update=True)
            with pytest.raises(DatabaseError), transaction.atomic():
                rival.seller.save()
            assert Member.objects.bulk_update([rival.seller], ["name"]) == 0
            assert Member.objects.filter(pk=rival.seller.pk).update(name="stolen") == 0
            with pytest.raises(DatabaseError), transaction.atomic():
                Member.objects.bulk_create([Member(organization=rival.organization, name="planted")])
            with pytest.raises(DatabaseError), transaction.atomic():
                Member._base_manager.update_or_create(pk=rival.seller.pk, defaults={"organization": rival.organization})
        with tenant(rival.organization):
            assert Member.objects.get(pk=rival.seller.pk).name != "stolen"

    def test_a_row_of_another_tenant_is_not_deleted(self, acme: Company, rival: Company) -> None:
        with tenant(rival.organization):
            zone = services.add_zone(rival.organization, name="rival zone")
        with tenant(acme.organization):
            Zone(pk=zone.pk, organization=rival.organization).delete()
            Zone._base_manager.filter(pk=zone.pk).delete()
        with tenant(rival.organization):
            assert Zone.objects.get() == zone

    def test_a_row_never_moves_to_another_organization(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Team.objects.update(organization=rival.organization)
            acme.team.organization = rival.organization
            with pytest.raises(DatabaseError), transaction.atomic():
                acme.team.save()

    def test_a_reference_across_is_refused_at_once(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization), pytest.raises(IntegrityError), transaction.atomic():
            TeamManager.objects.create(organization=acme.organization, team=acme.team, member=rival.manager)

    def test_following_a_smuggled_reference_finds_nothing(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization), pytest.raises(Member.DoesNotExist):
            _ = TeamManager(organization=acme.organization, team=acme.team, member_id=rival.manager.pk).member

    def test_copy_goes_through_a_temporary_table(self, acme: Company) -> None:
        with tenant(acme.organization), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE fresh (name text) ON COMMIT DROP")
            with cursor.copy("COPY fresh FROM STDIN") as copy:
                copy.write_row(["copied"])
            cursor.execute(
                "INSERT INTO accounts_zone (organization_id, name, name_key) SELECT %s, name, name FROM fresh",
                [acme.organization.pk],
            )
            assert Zone.objects.get().name == "copied"
        with (
            pytest.raises(psycopg.errors.FeatureNotSupported),
            tenant(acme.organization),
            connection.cursor() as cursor,
            cursor.copy("COPY accounts_zone (organization_id, name, name_key) FROM STDIN"),
        ):
            pass


def test_memberships_are_those_of_today(acme: Company, rival: Company) -> None:
    moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert acme.seller.user is not None
    with tenant(rival.organization):
        guest = services.add_member(
            rival.organization, name="guest", role=Role.MANAGER, user=acme.seller.user, active_from=moment.date()
        )
    found = memberships(acme.seller.user, at=moment)
    assert [(each.slug, each.role) for each in found] == [("acme", "Salesperson"), ("rival", "Manager")]
    with tenant(rival.organization):
        guest.active_from = guest.active_to = datetime(2026, 4, 30, tzinfo=UTC).date()
        guest.save()
    assert [each.slug for each in memberships(acme.seller.user, at=moment)] == ["acme"]


def test_families_of_brands_are_optional(acme: Company) -> None:
    """A null part of a composite key is not checked; the organization still is."""
    with tenant(acme.organization):
        family = BrandFamily.objects.create(organization=acme.organization, name="family")
        Brand.objects.create(organization=acme.organization, name="loose")
        Brand.objects.create(organization=acme.organization, name="kept", family=family)
        assert Brand.objects.filter(family__name="family").get().name == "kept"
