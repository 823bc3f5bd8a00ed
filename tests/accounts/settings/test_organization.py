"""The page of the organization's own settings."""

import json
from typing import Any

import pytest

from accounts import services
from accounts.models import AuditEntry, Organization
from accounts.tenancy import tenant
from tests.conftest import HOSTILE, Company

VALUES = {
    "name": "Renamed",
    "currency": "USD",
    "language": "de",
    "time_zone": "Europe/Dublin",
    "fiscal_start": "4",
    "working_weekdays": ["5", "0"],
    "holiday_country": "DE",
    "holiday_region": "BY",
    "admins_need_second_factor": "on",
}


def url(acme: Company) -> str:
    return acme.url("settings/")


def standing(acme: Company) -> dict[str, Any]:
    """What the form posts where nobody touches it."""
    stored = Organization.objects.get(pk=acme.organization.pk)
    names = [name for name in VALUES if name != "admins_need_second_factor"]
    return {name: getattr(stored, name) for name in names}


def test_shows_what_stands(acme: Company) -> None:
    page = acme.client(acme.admin).get(url(acme)).content.decode()
    assert acme.url("settings/targets/") in page
    assert 'value="UTC"' in page
    assert HOSTILE not in page


def test_everything_is_stored_and_noted(acme: Company) -> None:
    response = acme.client(acme.admin).post(url(acme), VALUES)
    assert response.status_code == 302
    stored = Organization.objects.get(pk=acme.organization.pk)
    assert (stored.name, stored.currency, stored.fiscal_start) == ("Renamed", "USD", 4)
    assert (stored.working_weekdays, stored.holiday_region, stored.admins_need_second_factor) == ([0, 5], "BY", True)
    with tenant(acme.organization):
        assert AuditEntry.objects.filter(field="currency", old="EUR", new="USD", by=acme.admin).count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        pytest.param("name", "", "This field is required", id="no-name"),
        pytest.param("currency", "ZZZ", "ZZZ is not one of the available choices", id="no-such-currency"),
        pytest.param("language", "xx", "xx is not one of the available choices", id="no-such-language"),
        pytest.param("time_zone", "Nowhere", "There is no time zone called Nowhere", id="no-such-zone"),
        pytest.param("fiscal_start", "13", "13 is not one of the available choices", id="thirteenth-month"),
        pytest.param("working_weekdays", [], "Choose at least one day", id="no-working-day"),
        pytest.param("holiday_country", "FR", "Choose a region of this country", id="region-of-another-country"),
    ],
)
def test_a_value_that_does_not_hold_stands_at_its_field(acme: Company, field: str, value: Any, words: str) -> None:
    response = acme.client(acme.admin).post(url(acme), VALUES | {field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "Renamed" in page or field == "name"
    assert Organization.objects.get(pk=acme.organization.pk).currency == "EUR"


@pytest.mark.parametrize("typed", ["europe/dublin", " Dublin ", "Europe/Dublin"])
def test_a_city_is_enough_for_a_time_zone(acme: Company, typed: str) -> None:
    acme.client(acme.admin).post(url(acme), VALUES | {"time_zone": typed})
    assert Organization.objects.get(pk=acme.organization.pk).time_zone == "Europe/Dublin"


def test_what_a_new_time_zone_means_is_said(acme: Company) -> None:
    client = acme.client(acme.admin)
    page = client.post(url(acme), VALUES | {"language": "en"}, follow=True).content.decode()
    assert "In Europe/Dublin it is" in page
    assert "Records keep their dates." in page


def test_two_admins_change_different_things_and_both_stand(acme: Company) -> None:
    seen = json.dumps(standing(acme))
    with tenant(acme.organization):
        services.change_organization(acme.organization, by=acme.manager, currency="USD")
    post = json.loads(seen) | {"name": "Renamed", "seen": seen}
    assert acme.client(acme.admin).post(url(acme), post).status_code == 302
    stored = Organization.objects.get(pk=acme.organization.pk)
    assert (stored.name, stored.currency) == ("Renamed", "USD")


def test_two_admins_change_the_same_thing_and_the_second_is_told(acme: Company) -> None:
    seen = json.dumps(standing(acme))
    with tenant(acme.organization):
        services.change_organization(acme.organization, by=acme.manager, currency="USD")
    post = json.loads(seen) | {"currency": "GBP", "seen": seen}
    client = acme.client(acme.admin)
    response = client.post(url(acme), post)
    assert response.status_code == 422
    assert "acme manager changed this to USD, US Dollar meanwhile" in response.content.decode()
    assert Organization.objects.get(pk=acme.organization.pk).currency == "USD"
    again = response.context["form"].seen_json
    assert client.post(url(acme), post | {"seen": again}).status_code == 302
    assert Organization.objects.get(pk=acme.organization.pk).currency == "GBP"


@pytest.mark.parametrize("seen", ["", "[]", "{", '{"currency": 7, "nothing": 1}', "null"])
def test_a_forged_memory_does_no_harm(acme: Company, seen: str) -> None:
    response = acme.client(acme.admin).post(url(acme), VALUES | {"seen": seen})
    assert response.status_code in (302, 422)


def test_regions_follow_the_country(acme: Company) -> None:
    headers = {"HX-Request": "true", "HX-Target": "holiday-region"}
    part = acme.client(acme.admin).get(url(acme), {"holiday_country": "DE"}, headers=headers).content.decode()
    assert "Bayern" in part
    assert "<html" not in part


def test_formats_follow_at_once(acme: Company) -> None:
    client = acme.client(acme.admin)
    values = {name: value for name, value in VALUES.items() if name != "admins_need_second_factor"}
    client.post(url(acme), values | {"currency": "CHF"})
    with tenant(acme.organization):
        assert client.get(acme.url("targets/")).status_code == 200
    page = client.get(acme.url("settings/holidays/?year=2026")).content.decode()
    assert "Januar 2026" in page
    assert client.get(acme.url("imports/")).status_code == 200
