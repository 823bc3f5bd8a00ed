"""A new organization from the shell, with its first lists and a link for its admin."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Member, Organization, Role, User
from accounts.tenancy import tenant
from ledger.models import Channel, DealState
from tests.conftest import PASSWORD, Company


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_organization", "Nova Ltd", *arguments, stdout=out)
    return out.getvalue()


def test_it_begins_with_channels_and_states(db: None) -> None:
    create("--slug", "nova", "--admin", "Ann@Nova.example", "--currency", "USD", "--country", "IE")
    organization = Organization.objects.get(slug="nova")
    assert (organization.currency, organization.holiday_country) == ("USD", "IE")
    with tenant(organization):
        assert Member.objects.get().role == Role.ADMIN
        assert [each.name for each in Channel.objects.all()] == ["Phone", "E-mail", "Web", "Shop", "Social"]
        flags = ("name", "is_initial", "triggers_commission", "is_ordered")
        assert list(DealState.objects.values_list(*flags)) == [
            ("Proposed", True, False, False),
            ("Confirmed", False, True, True),
            ("Cancelled", False, False, False),
        ]


def test_its_admin_sets_a_password_with_the_printed_link_once(db: None) -> None:
    printed = create("--slug", "nova", "--admin", "ann@nova.example", "--site", "https://headway.example")
    link = re.search(r"https://headway\.example(/accounts/password/reset/key/\S+)", printed)
    assert link is not None
    client = Client()
    form = client.get(link[1], follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.get().check_password(PASSWORD)
    assert "form" not in Client().get(link[1]).context or Client().get(link[1]).context["token_fail"]


def test_an_existing_login_keeps_its_password(acme: Company) -> None:
    printed = create("--slug", "nova", "--admin", acme.seller.email)
    assert "signs in with the password they have" in printed
    assert "reset" not in printed


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(("--slug", "acme"), id="slug-taken"),
        pytest.param(("--slug", "a b"), id="not-a-slug"),
        pytest.param(("--slug", "nova", "--currency", "ZZZ"), id="no-such-currency"),
        pytest.param(("--slug", "nova", "--country", "XX"), id="no-such-country"),
        pytest.param(("--slug", "nova", "--admin", "nobody"), id="not-an-address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(acme: Company, wrong: tuple[str, ...]) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError):
        create("--admin", "new@nova.example", *wrong)
    assert (Organization.objects.count(), User.objects.count()) == (1, before)
