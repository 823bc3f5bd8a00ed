"""The form of a deal: recording, editing, conflicts, deleting and undoing, and what it says it moves."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.tenancy import tenant
from ledger.models import Deal, DealChange
from tests.conftest import HOSTILE, Company
from tests.ledger.rows import NOTHING, store
from tests.targets.conftest import aim

PREVIEW = {"HX-Request": "true", "HX-Target": "deal-moves"}


@pytest.fixture
def browser(acme: Company) -> Client:
    """The manager's."""
    return acme.client(acme.manager)


def typed(company: Company, *lines: dict[str, Any], **values: Any) -> dict[str, Any]:
    """What the form of a new deal sends; each line as {field: text}."""
    lines = lines or ({"product": "Bike", "net": "1,200.50"},)
    usual = {
        "action": "save",
        "run": str(uuid4()),
        "kind": "sale",
        "number": "H-2026-0001",
        "date": "2026-10-05",
        "member": company.seller.pk,
        "channel": company.channels[0].pk,
        "state": company.confirmed.pk,
        "lines-TOTAL_FORMS": len(lines),
        "lines-INITIAL_FORMS": 0,
    }
    of_lines = {f"lines-{place}-{name}": text for place, line in enumerate(lines) for name, text in line.items()}
    return usual | of_lines | values


def stored(company: Company, number: str = "A", **values: Any) -> Deal:
    row = {"member": company.seller.email, "channel": company.channels[0].name, "state": company.confirmed.name}
    outcome = store(company, row | {"number": number} | values, unknowns=NOTHING)
    assert outcome.refusals == []
    with tenant(company.organization):
        return Deal.objects.get(number=number)


def deals(company: Company) -> list[Deal]:
    with tenant(company.organization):
        return list(Deal.objects.order_by("pk"))


