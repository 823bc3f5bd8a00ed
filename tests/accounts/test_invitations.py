"""Invitations: what each service stores, sends, refuses and notes; letters go over a real mail server."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts import services
from accounts.models import AuditEntry, Invitation, Member, OutboxJob, Role, TeamMembership, User
from accounts.services.invitations import VALID, hash_of
from accounts.tenancy import tenant
from tests.conftest import Company
from tests.jobs import do_jobs
from tests.mail import Mailbox

NEW = "new@somewhere.example"
WORDS = "six green apples"


@pytest.fixture
def inside(acme: Company) -> Any:
    with tenant(acme.organization):
        yield acme


def invited(company: Company, email: str = NEW, **more: Any) -> Invitation:
    return services.invite(email=email, at=timezone.now(), by=company.admin, **more)


def token_of(mailbox: Mailbox) -> str:
    """Have the letter sent, and take the secret out of it."""
    do_jobs()
    return mailbox.letters[-1].link().split("/")[-2]


def accept(company: Company, token: str, user: User) -> Member:
    now = timezone.now()
    return services.accept_invitation(token, user=user, at=now, today=company.organization.local_date(now))


def begin(company: Company, token: str, password: str = WORDS) -> User:
    now = timezone.now()
    today = company.organization.local_date(now)
    return services.accept_with_new_login(token, name="Ann New", password=password, at=now, today=today)


class TestLetter:
    def test_says_who_invites_where_and_for_how_long(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invited(acme)
        token_of(mailbox)
        letter = mailbox.only()
        assert letter.to == [NEW]
        assert letter.subject == "Join acme <script>alert(1)</script> on Headway"
        assert "acme admin invites you to acme <script>alert(1)</script>" in letter.text
        assert "7 days" in letter.text
        assert letter.text.startswith("Hello,")

    def test_only_the_hash_of_the_secret_is_kept(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invited(acme)
        assert NEW not in str(OutboxJob.objects.get().arguments)
        token = token_of(mailbox)
        with tenant(acme.organization):
            assert Invitation.objects.get().token_hash == hash_of(token)

    def test_a_server_that_is_away_loses_nothing(self, acme: Company, mailbox: Mailbox, settings: Any) -> None:
        with tenant(acme.organization):
            invited(acme)
        settings.EMAIL_PORT = 1
        do_jobs()
        assert (mailbox.letters, OutboxJob.objects.get().attempts) == ([], 1)
        settings.EMAIL_PORT = mailbox.port
        OutboxJob.objects.update(due_at=timezone.now())
        with tenant(acme.organization):
            begin(acme, token_of(mailbox))
            assert Member.objects.filter(email=NEW).exists()

    def test_one_called_back_before_it_left_is_not_sent(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            services.revoke_invitation(invited(acme), at=timezone.now(), by=acme.admin)
        do_jobs()
        assert mailbox.letters == []

    def test_a_name_of_two_lines_stays_in_its_line(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            services.change_organization(acme.organization, by=acme.admin, name="Acme\nBcc: all@acme.example")
            invited(acme)
        token_of(mailbox)
        assert mailbox.only().subject == "Join Acme Bcc: all@acme.example on Headway"


class TestInviting:
    def test_is_noted_and_runs_out_after_a_week(self, inside: Company) -> None:
        invitation = invited(inside, " NEW@Somewhere.example ", role=Role.MANAGER, team=inside.team)
        assert (invitation.email, invitation.role, invitation.team) == (NEW, Role.MANAGER, inside.team)
        assert timedelta(0) <= timezone.now() + VALID - invitation.expires_at < timedelta(minutes=1)
        notes = AuditEntry.objects.filter(subject="accounts.invitation").order_by("pk")
        assert list(notes.values_list("field", "new", "by")) == [
            ("email", NEW, inside.admin.pk),
            ("role", "manager", inside.admin.pk),
        ]

    def test_the_same_form_twice_is_one_invitation(self, inside: Company) -> None:
        assert invited(inside) == invited(inside)
        assert (Invitation.objects.count(), OutboxJob.objects.count()) == (1, 1)

    def test_an_open_one_is_not_replaced_by_another(self, inside: Company) -> None:
        invited(inside)
        with pytest.raises(services.AlreadyInvited):
            invited(inside, role=Role.ADMIN)

    def test_one_that_ran_out_is_replaced(self, inside: Company) -> None:
        old = invited(inside)
        Invitation.objects.update(expires_at=timezone.now())
        assert invited(inside) != old
        assert Invitation.objects.filter(revoked_at=None).count() == 1

    def test_whoever_is_here_is_not_invited(self, inside: Company) -> None:
        with pytest.raises(services.AlreadyMember) as refused:
            invited(inside, inside.seller.email)
        assert refused.value.member == inside.seller

    def test_somebody_known_by_the_address_is_the_one_who_gets_the_login(self, inside: Company) -> None:
        bo = services.add_member(inside.organization, name="Bo", email=NEW, by=inside.admin)
        assert invited(inside).member == bo

    def test_an_address_of_one_person_gives_no_login_to_another(self, inside: Company) -> None:
        bo = services.add_member(inside.organization, name="Bo", by=inside.admin)
        services.add_member(inside.organization, name="Al", email=NEW, by=inside.admin)
        with pytest.raises(services.AlreadyMember):
            invited(inside, member=bo)

    def test_somebody_who_has_left_is_not_invited(self, inside: Company) -> None:
        bo = services.add_member(inside.organization, name="Bo", email=NEW, by=inside.admin)
        today = inside.organization.local_date(timezone.now())
        services.end_access(bo, by=inside.admin, today=today)
        with pytest.raises(services.AlreadyMember):
            invited(inside)


class TestAccepting:
    def test_makes_login_and_member_in_the_team_from_today(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invited(acme, role=Role.MANAGER, team=acme.team)
        token = token_of(mailbox)
        with tenant(acme.organization):
            user = begin(acme, token)
            member = Member.objects.get(user=user)
            assert (member.name, member.role, member.email) == ("Ann New", Role.MANAGER, NEW)
            today = acme.organization.local_date(timezone.now())
            assert TeamMembership.objects.get(member=member).start == today
        assert user.check_password(WORDS)
        assert EmailAddress.objects.get(user=user).verified

    def test_twice_changes_nothing(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invited(acme)
        token = token_of(mailbox)
        with tenant(acme.organization):
            user = begin(acme, token)
            assert begin(acme, token) == user
            assert accept(acme, token, user).user == user
            assert Member.objects.filter(user=user).count() == 1

    def test_a_used_link_opens_nothing_for_another_password(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invited(acme)
        token = token_of(mailbox)
        with tenant(acme.organization):
            begin(acme, token)
            with pytest.raises(services.InvitationGone):
                begin(acme, token, "another good one")

    def test_a_used_link_opens_nothing_later(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invited(acme)
        token = token_of(mailbox)
        with tenant(acme.organization):
            begin(acme, token)
            Invitation.objects.update(accepted_at=timezone.now() - timedelta(minutes=2))
            with pytest.raises(services.InvitationGone):
                begin(acme, token)

    def test_gives_the_existing_member_the_login(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            bo = services.add_member(acme.organization, name="Bo as imported", by=acme.admin)
            invited(acme, role=Role.MANAGER, member=bo)
        token = token_of(mailbox)
        with tenant(acme.organization):
            user = begin(acme, token)
            bo.refresh_from_db()
        assert (bo.name, bo.user, bo.email, bo.role) == ("Bo as imported", user, NEW, Role.MANAGER)

    def test_with_the_login_of_another_organization(self, acme: Company, rival: Company, mailbox: Mailbox) -> None:
        assert rival.seller.user is not None
        with tenant(acme.organization):
            invited(acme, rival.seller.user.email)
        token = token_of(mailbox)
        with tenant(acme.organization):
            with pytest.raises(services.LoginExists):
                begin(acme, token)
            assert accept(acme, token, rival.seller.user).role == Role.SALESPERSON

    def test_only_the_invited_address(self, acme: Company, rival: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invited(acme)
        token = token_of(mailbox)
        assert rival.admin.user is not None
        with tenant(acme.organization), pytest.raises(services.OtherAddress):
            accept(acme, token, rival.admin.user)

    def test_not_in_another_organization(self, acme: Company, rival: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invited(acme)
        token = token_of(mailbox)
        with tenant(rival.organization), pytest.raises(services.InvitationGone):
            begin(rival, token)

    @pytest.mark.parametrize("how", ["revoked", "expired", "sent again"])
    def test_not_by_a_link_that_is_no_longer_valid(self, acme: Company, mailbox: Mailbox, how: str) -> None:
        with tenant(acme.organization):
            invitation = invited(acme)
        token = token_of(mailbox)
        with tenant(acme.organization):
            if how == "revoked":
                services.revoke_invitation(invitation, at=timezone.now(), by=acme.admin)
            elif how == "expired":
                Invitation.objects.update(expires_at=timezone.now())
            else:
                services.resend_invitation(invitation, at=timezone.now(), by=acme.admin)
            with pytest.raises(services.InvitationGone):
                begin(acme, token)

    def test_a_link_that_was_sent_again_works(self, acme: Company, mailbox: Mailbox) -> None:
        with tenant(acme.organization):
            invitation = invited(acme)
        token_of(mailbox)
        with tenant(acme.organization):
            services.resend_invitation(invitation, at=timezone.now(), by=acme.admin)
        token = token_of(mailbox)
        with tenant(acme.organization):
            assert begin(acme, token).email == NEW
