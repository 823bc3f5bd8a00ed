"""The grid without JavaScript: undo after a redirect, a block, one number for many cells, last month's targets."""

import html
import re
from datetime import date
from typing import Any

import pytest

from accounts import services as people
from accounts.models import Member
from accounts.tenancy import tenant
from targets.models import MonthlyTarget
from tests.conftest import Company
from tests.targets.conftest import aim, settle

SEPTEMBER = date(2026, 9, 1)


def get(site: Company, address: str, by: Member | None = None) -> Any:
    return site.client(by or site.manager).get(site.url(f"targets/{address}"))


def post(site: Company, address: str, fields: dict[str, Any], by: Member | None = None) -> Any:
    return site.client(by or site.manager).post(site.url(f"targets/{address}"), fields)


def text(response: Any) -> str:
    return html.unescape(" ".join(response.content.decode().split()))


def hidden(response: Any) -> dict[str, str]:
    """The hidden fields of the page's forms."""
    page = html.unescape(response.content.decode())
    found = re.findall(r'<input type="hidden" name="(\w+)" (?:value="([^"]*)")?', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def held(site: Company, month: date = date(2026, 10, 1)) -> list[int | None]:
    with tenant(site.organization):
        rows = MonthlyTarget.objects.filter(month=month).order_by("member_id", "channel_id")
        return list(rows.values_list("count", flat=True))


def block(site: Company, numbers: str, by: Member | None = None, **rest: Any) -> Any:
    form = {"member": site.seller.pk, "channel": site.channels[0].pk, "block": numbers}
    return post(site, "paste/?month=2026-10", hidden(get(site, "paste/?month=2026-10", by)) | form | rest, by)


def take_back(site: Company, response: Any, by: Member | None = None) -> Any:
    """Follow a redirect and press its Undo."""
    page = site.client(by or site.manager).get(response["Location"])
    assert "You can take that back." in text(page)
    return post(site, "undo/?month=2026-10", {"batch": hidden(page)["batch"]}, by)


# A block


def test_a_block_is_stored_and_can_be_taken_back(ireland: Company) -> None:
    done = block(ireland, "10\t11\t12\r\n")
    assert done.status_code == 302
    assert held(ireland) == [10, 11, 12]
    undone = take_back(ireland, done)
    assert (undone.status_code, undone["Location"]) == (302, ireland.url("targets/?month=2026-10"))
    assert held(ireland) == [None, None, None]


def test_a_block_goes_down_the_rows_as_they_stand(ireland: Company) -> None:
    crew = sorted([ireland.seller, ireland.other_seller], key=lambda member: member.name.casefold())
    block(ireland, "10\t11\r\n20\t21", by=ireland.admin, member=crew[0].pk)
    with tenant(ireland.organization):
        rows = MonthlyTarget.objects.order_by("count").values_list("member_id", "channel_id")
        first, second = (channel.pk for channel in ireland.channels[:2])
        expected = [(person.pk, channel) for person in crew for channel in (first, second)]
        assert list(rows) == expected


def test_what_is_no_number_is_told_and_everything_typed_is_kept(ireland: Company) -> None:
    answer = block(ireland, '10\t<b>x</b>\t1.5\r\n"7"\t8')
    assert answer.status_code == 200
    assert "1 pasted, 2 not: B1 is not a number, C1 can’t be 1.5. 2 numbers had no cell to go to." in text(answer)
    assert "What you pasted is still here." in text(answer)
    assert "<b>x</b>" not in answer.content.decode()
    assert '10 <b>x</b> 1.5 "7" 8</textarea>' in text(answer)
    assert held(ireland) == [10]


def test_where_nothing_can_be_stored_the_answer_is_422(ireland: Company) -> None:
    for numbers in ("x", "", "\t".join("1" for _ in range(5001))):
        answer = block(ireland, numbers)
        assert (answer.status_code, held(ireland)) == (422, [])


def test_what_was_changed_since_the_page_was_opened_is_told_once_and_then_replaced(ireland: Company) -> None:
    form = hidden(get(ireland, "paste/?month=2026-10"))
    form |= {"member": str(ireland.seller.pk), "channel": str(ireland.channels[0].pk), "block": "10\t11"}
    aim(ireland, 18, ireland.seller, ireland.channels[0])
    answer = post(ireland, "paste/?month=2026-10", form)
    assert answer.status_code == 200
    assert "1 pasted, 1 not: A1 was changed meanwhile. acme admin set 18 a moment ago." in text(answer)
    assert held(ireland) == [18, 11]
    again = post(ireland, "paste/?month=2026-10", form | {"loaded": hidden(answer)["loaded"]})
    assert again.status_code == 302
    assert held(ireland) == [10, 11]


def test_revenue_is_pasted_where_revenue_is_shown(ireland: Company) -> None:
    view = "paste/?month=2026-10&show=revenue"
    form = {"member": ireland.seller.pk, "channel": ireland.channels[0].pk, "block": "€1,200.50"}
    assert post(ireland, view, hidden(get(ireland, view)) | form).status_code == 302
    with tenant(ireland.organization):
        assert str(MonthlyTarget.objects.get().revenue) == "1200.50"


@pytest.mark.parametrize("address", ["paste/", "apply/"])
def test_whoever_may_set_nothing_is_refused(ireland: Company, address: str) -> None:
    assert get(ireland, address, ireland.seller).status_code == 403
    settle(ireland, salespeople_set_targets=True)
    page = get(ireland, address, ireland.seller)
    assert page.status_code == 200
    assert f'<option value="{ireland.other_seller.pk}"' not in page.content.decode()


def test_another_organizations_cell_is_no_choice(ireland: Company, rival: Company) -> None:
    assert block(ireland, "5", member=rival.seller.pk).status_code == 422
    assert block(ireland, "5", channel=rival.channels[0].pk).status_code == 422
    assert block(ireland, "5", loaded="nonsense").status_code == 404


def test_a_block_does_not_fall_on_others_when_somebody_came_in_between(ireland: Company) -> None:
    """Its second line was meant for who stood below the first person when the page was opened."""
    first, second = sorted([ireland.seller, ireland.other_seller], key=lambda member: member.name.casefold())
    page = "paste/?month=2026-10"
    form = hidden(get(ireland, page, ireland.admin))
    with tenant(ireland.organization):
        people.add_member(ireland.organization, name=f"{first.name}a")
    form |= {"member": str(first.pk), "channel": str(ireland.channels[0].pk), "block": "10\n20"}
    asked = post(ireland, page, form, ireland.admin)
    assert asked.status_code == 409
    assert "people or channels of this page have changed" in text(asked)
    assert "10\n20" in asked.content.decode().replace("\r", "")
    assert held(ireland) == []
    assert post(ireland, page, form | hidden(asked), ireland.admin).status_code == 302
    with tenant(ireland.organization):
        assert not MonthlyTarget.objects.filter(member=second).exists()


# One number for many cells


def spread(site: Company, **fields: Any) -> Any:
    asked = {"member": site.seller.pk, "channel": site.channels[0].pk, "number": "15", "reach": "year"} | fields
    return post(site, "apply/?month=2026-10", hidden(get(site, "apply/?month=2026-10")) | asked)


def test_one_number_says_how_many_cells_and_asks_before_it_goes_anywhere(ireland: Company) -> None:
    assert "This person, the rest of the year (2 cells)" in text(get(ireland, "apply/?month=2026-10"))
    aim(ireland, 4, ireland.seller, ireland.channels[0], date(2026, 12, 1))
    question = spread(ireland)
    assert question.status_code == 409
    assert "2 targets in all. 1 holds another number" in re.sub(r"</?b>", "", text(question))
    done = post(ireland, "apply/?month=2026-10", hidden(question))
    assert done.status_code == 302
    assert [held(ireland, date(2026, month, 1)) for month in (10, 11, 12)] == [[], [15], [15]]
    take_back(ireland, done)
    assert [held(ireland, date(2026, month, 1)) for month in (11, 12)] == [[None], [4]]


def test_a_number_that_is_none_comes_back_with_its_reason(ireland: Company) -> None:
    answer = spread(ireland, number='1.5"><script>')
    assert answer.status_code == 422
    assert "Enter a whole number" in text(answer)
    assert 'value="1.5&quot;&gt;&lt;script&gt;"' in answer.content.decode()


def test_without_a_choice_it_asks_again(ireland: Company) -> None:
    answer = spread(ireland, reach="")
    assert answer.status_code == 422
    assert "This field is required" in text(answer)
    assert spread(ireland, channel="0").status_code == 422


# Last month


def test_last_month_is_copied_after_its_number_of_targets_was_said(ireland: Company) -> None:
    for index, channel in enumerate(ireland.channels):
        aim(ireland, index, ireland.seller, channel, SEPTEMBER)
    question = post(ireland, "copy/?month=2026-10", {"month": "2026-10"})
    assert "5 targets in all. No other number is replaced." in text(question)
    assert held(ireland) == []
    done = post(ireland, "copy/?month=2026-10", hidden(question))
    assert held(ireland) == [0, 1, 2, 3, 4]
    take_back(ireland, done)
    assert held(ireland) == [None] * 5


# The form of the whole grid


def test_saved_cells_can_be_taken_back(ireland: Company) -> None:
    place = f"{ireland.seller.pk}-{ireland.channels[0].pk}"
    done = post(ireland, "?month=2026-10", {"loaded": f"{place}:0:", f"t{place}": "7"})
    assert held(ireland) == [7]
    assert take_back(ireland, done).status_code == 302
    assert held(ireland) == [None]


def test_an_undo_that_comes_too_late_says_so_on_the_page(ireland: Company) -> None:
    place = f"{ireland.seller.pk}-{ireland.channels[0].pk}"
    done = post(ireland, "?month=2026-10", {"loaded": f"{place}:0:", f"t{place}": "7"})
    aim(ireland, 9, ireland.seller, ireland.channels[0])
    late = take_back(ireland, done)
    assert (late.status_code, held(ireland)) == (409, [9])
    assert "Not undone. acme admin set 9 a moment ago." in text(late)
    assert f'href="{ireland.url("targets/")}?month=2026-10"' in text(late)
    assert "nothing left to undo" in text(post(ireland, "undo/", {"batch": "x"}))


@pytest.mark.parametrize("undo", ["", "x", "<script>", "00000000"])
def test_an_address_that_names_no_edit_offers_nothing(ireland: Company, undo: str) -> None:
    page = get(ireland, f"?undo={undo}")
    assert (page.status_code, "You can take that back." in text(page)) == (200, False)