class TestNew:
    def test_begins_with_a_free_number_today_and_one_line(self, acme: Company, browser: Client) -> None:
        stored(acme, "H-2026-0009")
        page = browser.get(acme.url("records/new/"))
        assert page.context["form"]["number"].value().endswith("-0010")
        assert len(page.context["sheet"].lines.forms) == 1

    def test_stores_it_and_says_what_moved(self, acme: Company, browser: Client) -> None:
        aim(acme, 10, acme.seller, acme.channels[0])
        page = browser.post(acme.url("records/new/"), typed(acme), follow=True)
        (deal,) = deals(acme)
        assert (deal.number, str(deal.net)) == ("H-2026-0001", "1200.50")
        (message,) = page.context["messages"]
        assert "Sale H-2026-0001 recorded." in str(message)
        assert "acme phone, October 2026: 0\u00a0→\u00a01 of 10." in str(message)

    @pytest.mark.parametrize("place", ["²", "9" * 5000, "-1", "1", ""])
    def test_a_line_that_is_not_there_is_not_taken_away(self, acme: Company, browser: Client, place: str) -> None:
        what = typed(acme, action=f"remove-line-{place}")
        page = browser.post(acme.url("records/new/"), what)
        assert (page.status_code, len(page.context["sheet"].lines.forms)) == (200, 1)

    def test_sent_twice_is_stored_once(self, acme: Company, browser: Client) -> None:
        what = typed(acme)
        for _ in range(2):
            response = browser.post(acme.url("records/new/"), what)
            assert response.status_code == 302
        assert len(deals(acme)) == 1

    def test_a_number_that_is_taken_leads_to_its_deal(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, "H-2026-0001")
        page = browser.post(acme.url("records/new/"), typed(acme, customer="typed by me"))
        assert page.status_code == 422
        assert acme.url(f"records/{deal.pk}/") in page.content.decode()
        assert "typed by me" in page.content.decode()

    @pytest.mark.parametrize(
        ("values", "field", "words"),
        [
            ({"date": ""}, "date", "Give the day"),
            ({"member": ""}, "member", "Choose one of your people."),
            ({"state": ""}, "state", "Choose a state."),
            ({"number": " "}, "number", "Give a number."),
            ({"customer": "Nobody Ltd"}, "customer", "There is no customer called Nobody Ltd."),
            ({"date": "2019-05-05"}, "member", "none of your teams"),
            ({"number": "\0"}, "number", "Null characters"),
        ],
    )
    def test_a_fault_stands_at_its_field(
        self, acme: Company, browser: Client, values: dict[str, str], field: str, words: str
    ) -> None:
        page = browser.post(acme.url("records/new/"), typed(acme, **values))
        assert page.status_code == 422
        assert words in str(page.context["form"].errors[field])
        assert "1,200.50" in page.content.decode()
        assert deals(acme) == []

    @pytest.mark.parametrize(
        ("line", "field"),
        [({"net": "much"}, "net"), ({"quantity": "1e9"}, "quantity"), ({"brand": "Unknown"}, "brand")],
    )
    def test_a_fault_of_a_line_stands_at_its_field(
        self, acme: Company, browser: Client, line: dict[str, str], field: str
    ) -> None:
        page = browser.post(acme.url("records/new/"), typed(acme, {"product": "Bike"}, line))
        assert page.status_code == 422
        assert list(page.context["sheet"].lines.errors[1]) == [field]

    def test_lines_come_and_go_by_button_and_keep_what_is_typed(self, acme: Company, browser: Client) -> None:
        lines = ({"product": "Bike", "net": "not yet"}, {"product": "Bell"})
        more = browser.post(acme.url("records/new/"), typed(acme, *lines, action="add-line"))
        fewer = browser.post(acme.url("records/new/"), typed(acme, *lines, action="remove-line-0"))
        assert [form["product"].value() for form in more.context["sheet"].lines.forms] == ["Bike", "Bell", None]
        assert more.context["sheet"].lines.forms[0]["net"].value() == "not yet"
        assert [form["product"].value() for form in fewer.context["sheet"].lines.forms] == ["Bell"]
        assert (more.status_code, fewer.status_code, deals(acme)) == (200, 200, [])

    def test_too_many_lines_are_refused(self, acme: Company, browser: Client) -> None:
        what = typed(acme) | {"lines-TOTAL_FORMS": "100000"}
        assert browser.post(acme.url("records/new/"), what).status_code == 422

    def test_another_teams_person_is_no_choice(self, acme: Company, browser: Client) -> None:
        page = browser.post(acme.url("records/new/"), typed(acme, member=acme.other_seller.pk))
        assert page.status_code == 422
        assert "member" in page.context["form"].errors

    def test_says_while_typing_what_it_would_move(self, acme: Company, browser: Client) -> None:
        aim(acme, 10, acme.seller, acme.channels[0])
        part = browser.post(acme.url("records/new/"), typed(acme, action="preview"), headers=PREVIEW)
        assert part.status_code == 200
        assert "0 → 1 of 10" in " ".join(part.content.decode().split())
        assert HOSTILE not in part.content.decode()

    def test_a_proposed_sale_moves_nothing(self, acme: Company, browser: Client) -> None:
        what = typed(acme, action="preview", state=acme.proposed.pk)
        assert "→" not in browser.post(acme.url("records/new/"), what, headers=PREVIEW).content.decode()


