"""The targets page, its saving and its export, through the browser's door."""

import csv
import html
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import Member
from accounts.tenancy import tenant
from ledger.models import Channel
from targets.models import MonthlyTarget
from tests.conftest import Company
from tests.targets.conftest import NOON, OCTOBER, aim, sell, settle

HTMX = {"HX-Request": "true", "HX-Target": "cell-saved"}


def show(site: Company, viewer: Member | None = None, query: str = "") -> Any:
    return site.client(viewer or site.admin).get(site.url(f"targets/{query}"))


def text(response: Any) -> str:
    return str(response.content.decode())


def post_cell(site: Company, typed: str, version: int = 0, *, by: Member | None = None, **rest: Any) -> Any:
    fields = {
        "member": site.seller.pk,
        "channel": site.channels[0].pk,
        "month": "2026-10",
        "version": version,
        "count": typed,
    } | rest
    return site.client(by or site.manager).post(site.url("targets/cell/"), fields, headers=HTMX)


def changes(response: Any) -> Any:
    """What the answer says that inputs hold now."""
    found = re.search(r'<data class="changes" value="([^"]*)"', text(response))
    return json.loads(html.unescape(found[1])) if found else []


def held(site: Company) -> list[tuple[int | None, int]]:
    with tenant(site.organization):
        return list(MonthlyTarget.objects.order_by("pk").values_list("count", "version"))


# The page


def test_says_what_pace_is(ireland: Company) -> None:
    page = text(show(ireland))
    assert "Working day 16 of 21, so pace is 76% of each target." in page
    assert "Times in Europe/Dublin. Holidays: Ireland." in page


def test_calendar_days_are_said_too(ireland: Company) -> None:
    settle(ireland, pace_calendar="calendar")
    assert "Day 22 of 31, so pace is 71% of each target." in text(show(ireland))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?month=2026-09", ("September 2026 has ended", "Missed", "Result</th>")),
        ("?month=2026-11", ("November 2026 starts in 10 days", "Behind", "Forecast</th>")),
    ],
)
def test_other_months_say_so_and_show_no_tick(ireland: Company, query: str, says: tuple[str, ...]) -> None:
    month = date(2026, int(query[-2:]), 1)
    aim(ireland, 10, ireland.seller, ireland.channels[0], month)
    page = text(show(ireland, query=query))
    assert all(words in page for words in says)
    assert "m-pace" not in page


def test_back_never_shows_the_numbers_from_before_an_edit(ireland: Company) -> None:
    assert "no-store" in show(ireland)["Cache-Control"]
    assert "no-store" in ireland.client(ireland.seller).get(ireland.url("home/goals/"))["Cache-Control"]


def test_says_what_to_do_about_deals_without_a_channel(ireland: Company) -> None:
    sell(ireland, 2, member=ireland.seller, channel=ireland.channels[0])
    assert "no target counts" not in text(show(ireland))
    sell(ireland, 3, member=ireland.seller, channel=None)
    assert "3 deals name no channel, so no target counts them." in text(show(ireland))
    assert "no target counts" not in text(show(ireland, ireland.seller))


def test_says_when_nobody_has_a_target_and_nothing_came_in(ireland: Company) -> None:
    page = text(show(ireland))
    assert "Nobody has a target yet." in page
    assert "No deals so far." in page
    assert "of 0 people" not in page


def test_revenue_without_a_target_stands_beside_the_total(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[0])
    with tenant(ireland.organization):
        MonthlyTarget.objects.update(revenue=1000)
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[0])
    sell(ireland, 2, member=ireland.seller, channel=ireland.channels[1])
    page = text(show(ireland))
    assert "€200 more where no target is set." in page


@pytest.mark.parametrize("month", ["2026-13", "october", "0000-00", "2026-10-01", "<script>alert(1)</script>", "\x00"])
def test_a_wrong_month_shows_the_current_one_and_says_so(ireland: Company, month: str) -> None:
    response = ireland.client(ireland.admin).get(ireland.url("targets/"), {"month": month})
    page = text(response)
    assert response.status_code == 200
    assert "There is no month" in page
    assert "October 2026" in page
    assert "<script>alert" not in page


