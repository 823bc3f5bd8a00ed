"""Who is admitted to an organization's site, and what a request may leave behind."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import include, path

from accounts import services
from accounts.models import Member, Zone
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from accounts.tenancy import TenantError, tenant
from config.urls import urlpatterns as real_patterns
from tests.conftest import Company


def seen() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(name, ';') FROM accounts_member")
        return str(cursor.fetchone())


@member_required()
def zone_add(request: TenantRequest) -> HttpResponse:
    """Writes, then answers as asked."""
    Zone.objects.create(organization=request.organization, name="written")
    if request.GET.get("how") == "raise":
        raise ZeroDivisionError
    return HttpResponse(status=int(request.GET.get("status", "200")))


@member_required()
def error_swallow(request: TenantRequest) -> HttpResponse:
    """Goes on after a database error as if nothing had been."""
    zone = Zone.objects.create(organization=request.organization, name="written")
    try:
        Zone(organization=request.organization, name="written").save()
    except DatabaseError:
        return HttpResponse(f"saved {zone.pk}")
    return HttpResponse()


@member_required()
def error_contain(request: TenantRequest) -> HttpResponse:
    """Keeps a database error in a savepoint of its own."""
    Zone.objects.create(organization=request.organization, name="written")
    try:
        with transaction.atomic():
            Zone(organization=request.organization, name="written").save()
    except DatabaseError:
        return HttpResponse("kept")
    return HttpResponse()


@member_required()
def names_stream(request: TenantRequest) -> StreamingHttpResponse:
    """The members' names, asked for while the body is sent."""
    return StreamingHttpResponse(name.encode() for name in Member.objects.values_list("name", flat=True).iterator())


def outside(request: HttpRequest) -> HttpResponse:
    """What the database shows outside of any organization's site."""
    return HttpResponse(seen())


urlpatterns = [
    path(
        "o/<slug:organization>/test/",
        include(
            [
                path("add/", zone_add),
                path("swallow/", error_swallow),
                path("contain/", error_contain),
                path("stream/", names_stream),
            ]
        ),
    ),
    path("outside/", outside),
    *real_patterns,
]


@pytest.fixture
def here(settings: Any) -> Callable[..., None]:
    settings.ROOT_URLCONF = __name__
    return lambda: None


def zones(company: Company) -> int:
    with tenant(company.organization):
        return Zone.objects.count()


@pytest.mark.usefixtures("here")
@pytest.mark.django_db(transaction=True)
class TestWrites:
    @pytest.mark.parametrize("status", [200, 204, 302])
    def test_success_is_kept(self, acme: Company, status: int) -> None:
        acme.client(acme.seller).post(acme.url(f"test/add/?status={status}"))
        assert zones(acme) == 1

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
    def test_an_error_has_written_nothing(self, acme: Company, status: int) -> None:
        assert acme.client(acme.seller).post(acme.url(f"test/add/?status={status}")).status_code == status
        assert zones(acme) == 0

    def test_an_exception_has_written_nothing(self, acme: Company) -> None:
        client = acme.client(acme.seller)
        client.raise_request_exception = False
        assert client.post(acme.url("test/add/?how=raise")).status_code == 500
        assert zones(acme) == 0

    @pytest.mark.parametrize("method", ["get", "head", "options"])
    def test_safe_methods_write_nothing(self, acme: Company, method: str) -> None:
        client = acme.client(acme.seller)
        client.raise_request_exception = False
        assert getattr(client, method)(acme.url("test/add/")).status_code == 500
        assert zones(acme) == 0

    def test_a_swallowed_database_error_is_no_success(self, acme: Company) -> None:
        with pytest.raises(TenantError):
            acme.client(acme.seller).post(acme.url("test/swallow/"))
        assert zones(acme) == 0

    def test_an_error_kept_in_a_savepoint_is(self, acme: Company) -> None:
        assert acme.client(acme.seller).post(acme.url("test/contain/")).content == b"kept"
        assert zones(acme) == 1

    def test_a_stream_is_the_tenants_and_its_end_closes_it(self, acme: Company, rival: Company) -> None:
        response: Any = acme.client(acme.seller).get(acme.url("test/stream/"))
        names = b"".join(response.streaming_content).decode()
        assert (names.count("acme"), names.count("rival")) == (4, 0)
        assert seen() == "(None,)"

    def test_the_next_request_on_the_connection_sees_nothing(self, acme: Company) -> None:
        client = acme.client(acme.seller)
        assert client.get(acme.url("home/goals/")).status_code == 200
        assert client.get("/outside/").content == b"(None,)"