class TestEdit:
    def edited(self, company: Company, browser: Client, deal: Deal, **values: Any) -> Any:
        page = browser.get(company.url(f"records/{deal.pk}/edit/"))
        what = typed(company) | {"version": page.context["version"], "date": deal.date.isoformat()} | values
        return browser.post(company.url(f"records/{deal.pk}/edit/"), what, follow=True)

    def test_shows_what_is_stored(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, product="Pedal <b>wrench</b>", net=1200)
        page = browser.get(acme.url(f"records/{deal.pk}/edit/"))
        (line,) = page.context["sheet"].lines.forms
        assert (line["product"].value(), line["net"].value()) == ("Pedal <b>wrench</b>", "1200")
        assert "Pedal &lt;b&gt;" in page.content.decode()

    def test_a_new_month_and_channel_move_both_targets(self, acme: Company, browser: Client) -> None:
        deal = stored(acme)
        page = self.edited(acme, browser, deal, date="2026-04-01", channel=acme.channels[1].pk)
        (message,) = page.context["messages"]
        assert "acme phone, March 2026: 1\u00a0→\u00a00." in str(message)
        assert "acme e-mail, April 2026: 0\u00a0→\u00a01." in str(message)

    def test_a_change_meanwhile_shows_both_and_keeps_what_was_typed(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, net=10)
        opened = browser.get(acme.url(f"records/{deal.pk}/edit/")).context["version"]
        stored(acme, net=20)
        what = typed(acme, {"product": "Mine", "net": "30"}) | {"version": opened, "date": "2026-03-02"}
        page = browser.post(acme.url(f"records/{deal.pk}/edit/"), what)
        assert page.status_code == 409
        assert ("Line 1", "1 x no product, net €20, gross €1, margin €1", "1 x Mine, net €30") in page.context[
            "conflict"
        ]
        assert deals(acme)[0].net == 20
        again = browser.post(acme.url(f"records/{deal.pk}/edit/"), what | {"version": page.context["version"]})
        assert (again.status_code, deals(acme)[0].net) == (302, 30)

    def test_gone_back_and_sent_with_something_else_it_shows_both_and_then_stores(
        self, acme: Company, browser: Client
    ) -> None:
        deal = stored(acme, net=10)
        opened = browser.get(acme.url(f"records/{deal.pk}/edit/")).context
        sent = {"version": opened["version"], "run": str(opened["run"]), "date": "2026-03-02"}
        browser.post(acme.url(f"records/{deal.pk}/edit/"), typed(acme, {"net": "30"}) | sent)
        page = browser.post(acme.url(f"records/{deal.pk}/edit/"), typed(acme, {"net": "40"}) | sent)
        assert (page.status_code, deals(acme)[0].net) == (409, 30)
        sent |= {"version": page.context["version"], "run": str(page.context["run"])}
        again = browser.post(acme.url(f"records/{deal.pk}/edit/"), typed(acme, {"net": "40"}) | sent)
        assert (again.status_code, deals(acme)[0].net, deals(acme)[0].quantity) == (302, 40, 1)

    def test_another_teams_deal_is_not_there(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, member=acme.other_seller.email)
        assert browser.get(acme.url(f"records/{deal.pk}/edit/")).status_code == 404

    def test_one_that_was_deleted_meanwhile_loses_nothing_that_was_typed(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, net=10)
        page = acme.url(f"records/{deal.pk}/")
        browser.post(f"{page}delete/", {"version": browser.get(page).context["detail"].version})
        answer = browser.post(f"{page}edit/", typed(acme, version="old"))
        words = answer.content.decode()
        assert answer.status_code == 409
        assert "deleted while you edited it" in words
        assert "1,200.50" in words
        assert answer.context["form"]["number"].value() == deal.number
        browser.post(acme.url("records/new/"), typed(acme, number=deal.number, run=str(answer.context["run"])))
        assert [(each.number, each.net) for each in deals(acme)] == [("A", Decimal("1200.50"))]
        assert browser.get(f"{page}edit/").status_code == 404, "another deal has its number"

    def test_an_archived_channel_stays_a_choice_for_its_deals(self, acme: Company, browser: Client) -> None:
        deal = stored(acme)
        with tenant(acme.organization):
            type(acme.channels[0]).objects.filter(pk=acme.channels[0].pk).update(archived_at="2026-01-01T00:00Z")
        assert self.edited(acme, browser, deal).redirect_chain
        assert browser.post(acme.url("records/new/"), typed(acme)).status_code == 422

    def test_the_history_says_who_changed_what(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, net=10)
        page = self.edited(acme, browser, deal, channel=acme.channels[2].pk).content.decode()
        words = " ".join(page.split())
        assert "acme manager" in words
        assert "Channel: acme phone → acme web" in words
        assert "Net amount: €10 → €1,200.50" in words


