"""The list of deals: who sees which, filters, order, pages, totals, and the file of what is shown."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import Member
from accounts.tenancy import tenant
from ledger.models import Deal
from ledger.readers import deals as readers
from ledger.readers.deals import DealFilter
from ledger.readers.deals.listing import DEALS_A_PAGE
from tests.conftest import FORMULA, Company
from tests.ledger.rows import store

MARCH = date(2026, 3, 2)


def sell(site: Company, number: str, member: Member | None = None, **values: Any) -> None:
    """Store one deal: of the seller, confirmed, through the first channel, on 2 March, unless told otherwise."""
    who = site.seller if member is None else member
    usual = {
        "number": number,
        "member": who.email,
        "state": site.confirmed.name,
        "channel": site.channels[0].name,
    }
    assert store(site, usual | values).refusals == []


def numbers(company: Company, viewer: Member, **asked: Any) -> list[str]:
    with tenant(company.organization):
        return [row.number for row in readers.deal_page(viewer, DealFilter(**asked)).rows]


class TestWhoSeesWhat:
    @pytest.fixture
    def sold(self, acme: Company) -> Company:
        sell(acme, "seller's")
        sell(acme, "seller's, before the team", date=date(2019, 5, 5))
        sell(acme, "other's", acme.other_seller)
        sell(acme, "manager's", acme.manager)
        store(acme, {"number": "nobody's"})
        return acme

    @pytest.mark.parametrize(
        ("who", "seen"),
        [
            ("admin", {"seller's", "seller's, before the team", "other's", "manager's", "nobody's"}),
            ("manager", {"seller's", "manager's"}),
            ("seller", {"seller's", "seller's, before the team"}),
            ("other_seller", {"other's"}),
        ],
    )
    def test_deals_totals_and_file_are_the_same_ones(self, sold: Company, who: str, seen: set[str]) -> None:
        viewer = getattr(sold, who)
        with tenant(sold.organization):
            text = b"".join(readers.deals_csv(viewer, DealFilter())).decode("utf-8-sig")
            sums = readers.deal_sums(viewer, DealFilter())
        assert set(numbers(sold, viewer)) == seen
        assert {row["Number"] for row in csv.DictReader(io.StringIO(text))} == seen
        assert sums.count == len(seen)

    def test_a_deal_of_somebody_else_is_not_there(self, sold: Company) -> None:
        with tenant(sold.organization):
            ids = dict(Deal.objects.values_list("number", "pk"))
        client, own, others = sold.client(sold.seller), ids["seller's"], ids["other's"]
        assert client.get(sold.url(f"records/{own}/")).status_code == 200
        assert client.get(sold.url(f"records/{others}/")).status_code == 404

    def test_a_person_of_a_team_for_some_days_is_seen_for_those(self, acme: Company) -> None:
        with tenant(acme.organization):
            people.join_team(acme.other_seller, acme.team, start=date(2026, 3, 10))
        for day in (9, 10, 31):
            sell(acme, f"on {day}", acme.other_seller, date=date(2026, 3, day))
        assert numbers(acme, acme.manager) == ["on 31", "on 10"]
        with tenant(acme.organization):
            march = DealFilter(first=date(2026, 3, 1), last=date(2026, 3, 31))
            assert readers.deal_sums(acme.manager, march).count == 2


class TestFilters:
    @pytest.fixture
    def sold(self, acme: Company) -> Company:
        with tenant(acme.organization):
            people.add_company(acme.organization, name="Retail Ltd")
            people.add_zone(acme.organization, name="North")
        sell(acme, "A-1", product="Pedal wrench", customer="Nordwind AG", net=10, company="Retail Ltd")
        sell(acme, "A-2", acme.other_seller, date=date(2026, 3, 31), state=acme.proposed.name, net=30)
        sell(acme, "B-1", date=date(2026, 4, 1), channel=acme.channels[1].name, zone="North", net=20)
        sell(acme, "B-2", date=date(2026, 4, 2), channel="", state=acme.lost.name, net=-5)
        return acme

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            pytest.param("", ["B-2", "B-1", "A-2", "A-1"], id="newest-first"),
            pytest.param("sort=date", ["A-1", "A-2", "B-1", "B-2"], id="oldest-first"),
            pytest.param("sort=-net", ["A-2", "B-1", "A-1", "B-2"], id="largest-first"),
            pytest.param("sort=number", ["A-1", "A-2", "B-1", "B-2"], id="by-number"),
            pytest.param("first=2026-03-31&last=2026-04-01", ["B-1", "A-2"], id="both-days-included"),
            pytest.param("kind=order", [], id="kind"),
            pytest.param("member={other_seller.pk}", ["A-2"], id="person"),
            pytest.param("team={team.pk}", ["B-2", "B-1", "A-1"], id="team"),
            pytest.param("channel={channels[1].pk}", ["B-1"], id="channel"),
            pytest.param("channel=0", ["B-2"], id="no-channel"),
            pytest.param("state=confirmed", ["B-1", "A-1"], id="what-a-state-means"),
            pytest.param("state=neither", ["B-2"], id="states-that-mean-nothing"),
            pytest.param("state={proposed.pk}", ["A-2"], id="one-state"),
            pytest.param("customer=nordw", ["A-1"], id="beginning-of-a-customer"),
            pytest.param("text=b-", ["B-2", "B-1"], id="beginning-of-a-number"),
            pytest.param("text=pedal", ["A-1"], id="beginning-of-a-product"),
            pytest.param("text=%25", [], id="no-pattern"),
            pytest.param(
                "first=yesterday&sort=luck&state=x&member=y&after=1~z", ["B-2", "B-1", "A-2", "A-1"], id="nonsense"
            ),
        ],
    )
    def test_page_totals_and_file_agree(self, sold: Company, query: str, found: list[str]) -> None:
        client, query = sold.client(sold.admin), query.format(**vars(sold))
        response = client.get(sold.url(f"records/?{query}"))
        rows = response.context["page"].rows
        assert [row.number for row in rows] == found
        sums = response.context["sums"]
        assert (sums.count, sums.net) == (len(rows), sum(row.net for row in rows))
        file = client.get(sold.url(f"records/deals.csv?{query}"))
        text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        assert [row["Number"] for row in csv.DictReader(io.StringIO(text))] == found

    @pytest.mark.parametrize("who", ["admin", "manager", "seller"])
    @pytest.mark.parametrize("days", [(None, None), (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 3, 3), None)])
    def test_totals_are_those_of_the_deals_whatever_they_are_read_from(
        self, sold: Company, who: str, days: tuple[date | None, date | None]
    ) -> None:
        viewer = getattr(sold, who)
        with tenant(sold.organization):
            for asked in (
                {},
                {"channel": sold.channels[0].pk},
                {"member": sold.seller.pk},
                {"states": (sold.confirmed.pk,)},
                {"kind": "sale"},
            ):
                asked_for = DealFilter(first=days[0], last=days[1], **asked)
                rows = readers.deal_page(viewer, asked_for).rows
                sums = readers.deal_sums(viewer, asked_for)
                assert (sums.count, sums.net, sums.quantity) == (
                    len(rows),
                    sum((row.net for row in rows), Decimal(0)),
                    sum((row.quantity for row in rows), Decimal(0)),
                )

    def test_a_filter_that_finds_nothing_says_so(self, sold: Company) -> None:
        page = sold.client(sold.admin).get(sold.url("records/?text=zzz")).content.decode()
        assert "No deal matches" in page

    def test_days_the_wrong_way_round_are_said_to_be(self, sold: Company) -> None:
        page = sold.client(sold.admin).get(sold.url("records/?first=2026-03-31&last=2026-03-01"))
        assert "This day is before the first one." in page.content.decode()

    def test_nothing_at_all_says_what_the_page_is_for(self, acme: Company) -> None:
        assert "No deals yet" in acme.client(acme.admin).get(acme.url("records/")).content.decode()

    def test_the_fragment_is_the_list_alone(self, sold: Company) -> None:
        headers = {"HX-Request": "true", "HX-Target": "deals"}
        part = sold.client(sold.admin).get(sold.url("records/?text=A"), headers=headers).content.decode()
        assert part.strip().startswith('<section class="deals" id="deals"')


class TestPages:
    @pytest.mark.parametrize("sort", ["-date", "date", "number", "-number", "net", "-net"])
    def test_forwards_and_back_every_deal_comes_once(self, acme: Company, sort: str) -> None:
        count = DEALS_A_PAGE * 2 + 7
        days, nets = (date(2026, 3, 2), date(2026, 3, 3)), (5, 6, 7)
        rows = [{"number": f"N{n:03d}", "date": days[n % 2], "net": nets[n % 3]} for n in range(count)]
        store(acme, *rows)
        asked = DealFilter(sort=sort)
        with tenant(acme.organization):
            page = readers.deal_page(acme.admin, asked)
            pages = [page]
            while page.after:
                page = readers.deal_page(acme.admin, asked, after=page.after)
                pages.append(page)
            seen = [row.id for each in pages for row in each.rows]
            backwards = [page]
            while page.before:
                page = readers.deal_page(acme.admin, asked, before=page.before)
                backwards.append(page)
        assert len(seen) == len(set(seen)) == count
        assert [row.id for each in reversed(backwards) for row in each.rows] == seen

    @pytest.mark.parametrize("who", ["admin", "manager"])
    def test_queries_stay_the_same(self, acme: Company, who: str) -> None:
        client = acme.client(getattr(acme, who))
        sell(acme, "first", customer="", product="x")
        url = acme.url("records/?text=&state=confirmed")
        client.get(url)
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        for number in range(10):
            store(acme, {"number": f"more {number}", "customer": f"C{number}", "member": acme.seller.email})
        with CaptureQueriesContext(connection) as many:
            client.get(url)
        assert len(many) == len(few)


class TestFile:
    def test_a_row_a_line_in_the_columns_of_an_import(self, acme: Company) -> None:
        store(
            acme,
            {"number": "A", "member": acme.seller.email, "product": "Bike", "net": 10, "customer": "Nordwind"},
            {"number": "A", "product": FORMULA, "net": -2, "brand": "Acme"},
        )
        with tenant(acme.organization):
            text = b"".join(readers.deals_csv(acme.admin, DealFilter(kind="sale"))).decode("utf-8-sig")
        first, second = csv.DictReader(io.StringIO(text))
        assert list(first)[:4] == ["Number", "Date", "Salesperson", "State"]
        assert (first["Number"], first["Date"], first["Net amount"]) == ("A", "2026-03-02", "10.00")
        assert (second["Customer"], second["Brand"], second["Net amount"]) == ("Nordwind", "Acme", "-2.00")
        assert second["Product"] == "'" + FORMULA

    def test_people_who_share_a_name_are_told_apart(self, acme: Company) -> None:
        with tenant(acme.organization):
            people.add_member(acme.organization, name=acme.seller.name)
        sell(acme, "A")
        with tenant(acme.organization):
            text = b"".join(readers.deals_csv(acme.admin, DealFilter())).decode("utf-8-sig")
        assert next(csv.DictReader(io.StringIO(text)))["Salesperson"] == acme.seller.email

    def test_queries_grow_with_the_pieces_and_not_with_the_rows(self, acme: Company) -> None:
        sell(acme, "A")
        with tenant(acme.organization):
            with CaptureQueriesContext(connection) as few:
                b"".join(readers.deals_csv(acme.admin, DealFilter()))
            store(acme, *({"number": f"B{number}"} for number in range(50)))
            with CaptureQueriesContext(connection) as many:
                b"".join(readers.deals_csv(acme.admin, DealFilter()))
        assert len(many) == len(few)
