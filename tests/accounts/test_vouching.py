"""An invitation opens no door that its sender couldn't open any more, and none of it waits for ever."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import AuditEntry, Invitation, Member, Role, TeamMembership, User
from accounts.tenancy import tenant
from tests.accounts.test_invitations import NEW, begin, token_of
from tests.conftest import PASSWORD, Company, found
from tests.mail import Mailbox


@pytest.fixture
def boss(acme: Company) -> Member:
    """A second admin, who invites."""
    user = User.objects.create_user("boss@acme.example", PASSWORD, name="acme boss")
    with tenant(acme.organization):
        return services.add_member(acme.organization, name="acme boss", role=Role.ADMIN, user=user, email=user.email)


def send(acme: Company, boss: Member, **more: Any) -> Invitation:
    with tenant(acme.organization):
        return services.invite(email=NEW, role=Role.ADMIN, at=timezone.now(), by=boss, **more)


def today(acme: Company) -> date:
    return acme.organization.local_date(timezone.now())


def demoted(acme: Company, boss: Member) -> None:
    services.change_member(boss, by=acme.admin, today=today(acme), role=Role.MANAGER)


def ended(acme: Company, boss: Member) -> None:
    services.end_access(boss, by=acme.admin, today=today(acme))


def left_by_and_by(acme: Company, boss: Member) -> None:
    """A last day that was set long ago and is over now: nobody does anything on that day."""
    Member.objects.filter(pk=boss.pk).update(active_to=today(acme) - timedelta(days=1))


def locked(acme: Company, boss: Member) -> None:
    User.objects.filter(email="boss@acme.example").update(is_active=False)


OUT = pytest.mark.parametrize("happens", [demoted, ended, left_by_and_by, locked])
Happens = Callable[[Company, Member], None]


@OUT
def test_a_link_opens_nothing_once_its_sender_may_invite_nobody(
    acme: Company, boss: Member, mailbox: Mailbox, happens: Happens
) -> None:
    send(acme, boss)
    token = token_of(mailbox)
    with tenant(acme.organization):
        happens(acme, boss)
        with pytest.raises(services.InvitationGone):
            begin(acme, token)
    assert not User.objects.filter(email=NEW).exists()
    client, link = Client(), f"/join/acme/{token}/"
    form = {"name": "Ann", "password": "six green apples"}
    assert [client.get(link).status_code, client.post(link, form).status_code] == [410, 410]


@OUT
def test_a_letter_of_theirs_that_waits_is_not_sent(
    acme: Company, boss: Member, mailbox: Mailbox, happens: Happens
) -> None:
    invitation = send(acme, boss)
    with tenant(acme.organization):
        happens(acme, boss)
    assert not services.send_invitation(acme.organization, invitation.pk, at=timezone.now())
    assert mailbox.letters == []


@OUT
def test_the_list_says_so_and_whoever_sends_it_again_stands_for_it(
    acme: Company, boss: Member, mailbox: Mailbox, happens: Happens
) -> None:
    invitation = send(acme, boss)
    token_of(mailbox)
    client, page = acme.client(acme.admin), acme.url("settings/people/invitations/")
    assert "Until you send it again" not in client.get(page).content.decode()
    with tenant(acme.organization):
        happens(acme, boss)
    assert "Until you send it again" in client.get(page).content.decode()
    client.post(acme.url(f"settings/people/invitations/{invitation.pk}/resend/"))
    assert "Until you send it again" not in client.get(page).content.decode()
    token = token_of(mailbox)
    with tenant(acme.organization):
        begin(acme, token)
        assert Member.objects.get(email=NEW).role == Role.ADMIN
        entry = AuditEntry.objects.get(subject="accounts.invitation", field="created_by")
        assert (entry.old, entry.new, entry.by) == (boss.pk, acme.admin.pk, acme.admin)


@OUT
def test_the_same_address_can_be_invited_by_somebody_else(
    acme: Company, boss: Member, mailbox: Mailbox, happens: Happens
) -> None:
    send(acme, boss)
    token_of(mailbox)
    with tenant(acme.organization):
        happens(acme, boss)
    send(acme, acme.admin)
    token = token_of(mailbox)
    with tenant(acme.organization):
        begin(acme, token)
        assert Invitation.objects.filter(accepted_at=None, revoked_at__isnull=False).count() == 1


def test_who_is_in_already_stays_in(acme: Company, boss: Member, mailbox: Mailbox) -> None:
    send(acme, boss)
    token = token_of(mailbox)
    with tenant(acme.organization):
        begin(acme, token)
        demoted(acme, boss)
        assert Member.objects.get(email=NEW).is_active(today(acme))


def test_back_in_office_the_link_works_again(acme: Company, boss: Member, mailbox: Mailbox) -> None:
    send(acme, boss)
    token = token_of(mailbox)
    with tenant(acme.organization):
        demoted(acme, boss)
        services.change_member(boss, by=acme.admin, today=today(acme), role=Role.ADMIN)
        begin(acme, token)
        assert Member.objects.filter(email=NEW).exists()


def test_one_of_the_system_needs_no_sender(acme: Company, mailbox: Mailbox) -> None:
    invitation = send(acme, acme.admin)
    token = token_of(mailbox)
    with tenant(acme.organization):
        Invitation.objects.filter(pk=invitation.pk).update(created_by=None)
        begin(acme, token)
        assert Member.objects.filter(email=NEW).exists()


# Two connections


def at_once(*jobs: Callable[[], object]) -> list[BaseException]:
    """Do jobs on connections of their own, begun together; what they raised."""
    start, problems = threading.Barrier(len(jobs)), list[BaseException]()

    def work(job: Callable[[], object]) -> None:
        try:
            start.wait()
            job()
        except Exception as problem:  # noqa: BLE001  # told to the test, in its own thread
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_accepting_and_changing_the_same_person_never_wait_for_each_other(mailbox: Mailbox, turn: int) -> None:
    """The invited person is in the list already; an admin gives them a role, a grant and a team in that moment."""
    acme = found("acme")
    with tenant(acme.organization):
        # Before and after the admins in the order of ids.
        person = services.add_member(acme.organization, name="Ann", email=NEW, by=acme.admin)
        second = User.objects.create_user("boss@acme.example", PASSWORD, name="acme boss")
        services.add_member(acme.organization, name="boss", role=Role.ADMIN, user=second, email=second.email)
        services.invite(email=NEW, at=timezone.now(), by=acme.admin, team=acme.team)
    token = token_of(mailbox)

    def accept() -> None:
        with tenant(acme.organization):
            begin(acme, token)

    def change() -> None:
        for name in ("Anna", "Anne"):
            with tenant(acme.organization):
                services.change_member(person, by=acme.admin, today=today(acme), name=name)

    def team() -> None:
        with tenant(acme.organization):
            services.join_team(person, acme.team, start=today(acme), by=acme.admin)

    def again() -> None:
        with tenant(acme.organization):
            services.resend_invitation(Invitation.objects.get(), at=timezone.now(), by=acme.admin)

    problems = at_once(*((accept, change, team), (accept, change, again))[turn % 2])
    # A link that was sent again opens nothing; whatever else happens is a fault.
    assert [problem for problem in problems if not isinstance(problem, services.InvitationGone)] == []
    with tenant(acme.organization):
        assert Member.objects.get(pk=person.pk).name == "Anne"
        assert TeamMembership.objects.filter(member=person).count() <= 1


@pytest.mark.django_db(transaction=True)
def test_inviting_anew_and_accepting_never_wait_for_each_other(mailbox: Mailbox) -> None:
    acme = found("acme")
    with tenant(acme.organization):
        services.add_member(acme.organization, name="Ann", email=NEW, by=acme.admin)
        services.invite(email=NEW, at=timezone.now(), by=acme.admin)
    token = token_of(mailbox)

    def accept() -> None:
        with tenant(acme.organization):
            begin(acme, token)

    def invite() -> None:
        with tenant(acme.organization):
            services.invite(email=NEW, role=Role.MANAGER, at=timezone.now(), by=acme.admin)

    problems = at_once(accept, invite)
    assert [type(problem) for problem in problems if not isinstance(problem, services.AlreadyInvited)] in (
        [],
        [services.AlreadyMember],
    )


@pytest.mark.django_db(transaction=True)
def test_who_is_demoted_while_somebody_accepts_lets_nobody_in_afterwards(mailbox: Mailbox) -> None:
    """Held between the check and the end: the demotion waits until it is done, or the link opens nothing."""
    acme = found("acme")
    user = User.objects.create_user("boss@acme.example", PASSWORD, name="acme boss")
    with tenant(acme.organization):
        boss = services.add_member(acme.organization, name="boss", role=Role.ADMIN, user=user, email=user.email)
        services.invite(email=NEW, at=timezone.now(), by=boss)
    token = token_of(mailbox)
    demoting, done = threading.Event(), threading.Event()
    order: list[str] = []

    def demote() -> None:
        try:
            demoting.wait()
            with tenant(acme.organization):
                demoted(acme, boss)
                order.append("demoted")
        finally:
            connection.close()
            done.set()

    thread = threading.Thread(target=demote)
    thread.start()
    with tenant(acme.organization):
        begin(acme, token)
        demoting.set()
        assert not done.wait(0.5), "the demotion waits"
        order.append("accepted")
    thread.join()
    assert order == ["accepted", "demoted"]
