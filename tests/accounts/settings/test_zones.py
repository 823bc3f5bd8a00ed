"""Zones: the list, one zone's page, and people who come, move and go."""

from datetime import date
from typing import Any

import pytest

from accounts import services
from accounts.models import Member, Zone, ZoneAssignment
from accounts.tenancy import tenant
from tests.accounts.settings.queries import queries
from tests.conftest import Company


@pytest.fixture
def north(acme: Company) -> Zone:
    with tenant(acme.organization):
        return services.add_zone(acme.organization, name="North", by=acme.admin)


@pytest.fixture
def assigned(acme: Company, north: Zone) -> ZoneAssignment:
    with tenant(acme.organization):
        return services.assign_zone(acme.seller, north, start=date(2026, 1, 1), by=acme.admin)


def spans(acme: Company) -> list[tuple[str, str, str]]:
    with tenant(acme.organization):
        found = ZoneAssignment.objects.order_by("start").select_related("zone")
        return [(each.zone.name, f"{each.start}", f"{each.end or ''}") for each in found]


def test_an_empty_list_says_what_it_is_for(acme: Company) -> None:
    assert "No zones yet" in acme.client(acme.admin).get(acme.url("settings/zones/")).content.decode()


def test_the_list_costs_the_same_with_more(acme: Company, assigned: ZoneAssignment) -> None:
    client, url = acme.client(acme.admin), acme.url("settings/zones/")
    few = queries(client, url)
    with tenant(acme.organization):
        for number in range(10):
            zone = services.add_zone(acme.organization, name=f"Zone {number}", by=acme.admin)
            services.assign_zone(acme.other_seller, zone, start=date(2026, 1, 1), by=acme.admin)
    assert queries(client, url) == few
    page: Any = client.get(url)
    assert [zone.people for zone in page.context["list"].rows] == [1] * 11


def test_assigned_once_however_often_it_is_sent(acme: Company, north: Zone) -> None:
    data = {"member": acme.seller.pk, "start": "2026-03-01", "end": "2026-04-01"}
    for _ in range(2):
        response = acme.client(acme.admin).post(acme.url(f"settings/zones/{north.pk}/assign/"), data)
        assert response.status_code == 302
    assert spans(acme) == [("North", "2026-03-01", "2026-04-01")]


def test_days_that_are_taken_are_refused_at_the_field(acme: Company, assigned: ZoneAssignment) -> None:
    data = {"member": acme.seller.pk, "start": "2026-03-01", "end": "2026-04-01"}
    response = acme.client(acme.admin).post(acme.url(f"settings/zones/{assigned.zone_id}/assign/"), data)
    assert response.status_code == 422
    assert "already on some of these days" in response.content.decode()
    assert 'value="2026-04-01"' in response.content.decode()


def test_somebody_who_left_is_not_offered(acme: Company, north: Zone) -> None:
    with tenant(acme.organization):
        Member.objects.filter(pk=acme.seller.pk).update(active_to=date(2020, 1, 1))
    response: Any = acme.client(acme.admin).get(acme.url(f"settings/zones/{north.pk}/"))
    with tenant(acme.organization):
        offered = set(response.context["join_form"].fields["member"].queryset.values_list("pk", flat=True))
    assert offered == {acme.admin.pk, acme.manager.pk, acme.other_seller.pk}


def test_moves_in_one_step(acme: Company, assigned: ZoneAssignment) -> None:
    with tenant(acme.organization):
        south = services.add_zone(acme.organization, name="South", by=acme.admin)
    url = acme.url(f"settings/zones/people/{assigned.pk}/move/")
    assert acme.client(acme.admin).post(url, {"zone": south.pk, "start": "2026-06-01"}).status_code == 302
    assert spans(acme) == [("North", "2026-01-01", "2026-05-31"), ("South", "2026-06-01", "")]


def test_dates_change_and_a_mistake_is_taken_back(acme: Company, assigned: ZoneAssignment) -> None:
    client, url = acme.client(acme.admin), acme.url(f"settings/zones/people/{assigned.pk}/")
    client.post(url, {"start": "2026-02-01", "end": "2026-03-01"})
    assert spans(acme) == [("North", "2026-02-01", "2026-03-01")]
    client.post(f"{url}remove/")
    assert spans(acme) == []


def test_deleted_while_nobody_ever_worked_it(acme: Company, assigned: ZoneAssignment) -> None:
    client = acme.client(acme.admin)
    kept = client.post(acme.url(f"settings/zones/{assigned.zone_id}/delete/"))
    assert kept.status_code == 409
    assert "It is in use by zone assignments." in kept.content.decode()
    client.post(acme.url(f"settings/zones/people/{assigned.pk}/remove/"))
    assert client.post(acme.url(f"settings/zones/{assigned.zone_id}/delete/")).status_code == 302


def test_people_go_out_as_a_file(acme: Company, assigned: ZoneAssignment) -> None:
    response: Any = acme.client(acme.admin).get(acme.url(f"settings/zones/{assigned.zone_id}/people/"))
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[0] == "\ufeffPerson,E-mail,From,Until"
    assert lines[1].endswith(",2026-01-01,")
