"""Reports saved under a name: whose they are, what they are called, and that a preset stays relative."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import AuditEntry, Member, Role, Team
from accounts.tenancy import tenant
from reports import services
from reports.models import SavedView
from tests.conftest import FORMULA, HOSTILE, Company

QUARTER = "period=this-quarter&by=channel"


def save(site: Company, owner: Member, name: str = "Mine", query: str = QUARTER, *, shared: bool = False) -> SavedView:
    with tenant(site.organization):
        return services.save_view(query, name=name, shared=shared, by=owner)


def names(site: Company) -> list[str]:
    with tenant(site.organization):
        return [view.name for view in SavedView.objects.order_by("name_key")]


def test_a_report_is_saved_under_a_name_and_opened_again(ireland: Company) -> None:
    client = ireland.client(ireland.manager)
    answer = client.post(ireland.url(f"reports/views/new/?{QUARTER}"), {"name": f"  My   {HOSTILE} "})
    assert (answer.status_code, answer["Location"]) == (302, ireland.url(f"reports/?{QUARTER}"))
    page = client.get(answer["Location"]).content.decode()
    assert names(ireland) == [f"My {HOSTILE}"]
    assert "&lt;script&gt;" in page
    assert HOSTILE not in page
    assert f'href="{ireland.url("reports/")}?{QUARTER.replace("&", "&amp;")}"' in page


def test_a_preset_stays_relative(ireland: Company, clock: Callable[[datetime], None]) -> None:
    view = save(ireland, ireland.manager, query="period=this-month")
    client = ireland.client(ireland.manager)
    assert "October 2026." in client.get(ireland.url(f"reports/?{view.query}")).content.decode()
    clock(datetime(2026, 11, 3, 12, tzinfo=UTC))
    client = ireland.client(ireland.manager)
    assert "November 2026." in client.get(ireland.url(f"reports/?{view.query}")).content.decode()


def test_what_an_address_says_wrongly_is_not_saved(ireland: Company) -> None:
    ireland.client(ireland.manager).post(ireland.url("reports/views/new/?period=x&by=y&next=//evil"), {"name": "A"})
    with tenant(ireland.organization):
        assert SavedView.objects.get().query == ""


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "mine", "MINE "], ids=["none", "blank", "long", "taken", "case"])
def test_a_wrong_name_stays_typed_with_its_reason(ireland: Company, name: str) -> None:
    save(ireland, ireland.manager, query="by=team")
    url = ireland.url(f"reports/views/new/?{QUARTER}")
    answer = ireland.client(ireland.manager).post(url, {"name": name, "shared": "on"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert f'value="{name}"' in page or not name.strip()
    assert " checked" in page
    assert names(ireland) == ["Mine"]


def test_names_are_unique_for_each_person_alone(ireland: Company) -> None:
    save(ireland, ireland.manager)
    save(ireland, ireland.seller)
    with tenant(ireland.organization), pytest.raises(ValidationError, match="saved report of this name"):
        services.save_view("by=team", name="mine", by=ireland.manager)


def test_the_same_form_sent_twice_stores_once(ireland: Company) -> None:
    assert save(ireland, ireland.manager).pk == save(ireland, ireland.manager).pk


def test_there_are_not_endlessly_many(ireland: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_VIEWS", 1)
    save(ireland, ireland.manager)
    answer = ireland.client(ireland.manager).post(ireland.url("reports/views/new/"), {"name": "One more"})
    assert answer.status_code == 422
    assert "Delete one first" in answer.content.decode()


def test_a_shared_one_is_everyones_to_open_and_its_owners_to_change(ireland: Company) -> None:
    shared, own = save(ireland, ireland.manager, "Everyone's", shared=True), save(ireland, ireland.manager, "Private")
    client = ireland.client(ireland.seller)
    page = client.get(ireland.url("reports/views/")).content.decode()
    assert "Everyone&#x27;s" in page
    assert "Private" not in page
    for view in (shared, own):
        assert client.get(ireland.url(f"reports/views/{view.pk}/")).status_code == 404
        assert client.post(ireland.url(f"reports/views/{view.pk}/delete/")).status_code == 404


def test_salespeople_share_nothing(ireland: Company) -> None:
    client = ireland.client(ireland.seller)
    assert 'name="shared"' not in client.get(ireland.url("reports/views/new/")).content.decode()
    client.post(ireland.url("reports/views/new/"), {"name": "Mine", "shared": "on"})
    with tenant(ireland.organization):
        assert SavedView.objects.get().shared is False
    with tenant(ireland.organization), pytest.raises(services.NotYours):
        services.save_view("", name="Ours", shared=True, by=ireland.seller)


def test_renaming_and_sharing(ireland: Company) -> None:
    view, client = save(ireland, ireland.manager), ireland.client(ireland.manager)
    seen = '{"name": "Mine", "shared": false}'
    answer = client.post(ireland.url(f"reports/views/{view.pk}/"), {"name": FORMULA, "shared": "on", "seen": seen})
    assert answer.status_code == 302
    with tenant(ireland.organization):
        view.refresh_from_db()
        told = AuditEntry.objects.filter(subject="reports.savedview", why="typed").values_list("field", flat=True)
        assert sorted(told) == ["name", "shared"]
    assert (view.name, view.shared, view.query) == (FORMULA, True, QUARTER)


def test_two_pages_of_one_person_lose_nothing_silently(ireland: Company) -> None:
    view, client = save(ireland, ireland.manager), ireland.client(ireland.manager)
    url, seen = ireland.url(f"reports/views/{view.pk}/"), '{"name": "Mine", "shared": false}'
    client.post(url, {"name": "First", "seen": seen})
    answer = client.post(url, {"name": "Second", "seen": seen})
    assert answer.status_code == 422
    assert "changed this to First meanwhile" in answer.content.decode()
    assert names(ireland) == ["First"]


def test_deleting_offers_to_put_it_back(ireland: Company) -> None:
    view, client = save(ireland, ireland.manager, shared=True), ireland.client(ireland.manager)
    gone = client.post(ireland.url(f"reports/views/{view.pk}/delete/"), follow=True).content.decode()
    assert names(ireland) == []
    assert "was deleted" in gone
    client.post(ireland.url(f"reports/views/{view.pk}/restore/"))
    with tenant(ireland.organization):
        back = SavedView.objects.get()
    assert (back.pk, back.name, back.query, back.shared, back.owner_id) == (
        view.pk,
        "Mine",
        QUARTER,
        True,
        ireland.manager.pk,
    )
    assert "was deleted" not in client.get(ireland.url(f"reports/views/?deleted={view.pk}")).content.decode()


def test_only_who_deleted_it_puts_it_back_and_a_new_one_keeps_the_name(ireland: Company) -> None:
    view = save(ireland, ireland.manager)
    with tenant(ireland.organization):
        services.delete_view(view, by=ireland.manager)
        services.delete_view(view, by=ireland.manager)
    address = ireland.url(f"reports/views/{view.pk}/restore/")
    assert ireland.client(ireland.seller).post(address).status_code == 404
    save(ireland, ireland.manager, query="by=team")
    page = ireland.client(ireland.manager).post(address, follow=True).content.decode()
    assert "another saved report of this name" in page


def test_admins_delete_what_others_share(ireland: Company) -> None:
    shared, own = save(ireland, ireland.manager, "A", shared=True), save(ireland, ireland.manager, "B")
    client = ireland.client(ireland.admin)
    statuses = [client.post(ireland.url(f"reports/views/{view.pk}/delete/")).status_code for view in (shared, own)]
    assert (statuses, names(ireland)) == ([302, 404], ["B"])
    with tenant(ireland.organization), pytest.raises(services.NotYours):
        services.delete_view(own, by=ireland.admin)


def test_an_empty_list_says_how_to_begin(ireland: Company) -> None:
    page = ireland.client(ireland.seller).get(ireland.url("reports/views/")).content.decode()
    assert "Nothing saved yet" in page


def test_more_saved_reports_cost_no_query_more(ireland: Company) -> None:
    client = ireland.client(ireland.manager)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(ireland.url("reports/views/")).status_code == 200
        return len(caught)

    save(ireland, ireland.manager)
    queries()
    before = queries()
    for number in range(20):
        save(ireland, ireland.manager, f"Report {number}", "team=1&channel=1")
    assert queries() == before


# What somebody tries who may not


@pytest.fixture
def hidden(ireland: Company) -> Team:
    """A team of somebody whom neither the manager nor the seller may see."""
    with tenant(ireland.organization):
        team = Team.objects.create(organization=ireland.organization, name="Secret merger desk")
        people.join_team(ireland.other_seller, team, start=date(2020, 1, 1))
    return team


@pytest.mark.parametrize("who", ["manager", "seller"])
def test_no_address_tells_the_name_of_a_team_that_one_does_not_see(ireland: Company, hidden: Team, who: str) -> None:
    save(ireland, ireland.admin, query=f"team={hidden.pk}", shared=True)
    client = ireland.client(getattr(ireland, who))
    for where in ("reports/", "reports/views/new/", "reports/views/", "reports/csv/", "leaderboard/"):
        answer = client.get(ireland.url(f"{where}?team={hidden.pk}"))
        text = b"".join(answer) if answer.streaming else answer.content
        assert "merger" not in text.decode(), where
    listed = client.get(ireland.url("reports/views/")).content.decode()
    assert "a team that you don" in listed
    assert "Secret merger desk" in ireland.client(ireland.admin).get(ireland.url("reports/views/")).content.decode()


def test_who_shares_no_more_puts_back_for_themselves_alone(ireland: Company) -> None:
    view = save(ireland, ireland.manager, shared=True)
    with tenant(ireland.organization):
        services.delete_view(view, by=ireland.manager)
        Member.objects.filter(pk=ireland.manager.pk).update(role=Role.SALESPERSON)
        demoted = Member.objects.get(pk=ireland.manager.pk)
        assert services.restore_view(view.pk, by=demoted).shared is False


def test_an_admin_puts_back_what_somebody_shares(ireland: Company) -> None:
    view = save(ireland, ireland.manager, shared=True)
    with tenant(ireland.organization):
        services.delete_view(view, by=ireland.admin)
        back = services.restore_view(view.pk, by=ireland.admin)
        assert (back.owner, back.shared) == (ireland.manager, True)


def test_putting_back_makes_no_more_than_there_may_be(ireland: Company) -> None:
    view = save(ireland, ireland.manager)
    with tenant(ireland.organization):
        services.delete_view(view, by=ireland.manager)
        for place in range(services.MOST_VIEWS):
            services.save_view("", name=f"View {place}", by=ireland.manager)
        with pytest.raises(ValidationError, match="the most"):
            services.restore_view(view.pk, by=ireland.manager)


def test_putting_back_twice_is_once(ireland: Company) -> None:
    view = save(ireland, ireland.manager)
    with tenant(ireland.organization):
        services.delete_view(view, by=ireland.manager)
    client = ireland.client(ireland.manager)
    again = [client.post(ireland.url(f"reports/views/{view.pk}/restore/")).status_code for _ in range(2)]
    assert again == [302, 302]
    assert names(ireland) == ["Mine"]
