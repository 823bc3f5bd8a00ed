"""The viewer's own month."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from tests.conftest import Company
from tests.targets.conftest import aim, sell, settle


def show(site: Company, viewer: Member | None = None, query: str = "") -> str:
    response = site.client(viewer or site.seller).get(site.url(f"home/goals/{query}"))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def facts(page: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt> <dd> ?(.*?) ?</dd>", page))


def a_month_of(site: Company) -> None:
    """9 of 10 by phone, 4 proposed by e-mail, 2 on the web without a target."""
    phone, mail, web = site.channels[:3]
    aim(site, 10, site.seller, phone)
    sell(site, 8, member=site.seller, channel=phone, day=date(2026, 10, 1))
    sell(site, 1, member=site.seller, channel=phone, day=date(2026, 10, 21))
    sell(site, 4, member=site.seller, channel=mail, state=site.proposed)
    sell(site, 2, member=site.seller, channel=web, day=date(2026, 10, 2))
    sell(site, 5, member=site.other_seller, channel=phone)


def test_shows_the_month_so_far(ireland: Company) -> None:
    a_month_of(ireland)
    page = show(ireland)
    assert "Thursday 22 October, 6 working days left this month, today included" in page
    assert "9 <small>of 10</small>" in page
    assert "1.4 ahead of pace" in page
    assert "Expected today 7.6" in page
    assert "12 <small>118% of target</small>" in page
    assert facts(page) == {
        "Confirmed so far": "9",
        "More, where no target is set": "2",
        "Average per working day": "0.56",
        "Needed per day from here": "0.17",
        "Last five working days": "0.2",
        "Proposed, not yet confirmed": "4",
    }


def test_a_month_that_ended_shows_its_result(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[0], date(2026, 9, 1))
    sell(ireland, 8, member=ireland.seller, channel=ireland.channels[0], day=date(2026, 9, 1))
    page = show(ireland, query="?month=2026-09")
    assert "September 2026 has ended" in page
    assert "2 behind target" in page
    assert "80% of target" in page
    assert "m-pace" not in page
    assert "Needed per day from here" not in page


def test_a_future_month_has_no_forecast(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[0], date(2026, 12, 1))
    page = show(ireland, query="?month=2026-12")
    assert "0 <small>of 10</small>" in page
    assert "There is one from the first day that counts" in page


def test_without_target_and_deals_it_is_friendly(ireland: Company) -> None:
    assert "Your manager sets it." in show(ireland)
    assert "No target for October 2026 yet" in show(ireland, ireland.admin)
    assert "Your manager" not in show(ireland, ireland.admin)


def test_a_day_off_is_not_counted_among_the_days_left(ireland: Company, clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 10, 24, 12, 0, tzinfo=UTC))
    assert "Saturday 24 October, 4 working days left this month </p>" in show(ireland)


def test_deals_without_any_target_show_all_the_same(ireland: Company) -> None:
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[0])
    page = show(ireland)
    assert '<p class="big">3</p>' in page.replace("> 3 <", ">3<")
    assert "No target for October 2026 yet. Your manager sets it." in page


def test_a_wrong_month_shows_the_current_one(ireland: Company) -> None:
    page = show(ireland, query="?month=%3Cscript%3Ealert(1)")
    assert "There is no month" in page
    assert "<script>alert" not in page


def test_today_is_the_organizations(ireland: Company, clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 10, 31, 20, 0, tzinfo=UTC))
    settle(ireland, time_zone="Pacific/Auckland")
    assert "My goals, November 2026" in show(ireland)
    settle(ireland, time_zone="Pacific/Honolulu")
    assert "My goals, October 2026" in show(ireland)


def test_takes_at_most_fourteen_queries(ireland: Company) -> None:
    a_month_of(ireland)
    client: Any = ireland.client(ireland.seller)
    client.get(ireland.url("home/goals/"))
    with CaptureQueriesContext(connection) as captured:
        client.get(ireland.url("home/goals/"))
    own = [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # The last one closes the tenant inside the test's own transaction.
    assert len(own) - 1 <= 14
