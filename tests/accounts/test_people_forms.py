"""What is too long to be kept is said at its field, with everything typed."""

import pytest

from tests.conftest import Company

pytestmark = pytest.mark.django_db

LONG = f"{'a' * 64}@{'.'.join(['b' * 60] * 4)}.example"


@pytest.mark.parametrize(
    ("page", "field", "typed"),
    [
        pytest.param("invitations/new/", "people", {"people": LONG}, id="inviting"),
        pytest.param("new/", "email", {"name": "Ann", "email": LONG}, id="an-address"),
        pytest.param("new/", "name", {"name": "\u0130" * 240}, id="a-name-that-grows-when-compared"),
        pytest.param("{}/", "name", {"name": "\u0130" * 240}, id="changing-a-name"),
        pytest.param("{}/", "email", {"name": "Ann", "email": LONG}, id="changing-an-address"),
    ],
)
def test_too_long(acme: Company, page: str, field: str, typed: dict[str, str]) -> None:
    url = acme.url(f"settings/people/{page.format(acme.seller.pk)}")
    response = acme.client(acme.admin).post(url, {"role": "salesperson"} | typed)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert typed[field][:40] in response.content.decode()
