"""The letter a day about targets that salespeople set themselves: who gets it, when, and what stands in it."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import Member, OutboxJob, Role, Team, User
from accounts.services import outbox
from accounts.tenancy import tenant
from ledger.models import Channel
from targets import services
from targets.models import Digest, MonthlyTarget
from targets.readers.digest import own_changes, told
from targets.tasks import begin_digests
from tests.conftest import HOSTILE, Company, found
from tests.jobs import do_jobs
from tests.mail import Mailbox
from tests.targets.conftest import settle

Clock = Callable[[datetime], None]
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
YESTERDAY = datetime(2026, 10, 21, 15, 0, tzinfo=UTC)
MORNING = datetime(2026, 10, 22, 7, 5, tzinfo=UTC)


@pytest.fixture
def site(acme: Company, clock: Clock, mailbox: Mailbox) -> Company:
    """Acme in UTC, whose salespeople set their own targets; on the morning of 22 October nobody had a letter yet."""
    settle(acme, salespeople_set_targets=True, language="en-ie")
    clock(MORNING)
    return acme


def put(
    site: Company,
    number: int | None,
    *,
    by: Member | None = None,
    member: Member | None = None,
    channel: Channel | None = None,
    month: date = OCTOBER,
    at: datetime = YESTERDAY,
    revenue: bool = False,
) -> services.Change:
    """Set a target, by whoever it is for unless `by` says otherwise."""
    member = member or site.seller
    channel = channel or site.channels[0]
    with tenant(site.organization):
        held = MonthlyTarget.objects.filter(member=member, channel=channel, month=month).first()
        rest: dict[str, Any] = {"version": held.version if held else 0, "by": by or member, "at": at}
        if revenue:
            amount = None if number is None else Decimal(number)
            return services.set_revenue(member.pk, channel.pk, month, revenue=amount, **rest)
        return services.set_target(member.pk, channel.pk, month, count=number, **rest)


def morning() -> None:
    """What beat and a worker do."""
    begin_digests()
    do_jobs()


def to(mailbox: Mailbox) -> list[str]:
    return sorted(address for letter in mailbox.letters for address in letter.to)


def html(mailbox: Mailbox) -> str:
    body = mailbox.only().message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_the_manager_learns_who_what_when_from_what_to_what(site: Company, mailbox: Mailbox) -> None:
    put(site, 12, by=site.admin, at=YESTERDAY - timedelta(days=9))
    put(site, 15)
    put(site, 1500, revenue=True, month=NOVEMBER, channel=site.channels[1])
    morning()
    letter = mailbox.only()
    assert letter.to == ["manager@acme.example"]
    assert letter.subject == f"acme {HOSTILE}: acme seller {HOSTILE} changed 2 targets"
    assert f"- acme seller {HOSTILE}, acme phone: 12 -> 15" in letter.text
    assert f"- acme seller {HOSTILE}, acme e-mail: no target -> €1,500 revenue" in letter.text
    assert "on Wednesday 21 October" in letter.text
    for month in ("2026-10", "2026-11"):
        assert f"/o/acme/targets/?month={month}" in letter.text
    assert "because you manage their teams" in letter.text
    assert "/accounts/" in letter.text


def test_the_html_says_the_same_and_escapes_names(site: Company, mailbox: Mailbox) -> None:
    put(site, 12, by=site.admin, at=YESTERDAY - timedelta(days=9))
    put(site, 15)
    put(site, None, channel=site.channels[1], by=site.admin)
    morning()
    page = html(mailbox)
    assert HOSTILE not in page
    assert "acme seller &lt;script&gt;" in page
    assert "/o/acme/targets/?month=2026-10" in page
    words = " ".join(page.split())
    assert '<td class="n"> 12 </td> <td class="n new"> 15 </td>' in words
    assert " src=" not in page


def test_numbers_and_dates_are_the_organizations(site: Company, mailbox: Mailbox) -> None:
    settle(site, language="de-at", currency="EUR")
    put(site, 12_345, revenue=True)
    morning()
    text = mailbox.only().text
    assert "€\xa012.345" in text
    assert "Oktober 2026" in text


def test_nothing_when_there_is_nothing(site: Company, mailbox: Mailbox) -> None:
    put(site, 12, by=site.admin)
    put(site, 13, by=site.manager)
    morning()
    assert mailbox.letters == []
    assert OutboxJob.objects.count() == 0


@pytest.mark.parametrize("times", [2, 5])
def test_one_letter_a_day_however_often_beat_runs(site: Company, mailbox: Mailbox, times: int) -> None:
    put(site, 15)
    for _ in range(times):
        morning()
    mailbox.only()
    with tenant(site.organization):
        assert Digest.objects.count() == 1


def test_each_change_is_in_one_digest(site: Company, mailbox: Mailbox, clock: Clock) -> None:
    put(site, 15)
    put(site, 16, at=MORNING)
    morning()
    clock(MORNING + timedelta(days=1))
    morning()
    clock(MORNING + timedelta(days=2))
    morning()
    lines = [line for letter in mailbox.letters for line in letter.text.splitlines() if line.startswith("- ")]
    assert [line.rsplit(": ", 1)[1] for line in lines] == ["no target -> 15", "15 -> 16"]


@pytest.mark.parametrize(
    ("at", "told_of"),
    [
        pytest.param(datetime(2026, 10, 20, 23, 59, 59, 999_999, tzinfo=UTC), False, id="before-the-first-digest"),
        pytest.param(datetime(2026, 10, 21, 0, 0, tzinfo=UTC), True, id="first-moment"),
        pytest.param(datetime(2026, 10, 21, 23, 59, 59, 999_999, tzinfo=UTC), True, id="last-moment"),
        pytest.param(datetime(2026, 10, 22, 0, 0, tzinfo=UTC), False, id="today-is-told-tomorrow"),
    ],
)
def test_the_first_digest_tells_of_yesterday(site: Company, mailbox: Mailbox, at: datetime, told_of: bool) -> None:
    put(site, 15, at=at)
    morning()
    assert bool(mailbox.letters) is told_of


def test_days_that_were_missed_come_in_one_letter(site: Company, mailbox: Mailbox, clock: Clock) -> None:
    morning()
    put(site, 15, at=MORNING + timedelta(hours=2))
    put(site, 7, at=MORNING + timedelta(days=2), channel=site.channels[1])
    clock(MORNING + timedelta(days=4))
    morning()
    text = mailbox.only().text
    assert "from Thursday 22 October to Sunday 25 October" in text
    assert text.count("\n- ") == 2


# What one line tells


@pytest.mark.parametrize(
    ("steps", "line"),
    [
        pytest.param([("seller", 15)], "10 -> 15", id="one-change"),
        pytest.param([("seller", 15), ("seller", 12), ("seller", 18)], "10 -> 18", id="the-first-and-the-last"),
        pytest.param([("seller", None)], "10 -> no target", id="cleared"),
        pytest.param([("seller", 0)], "10 -> 0", id="zero-is-a-number"),
        pytest.param([("seller", 15), ("seller", 10)], "", id="back-to-where-it-was"),
        pytest.param([("seller", 15), ("manager", 10)], "", id="put-back-by-the-manager"),
        pytest.param(
            [("seller", 15), ("manager", 12)], "10 -> 15 (since set to 12 by acme manager)", id="overridden-since"
        ),
        pytest.param([("seller", 15), ("manager", 12), ("seller", 14)], "10 -> 14", id="set-again-after-the-manager"),
        pytest.param([("manager", 12), ("seller", 15)], "12 -> 15", id="begins-where-the-manager-left-it"),
        pytest.param([("manager", 12)], "", id="the-managers-own"),
    ],
)
def test_a_line_is_what_came_of_it(
    site: Company, mailbox: Mailbox, steps: list[tuple[str, int | None]], line: str
) -> None:
    put(site, 10, by=site.admin, at=YESTERDAY - timedelta(days=9))
    for minute, (who, number) in enumerate(steps):
        put(site, number, by=getattr(site, who), at=YESTERDAY + timedelta(minutes=minute))
    morning()
    lines = [each for letter in mailbox.letters for each in letter.text.splitlines() if each.startswith("- ")]
    assert [each.rsplit(": ", 1)[1] for each in lines] == ([line] if line else [])


def test_what_was_undone_at_once_is_not_told(site: Company, mailbox: Mailbox) -> None:
    change = put(site, 15)
    assert change.batch
    with tenant(site.organization):
        services.undo(change.batch, by=site.seller, at=YESTERDAY + timedelta(minutes=1))
    morning()
    assert mailbox.letters == []


def test_what_is_undone_after_it_was_told_is_told_too(site: Company, mailbox: Mailbox, clock: Clock) -> None:
    change = put(site, 15)
    assert change.batch
    morning()
    with tenant(site.organization):
        services.undo(change.batch, by=site.seller, at=MORNING)
    clock(MORNING + timedelta(days=1))
    morning()
    assert "15 -> no target" in mailbox.letters[1].text


def test_a_deputy_who_sets_somebody_elses_target_is_not_told_of(site: Company, mailbox: Mailbox) -> None:
    with tenant(site.organization):
        people.grant_team(site.team, to=site.other_seller, by=site.admin)
    put(site, 15, by=site.other_seller)
    morning()
    assert mailbox.letters == []


def test_a_long_letter_says_how_much_more_there_is(
    site: Company, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("targets.services.digest.MOST_LINES", 2)
    for channel in site.channels:
        put(site, 15, channel=channel)
    morning()
    assert "changed 5 targets" in mailbox.only().subject
    assert mailbox.only().text.count("\n- ") == 2
    assert "And 3 more on the targets page." in mailbox.only().text
    assert "And 3 more on the targets page." in html(mailbox)


# Who is told


def lead(site: Company, name: str, role: Role = Role.MANAGER, *, team: Team | None = None) -> Member:
    """Somebody else who manages a team."""
    user = User.objects.create_user(f"{name}@acme.example", "correct horse battery", name=name)
    with tenant(site.organization):
        member = people.add_member(site.organization, name=name, role=role, user=user, email=user.email)
        people.manage_team(member, team or site.team, by=site.admin)
    return member


def without_login(site: Company) -> None:
    Member.objects.filter(pk=site.manager.pk).update(user=None)


def locked(site: Company) -> None:
    User.objects.filter(email="manager@acme.example").update(is_active=False)


def left(site: Company) -> None:
    Member.objects.filter(pk=site.manager.pk).update(active_to=date(2026, 10, 21))


def not_here_yet(site: Company) -> None:
    Member.objects.filter(pk=site.manager.pk).update(active_from=date(2026, 10, 23))


def salesperson_now(site: Company) -> None:
    Member.objects.filter(pk=site.manager.pk).update(role=Role.SALESPERSON)


def manages_no_more(site: Company) -> None:
    site.manager.managed_teams.all().delete()


def leaves_today(site: Company) -> None:
    Member.objects.filter(pk=site.manager.pk).update(active_to=date(2026, 10, 22))


def wants_none(site: Company) -> None:
    User.objects.filter(email="manager@acme.example").update(target_letters=False)


MANAGER, ADMIN = "manager@acme.example", "admin@acme.example"


@pytest.mark.parametrize(
    ("happens", "addresses"),
    [
        pytest.param(without_login, [ADMIN], id="without-login"),
        pytest.param(locked, [ADMIN], id="locked-login"),
        pytest.param(left, [ADMIN], id="left"),
        pytest.param(not_here_yet, [ADMIN], id="not-here-yet"),
        pytest.param(salesperson_now, [ADMIN], id="a-salesperson-leads-nobody"),
        pytest.param(manages_no_more, [ADMIN], id="a-team-without-a-manager"),
        pytest.param(leaves_today, [MANAGER], id="on-the-last-day"),
        pytest.param(wants_none, [], id="wants-no-letters-but-is-there"),
    ],
)
@pytest.mark.parametrize("late", [False, True], ids=["before", "after-it-was-begun"])
def test_who_gets_it(
    site: Company, mailbox: Mailbox, happens: Callable[[Company], None], addresses: list[str], late: bool
) -> None:
    put(site, 15)
    with tenant(site.organization):
        if not late:
            happens(site)
    begin_digests()
    with tenant(site.organization):
        if late:
            happens(site)
    do_jobs()
    # Once begun nobody new is told; but who may not see it any more gets no letter.
    assert to(mailbox) == ([each for each in addresses if each == MANAGER] if late else addresses)


def test_every_manager_of_the_team_gets_one(site: Company, mailbox: Mailbox) -> None:
    lead(site, "marta")
    lead(site, "boss", Role.ADMIN)
    put(site, 15)
    morning()
    assert to(mailbox) == ["boss@acme.example", MANAGER, "marta@acme.example"]


def test_managers_learn_of_their_own_teams_people_alone(site: Company, mailbox: Mailbox) -> None:
    with tenant(site.organization):
        south = people.add_team(site.organization, name="South", by=site.admin)
        people.join_team(site.other_seller, south, start=date(2026, 1, 1), by=site.admin)
    marta = lead(site, "marta", team=south)
    put(site, 15)
    put(site, 99, member=site.other_seller)
    morning()
    texts = {letter.to[0]: letter.text for letter in mailbox.letters}
    assert set(texts) == {MANAGER, f"{marta.name}@acme.example"}
    assert ("-> 15" in texts[MANAGER], "99" in texts[MANAGER]) == (True, False)
    assert ("-> 15" in texts["marta@acme.example"], "-> 99" in texts["marta@acme.example"]) == (False, True)


def test_the_month_says_whose_team_it_was(site: Company, mailbox: Mailbox) -> None:
    """Who changes teams in November has October's manager for October, and November's for November."""
    with tenant(site.organization):
        south = people.add_team(site.organization, name="South", by=site.admin)
        people.move_member(site.seller.team_memberships.get(), south, start=NOVEMBER, by=site.admin)
    lead(site, "marta", team=south)
    put(site, 10)
    put(site, 11, month=NOVEMBER)
    morning()
    texts = {letter.to[0]: letter.text for letter in mailbox.letters}
    assert {to: ("-> 10" in text, "-> 11" in text) for to, text in texts.items()} == {
        MANAGER: (True, False),
        "marta@acme.example": (False, True),
    }


def test_admins_learn_of_people_without_a_manager_and_of_nobody_else(site: Company, mailbox: Mailbox) -> None:
    put(site, 15)
    put(site, 99, member=site.other_seller)
    morning()
    texts = {letter.to[0]: letter.text for letter in mailbox.letters}
    assert set(texts) == {MANAGER, ADMIN}
    assert "-> 15" not in texts[ADMIN]
    assert "because you are an admin, and they have no manager" in texts[ADMIN]


def test_an_admin_who_manages_gets_one_letter_with_both(site: Company, mailbox: Mailbox) -> None:
    with tenant(site.organization):
        people.manage_team(site.admin, site.team, by=site.admin)
    put(site, 15)
    put(site, 99, member=site.other_seller)
    morning()
    (letter,) = [each for each in mailbox.letters if each.to == [ADMIN]]
    assert "2 salespeople changed 2 targets" in letter.subject
    assert "-> 15" in letter.text
    assert "-> 99" in letter.text
    assert "because you manage their teams, and because some of them have no manager" in letter.text


def test_another_organization_learns_nothing(site: Company, rival: Company, mailbox: Mailbox) -> None:
    put(site, 15)
    morning()
    assert to(mailbox) == [MANAGER]
    with tenant(rival.organization):
        assert Digest.objects.get().day == date(2026, 10, 22)


# When


@pytest.mark.parametrize(
    ("zone", "moment", "sent"),
    [
        ("UTC", "2026-10-22T06:59Z", False),
        ("UTC", "2026-10-22T07:00Z", True),
        ("UTC", "2026-10-22T23:59Z", True),  # late, as after a day without a server
        ("Pacific/Auckland", "2026-10-21T17:59Z", False),  # 06:59 on the 22nd there
        ("Pacific/Auckland", "2026-10-21T18:00Z", True),
        ("Pacific/Honolulu", "2026-10-22T16:59Z", False),
        ("Pacific/Honolulu", "2026-10-22T17:00Z", True),
        ("America/New_York", "2026-11-01T11:59Z", False),  # the clocks went back that night
        ("America/New_York", "2026-11-01T12:00Z", True),
        ("Europe/Dublin", "2026-03-29T05:59Z", False),  # and forward in that one
        ("Europe/Dublin", "2026-03-29T06:00Z", True),
    ],
)
def test_letters_leave_in_the_organizations_morning(
    site: Company, mailbox: Mailbox, clock: Clock, zone: str, moment: str, sent: bool
) -> None:
    settle(site, time_zone=zone)
    now = datetime.fromisoformat(moment)
    put(site, 15, at=now - timedelta(hours=24), month=site.organization.local_date(now).replace(day=1))
    clock(now)
    morning()
    assert bool(mailbox.letters) is sent


def test_two_organizations_at_one_moment(site: Company, rival: Company, mailbox: Mailbox, clock: Clock) -> None:
    """At 18:00 UTC on 21 October it is the 22nd's morning in Auckland, and the 21st's in Honolulu."""
    settle(site, time_zone="Pacific/Auckland")
    settle(rival, time_zone="Pacific/Honolulu", salespeople_set_targets=True)
    # 20:00 UTC on the 20th: the 21st in Auckland, told on its 22nd; the 20th in Honolulu, told on its 21st.
    for company, number in ((site, 15), (rival, 25)):
        put(company, number, at=datetime(2026, 10, 20, 20, tzinfo=UTC))
    # 11:30 UTC on the 21st: the 22nd in Auckland, 01:30 on the 21st in Honolulu. Both are told tomorrow.
    for company, number in ((site, 16), (rival, 26)):
        put(company, number, at=datetime(2026, 10, 21, 11, 30, tzinfo=UTC))
    clock(datetime(2026, 10, 21, 18, tzinfo=UTC))
    morning()
    days = []
    for company in (site, rival):
        with tenant(company.organization):
            days.append(Digest.objects.get().day)
    assert days == [date(2026, 10, 22), date(2026, 10, 21)]
    texts = {letter.to[0]: letter.text for letter in mailbox.letters}
    assert "no target -> 15" in texts[MANAGER]
    assert "on Wednesday 21 October" in texts[MANAGER]
    assert "no target -> 25" in texts["manager@rival.example"]
    assert "on Tuesday 20 October" in texts["manager@rival.example"]


def test_moving_to_another_time_zone_loses_and_repeats_nothing(site: Company, mailbox: Mailbox, clock: Clock) -> None:
    settle(site, time_zone="Pacific/Auckland")
    clock(datetime(2026, 10, 21, 19, tzinfo=UTC))  # 08:00 on the 22nd
    put(site, 15, at=datetime(2026, 10, 21, 5, tzinfo=UTC))
    morning()
    put(site, 16, at=datetime(2026, 10, 21, 20, tzinfo=UTC))
    settle(site, time_zone="Pacific/Honolulu")
    for hours in range(20, 80, 3):
        clock(datetime(2026, 10, 21, tzinfo=UTC) + timedelta(hours=hours))
        morning()
    lines = [line for letter in mailbox.letters for line in letter.text.splitlines() if line.startswith("- ")]
    assert [line.rsplit(": ", 1)[1] for line in lines] == ["no target -> 15", "15 -> 16"]


# What goes wrong


def test_a_mail_server_that_is_down_is_tried_again(site: Company, mailbox: Mailbox, settings: Any) -> None:
    put(site, 15)
    settings.EMAIL_PORT, port = 1, settings.EMAIL_PORT
    morning()
    assert mailbox.letters == []
    job = OutboxJob.objects.get()
    assert "refused" in job.problem.lower()
    settings.EMAIL_PORT = port
    outbox.retry_job(job)
    morning()
    assert to(mailbox) == [MANAGER]


def test_redis_is_not_needed(site: Company, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job stands in the database; the worker that looks by itself later sends it."""
    put(site, 15)
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    begin_digests()
    assert OutboxJob.objects.get().task == "targets.tasks.send_digest"
    do_jobs()
    assert to(mailbox) == [MANAGER]


