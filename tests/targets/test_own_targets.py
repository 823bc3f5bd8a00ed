"""Salespeople who set their own targets: their own row, this month and later ones, by whatever door they come."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import services as people
from accounts.models import AuditEntry, Member
from accounts.tenancy import tenant
from progress.periods import PeriodKind, month_of, preceding
from targets import services
from targets.models import MonthlyTarget
from tests.conftest import Company
from tests.targets.conftest import NOON, OCTOBER, aim, settle

SEPTEMBER, NOVEMBER = date(2026, 9, 1), date(2026, 11, 1)
HTMX = {"HX-Request": "true", "HX-Target": "cell-saved"}
Door = Callable[[Company, Member, Member, date], Any]
WANTED = 7


def held(site: Company, member: Member, month: date) -> int | None:
    with tenant(site.organization):
        found = MonthlyTarget.objects.filter(member=member, channel=site.channels[0], month=month)
        return found.values_list("count", flat=True).first()


def agreeing(site: Company, path: str, by: Member, fields: dict[str, Any]) -> Any:
    """Answer yes where the page asks first."""
    answer = post(site, path, by, fields, grid=False)
    if answer.status_code != 409 or "agreed" not in (answer.context or {}):
        return answer
    yes = dict(re.findall(r'name="(agreed|cells)" value="([^"]*)"', answer.content.decode()))
    return post(site, path, by, fields | yes, grid=False)


def post(site: Company, path: str, by: Member, fields: dict[str, Any], *, grid: bool = True) -> Any:
    return site.client(by).post(site.url(f"targets/{path}"), fields, headers=HTMX if grid else {})


def cell(site: Company, by: Member, member: Member, month: date) -> Any:
    fields = {"member": member.pk, "channel": site.channels[0].pk, "month": f"{month:%Y-%m}"}
    return post(site, "cell/", by, fields | {"version": 0, "count": WANTED})


def whole_form(site: Company, by: Member, member: Member, month: date) -> Any:
    place = f"{member.pk}-{site.channels[0].pk}"
    fields = {"loaded": f"{place}:0:", f"t{place}": WANTED}
    return post(site, f"?month={month:%Y-%m}", by, fields, grid=False)


def paste(site: Company, by: Member, member: Member, month: date) -> Any:
    cells = json.dumps([[member.pk, site.channels[0].pk, 0, str(WANTED), "A1"]])
    return post(site, "paste/", by, {"month": f"{month:%Y-%m}", "cells": cells})


def apply(site: Company, by: Member, member: Member, month: date) -> Any:
    fields = {"month": f"{month:%Y-%m}", "member": member.pk, "channel": site.channels[0].pk, "number": WANTED}
    return agreeing(site, "apply/", by, fields | {"reach": "everyone", "members": member.pk})


def copy(site: Company, by: Member, member: Member, month: date) -> Any:
    aim(site, WANTED, member, site.channels[0], preceding(month_of(month), PeriodKind.MONTH).start)
    return agreeing(site, "copy/", by, {"month": f"{month:%Y-%m}", "member": member.pk})


def undo(site: Company, by: Member, member: Member, month: date) -> Any:
    """An admin set another number after the wanted one; undoing it brings the wanted one back."""
    aim(site, WANTED, member, site.channels[0], month)
    aim(site, 99, member, site.channels[0], month)
    with tenant(site.organization):
        batch = AuditEntry.objects.filter(subject=services.SUBJECT).latest("pk").batch
    return post(site, "undo/", by, {"batch": batch})


def bring_in(site: Company, by: Member, member: Member, month: date) -> Any:
    """Upload a file, and confirm what its page shows."""
    data = f"Salesperson,Channel,Month,Deals\n{member.email},{site.channels[0].name},{month:%Y-%m},{WANTED}\n".encode()
    client, address = site.client(by), site.url("targets/import/")
    page = client.post(address, {"file": SimpleUploadedFile("targets.csv", data)})
    if page.status_code != 200:
        return page
    form, plan = page.context["form"], page.context["plan"]
    sent = {name: str(form[name].value() or "") for name in form.fields}
    return client.post(
        address, sent | {"kept": page.context["kept"], "seen": plan.token if plan else "", "action": "import"}
    )


DOORS = pytest.mark.parametrize("door", [cell, whole_form, paste, apply, copy, undo, bring_in])
MONTHS = pytest.mark.parametrize("month", [SEPTEMBER, OCTOBER, NOVEMBER], ids=["ended", "current", "future"])


@pytest.fixture
def site(ireland: Company) -> Company:
    settle(ireland, salespeople_set_targets=True)
    return ireland


def went_through(site: Company, door: Door, by: Member, member: Member, month: date) -> bool:
    """Whether the number is there afterwards; where it isn't, nothing else is, and no error of the server's was it."""
    answer = door(site, by, member, month)
    now = held(site, member, month)
    assert now in (WANTED, 99 if door is undo else None)
    assert answer.status_code < 500
    assert (now == WANTED) or answer.status_code in (200, 302, 403, 404, 409, 422)
    return now == WANTED


@DOORS
@MONTHS
def test_with_the_switch_they_set_their_own_from_this_month_on(site: Company, door: Door, month: date) -> None:
    assert went_through(site, door, site.seller, site.seller, month) is (month >= OCTOBER)


@DOORS
@MONTHS
def test_nobody_elses(site: Company, door: Door, month: date) -> None:
    assert not went_through(site, door, site.seller, site.other_seller, month)


@DOORS
@MONTHS
def test_without_the_switch_nothing(ireland: Company, door: Door, month: date) -> None:
    assert not went_through(ireland, door, ireland.seller, ireland.seller, month)


@DOORS
@MONTHS
def test_managers_still_set_their_peoples_targets_ended_months_too(site: Company, door: Door, month: date) -> None:
    assert went_through(site, door, site.manager, site.seller, month)


@DOORS
def test_managers_still_leave_other_teams_people_alone(site: Company, door: Door) -> None:
    assert not went_through(site, door, site.manager, site.other_seller, OCTOBER)


@DOORS
@MONTHS
def test_admins_set_everybodys(site: Company, door: Door, month: date) -> None:
    assert went_through(site, door, site.admin, site.other_seller, month)


@DOORS
def test_a_deputy_sets_the_teams_and_their_own_alike(site: Company, door: Door) -> None:
    """A salesperson with a grant on a team: a manager's rights over its people, and their own as every salesperson."""
    with tenant(site.organization):
        people.grant_team(site.team, to=site.other_seller, by=site.admin)
    assert went_through(site, door, site.other_seller, site.seller, SEPTEMBER)
    assert not went_through(site, door, site.other_seller, site.other_seller, SEPTEMBER)
    assert went_through(site, door, site.other_seller, site.other_seller, NOVEMBER)


