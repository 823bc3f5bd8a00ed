"""Public holidays, closing days and working days."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import readers, services
from accounts.models import ClosingDay
from accounts.tenancy import tenant
from tests.conftest import FORMULA, Company

PAGE = "settings/holidays/"


@pytest.fixture
def german(acme: Company) -> Company:
    acme.organization.holiday_country, acme.organization.holiday_region = "DE", "BY"
    with tenant(acme.organization):
        acme.organization.save()
    return acme


def days(acme: Company) -> list[tuple[str, str]]:
    with tenant(acme.organization):
        return [(f"{each.day}", each.name) for each in ClosingDay.objects.order_by("day")]


def test_a_year_of_days_off(german: Company) -> None:
    with tenant(german.organization):
        services.add_closing_day(german.organization, day=date(2026, 12, 24), name="Eve", by=german.admin)
        year = readers.holiday_year(german.organization, 2026)
    assert [month.worked for month in year.months] == [20, 20, 22, 20, 18, 21, 23, 21, 22, 22, 21, 21]
    assert (date(2026, 6, 4), "Corpus Christi", False) in [(each.day, each.name, each.free) for each in year.public]
    assert [each.name for each in year.closing] == ["Eve"]


def test_this_year_next_year_and_another(german: Company) -> None:
    page = german.client(german.admin).get(german.url(f"{PAGE}?year=2031")).content.decode()
    assert "Working days by month" in page
    assert "2031" in page
    assert "Germany, Bayern" in page


@pytest.mark.parametrize("year", ["", "x", "1999", "2100", "²", "9" * 40])
def test_a_year_that_is_none_is_this_one(german: Company, year: str) -> None:
    response = german.client(german.admin).get(german.url(PAGE), {"year": year})
    assert response.status_code == 200


def test_without_a_country_it_says_where_to_choose(acme: Company) -> None:
    assert "No country chosen" in acme.client(acme.admin).get(acme.url(PAGE)).content.decode()


def test_closed_once_renamed_and_opened(acme: Company) -> None:
    client = acme.client(acme.admin)
    for _ in range(2):
        assert client.post(acme.url(PAGE), {"day": "2026-12-24", "name": FORMULA}).status_code == 302
    assert days(acme) == [("2026-12-24", FORMULA)]
    with tenant(acme.organization):
        closing = ClosingDay.objects.get()
    client.post(acme.url(f"{PAGE}{closing.pk}/"), {"name": "Eve"})
    assert days(acme) == [("2026-12-24", "Eve")]
    client.post(acme.url(f"{PAGE}{closing.pk}/remove/"))
    assert days(acme) == []


@pytest.mark.parametrize(
    ("day", "words"),
    [("", "required"), ("31.12.", "Enter a valid date"), ("1999-01-01", "between 2000 and 2099")],
)
def test_a_day_that_is_none_stands_at_its_field(acme: Company, day: str, words: str) -> None:
    response = acme.client(acme.admin).post(acme.url(PAGE), {"day": day, "name": "Inventory"})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "Inventory" in page
    assert days(acme) == []


def test_a_file_comes_in_and_goes_out(acme: Company) -> None:
    with tenant(acme.organization):
        services.add_closing_day(acme.organization, day=date(2026, 12, 24), name="Eve", by=acme.admin)
    client = acme.client(acme.admin)
    text = "Day;What for\n2026-12-24;Christmas Eve\n2026-12-31;=New Year\n2026-12-31;2\n31.12.2026;no\n1999-01-01;x\n"
    page = client.post(acme.url(f"{PAGE}import/"), {"file": SimpleUploadedFile("d.csv", text.encode(), "text/csv")})
    plan = page.context["plan"]
    assert (len(plan.added), len(plan.changed), len(plan.refused)) == (1, 1, 3)
    post = {"text": page.context["text"], "seen": plan.token}
    assert client.post(acme.url(f"{PAGE}import/"), post).status_code == 302
    assert days(acme) == [("2026-12-24", "Christmas Eve"), ("2026-12-31", "=New Year")]
    out: Any = client.get(acme.url(f"{PAGE}export/"))
    lines = b"".join(out.streaming_content).decode().splitlines()
    assert lines == ["\ufeffDay,What for", "2026-12-24,Christmas Eve", "2026-12-31,'=New Year"]