def test_one_organization_that_fails_keeps_no_other_from_its_letters(
    site: Company, rival: Company, mailbox: Mailbox
) -> None:
    settle(site, time_zone="Nowhere/Never")
    settle(rival, salespeople_set_targets=True)
    put(rival, 25)
    morning()
    assert to(mailbox) == ["manager@rival.example"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_begin_one(clock: Clock) -> None:
    site = found("acme", salespeople_set_targets=True)
    clock(MORNING)
    put(site, 15)
    ready = threading.Barrier(2)

    def work() -> None:
        try:
            ready.wait()
            begin_digests()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert OutboxJob.objects.filter(task="targets.tasks.send_digest").count() == 1
    with tenant(site.organization):
        assert Digest.objects.count() == 1


def test_more_changes_and_people_cost_no_more_queries(site: Company) -> None:
    def queries() -> int:
        with tenant(site.organization), CaptureQueriesContext(connection) as seen:
            told(own_changes(YESTERDAY - timedelta(days=1), MORNING), MORNING.date())
        return len(seen)

    put(site, 15)
    put(site, 99, member=site.other_seller)
    few = queries()
    for number in range(10):
        with tenant(site.organization):
            member = people.add_member(site.organization, name=f"Seller {number}", by=site.admin)
            people.join_team(member, site.team, start=date(2026, 1, 1), by=site.admin)
        for channel in site.channels:
            put(site, 15, member=member, channel=channel)
    lead(site, "marta")
    assert queries() == few <= 7
