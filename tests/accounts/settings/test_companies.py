"""Operating companies: list, add, rename, delete, files."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import services
from accounts.models import Company as OperatingCompany
from accounts.tenancy import tenant
from ledger.models import Deal, Kind
from tests.conftest import FORMULA, HOSTILE, Company


@pytest.fixture
def north(acme: Company) -> OperatingCompany:
    with tenant(acme.organization):
        return services.add_company(acme.organization, name="North Ltd", by=acme.admin)


def names(acme: Company) -> list[str]:
    with tenant(acme.organization):
        return [each.name for each in OperatingCompany.objects.order_by("name_key")]


def test_an_empty_list_says_what_it_is_for(acme: Company) -> None:
    page = acme.client(acme.admin).get(acme.url("settings/companies/")).content.decode()
    assert "No operating companies yet" in page


def test_added_once_however_often_it_is_sent(acme: Company) -> None:
    client = acme.client(acme.admin)
    assert client.post(acme.url("settings/companies/new/"), {"name": "North Ltd"}).status_code == 302
    again = client.post(acme.url("settings/companies/new/"), {"name": " north LTD"})
    assert again.status_code == 422
    assert "This name is taken" in again.content.decode()
    assert names(acme) == ["North Ltd"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 241])
def test_a_name_that_is_none_is_refused(acme: Company, name: str) -> None:
    response = acme.client(acme.admin).post(acme.url("settings/companies/new/"), {"name": name})
    assert response.status_code == 422
    assert names(acme) == []


@pytest.mark.parametrize("name", [HOSTILE, FORMULA])
def test_hostile_names_are_text(acme: Company, name: str) -> None:
    client = acme.client(acme.admin)
    client.post(acme.url("settings/companies/new/"), {"name": name})
    page = client.get(acme.url("settings/companies/")).content.decode()
    file = b"".join(client.get(acme.url("settings/companies/export/")).streaming_content).decode()  # type: ignore[attr-defined]
    assert "<script>alert" not in page
    assert "\n=cmd" not in file


def test_renamed(acme: Company, north: OperatingCompany) -> None:
    url = acme.url(f"settings/companies/{north.pk}/")
    response = acme.client(acme.admin).post(url, {"name": "North", "seen": '{"name": "North Ltd"}'})
    assert response.status_code == 302
    assert names(acme) == ["North"]


def test_renamed_by_two_the_second_is_told(acme: Company, north: OperatingCompany) -> None:
    with tenant(acme.organization):
        services.rename_company(north, name="South", by=acme.manager)
    url = acme.url(f"settings/companies/{north.pk}/")
    response = acme.client(acme.admin).post(url, {"name": "North", "seen": '{"name": "North Ltd"}'})
    assert response.status_code == 422
    assert "acme manager changed this to South meanwhile" in response.content.decode()
    assert names(acme) == ["South"]


def test_deleted_while_nothing_names_it(acme: Company, north: OperatingCompany) -> None:
    response = acme.client(acme.admin).post(acme.url(f"settings/companies/{north.pk}/delete/"))
    assert response.status_code == 302
    assert names(acme) == []


def test_kept_while_deals_name_it_and_says_so(acme: Company, north: OperatingCompany) -> None:
    with tenant(acme.organization):
        values: dict[str, Any] = {"number": "1", "date": date(2026, 1, 1), "member": acme.seller}
        values |= {"state": acme.confirmed, "company": north, "kind": Kind.SALE, "run": uuid.uuid4()}
        Deal.objects.create(organization=acme.organization, **values)
    response = acme.client(acme.admin).post(acme.url(f"settings/companies/{north.pk}/delete/"))
    assert response.status_code == 409
    assert "It is in use by deals." in response.content.decode()
    assert names(acme) == ["North Ltd"]


def test_a_file_is_previewed_and_stored_once(acme: Company, north: OperatingCompany) -> None:
    client = acme.client(acme.admin)
    url = acme.url("settings/companies/import/")
    file = SimpleUploadedFile("c.csv", b"Name\nSouth\nnorth ltd\n\nSouth\n", "text/csv")
    page = client.post(url, {"file": file})
    assert names(acme) == ["North Ltd"]
    post = {"text": page.context["text"], "seen": page.context["plan"].token}
    assert client.post(url, post).status_code == 302
    assert names(acme) == ["north ltd", "South"]
    assert client.post(url, post).status_code == 409
    assert names(acme) == ["north ltd", "South"]


def test_a_search_and_its_file_hold_the_same(acme: Company, north: OperatingCompany) -> None:
    with tenant(acme.organization):
        services.add_company(acme.organization, name="South", by=acme.admin)
    client = acme.client(acme.admin)
    page = client.get(acme.url("settings/companies/?q=nor")).content.decode()
    file = b"".join(client.get(acme.url("settings/companies/export/?q=nor")).streaming_content).decode()  # type: ignore[attr-defined]
    assert "North Ltd" in page
    assert "South" not in page
    assert file.splitlines() == ["\ufeffName", "North Ltd"]
