"""What somebody tries who may not, and what must not be lost on the way."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Team, TeamManager
from accounts.tenancy import tenant
from reports.services import save_view
from targets import services
from targets.models import MonthlyTarget
from tests.conftest import Company
from tests.targets.conftest import NOON, OCTOBER

DEEP = "[" * 100_000


def test_who_lost_a_team_is_not_told_what_its_targets_are_now(ireland: Company) -> None:
    """Undo says what stands instead; of people outside reach it says nothing."""
    where = (ireland.seller.pk, ireland.channels[0].pk, OCTOBER)
    with tenant(ireland.organization):
        own = services.set_target(*where, count=5, version=0, by=ireland.manager, at=NOON)
        services.set_target(*where, count=7777, version=own.version, by=ireland.admin, at=NOON)
        TeamManager.objects.all().delete()
    page = ireland.url("targets/undo/")
    answer = ireland.client(ireland.manager).post(page, {"batch": str(own.batch)})
    assert answer.status_code == 403
    assert "7,777" not in answer.content.decode()
    assert "7777" not in answer.content.decode()


@pytest.mark.parametrize(
    "cells",
    [DEEP, '{"a":' * 100_000, f"[[{'9' * 5000}]]", "[[1, 2, 0, 7, null]]", "NaN", "[NaN]"],
    ids=["lists", "objects", "digits", "kinds", "nan", "nan-in-it"],
)
def test_a_block_that_is_none_is_no_fault_of_the_server(ireland: Company, cells: str) -> None:
    answer = ireland.client(ireland.admin).post(ireland.url("targets/paste/"), {"month": "2026-10", "cells": cells})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "seen",
    [DEEP, f'{{"name": {"9" * 5000}}}', '{"name": [[]], "shared": {}}', "[]", "\\"],
    ids=["lists", "digits", "kinds", "list", "nothing"],
)
def test_what_a_form_says_it_showed_is_no_fault_of_the_server(ireland: Company, seen: str) -> None:
    with tenant(ireland.organization):
        view = save_view("", name="Mine", by=ireland.admin)
    page = ireland.url(f"reports/views/{view.pk}/")
    answer = ireland.client(ireland.admin).post(page, {"name": "New", "shared": "on", "seen": seen})
    assert answer.status_code in (302, 422)


def test_a_conflict_keeps_the_cents_of_what_stands(ireland: Company) -> None:
    """Without JavaScript: what somebody else left is compared with what is typed to the cent."""
    where = (ireland.seller.pk, ireland.channels[0].pk, OCTOBER)
    place = f"{where[0]}-{where[1]}"
    with tenant(ireland.organization):
        services.set_revenue(*where, revenue=Decimal("812.35"), version=0, by=ireland.admin, at=NOON)
    client, page = ireland.client(ireland.manager), ireland.url("targets/?month=2026-10&show=revenue")
    answer = client.post(page, {"loaded": f"{place}:0:", f"t{place}": "812"})
    assert answer.status_code in (409, 422)
    text = answer.content.decode()
    loaded = text.split('name="loaded"')[1].split('value="')[1].split('"')[0]
    assert client.post(page, {"loaded": loaded, f"t{place}": "812"}).status_code == 302
    with tenant(ireland.organization):
        assert MonthlyTarget.objects.get(month=date(2026, 10, 1)).revenue == 812


def test_an_import_confirmed_after_the_team_was_lost_stores_nothing(ireland: Company) -> None:
    lines = f"member,channel,month,count\nacme manager,acme web,2026-10,\n{ireland.seller.email},acme web,2026-10,9\n"
    client, page = ireland.client(ireland.manager), ireland.url("targets/import/")
    shown = client.post(page, {"file": SimpleUploadedFile("targets.csv", lines.encode())}).content.decode()
    sent = {name: re.search(rf'name="{name}" value="([^"]*)"', shown) for name in ("kept", "seen")}
    form = {name: match[1] for name, match in sent.items() if match}
    assert set(form) == {"kept", "seen"}
    form |= {f"column-{name}": name for name in ("member", "channel", "month", "count")}
    form |= {"decimals": "point", "blanks": "keep", "action": "import"}
    with tenant(ireland.organization):
        team = Team.objects.create(organization=ireland.organization, name="acme next team")
        TeamManager.objects.update(team=team)
    answer = client.post(page, form)
    assert answer.status_code == 409
    assert "set this person" in answer.content.decode()
    with tenant(ireland.organization):
        assert not MonthlyTarget.objects.exists()