def test_today_is_the_organizations(ireland: Company, clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 10, 31, 20, 0, tzinfo=UTC))
    settle(ireland, time_zone="Pacific/Auckland")
    assert "Targets, November 2026" in " ".join(text(show(ireland)).split())
    settle(ireland, time_zone="Pacific/Honolulu")
    assert "Targets, October 2026" in " ".join(text(show(ireland)).split())


def test_hostile_names_are_text(ireland: Company) -> None:
    with tenant(ireland.organization):
        channel = ireland.channels[0]
        channel.name = '"><img src=x onerror=alert(1)>'
        channel.save()
    aim(ireland, 5, ireland.seller, ireland.channels[0])
    page = text(show(ireland))
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_salesperson_sees_their_own_row_and_no_input(ireland: Company) -> None:
    aim(ireland, 5, ireland.seller, ireland.channels[0])
    page = text(show(ireland, ireland.seller))
    assert "cell-in" not in page
    assert "Save" not in page
    assert "acme other" not in page
    assert "Your deals" in page
    assert "<tfoot" not in page  # of one row it would say the same again


def test_names_who_has_no_target(ireland: Company) -> None:
    aim(ireland, 5, ireland.seller, ireland.channels[0])
    page = text(show(ireland))
    assert re.search(r"<b>acme other .* has no October 2026 target\.</b>", page)
    assert f'data-focus="t{ireland.other_seller.pk}-{ireland.channels[0].pk}"' in page
    assert "has no" not in text(show(ireland, query="?month=2026-09"))


def test_without_channels_the_page_says_what_to_do(ireland: Company) -> None:
    with tenant(ireland.organization):
        Channel.objects.all().delete()
    assert "No channels yet" in text(show(ireland))


def test_a_manager_without_people_is_told_so(ireland: Company) -> None:
    with tenant(ireland.organization):
        ireland.seller.team_memberships.all().delete()
    assert "Nobody to set targets for" in text(show(ireland, ireland.manager))


def test_queries_stay_the_same_for_ten_times_the_people(ireland: Company) -> None:
    aim(ireland, 5, ireland.seller, ireland.channels[0])
    client = ireland.client(ireland.manager)
    client.get(ireland.url("targets/"))

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(ireland.url("targets/")).status_code == 200
        # The test's own transaction makes savepoints of what is BEGIN, COMMIT and the tenant's end in production.
        return sum(
            not query["sql"].startswith(("SAVEPOINT", "RELEASE", "SET LOCAL app.organization = ''"))
            for query in captured
        )

    few = count()
    with tenant(ireland.organization):
        for number in range(20):
            member = people.add_member(ireland.organization, name=f"Person {number}")
            people.join_team(member, ireland.team, start=date(2020, 1, 1))
    assert count() == few
    assert few <= 11


@pytest.mark.django_db(transaction=True)
def test_the_whole_request_takes_at_most_twelve_statements(ireland: Company) -> None:
    client = ireland.client(ireland.manager)
    client.get(ireland.url("targets/"))
    with CaptureQueriesContext(connection) as captured:
        client.get(ireland.url("targets/"))
    statements = [query["sql"] for query in captured if query["sql"] not in ("BEGIN", "COMMIT")]
    assert len(statements) <= 12, "\n".join(statement[:90] for statement in statements)
    assert sum(statement.startswith("SET LOCAL") for statement in statements) == 2


# Saving a cell


def test_a_saved_cell_answers_with_its_neighbours_and_a_toast(ireland: Company) -> None:
    phone = ireland.channels[0]
    aim(ireland, 13, ireland.seller, phone)
    sell(ireland, 12, member=ireland.seller, channel=phone)
    response = post_cell(ireland, "15", 1)
    page = text(response)
    place = f"{ireland.seller.pk}-{phone.pk}"
    assert response.status_code == 200
    assert held(ireland) == [(15, 2)]
    for part in (
        f"a{place}",
        f"g{place}",
        f"b{place}",
        f"r{ireland.seller.pk}",
        f"c{phone.pk}",
        "call",
        "fall",
        "cards",
    ):
        assert f'id="{part}"' in page
    assert "<input" not in page
    assert "<html" not in page
    assert "13\u00a0→\u00a015" in page
    assert "data-undo-batch" in page
    assert json.loads(response["HX-Trigger"]) == {"target-changed": 1}
    assert changes(response) == [{"cell": f"t{place}", "text": "15", "version": 2, "metric": "count"}]