class TestWhoIsAdmitted:
    def status(self, company: Company, member: Member) -> int:
        return company.client(member).get(company.url()).status_code

    def today(self) -> date:
        return datetime.now(UTC).date()

    @pytest.mark.parametrize(
        ("first", "last", "status"),
        [
            pytest.param(0, None, 302, id="from-today"),
            pytest.param(1, None, 404, id="from-tomorrow"),
            pytest.param(None, 0, 302, id="to-today"),
            pytest.param(None, -1, 404, id="to-yesterday"),
        ],
    )
    def test_members_in_their_active_span(
        self, acme: Company, first: int | None, last: int | None, status: int
    ) -> None:
        span = {"active_from": first, "active_to": last}
        changes: dict[str, Any] = {
            name: self.today() + timedelta(days=days) for name, days in span.items() if days is not None
        }
        with tenant(acme.organization):
            services.change_member(acme.seller, by=acme.admin, today=self.today(), **changes)
        assert self.status(acme, acme.seller) == status

    def test_a_span_that_ends_while_signed_in(self, acme: Company) -> None:
        client = acme.client(acme.seller)
        assert client.get(acme.url()).status_code == 302
        with tenant(acme.organization):
            services.change_member(
                acme.seller, by=acme.admin, today=self.today(), active_to=self.today() - timedelta(days=1)
            )
        assert client.get(acme.url()).status_code == 404
        assert client.get("/targets")["Location"] == "/organizations/"

    def test_not_even_the_platforms_operators(self, acme: Company, django_user_model: Any) -> None:
        client = Client()
        client.force_login(django_user_model.objects.create_superuser("root@platform.example", "x"))
        assert client.get(acme.url()).status_code == 404

    def test_an_outsider_learns_nothing_from_the_difference(self, acme: Company, rival: Company) -> None:
        client = rival.client(rival.admin)
        there, nowhere = client.get("/o/acme/targets/"), client.get("/o/nobody/targets/")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert there.content.replace(b"acme", b"") == nowhere.content.replace(b"nobody", b"")

    def test_a_member_without_a_login_is_only_a_name(self, acme: Company) -> None:
        with tenant(acme.organization):
            assert services.add_member(acme.organization, name="imported").user is None
        assert acme.client(acme.admin).get(acme.url()).status_code == 302


class TestTwoOrganizations:
    @pytest.fixture
    def both(self, acme: Company, rival: Company) -> Client:
        """Acme's seller, who is a manager at rival's too."""
        with tenant(rival.organization):
            services.add_member(rival.organization, name="guest", user=acme.seller.user)
        return acme.client(acme.seller)

    def test_at_first_they_choose(self, both: Client) -> None:
        for url in ("/", "/targets", "/home/goals"):
            assert both.get(url)["Location"] == "/organizations/"
        page = both.get("/organizations/").content.decode()
        assert ("/o/acme/" in page, "/o/rival/" in page) == (True, True)

    def test_the_one_used_last_is_remembered(self, both: Client) -> None:
        for slug in ("rival", "acme"):
            both.get(f"/o/{slug}/")
            assert both.get("/targets")["Location"] == f"/o/{slug}/targets/"
            assert both.get("/home/goals")["Location"] == f"/o/{slug}/home/goals/"
            assert both.get("/")["Location"] == f"/o/{slug}/"

    def test_one_alone_needs_no_choice(self, acme: Company) -> None:
        client = acme.client(acme.seller)
        assert client.get("/targets")["Location"] == "/o/acme/targets/"

    def test_an_organization_that_was_left_is_forgotten(self, both: Client, acme: Company, rival: Company) -> None:
        both.get("/o/rival/")
        with tenant(rival.organization):
            guest = Member.objects.get(name="guest")
            services.change_member(guest, by=None, today=date(2026, 1, 1), active_to=date(2020, 1, 1))
        assert both.get("/targets")["Location"] == "/o/acme/targets/"


@pytest.mark.parametrize(
    ("current", "leads_to"),
    [
        pytest.param("http://testserver/o/acme/targets/?month=2026-05", "%2Fo%2Facme%2Ftargets%2F", id="the-page"),
        pytest.param("https://evil.example/x", "/o/acme/", id="not-another-site"),
    ],
)
def test_after_a_fragments_sign_in_the_page_comes_back(acme: Company, current: str, leads_to: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": current}
    response = Client().post("/o/acme/targets/cell/", headers=headers)
    assert "evil" not in response["HX-Redirect"]
    assert leads_to.replace("%2F", "/") in response["HX-Redirect"].replace("%2F", "/")
    assert "cell" not in response["HX-Redirect"]
