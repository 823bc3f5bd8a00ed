"""Choosing light or dark, which leads back to where the person was and nowhere else."""

import pytest

from accounts.models import User
from tests.conftest import Company


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        pytest.param("/o/acme/targets/?month=2026-10", "/o/acme/targets/?month=2026-10", id="a-page"),
        pytest.param("", "/", id="nowhere"),
        pytest.param("//evil.example", "/", id="another-host"),
        pytest.param("/\\evil.example", "/", id="another-host-by-backslash"),
        pytest.param("javascript:alert(1)", "/", id="a-script"),
        pytest.param("overview", "overview", id="the-name-of-a-view-is-only-a-path"),
        pytest.param("/x\r\nSet-Cookie: a=b", "/x%0D%0ASet-Cookie:%20a=b", id="a-header"),
    ],
)
def test_is_kept_and_leads_back(acme: Company, back: str, leads_to: str) -> None:
    response = acme.client(acme.seller).post("/theme/", {"theme": "dark", "next": back})
    assert (response.status_code, response.headers["Location"]) == (302, leads_to)
    assert User.objects.get(email="seller@acme.example").theme == User.Theme.DARK


def test_an_unknown_one_changes_nothing(acme: Company) -> None:
    acme.client(acme.seller).post("/theme/", {"theme": "<script>"})
    assert User.objects.get(email="seller@acme.example").theme == User.Theme.SYSTEM
