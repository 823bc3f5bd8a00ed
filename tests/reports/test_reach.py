"""Whatever an address asks for, nobody reads of people outside their reach, and never of another organization."""

import csv
import io
from random import Random

import pytest

from accounts import services as people
from accounts.models import Member, Team
from accounts.tenancy import tenant
from tests.conftest import Company, found
from tests.reports.conftest import target
from tests.targets.conftest import OCTOBER, sell, settle

PAGES = (
    *("leaderboard/", "leaderboard/csv/", "reports/", "reports/csv/", "reports/xlsx/", "reports/views/new/"),
    *("targets/export/", "targets/file/", "targets/"),
)
CHOICES = {
    "per": ["month", "quarter", "year"],
    "month": ["2026-10", "2026-09", "2026-11"],
    "rank": ["count", "percent"],
    "show": ["deals", "revenue"],
    "period": ["this-month", "this-quarter", "this-year", "months"],
    "from": ["2026-01"],
    "to": ["2026-12"],
    "by": ["person", "team", "channel"],
    "sort": ["-actual", "name", "elsewhere"],
    "compare": ["1"],
    "first": ["2026-10"],
    "last": ["2026-12"],
    "empty": ["on"],
}


@pytest.fixture
def crowd(ireland: Company) -> Company:
    """Five strangers in a team of their own, with deals and targets in October."""
    with tenant(ireland.organization):
        team = Team.objects.create(organization=ireland.organization, name="stranger team")
        strangers = [people.add_member(ireland.organization, name=f"stranger {place}") for place in range(5)]
        for stranger in strangers:
            people.join_team(stranger, team, start=OCTOBER)
    for member in [*strangers, ireland.seller]:
        sell(ireland, 3, member=member, channel=ireland.channels[0])
        target(ireland, member, ireland.channels[0], OCTOBER, count=4, revenue=500)
    return ireland


@pytest.mark.parametrize("who", ["seller", "manager"])
def test_no_address_shows_a_stranger(crowd: Company, who: str) -> None:
    settle(crowd, salespeople_set_targets=True)
    random, viewer = Random(11), getattr(crowd, who)
    rival = found("rival")
    with tenant(crowd.organization):
        teams = [str(pk) for pk in Team.objects.values_list("pk", flat=True)]
    choices = CHOICES | {
        "team": [*teams, str(rival.team.pk), "0"],
        "channel": [str(crowd.channels[0].pk), str(rival.channels[0].pk), "0"],
    }
    client = crowd.client(viewer)
    for page in PAGES:
        for _ in range(15):
            query = {name: random.choice(held) for name, held in choices.items() if random.random() < 0.5}
            answer = client.get(
                crowd.url(page), query, headers={"HX-Request": "true"} if random.random() < 0.3 else None
            )
            assert answer.status_code in (200, 422)
            content = b"".join(answer) if answer.streaming else answer.content
            for word in (b"stranger", b"rival"):
                assert word not in content, (page, query)


def test_reach_over_a_person_ends_with_their_days_in_the_team(crowd: Company) -> None:
    """A manager keeps the months in which somebody was theirs, and sees none of the others in any sum."""
    with tenant(crowd.organization):
        mover = Member.objects.get(name="stranger 0")
        people.join_team(mover, crowd.team, start=OCTOBER.replace(month=7), end=OCTOBER.replace(month=8, day=31))
    sell(crowd, 7, member=mover, channel=crowd.channels[0], day=OCTOBER.replace(month=8))
    client = crowd.client(crowd.manager)
    for page in ("reports/csv/?period=this-month", "leaderboard/csv/?month=2026-10", "targets/export/?month=2026-10"):
        answer = client.get(crowd.url(page))
        assert b"stranger" not in (b"".join(answer) if answer.streaming else answer.content), page
    answer = client.get(crowd.url("reports/csv/?period=months&from=2026-08&to=2026-10"))
    rows = csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig")))
    [line] = [row for row in rows if "stranger" in row["Salesperson"]]
    assert (line["Without a target"], line["Target"]) == ("7", "")
