"""What an edit's answer shows: the same as the whole page then shows, in few statements."""

import json
import re
from datetime import date
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import Member
from accounts.tenancy import tenant
from targets.models import MonthlyTarget
from tests.conftest import Company
from tests.targets.conftest import sell, settle

GRID = {"HX-Request": "true", "HX-Target": "cell-saved"}
WHOLE = re.compile(r"<(?P<tag>\w+)[^>]*\bid=\"(?P<id>[^\"]+)\"")
VOID = {"input", "br", "img", "hr", "rect", "use"}


def post(site: Company, by: Member, name: str, query: str = "", **fields: Any) -> Any:
    address = site.url(f"targets/{name}/{query}")
    return site.client(by).post(address, {"month": "2026-10"} | fields, headers=GRID)


def parts(page: str) -> dict[str, str]:
    """{id: markup} of every element that has an id."""
    found = {}
    for match in WHOLE.finditer(page):
        tag, depth = match["tag"], 0
        for edge in re.finditer(rf"<(/?){tag}\b[^>]*>", page[match.start() :]):
            depth += -1 if edge[1] else 1
            if depth == 0 or tag in VOID:
                markup = page[match.start() : match.start() + edge.end()]
                markup = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", markup)
                found[match["id"]] = " ".join(markup.split())
                break
    return found


def statements(captured: CaptureQueriesContext) -> list[str]:
    """As they are counted: everything but the transaction's own begin and end."""
    return [query["sql"][:120] for query in captured if query["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]


# The same as the page


@pytest.mark.parametrize("who", ["admin", "manager"])
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_edited_the_answer_shows_what_the_page_then_shows(ireland: Company, who: str, seed: int) -> None:
    rng = Random(seed)
    viewer: Member = getattr(ireland, who)
    members = [ireland.seller, ireland.other_seller]
    with tenant(ireland.organization):
        away = people.add_team(ireland.organization, name="Away")
        people.manage_team(ireland.manager, away)
        for number in range(3):
            member = people.add_member(ireland.organization, name=f"Person {number}")
            people.join_team(member, away, start=date(2026, 10, 1 + number))
            members.append(member)
    for member in members:
        for channel in rng.sample(ireland.channels, 2):
            sell(ireland, rng.randint(1, 9), member=member, channel=channel, net=rng.randint(1, 900))
    if who == "admin":
        sell(ireland, 2, member=None, channel=ireland.channels[0])
    versions: dict[Any, int] = {}
    mine = members if who == "admin" else [member for member in members if member != ireland.other_seller]
    for _ in range(6):
        metric = rng.choice(["count", "revenue"])
        team = rng.choice(["", f"&team={away.pk}", "&team=0", f"&team={ireland.team.pk}"])
        behind = rng.choice(["", "", "&behind=1"])
        view = f"?month=2026-10&show={'revenue' if metric == 'revenue' else 'deals'}{team}{behind}"
        member, channel = rng.choice(mine), rng.choice(ireland.channels)
        place = (member.pk, channel.pk)
        typed = rng.choice(["", "0", str(rng.randint(1, 12)), str(rng.randint(100, 9000))])
        answer = post(
            ireland,
            viewer,
            "cell",
            view,
            member=place[0],
            channel=place[1],
            version=versions.get(place, 0),
            count=typed,
            metric=metric,
        )
        assert answer.status_code == 200, answer.content
        with tenant(ireland.organization):
            held = MonthlyTarget.objects.filter(member=member, channel=channel).first()
            versions[place] = held.version if held else 0
        page = parts(ireland.client(viewer).get(ireland.url(f"targets/{view}")).content.decode())
        drawn = parts(answer.content.decode())
        assert {"cards", "missing", "nav-count", "call"} <= set(drawn)
        # Whom a filter leaves out is not on the page, though an answer never leaves anybody out for being on pace.
        left_out = {id_ for id_ in drawn if id_ not in page}
        assert not left_out or team or behind
        for id_ in drawn.keys() & page.keys():
            assert drawn[id_] == page[id_]


# Few statements


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["admin", "manager", "seller"])
@pytest.mark.parametrize("month", ["2026-10", "2026-12"], ids=["current", "later"])
def test_saving_a_cell_takes_at_most_twelve_statements(ireland: Company, who: str, month: str) -> None:
    settle(ireland, salespeople_set_targets=True)
    client = ireland.client(getattr(ireland, who))
    client.get(ireland.url("targets/"))
    cell = {"member": ireland.seller.pk, "channel": ireland.channels[0].pk, "month": month}
    for version, typed, status in ((0, "15", 200), (1, "16", 200), (2, "", 200), (3, "", 200), (1, "17", 409)):
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(
                ireland.url(f"targets/cell/?month={month}"),
                cell | {"version": version, "count": typed},
                headers=GRID,
            )
        assert answer.status_code == status
        counted = statements(captured)
        assert len(counted) <= 12, "\n".join(counted)


@pytest.mark.django_db(transaction=True)
def test_a_block_and_its_undo_take_the_same_statements_for_ten_times_the_cells(ireland: Company) -> None:
    with tenant(ireland.organization):
        members = [people.add_member(ireland.organization, name=f"Person {number}") for number in range(20)]
        for member in members:
            people.join_team(member, ireland.team, start=date(2020, 1, 1))
    client = ireland.client(ireland.manager)
    client.get(ireland.url("targets/"))

    def counts(members: list[Member], text: str) -> tuple[int, int]:
        cells = [[member.pk, channel.pk, 0, text, "A1"] for member in members for channel in ireland.channels]
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(
                ireland.url("targets/paste/?month=2026-10"),
                {"month": "2026-10", "cells": json.dumps(cells)},
                headers=GRID,
            )
        assert f"{len(cells)} pasted." in answer.content.decode()
        pasted = len(statements(captured))
        batch = re.search(r'data-undo-batch="([^"]+)"', answer.content.decode())
        assert batch
        with CaptureQueriesContext(connection) as captured:
            undone = client.post(ireland.url("targets/undo/?month=2026-10"), {"batch": batch[1]}, headers=GRID)
        assert undone.status_code == 200
        return pasted, len(statements(captured))

    few = counts(members[:2], "5")
    assert counts(members[2:], "5") == few
    assert few[0] <= 12
