"""The demo company: the same from the same seed, like a real dealership, and with something to show on any day."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry, Member, Organization, Role
from accounts.permissions import visible_members
from accounts.tenancy import tenant
from config.demo_company import cast, months
from config.demo_company.aims import aims
from config.demo_company.deals import Record, Story, records
from config.demo_company.found import EMPTY_SLUG, SLUG
from config.demo_company.load import LOGINS, load
from ledger.models import Deal, DealLine, Kind
from progress import pace
from progress.periods import month_of
from targets.models import MonthlyTarget

SOLD = ("Confirmed", "Delivered")
DAYS = [
    pytest.param(date(2026, 1, 1), id="new-year-a-holiday"),
    pytest.param(date(2028, 2, 29), id="leap-day"),
    pytest.param(date(2026, 12, 31), id="last-day-of-the-year"),
    pytest.param(date(2026, 11, 1), id="month-that-begins-on-a-sunday"),
    pytest.param(date(2026, 6, 2), id="first-working-day-after-a-bank-holiday"),
    pytest.param(date(2026, 10, 22), id="midst-of-a-month"),
]


def story(today: date, seed: int = cast.SEED) -> Story:
    return Story.until(today, opened=cast.opening(today), seed=seed)


@cache
def history(today: date, seed: int = cast.SEED) -> list[Record]:
    told = story(today, seed)
    return list(records(told, told.opened, today, today=today))


def standings(today: date) -> dict[str, pace.Pace]:
    """Each salesperson's month so far: confirmed sales through the channels that have a target, by name."""
    told, month = story(today), month_of(today)
    asked = {(aim.member, aim.channel): aim.count for aim in aims(told, month.start, month.end)}
    done = Counter(
        record.member
        for record in history(today)
        if record.kind is Kind.SALE
        and record.state in SOLD
        and record.date in month
        and (record.member, record.channel) in asked
    )
    moment = pace.at(month, today, told.calendar)
    wanted: Counter[str] = Counter()
    for (member, _), count in asked.items():
        wanted[member] += count
    return {person.name: moment.measure(done[person.name], wanted.get(person.name)) for person in cast.PEOPLE}


def test_same_seed_gives_the_same_company() -> None:
    today = date(2026, 10, 22)
    told = story(today)
    assert list(records(told, told.opened, today, today=today)) == history(today)
    assert history(today, seed=7) != history(today)


def test_a_later_day_changes_no_deal_but_its_state() -> None:
    today = date(2026, 10, 22)
    told = story(today)
    later = list(records(told, told.opened, today, today=today + timedelta(days=60)))
    assert [(r.number, r.date, r.member, r.lines) for r in later] == [
        (r.number, r.date, r.member, r.lines) for r in history(today)
    ]
    assert {r.state for r in later} == {"Delivered", "Lost"}


@pytest.mark.parametrize("today", DAYS)
def test_eighteen_months_of_deals_up_to_today(today: date) -> None:
    days = [record.date for record in history(today)]
    assert min(days) < cast.opening(today) + timedelta(days=5)
    assert today - timedelta(days=4) <= max(days) <= today
    assert len({day.replace(day=1) for day in days}) == 19


def test_looks_like_a_dealership() -> None:
    today = date(2026, 10, 22)
    sales = [record for record in history(today) if record.kind is Kind.SALE and record.state in SOLD]
    weekdays = Counter(record.date.weekday() for record in sales)
    by_month = Counter(record.date.replace(day=1) for record in sales)
    usual = sum(by_month[date(2026, month, 1)] for month in range(1, 10)) / 9
    assert weekdays[4] > weekdays[0] > weekdays[5] > weekdays[6]
    assert weekdays[6] < len(sales) / 100
    assert by_month[date(2025, 12, 1)] < usual * 0.9
    assert by_month[date(2026, 8, 1)] < usual * 0.95
    last_five = sum((month_of(record.date).end - record.date).days < 5 for record in sales)
    assert last_five / len(sales) > 5 / 30.4
    assert {len(record.lines) for record in history(today)} == {1, 2, 3, 4}
    assert {record.state for record in history(today)} == {"Proposed", "Confirmed", "Delivered", "Lost"}
    assert {record.kind for record in history(today)} == {Kind.SALE, Kind.ORDER}
    assert {record.channel for record in history(today)} == set(cast.CHANNELS)
    assert {record.zone for record in history(today)} == {*cast.ZONES, ""}
    assert len({record.customer for record in history(today)}) > 250


