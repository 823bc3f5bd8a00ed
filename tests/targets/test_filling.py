"""Copying last month's targets and using one number for many cells: the services and their addresses."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
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
from targets.services import Spread
from tests.conftest import Company
from tests.targets.conftest import NOON, OCTOBER, aim, settle

SEPTEMBER = date(2026, 9, 1)
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
GRID = {"HX-Request": "true", "HX-Target": "cell-saved"}


def copy(site: Company, *, by: Member | None = None, members: list[int] | None = None, **rest: Any) -> services.Filled:
    with tenant(site.organization):
        return services.copy_month(OCTOBER, members=members, by=by or site.admin, at=NOON, **rest)


def apply(site: Company, number: int | None, *months: date, members: list[int] | None = None, **rest: Any) -> Any:
    spread = Spread(site.channels[0].pk, members or [site.seller.pk], months or (OCTOBER,))
    words: dict[str, Any] = {"by": site.admin, "at": NOON} | rest
    with tenant(site.organization):
        return services.apply_target(spread, number=number, **words)


def held(site: Company, month: date = OCTOBER) -> dict[tuple[int, int], int | None]:
    with tenant(site.organization):
        rows = MonthlyTarget.objects.filter(month=month).values_list("member_id", "channel_id", "count")
        return {(member, channel): count for member, channel, count in rows}


def reasons(site: Company) -> list[str]:
    with tenant(site.organization):
        return list(AuditEntry.objects.filter(subject=services.SUBJECT).order_by("pk").values_list("why", flat=True))


def post(site: Company, name: str, fields: dict[str, Any], *, by: Member | None = None, htmx: bool = True) -> Any:
    client = site.client(by or site.manager)
    return client.post(site.url(f"targets/{name}/"), fields, headers=GRID if htmx else {})


def page(response: Any) -> str:
    return " ".join(response.content.decode().split())


def cells_of(question: Any) -> str:
    """How many cells a question says there are."""
    found = re.search(r'name="cells" value="(\d+)"', question.content.decode())
    assert found
    return found[1]


# Copying


def test_copies_counts_and_revenue_as_one_batch_that_one_undo_takes_back(acme: Company) -> None:
    first, second = acme.channels[0], acme.channels[1]
    aim(acme, 10, acme.seller, first, SEPTEMBER)
    aim(acme, 4, acme.other_seller, second, SEPTEMBER)
    with tenant(acme.organization):
        MonthlyTarget.objects.filter(channel=first).update(revenue=Decimal("1200.50"))
    filled = copy(acme)
    assert held(acme) == {(acme.seller.pk, first.pk): 10, (acme.other_seller.pk, second.pk): 4}
    assert len(filled.changes) == 3
    assert reasons(acme)[-3:] == ["copied"] * 3
    [batch] = {change.batch for change in filled.changes}
    assert batch is not None
    with tenant(acme.organization):
        assert MonthlyTarget.objects.get(month=OCTOBER, channel=first).revenue == Decimal("1200.50")
        services.undo(batch, by=acme.admin, at=NOON)
        assert not MonthlyTarget.objects.filter(month=OCTOBER, revenue__isnull=False).exists()
    assert set(held(acme).values()) == {None}


def test_copies_for_one_person_alone(acme: Company) -> None:
    for member in (acme.seller, acme.other_seller):
        aim(acme, 10, member, acme.channels[0], SEPTEMBER)
    copy(acme, members=[acme.seller.pk])
    assert held(acme) == {(acme.seller.pk, acme.channels[0].pk): 10}


def test_a_manager_copies_for_their_team_only(acme: Company) -> None:
    for member in (acme.seller, acme.other_seller):
        aim(acme, 10, member, acme.channels[0], SEPTEMBER)
    copy(acme, by=acme.manager)
    assert held(acme) == {(acme.seller.pk, acme.channels[0].pk): 10}
    with pytest.raises(services.NotYours):
        copy(acme, by=acme.manager, members=[acme.other_seller.pk])
    with pytest.raises(services.NotYours):
        copy(acme, by=acme.seller)


def test_copying_asks_before_another_number_goes(acme: Company) -> None:
    aim(acme, 10, acme.seller, acme.channels[0], SEPTEMBER)
    aim(acme, 4, acme.seller, acme.channels[1], SEPTEMBER)
    aim(acme, 12, acme.seller, acme.channels[0])
    with pytest.raises(services.WouldReplace) as caught:
        copy(acme)
    [one] = caught.value.replaced
    assert (one.old, one.new, caught.value.total) == (12, 10, 2)
    assert held(acme) == {(acme.seller.pk, acme.channels[0].pk): 12}
    copy(acme, agreed={one.key: one.version})
    assert sorted(count or 0 for count in held(acme).values()) == [4, 10]


def test_what_was_changed_after_the_question_is_asked_again(acme: Company) -> None:
    aim(acme, 10, acme.seller, acme.channels[0], SEPTEMBER)
    aim(acme, 12, acme.seller, acme.channels[0])
    with pytest.raises(services.WouldReplace) as caught:
        copy(acme)
    [one] = caught.value.replaced
    aim(acme, 14, acme.seller, acme.channels[0])
    with pytest.raises(services.WouldReplace):
        copy(acme, agreed={one.key: one.version})
    assert held(acme) == {(acme.seller.pk, acme.channels[0].pk): 14}


def test_other_numbers_can_be_kept(acme: Company) -> None:
    aim(acme, 10, acme.seller, acme.channels[0], SEPTEMBER)
    aim(acme, 4, acme.seller, acme.channels[1], SEPTEMBER)
    aim(acme, 12, acme.seller, acme.channels[0])
    filled = copy(acme, keep=True)
    assert (len(filled.changes), filled.kept) == (1, 1)
    assert sorted(count or 0 for count in held(acme).values()) == [4, 12]


def test_archived_channels_and_who_left_are_left_out(acme: Company) -> None:
    for channel in acme.channels[:2]:
        aim(acme, 10, acme.seller, channel, SEPTEMBER)
    aim(acme, 10, acme.other_seller, acme.channels[0], SEPTEMBER)
    with tenant(acme.organization):
        Channel.objects.filter(pk=acme.channels[1].pk).update(archived_at=NOON)
        Member.objects.filter(pk=acme.other_seller.pk).update(active_to=date(2026, 9, 30))
    copy(acme)
    assert held(acme) == {(acme.seller.pk, acme.channels[0].pk): 10}


def test_nothing_to_copy(acme: Company) -> None:
    with pytest.raises(services.NothingToFill):
        copy(acme)


def test_copying_takes_the_same_statements_for_ten_times_the_cells(acme: Company) -> None:
    aim(acme, 10, acme.seller, acme.channels[0], SEPTEMBER)

    def statements(month: date) -> int:
        with tenant(acme.organization), CaptureQueriesContext(connection) as captured:
            services.copy_month(month, members=None, by=acme.manager, at=NOON)
        return len(captured)

    few = statements(OCTOBER)
    with tenant(acme.organization):
        for number in range(10):
            member = people.add_member(acme.organization, name=f"Person {number}")
            people.join_team(member, acme.team, start=date(2020, 1, 1))
            for channel in acme.channels:
                MonthlyTarget.objects.create(
                    organization=acme.organization, member=member, channel=channel, month=OCTOBER, count=number
                )
    assert statements(NOVEMBER) == few


# One number for many cells


def test_applies_to_people_and_months_as_one_batch(acme: Company) -> None:
    filled = apply(acme, 15, OCTOBER, NOVEMBER, members=[acme.seller.pk, acme.other_seller.pk])
    assert len(filled.changes) == 4
    assert len({change.batch for change in filled.changes}) == 1
    assert reasons(acme) == ["applied"] * 4
    assert set(held(acme).values()) | set(held(acme, NOVEMBER).values()) == {15}


def test_applying_asks_before_another_number_goes(acme: Company) -> None:
    aim(acme, 12, acme.seller, acme.channels[0], NOVEMBER)
    with pytest.raises(services.WouldReplace) as caught:
        apply(acme, 15, NOVEMBER, DECEMBER)
    assert [one.old for one in caught.value.replaced] == [12]
    assert held(acme, DECEMBER) == {}


def test_applying_leaves_out_months_a_person_is_not_there(acme: Company) -> None:
    with tenant(acme.organization):
        Member.objects.filter(pk=acme.seller.pk).update(active_to=date(2026, 11, 15))
    assert len(apply(acme, 15, NOVEMBER, DECEMBER).changes) == 1


def test_a_manager_applies_to_their_team_only(acme: Company) -> None:
    both = [acme.seller.pk, acme.other_seller.pk]
    assert len(apply(acme, 15, members=both, by=acme.manager).changes) == 1
    with pytest.raises(services.NotYours):
        apply(acme, 15, members=[acme.other_seller.pk], by=acme.manager)


def test_another_organizations_cells_are_unknown(acme: Company, rival: Company) -> None:
    with pytest.raises(services.UnknownCell):
        apply(acme, 15, members=[rival.seller.pk])
    spread = Spread(rival.channels[0].pk, [acme.seller.pk], [OCTOBER])
    with tenant(acme.organization), pytest.raises(services.UnknownCell):
        services.apply_target(spread, number=5, by=acme.admin, at=NOON)


@pytest.mark.parametrize(("month", "closed"), [(SEPTEMBER, True), (OCTOBER, False), (NOVEMBER, False)])
def test_salespeople_who_may_set_their_own_leave_ended_months_alone(acme: Company, month: date, closed: bool) -> None:
    settle(acme, salespeople_set_targets=True)
    with tenant(acme.organization):
        rest: dict[str, Any] = {"count": 5, "version": 0, "by": acme.seller, "at": NOON}
        if closed:
            with pytest.raises(services.MonthEnded):
                services.set_target(acme.seller.pk, acme.channels[0].pk, month, **rest)
        else:
            services.set_target(acme.seller.pk, acme.channels[0].pk, month, **rest)
    if closed:
        with pytest.raises(services.NotYours):
            apply(acme, 15, month, by=acme.seller)


# Their addresses


def test_copying_answers_with_the_cells_and_their_count(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[0], SEPTEMBER)
    question = post(ireland, "copy", {"month": "2026-10"})
    assert question.status_code == 409
    assert "1 target in all. No other number is replaced." in page(question)
    assert "Set 1 target" in page(question)
    assert held(ireland) == {}
    answer = post(ireland, "copy", {"month": "2026-10", "cells": cells_of(question)})
    assert answer.status_code == 200
    assert "1 target copied from September 2026." in page(answer)
    assert "data-undo-batch" in page(answer)
    assert f"t{ireland.seller.pk}-{ireland.channels[0].pk}" in page(answer)


def test_the_question_names_what_goes_and_its_form_says_yes(ireland: Company) -> None:
    aim(ireland, 10, ireland.seller, ireland.channels[0], SEPTEMBER)
    aim(ireland, 12, ireland.seller, ireland.channels[0])
    for htmx in (True, False):
        question = post(ireland, "copy", {"month": "2026-10"}, htmx=htmx)
        assert question.status_code == 409
        assert "<script>alert" not in page(question)
        assert ("<html" in page(question)) is not htmx
        assert "1 target in all. <b>1 holds another number</b>" in page(question)
    agreed = re.search(r'name="agreed" value="([^"]+)"', page(question))
    assert agreed
    fields = {"month": "2026-10", "agreed": agreed[1], "cells": cells_of(question)}
    done = post(ireland, "copy", fields, htmx=False)
    assert (done.status_code, done["Location"].split("&")[0]) == (302, ireland.url("targets/?month=2026-10"))
    assert list(held(ireland).values()) == [10]


@pytest.mark.parametrize(
    ("reach", "months"), [("year", [11, 12]), ("everyone", [10]), ("both", [10, 11, 12])], ids=["year", "all", "both"]
)
def test_one_number_reaches_what_was_chosen(ireland: Company, reach: str, months: list[int]) -> None:
    fields = {"month": "2026-10", "member": ireland.seller.pk, "channel": ireland.channels[0].pk, "number": "15"}
    fields |= {"reach": reach, "members": str(ireland.seller.pk)}
    told = post(ireland, "apply", fields | {"cells": len(months) + 1})
    assert told.status_code == 409
    assert (cells_of(told), held(ireland)) == (str(len(months)), {})
    answer = post(ireland, "apply", fields | {"cells": cells_of(told)})
    assert answer.status_code == 200
    assert f"15 now in {len(months)} more cell" in page(answer)
    assert [number for number in range(1, 13) if held(ireland, date(2026, number, 1))] == months


def test_the_rest_of_the_year_is_that_of_the_fiscal_year(ireland: Company) -> None:
    settle(ireland, fiscal_start=2)
    grid = ireland.client(ireland.admin).get(ireland.url("targets/?month=2026-10"))
    assert 'data-later="Nov,Dec,Jan"' in page(grid)
    fields = {"month": "2026-10", "member": ireland.seller.pk, "channel": ireland.channels[0].pk, "number": "15"}
    answer = post(ireland, "apply", fields | {"reach": "year", "members": str(ireland.seller.pk), "cells": 3})
    assert "15 now in 3 more cell" in page(answer)
    later = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert [bool(held(ireland, month)) for month in later] == [True, True, True, False]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"number": "x"}, 422),
        ({"reach": "year", "month": "2026-12"}, 403),
        ({"reach": "all"}, 404),
        ({"members": "1,x"}, 404),
        ({"month": "2026-13"}, 404),
        ({"agreed": "nonsense"}, 404),
    ],
)
def test_what_can_not_be_applied(ireland: Company, fields: dict[str, str], status: int) -> None:
    asked = {"month": "2026-10", "member": ireland.seller.pk, "channel": ireland.channels[0].pk, "number": "15"}
    answer = post(ireland, "apply", {**asked, "reach": "everyone", "members": str(ireland.seller.pk), **fields})
    assert answer.status_code == status
    assert held(ireland) == {}


def test_salespeople_may_not_copy(ireland: Company, clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 10, 22, 12, tzinfo=UTC))
    assert post(ireland, "copy", {"month": "2026-10"}, by=ireland.seller).status_code == 403
