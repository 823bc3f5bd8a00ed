"""The number of people without a target, beside the navigation's entry of the targets."""

import re

import pytest

from tests.conftest import Company
from tests.targets.conftest import aim

PAGES = ("leaderboard/", "reports/", "records/", "targets/?month=2026-12")


def counts(page: str) -> list[str]:
    """What each badge says to everybody, and whether it is hidden."""
    found = re.findall(r'class="count"\s+id="(\S+)"\s+title="([^"]*)"\s*(hidden)?', page)
    return [" ".join(part for part in each if part) for each in found]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_counts_who_has_no_target_this_month(ireland: Company, path: str) -> None:
    aim(ireland, 5, ireland.other_seller, ireland.channels[0])
    page = ireland.client(ireland.admin).get(ireland.url(path)).content.decode()
    words = "1 person without a target this month"
    assert counts(page) == [f"nav-count {words}", f"tab-count {words}"]


def test_nothing_stands_there_where_everybody_has_one(ireland: Company) -> None:
    for person in (ireland.seller, ireland.other_seller):
        aim(ireland, 5, person, ireland.channels[0])
    page = ireland.client(ireland.admin).get(ireland.url("leaderboard/")).content.decode()
    assert all(each.endswith("hidden") for each in counts(page))


def test_salespeople_are_told_on_their_own_page_alone(ireland: Company) -> None:
    page = ireland.client(ireland.seller).get(ireland.url("leaderboard/")).content.decode()
    assert counts(page) == []
