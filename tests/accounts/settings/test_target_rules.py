"""The settings page of targets: who sets them, which days pace counts, and the at-risk band."""

import json
from typing import Any

import pytest

from accounts import services
from accounts.models import AuditEntry, Organization
from accounts.tenancy import tenant
from tests.conftest import HOSTILE, Company

VALUES = {
    "salespeople_set_targets": "on",
    "pace_calendar": "working",
    "at_risk_percent": "10",
    "everyone_sees_leaderboard": "on",
}


def url(acme: Company) -> str:
    return acme.url("settings/targets/")


def stored(acme: Company) -> tuple[bool, str, int]:
    organization = Organization.objects.get(pk=acme.organization.pk)
    return organization.salespeople_set_targets, organization.pace_calendar, organization.at_risk_percent


def change(acme: Company, **changes: Any) -> None:
    with tenant(acme.organization):
        services.change_organization(acme.organization, by=acme.manager, **changes)


def test_shows_what_stands_and_says_what_it_means(acme: Company) -> None:
    page = acme.client(acme.admin).get(url(acme)).content.decode()
    assert "Changes at once what every page expects by today" in page
    assert 'name="at_risk_percent" value="0"' in page
    assert "checked" in page.split('value="calendar"')[1].split(">")[0]
    assert "checked" not in page.split('name="salespeople_set_targets"')[1].split(">")[0]
    assert HOSTILE not in page


def test_the_navigation_of_settings_leads_there(acme: Company) -> None:
    page = acme.client(acme.admin).get(url(acme)).content.decode()
    assert f'<a href="{url(acme)}" aria-current="page">Targets</a>' in page


def test_everything_is_stored_and_noted(acme: Company) -> None:
    response = acme.client(acme.admin).post(url(acme), VALUES)
    assert (response.status_code, response["Location"]) == (302, url(acme))
    assert stored(acme) == (True, "working", 10)
    with tenant(acme.organization):
        entries = AuditEntry.objects.filter(subject="accounts.organization", by=acme.admin)
        noted = {entry.field: (entry.old, entry.new) for entry in entries}
    assert noted == {
        "salespeople_set_targets": (False, True),
        "pace_calendar": ("calendar", "working"),
        "at_risk_percent": (0, 10),
        "everyone_sees_leaderboard": (False, True),
    }


def test_the_same_form_twice_is_noted_once(acme: Company) -> None:
    client = acme.client(acme.admin)
    assert [client.post(url(acme), VALUES).status_code for _ in range(2)] == [302, 302]
    with tenant(acme.organization):
        assert AuditEntry.objects.filter(field="at_risk_percent").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        pytest.param("at_risk_percent", "21", "Enter a whole percentage from 0 to 20", id="too-wide"),
        pytest.param("at_risk_percent", "-1", "Enter a whole percentage from 0 to 20", id="negative"),
        pytest.param("at_risk_percent", "2.5", "Enter a whole percentage from 0 to 20", id="a-fraction"),
        pytest.param("at_risk_percent", "ten", "Enter a whole percentage from 0 to 20", id="a-word"),
        pytest.param("at_risk_percent", "", "Enter 0 for no band", id="empty"),
        pytest.param("pace_calendar", "moon", "Choose calendar days or working days", id="no-such-calendar"),
        pytest.param("pace_calendar", "", "Choose which days count", id="no-calendar"),
    ],
)
def test_a_value_that_does_not_hold_stands_at_its_field(acme: Company, field: str, value: str, words: str) -> None:
    response = acme.client(acme.admin).post(url(acme), VALUES | {field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert stored(acme) == (False, "calendar", 0)
    assert "checked" in page.split('name="salespeople_set_targets"')[1].split(">")[0]
    assert field != "at_risk_percent" or not value or f'value="{value}"' in page


@pytest.mark.parametrize("percent", ["0", "20"])
def test_the_ends_of_the_band_hold(acme: Company, percent: str) -> None:
    acme.client(acme.admin).post(url(acme), VALUES | {"at_risk_percent": percent})
    assert stored(acme)[2] == int(percent)


def test_what_another_admin_changed_and_this_one_did_not_touch_stays(acme: Company) -> None:
    client = acme.client(acme.admin)
    seen = client.get(url(acme)).context["form"].seen_json
    change(acme, at_risk_percent=5)
    values = {"pace_calendar": "working", "at_risk_percent": "0", "seen": seen}
    assert client.post(url(acme), values).status_code == 302
    assert stored(acme) == (False, "working", 5)


def test_two_admins_change_the_same_thing_and_the_second_is_told(acme: Company) -> None:
    client = acme.client(acme.admin)
    seen = client.get(url(acme)).context["form"].seen_json
    change(acme, at_risk_percent=5, salespeople_set_targets=True)
    values = {"pace_calendar": "calendar", "at_risk_percent": "8", "seen": seen}
    response = client.post(url(acme), values)
    assert response.status_code == 422
    assert "acme manager changed this to 5 meanwhile" in response.content.decode()
    assert stored(acme) == (True, "calendar", 5)
    again = response.context["form"].seen_json
    assert client.post(url(acme), values | {"salespeople_set_targets": "on", "seen": again}).status_code == 302
    assert stored(acme) == (True, "calendar", 8)


@pytest.mark.parametrize("seen", ["", "[]", "{", json.dumps({"at_risk_percent": "x", "name": 1})])
def test_a_forged_memory_does_no_harm(acme: Company, seen: str) -> None:
    response = acme.client(acme.admin).post(url(acme), VALUES | {"seen": seen, "name": "Taken over"})
    assert response.status_code in (302, 422)
    assert Organization.objects.get(pk=acme.organization.pk).name == acme.organization.name