def test_a_saved_cell_shows_the_same_as_the_page(ireland: Company) -> None:
    sell(ireland, 7, member=ireland.seller, channel=ireland.channels[0])
    reply = text(post_cell(ireland, "9"))
    page = text(show(ireland, ireland.manager))
    for part in re.findall(r'<div class="dc" id="\w+">.*?</svg></div>|<span class="dc" id="g.*?</span></span>', reply):
        assert part in page


def test_what_stands_already_gives_no_toast(ireland: Company) -> None:
    aim(ireland, 15, ireland.seller, ireland.channels[0])
    response = post_cell(ireland, "15", 1)
    assert (response.status_code, "toast-note" in text(response)) == (200, False)


def test_numbers_are_read_in_the_organizations_language(ireland: Company) -> None:
    settle(ireland, language="de")
    response = post_cell(ireland, "1.200")
    assert held(ireland) == [(1200, 1)]
    assert changes(response)[0]["text"] == "1.200"


@pytest.mark.parametrize("typed", ["abc", "1.5", "-1", "1000001", "<script>alert(1)</script>", "9" * 90])
def test_what_is_no_number_is_refused_at_the_cell(ireland: Company, typed: str) -> None:
    aim(ireland, 13, ireland.seller, ireland.channels[0])
    response = post_cell(ireland, typed, 1)
    assert response.status_code == 422
    assert text(response).startswith(f'<div class="cell-note" id="e{ireland.seller.pk}-{ireland.channels[0].pk}"')
    assert "<script>" not in text(response)
    assert held(ireland) == [(13, 1)]


@pytest.mark.parametrize("month", ["", "2026-13", "2026-100", "x2026-10", "0001-01", "9999-12", "2026-10\0"])
def test_a_cell_of_no_month_is_not_there(ireland: Company, month: str) -> None:
    assert post_cell(ireland, "5", month=month).status_code == 404
    assert held(ireland) == []


def test_a_stale_version_shows_both_numbers(ireland: Company) -> None:
    aim(ireland, 18, ireland.seller, ireland.channels[0])
    response = post_cell(ireland, "15")
    assert response.status_code == 409
    assert "acme admin set 18 a moment ago." in text(response)
    assert 'data-keep="1"' in text(response)
    assert 'data-use="18"' in text(response)
    assert held(ireland) == [(18, 1)]


def test_a_cleared_cell_in_a_conflict_is_said_so(ireland: Company, clock: Callable[[datetime], None]) -> None:
    aim(ireland, 18, ireland.seller, ireland.channels[0])
    aim(ireland, None, ireland.seller, ireland.channels[0])
    clock(NOON + timedelta(minutes=5))
    page = text(post_cell(ireland, "15", 1))
    assert "acme admin cleared it 5 minutes ago." in page
    assert "Use empty" in page


@pytest.mark.parametrize(("who", "status"), [("admin", 200), ("manager", 200), ("seller", 403), ("other_seller", 403)])
def test_roles(ireland: Company, who: str, status: int) -> None:
    assert post_cell(ireland, "15", by=getattr(ireland, who)).status_code == status
    assert held(ireland) == ([(15, 1)] if status == 200 else [])


def test_a_manager_may_not_set_another_teams(ireland: Company) -> None:
    assert post_cell(ireland, "15", member=ireland.other_seller.pk).status_code == 403


def test_foreign_and_broken_ids_are_not_found(ireland: Company, rival: Company) -> None:
    for where in (
        {"member": rival.seller.pk},
        {"channel": rival.channels[0].pk},
        {"member": "x"},
        {"month": "2026-13"},
        {"version": "-1"},
        {"channel": 10**30},
    ):
        assert post_cell(ireland, "15", by=ireland.admin, **where).status_code == 404
    assert held(ireland) == []


