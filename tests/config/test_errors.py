"""What somebody sees at an address that leads nowhere."""

import pytest
from django.test import Client

from tests.conftest import Company


@pytest.mark.parametrize("debug", [True, False], ids=["in the demo", "in production"])
def test_an_unknown_address_shows_our_page(debug: bool, client: Client, settings: object) -> None:
    settings.DEBUG = debug  # type: ignore[attr-defined]
    response = client.get("/no/such/place/")
    assert response.status_code == 404
    assert b"URLconf" not in response.content
    assert b"<h1" in response.content


def test_an_unknown_address_of_an_organization_shows_our_page(acme: Company, settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    response = acme.client(acme.seller).get(acme.url("no/such/place/"))
    assert response.status_code == 404
    assert b"URLconf" not in response.content