class TestDelete:
    def test_takes_it_back_and_offers_undo(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, net=10)
        version = browser.get(acme.url(f"records/{deal.pk}/")).context["detail"].version
        what = {"version": version, "run": str(uuid4())}
        page = browser.post(acme.url(f"records/{deal.pk}/delete/"), what, follow=True)
        assert (deals(acme), page.context["deleted"].number) == ([], "A")
        again = browser.post(acme.url(f"records/{deal.pk}/delete/"), what)
        assert again.status_code == 302
        with tenant(acme.organization):
            change = DealChange.objects.get(what="deleted")
        back = browser.post(acme.url(f"records/restore/{change.pk}/"), follow=True)
        assert [(each.number, each.pk) for each in deals(acme)] == [("A", deal.pk)]
        assert [event.what for event in back.context["detail"].events] == ["Restored", "Taken back", "Imported"]

    def test_a_page_that_was_gone_back_to_deletes_it_once_more(self, acme: Company, browser: Client) -> None:
        """The form of the page has the run of the first deletion, which was undone meanwhile."""
        deal = stored(acme, net=10)
        version = browser.get(acme.url(f"records/{deal.pk}/")).context["detail"].version
        what = {"version": version, "run": str(uuid4())}
        for _ in range(2):
            deleted = browser.post(acme.url(f"records/{deal.pk}/delete/"), what, follow=True).context["deleted"]
            assert deals(acme) == []
            browser.post(acme.url(f"records/restore/{deleted.change_id}/"))
            assert deals(acme) == [deal]

    def test_the_old_address_leads_to_the_deal_that_came_again(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, net=10)
        page = acme.url(f"records/{deal.pk}/")
        browser.post(f"{page}delete/", {"version": browser.get(page).context["detail"].version})
        again = stored(acme, net=20)
        assert again.pk != deal.pk
        there = acme.url(f"records/{again.pk}/")
        assert browser.get(page).headers["Location"] == there
        assert acme.client(acme.seller).get(page).headers["Location"] == there
        assert acme.client(acme.other_seller).get(page).status_code == 404

    def test_the_old_address_offers_undo_to_those_who_may(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, net=10)
        page = acme.url(f"records/{deal.pk}/")
        browser.post(f"{page}delete/", {"version": browser.get(page).context["detail"].version})
        assert browser.get(page, follow=True).context["deleted"].number == "A"
        assert acme.client(acme.seller).get(page).status_code == 404

    def test_one_that_was_changed_since_stays(self, acme: Company, browser: Client) -> None:
        deal = stored(acme, net=10)
        page = browser.post(acme.url(f"records/{deal.pk}/delete/"), {"version": "old"}, follow=True)
        assert len(deals(acme)) == 1
        assert "Not deleted" in page.content.decode()

    def test_salespeople_only_read(self, acme: Company) -> None:
        deal, client = stored(acme), acme.client(acme.seller)
        page = client.get(acme.url(f"records/{deal.pk}/")).content.decode()
        assert "Edit" not in page
        assert client.post(acme.url(f"records/{deal.pk}/delete/")).status_code == 403


class TestNames:
    def test_customers_and_branches_that_begin_so(self, acme: Company, rival: Company, browser: Client) -> None:
        store(
            acme, {"number": "A", "customer": "Nordwind", "customer_branch": "Main"}, {"number": "B", "customer": "No"}
        )
        store(rival, {"number": "A", "customer": "Nordwind of rival"})
        page = browser.get(acme.url("records/names/?customer=nord")).content.decode()
        branches = browser.get(acme.url("records/names/?customer_branch=&customer=nordwind")).content.decode()
        assert page.strip() == '<option value="Nordwind"></option>'
        assert branches.strip() == '<option value="Main"></option>'