def test_refusals_of_closed_cells_say_why(ireland: Company) -> None:
    with tenant(ireland.organization):
        Channel.objects.filter(pk=ireland.channels[1].pk).update(archived_at=NOON)
        Member.objects.filter(pk=ireland.seller.pk).update(active_to=date(2026, 10, 23))
    archived = post_cell(ireland, "15", channel=ireland.channels[1].pk)
    gone = post_cell(ireland, "15", month="2026-11")
    assert (archived.status_code, "archived" in text(archived)) == (422, True)
    assert (gone.status_code, "Left on 23 Oct 2026." in text(gone)) == (422, True)


def test_without_javascript_a_cell_leads_back_to_its_month(ireland: Company) -> None:
    fields = {
        "member": ireland.seller.pk,
        "channel": ireland.channels[0].pk,
        "month": "2026-10",
        "version": 0,
        "count": "5",
    }
    response = ireland.client(ireland.manager).post(ireland.url("targets/cell/"), fields)
    assert (response.status_code, response["Location"].partition("&undo=")[0]) == (
        302,
        ireland.url("targets/?month=2026-10"),
    )


# Undo


def undo(site: Company, batch: str, by: Member | None = None) -> Any:
    return site.client(by or site.manager).post(site.url("targets/undo/"), {"batch": batch}, headers=HTMX)


def batch_of(response: Any) -> str:
    found = re.search(r'data-undo-batch="([^"]+)"', text(response))
    assert found is not None
    return found[1]


def test_undo_puts_the_number_back(ireland: Company) -> None:
    aim(ireland, 13, ireland.seller, ireland.channels[0])
    response = undo(ireland, batch_of(post_cell(ireland, "15", 1)))
    assert held(ireland) == [(13, 3)]
    assert changes(response)[0] == {
        "metric": "count",
        "cell": f"t{ireland.seller.pk}-{ireland.channels[0].pk}",
        "text": "13",
        "version": 3,
    }
    assert "15\u00a0→\u00a013" in text(response)
    assert "data-undo-batch" not in text(response)


def test_undo_after_another_change_says_who(ireland: Company) -> None:
    batch = batch_of(post_cell(ireland, "15"))
    post_cell(ireland, "18", 1, by=ireland.admin)
    response = undo(ireland, batch)
    assert response.status_code == 409
    assert "Not undone. acme admin set 18 a moment ago." in text(response)
    assert held(ireland) == [(18, 2)]