@DOORS
def test_another_organizations_people_are_not_there(site: Company, rival: Company, door: Door) -> None:
    settle(rival, salespeople_set_targets=True)
    answer = door(site, site.seller, rival.seller, OCTOBER) if door not in (copy, undo) else None
    assert answer is None or answer.status_code in (200, 403, 404, 409, 422)
    for company in (site, rival):
        with tenant(company.organization):
            assert not MonthlyTarget.objects.exists()


def test_a_block_over_several_rows_stores_their_own_alone_or_nothing(site: Company) -> None:
    cells = [
        [who.pk, site.channels[0].pk, 0, "7", where] for who, where in ((site.seller, "A1"), (site.other_seller, "A2"))
    ]
    post(site, "paste/", site.seller, {"month": "2026-10", "cells": json.dumps(cells)})
    assert held(site, site.other_seller, OCTOBER) is None


@pytest.mark.parametrize(
    ("zone", "own"),
    [
        pytest.param("Pacific/Auckland", False, id="november-already"),
        pytest.param("Pacific/Honolulu", True, id="october-still"),
    ],
)
def test_when_a_month_has_ended_is_the_organizations_say(
    site: Company, clock: Callable[..., None], zone: str, own: bool
) -> None:
    """05:00 UTC on 1 November: in Honolulu it is the evening of 31 October."""
    settle(site, time_zone=zone)
    clock(NOON.replace(month=11, day=1, hour=5))
    assert went_through(site, cell, site.seller, site.seller, OCTOBER) is own


def test_the_switch_counts_from_the_next_request_on(site: Company) -> None:
    client = site.client(site.admin)
    address = site.url("settings/targets/")
    values = {"pace_calendar": "working", "at_risk_percent": "0"}
    assert client.post(address, values).status_code == 302
    assert not went_through(site, cell, site.seller, site.seller, OCTOBER)
    assert client.post(address, values | {"salespeople_set_targets": "on"}).status_code == 302
    assert went_through(site, cell, site.seller, site.seller, OCTOBER)


def test_their_page_offers_what_they_may(site: Company) -> None:
    client = site.client(site.seller)
    shown = {
        month: f'name="t{site.seller.pk}-' in client.get(site.url(f"targets/?month={month:%Y-%m}")).content.decode()
        for month in (SEPTEMBER, OCTOBER, NOVEMBER)
    }
    assert shown == {SEPTEMBER: False, OCTOBER: True, NOVEMBER: True}
    own = site.url(f"targets/{site.seller.pk}/")
    for month, offered in shown.items():
        page = client.get(own, {"month": f"{month:%Y-%m}"}).context["page"]
        assert page.person.settable is offered