def test_one_person_slips_in_the_third_week() -> None:
    sales = [record for record in history(date(2026, 10, 22)) if record.member == "Elif Kaya" and record.state in SOLD]
    third, second = (sum(first <= record.date.day < first + 7 for record in sales) for first in (15, 8))
    assert third < second * 0.8


@pytest.mark.parametrize("today", DAYS)
def test_somebody_is_ahead_behind_even_and_complete(today: date) -> None:
    found = standings(today)
    started = pace.at(month_of(today), today, story(today).calendar).worked > 0
    assert any(each.gap and each.gap > 0 for each in found.values())
    assert any(each.status is pace.Status.COMPLETE for each in found.values())
    assert found["Dev Patel"].gap == 0
    behind = [name for name, each in found.items() if each.status is pace.Status.BEHIND]
    assert bool(behind) is started


@pytest.mark.parametrize("today", DAYS)
def test_all_but_one_have_a_target(today: date) -> None:
    without = [name for name, each in standings(today).items() if each.target is None]
    assert without == [cast.WITHOUT_TARGET]


def test_every_day_of_four_years_has_somebody_on_each_side() -> None:
    opened = date(2024, 1, 1)
    calendar = months.calendar(opened, date(2027, 12, 31))
    for month in months.months_between(opened, date(2027, 12, 1)):
        plans = [months.plan(who, month, seed=1, opened=opened, calendar=calendar) for who in cast.PEOPLE]
        done = [0] * len(plans)
        for index in range(month_of(month).days):
            today = month + timedelta(days=index)
            done = [
                sum(count for day, count in plan.done if day == today) + before
                for plan, before in zip(plans, done, strict=True)
            ]
            moment = pace.at(month_of(month), today, calendar)
            found = [moment.measure(actual, plan.asked) for plan, actual in zip(plans, done, strict=True)]
            assert any(each.gap is not None and each.gap > 0 for each in found), today
            assert any(each.gap == 0 for each in found), today
            assert any(each.status is pace.Status.COMPLETE for each in found), today
            assert any(each.status is pace.Status.BEHIND for each in found) is (moment.worked > 0), today


def everything() -> dict[str, Any]:
    """What a load leaves behind, by table: how many rows, and the newest of them."""
    organization = Organization.objects.get(slug=SLUG)
    with tenant(organization):
        return {
            model.__name__: (model.objects.count(), model.objects.order_by("pk").values().last())
            for model in (Deal, DealLine, Member, MonthlyTarget, AuditEntry)
        }


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_later_days_are_added(settings: Any) -> None:
    settings.DEBUG = True
    today = date(2026, 10, 22)
    call_command("load_demo", today=today, stdout=StringIO())
    before = everything()

    said = StringIO()
    call_command("load_demo", today=today, stdout=said)
    assert everything() == before
    assert said.getvalue() == "The demo companies are there.\n"

    loaded = load(today=today + timedelta(days=14))
    assert loaded.rows > 200
    assert loaded.targets > 0
    organization = Organization.objects.get(slug=SLUG)
    with tenant(organization):
        assert Deal.objects.filter(date__gt=today).exists()
        open_since = Deal.objects.filter(state__is_initial=True).order_by("date").values_list("date", flat=True)[0]
        assert open_since > today + timedelta(days=14) - timedelta(days=46)
        manager = Member.objects.get(email=LOGINS[1].email)
        assert manager.role == Role.MANAGER
        assert visible_members(manager, today, today).count() == 13
        fleet = Member.objects.get(name="Sean Brady")
        assert visible_members(fleet, today, today).count() == 5
    with tenant(Organization.objects.get(slug=EMPTY_SLUG)):
        assert Member.objects.get().email == LOGINS[0].email
        assert not Deal.objects.exists()


@pytest.mark.django_db
def test_logins_work(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = True
    monkeypatch.setattr(cast, "MONTHS_BACK", 1)
    load(today=date(2026, 10, 22))
    said = StringIO()
    call_command("load_demo", logins=True, stdout=said)
    lines = [line.split() for line in said.getvalue().splitlines()]
    assert [role for role, _, _ in lines] == ["admin", "manager", "salesperson"]
    for role, email, password in lines:
        user = authenticate(None, email=email, password=password)
        assert user is not None
        with tenant(Organization.objects.get(slug=SLUG)):
            assert Member.objects.get(user=user).role == role


@pytest.mark.django_db
def test_refuses_outside_debug(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("load_demo")
    assert not Organization.objects.exists()