@pytest.mark.parametrize("batch", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_undo_of_nothing(ireland: Company, batch: str) -> None:
    assert undo(ireland, batch).status_code == 422


def test_undo_asks_for_the_right(ireland: Company) -> None:
    batch = batch_of(post_cell(ireland, "15"))
    assert undo(ireland, batch, ireland.seller).status_code == 403
    assert held(ireland) == [(15, 1)]


# Without JavaScript


def form_of(response: Any) -> dict[str, str]:
    """What a browser would send back of the page's form."""
    page = text(response)
    fields = dict(re.findall(r'<input class="cell-in" id="[^"]+" name="([^"]+)" value="([^"]*)"', page))
    found = re.search(r'name="loaded" value="([^"]*)"', page)
    assert found is not None
    return fields | {"loaded": found[1]}


def send(site: Company, client: Client, fields: dict[str, str], month: str = "2026-10") -> HttpResponse:
    return client.post(site.url(f"targets/?month={month}"), fields)  # type: ignore[return-value]


def test_the_form_saves_what_changed(ireland: Company) -> None:
    phone, mail = ireland.channels[:2]
    aim(ireland, 13, ireland.seller, phone)
    client = ireland.client(ireland.manager)
    fields = form_of(client.get(ireland.url("targets/")))
    fields |= {f"t{ireland.seller.pk}-{phone.pk}": "", f"t{ireland.seller.pk}-{mail.pk}": "1,200"}
    response = send(ireland, client, fields)
    assert (response.status_code, response["Location"].partition("&undo=")[0]) == (
        302,
        ireland.url("targets/?month=2026-10"),
    )
    assert held(ireland) == [(None, 2), (1200, 1)]
    assert "2 targets saved." in text(client.get(response["Location"]))


def test_the_form_keeps_everything_typed_where_one_is_wrong(ireland: Company) -> None:
    phone, mail = ireland.channels[:2]
    client = ireland.client(ireland.manager)
    fields = form_of(client.get(ireland.url("targets/")))
    fields |= {f"t{ireland.seller.pk}-{phone.pk}": '1.5"><script>', f"t{ireland.seller.pk}-{mail.pk}": "12"}
    response = send(ireland, client, fields)
    page = text(response)
    assert response.status_code == 422
    assert held(ireland) == []
    assert 'value="1.5&quot;&gt;&lt;script&gt;"' in page
    assert f'name="t{ireland.seller.pk}-{mail.pk}" value="12"' in page
    assert page.count('aria-invalid="true"') == 1
    assert "Nothing was saved." in page
    again = form_of(response) | {f"t{ireland.seller.pk}-{phone.pk}": "15"}
    assert send(ireland, client, again).status_code == 302
    assert held(ireland) == [(15, 1), (12, 1)] or held(ireland) == [(12, 1), (15, 1)]


def test_the_form_says_who_was_faster_and_saves_over_it_when_asked_again(ireland: Company) -> None:
    phone = ireland.channels[0]
    client = ireland.client(ireland.manager)
    fields = form_of(client.get(ireland.url("targets/"))) | {f"t{ireland.seller.pk}-{phone.pk}": "15"}
    aim(ireland, 18, ireland.seller, phone)
    response = send(ireland, client, fields)
    assert response.status_code == 422
    assert "acme admin set 18 a moment ago. Save again to replace it." in text(response)
    assert send(ireland, client, form_of(response)).status_code == 302
    assert held(ireland) == [(15, 2)]


def test_the_form_refuses_what_nobody_offered(ireland: Company, rival: Company) -> None:
    def attempt(site: Company, viewer: Member, member: Member, channel: Channel) -> int:
        place = f"{member.pk}-{channel.pk}"
        fields = {"loaded": f"{place}:0:", f"t{place}": "5"}
        return send(site, site.client(viewer), fields).status_code

    assert attempt(ireland, ireland.manager, ireland.other_seller, ireland.channels[0]) == 403
    assert attempt(ireland, ireland.seller, ireland.seller, ireland.channels[0]) == 403
    assert attempt(ireland, ireland.admin, rival.seller, ireland.channels[0]) == 404
    assert send(ireland, ireland.client(ireland.admin), {"loaded": "nonsense"}).status_code == 404
    assert send(ireland, ireland.client(ireland.admin), {"loaded": ""}, month="2026-13").status_code == 404
    assert held(ireland) == []


# Export


def test_the_export_holds_exactly_the_grid(ireland: Company) -> None:
    phone, mail = ireland.channels[:2]
    with tenant(ireland.organization):
        Channel.objects.exclude(pk__in=[phone.pk, mail.pk]).delete()
    aim(ireland, 10, ireland.seller, phone)
    sell(ireland, 8, member=ireland.seller, channel=phone)
    sell(ireland, 3, member=None, channel=mail)
    response = ireland.client(ireland.admin).get(ireland.url("targets/export/?month=2026-10"))
    assert response["Content-Disposition"] == 'attachment; filename="targets-2026-10.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:6] == [
        "Salesperson",
        "Team",
        "acme phone deals",
        "acme phone target",
        "acme e-mail deals",
        "acme e-mail target",
    ]
    by_name = {row[0]: row[1:] for row in rows[1:]}
    assert by_name[ireland.seller.name] == [ireland.team.name, "8", "10", "0", "", "8", "10", "0", "0.4", "11"]
    assert by_name["No salesperson"][1:5] == ["0", "", "3", ""]
    assert by_name["Team total"] == ["", "8", "10", "3", "", "8", "10", "3", "0.4", "11"]


def test_the_export_is_the_viewers_and_guards_formulas(ireland: Company) -> None:
    with tenant(ireland.organization):
        Member.objects.filter(pk=ireland.seller.pk).update(name="=cmd()")
    response = ireland.client(ireland.seller).get(ireland.url("targets/export/"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'=cmd()", "Team total"]


def test_the_language_writes_the_numbers(ireland: Company) -> None:
    settle(ireland, language="de")
    aim(ireland, 1200, ireland.seller, ireland.channels[0])
    assert 'value="1.200"' in text(show(ireland))
    assert OCTOBER.month == 10
