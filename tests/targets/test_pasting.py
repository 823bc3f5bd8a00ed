"""Pasting a block of numbers."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import AuditEntry, Member
from accounts.tenancy import tenant
from ledger.models import Channel
from targets import services
from targets.models import MonthlyTarget
from tests.conftest import Company
from tests.targets.conftest import NOON, OCTOBER, aim, settle

GRID = {"HX-Request": "true", "HX-Target": "cell-saved"}


def paste(site: Company, cells: list[list[Any]], *, by: Member | None = None, **rest: Any) -> Any:
    fields = {"month": "2026-10", "cells": json.dumps(cells)} | rest
    return site.client(by or site.admin).post(site.url("targets/paste/"), fields, headers=GRID)


def cell(site: Company, channel: int, text: str, where: str = "A1", version: int = 0) -> list[Any]:
    return [site.seller.pk, site.channels[channel].pk, version, text, where]


def held(site: Company) -> list[int | None]:
    with tenant(site.organization):
        return list(MonthlyTarget.objects.order_by("channel_id").values_list("count", flat=True))


def page(response: Any) -> str:
    return str(response.content.decode())


def test_a_block_is_one_batch_and_one_undo(ireland: Company) -> None:
    answer = paste(ireland, [cell(ireland, index, str(10 + index)) for index in range(5)])
    assert answer.status_code == 200
    assert "5 pasted." in page(answer)
    assert held(ireland) == [10, 11, 12, 13, 14]
    with tenant(ireland.organization):
        entries = AuditEntry.objects.filter(subject=services.SUBJECT)
        assert {entry.why for entry in entries} == {"pasted"}
        [batch] = {entry.batch for entry in entries}
    undone = ireland.client(ireland.admin).post(ireland.url("targets/undo/"), {"batch": batch}, headers=GRID)
    assert "5 targets put back." in page(undone)
    assert held(ireland) == [None] * 5


def test_what_is_no_number_is_said_by_its_place_and_the_rest_is_stored(ireland: Company) -> None:
    answer = paste(
        ireland, [cell(ireland, 0, "12"), cell(ireland, 1, "n/a", "B7"), cell(ireland, 2, "1.5", "C1")], outside=4
    )
    assert answer.status_code == 200
    assert "1 pasted, 2 not: B7 is not a number, C1 can’t be 1.5. 4 numbers had no cell to go to." in page(answer)
    assert f'id="e{ireland.seller.pk}-{ireland.channels[1].pk}"' in page(answer)
    assert held(ireland) == [12]


def test_where_nothing_can_be_stored_the_answer_is_422(ireland: Company) -> None:
    assert paste(ireland, [cell(ireland, 0, "<script>")]).status_code == 422
    assert held(ireland) == []


def test_a_cell_changed_meanwhile_asks_and_the_others_are_stored(ireland: Company) -> None:
    aim(ireland, 18, ireland.seller, ireland.channels[0])
    answer = paste(ireland, [cell(ireland, 0, "15"), cell(ireland, 1, "16", "B1")])
    assert answer.status_code == 200
    assert "1 pasted, 1 not: A1 was changed meanwhile." in page(answer)
    assert "acme admin set 18 a moment ago." in page(answer)
    assert 'data-use="18"' in page(answer)
    assert held(ireland) == [18, 16]


def test_an_archived_channel_takes_none(ireland: Company) -> None:
    with tenant(ireland.organization):
        Channel.objects.filter(pk=ireland.channels[0].pk).update(archived_at=NOON)
    answer = paste(ireland, [cell(ireland, 0, "15"), cell(ireland, 1, "16", "B1")])
    assert "1 pasted, 1 not: A1 takes no target." in page(answer)


def test_numbers_are_read_in_the_organizations_language(ireland: Company) -> None:
    settle(ireland, language="de")
    answer = paste(ireland, [cell(ireland, 0, "1.200,50"), cell(ireland, 1, "1 200")], metric="revenue")
    assert answer.status_code == 200
    with tenant(ireland.organization):
        found = MonthlyTarget.objects.order_by("channel_id").values_list("count", "revenue")
        assert list(found) == [(None, Decimal("1200.50")), (None, Decimal(1200))]


def test_a_revenue_set_meanwhile_is_no_conflict_for_the_count(ireland: Company) -> None:
    paste(ireland, [cell(ireland, 0, "5000")], metric="revenue")
    assert paste(ireland, [cell(ireland, 0, "5")]).status_code == 200
    assert held(ireland) == [5]


@pytest.mark.parametrize("who", ["manager", "seller"])
def test_one_cell_of_somebody_elses_refuses_all(ireland: Company, who: str) -> None:
    cells = [cell(ireland, 0, "15"), [ireland.other_seller.pk, ireland.channels[0].pk, 0, "5", "A2"]]
    assert paste(ireland, cells, by=getattr(ireland, who)).status_code == 403
    assert held(ireland) == []


@pytest.mark.parametrize(
    "cells", ["", "{}", "[1]", "[[1,2]]", '[[1,2,0,5,"A1"]]', '[[1,2,0,"5","<b>"]]', '[[-1,2,0,"5","A1"]]', "x"]
)
def test_what_no_grid_sends(ireland: Company, cells: str) -> None:
    fields = {"month": "2026-10", "cells": cells}
    assert ireland.client(ireland.admin).post(ireland.url("targets/paste/"), fields, headers=GRID).status_code == 404


def test_another_organizations_cell_is_not_there(ireland: Company, rival: Company) -> None:
    assert paste(ireland, [[rival.seller.pk, ireland.channels[0].pk, 0, "5", "A1"]]).status_code == 404


def test_the_same_statements_for_ten_times_the_cells(ireland: Company) -> None:
    with tenant(ireland.organization):
        members = [people.add_member(ireland.organization, name=f"Person {number}") for number in range(10)]
        for member in members:
            people.join_team(member, ireland.team, start=date(2020, 1, 1))

    def statements(version: int, text: str, cells: list[list[Any]]) -> int:
        edits = [services.Edit(member, channel, int(text), version) for member, channel in cells]
        with tenant(ireland.organization), CaptureQueriesContext(connection) as captured:
            assert len(services.paste_targets(edits, OCTOBER, by=ireland.manager, at=NOON).changes) == len(cells)
        return len(captured)

    many = [[member.pk, channel.pk] for member in members for channel in ireland.channels]
    assert statements(0, "5", many) == statements(0, "5", [[ireland.seller.pk, ireland.channels[0].pk]])
