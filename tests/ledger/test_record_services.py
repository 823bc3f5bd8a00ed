"""Deals by hand: what is stored, what is refused, and that totals stay the sums of the deals."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Member
from accounts.services import add_member
from accounts.tenancy import tenant
from ledger.ingest import Undone, changed_since
from ledger.ingest.totals import differences
from ledger.models import Brand, CustomerBranch, Deal, DealChange, DealLine, MemberMonth
from ledger.readers.deals.detail import deal_detail, image_of, version_of
from ledger.services import records as services
from ledger.services.records import Entry, Line
from tests.conftest import Company
from tests.ledger.rows import store, undo

DAY = date(2026, 3, 2)


def line(net: int | str = 100, product: str = "Bike", brand: str = "") -> Line:
    return Line(brand, product, Decimal(1), Decimal(net), Decimal(0), Decimal(0))


def entry(company: Company, number: str = "H-1", *, lines: list[Line] | None = None, **values: Any) -> Entry:
    empty = dict.fromkeys(("customer", "customer_branch", "wholesaler_branch", "company", "sales_ledger", "zone"), "")
    usual: dict[str, Any] = {
        "kind": "sale",
        "number": number,
        "date": DAY,
        "member": company.seller,
        "channel": company.channels[0].name,
        "state": company.confirmed.name,
        "lines": lines or [line()],
    }
    return Entry(**(empty | usual | values))


def record(company: Company, what: Entry, by: Member | None = None) -> Deal:
    with tenant(company.organization):
        return Deal.objects.get(pk=services.record_deal(what, run=uuid4(), by=by or company.admin))


def version(deal: Deal) -> str:
    return version_of(image_of(deal, deal.lines.order_by("position")))


def wrong_totals(company: Company) -> list[Any]:
    with tenant(company.organization), connection.cursor() as cursor:
        return differences(cursor, company.organization.pk)


class TestRecord:
    def test_stores_the_deal_its_lines_and_who_entered_it(self, acme: Company) -> None:
        deal = record(acme, entry(acme, lines=[line(100), line("12.50", "Bell")]), by=acme.manager)
        with tenant(acme.organization):
            change = DealChange.objects.get(deal_id=deal.pk)
            assert (change.what, change.by, change.before) == ("entered", acme.manager, None)
            assert [(each.product, each.net) for each in deal.lines.order_by("position")] == [
                ("Bike", Decimal(100)),
                ("Bell", Decimal("12.50")),
            ]
            assert (deal.net, deal.member, deal.quantity) == (Decimal("112.50"), acme.seller, 2)
            assert MemberMonth.objects.get().net == Decimal("112.50")

    def test_the_same_run_again_stores_nothing(self, acme: Company) -> None:
        run = uuid4()
        with tenant(acme.organization):
            ids = {services.record_deal(entry(acme), run=run, by=acme.admin) for _ in range(2)}
            assert len(ids) == 1
            assert Deal.objects.get().lines.count() == 1

    def test_the_same_run_with_something_else_is_not_taken_for_the_same(self, acme: Company) -> None:
        run = uuid4()
        with tenant(acme.organization):
            services.record_deal(entry(acme), run=run, by=acme.admin)
        with tenant(acme.organization), pytest.raises(services.NumberTaken):
            services.record_deal(entry(acme, lines=[line(300)]), run=run, by=acme.admin)

    def test_a_number_that_is_taken_is_named_with_its_deal(self, acme: Company) -> None:
        deal = record(acme, entry(acme))
        with tenant(acme.organization), pytest.raises(services.NumberTaken) as error:
            services.record_deal(entry(acme, " H-1 "), run=uuid4(), by=acme.admin)
        assert error.value.deal_id == deal.pk

    def test_an_order_may_have_the_number_of_a_sale(self, acme: Company) -> None:
        record(acme, entry(acme))
        assert record(acme, entry(acme, kind="order")).kind == "order"

    def test_an_unknown_name_is_refused_at_its_field(self, acme: Company) -> None:
        with tenant(acme.organization), pytest.raises(services.EntryWrong) as error:
            services.record_deal(entry(acme, customer="Nobody Ltd"), run=uuid4(), by=acme.admin)
        assert error.value.errors == {"customer": "There is no customer called Nobody Ltd. Add it."}

    def test_a_fault_of_a_line_says_which(self, acme: Company) -> None:
        lines = [line(), line(brand="Unknown")]
        with tenant(acme.organization), pytest.raises(services.EntryWrong) as error:
            services.record_deal(entry(acme, lines=lines), run=uuid4(), by=acme.admin)
        assert list(error.value.errors) == [(1, "brand")]

    def test_people_who_share_a_name_are_told_apart_by_their_address(self, acme: Company) -> None:
        with tenant(acme.organization):
            twin = add_member(acme.organization, name=acme.seller.name)
        assert record(acme, entry(acme)).member_id == acme.seller.pk
        with tenant(acme.organization), pytest.raises(services.EntryWrong) as error:
            services.record_deal(entry(acme, "H-2", member=twin), run=uuid4(), by=acme.admin)
        assert "no e-mail address" in error.value.errors["member"]

    @pytest.mark.parametrize(
        ("who", "whose", "allowed"),
        [
            pytest.param("admin", "other_seller", True, id="admins-everybodys"),
            pytest.param("admin", None, True, id="admins-nobodys"),
            pytest.param("manager", "seller", True, id="managers-their-teams"),
            pytest.param("manager", "manager", True, id="managers-their-own"),
            pytest.param("manager", "other_seller", False, id="managers-not-of-other-teams"),
            pytest.param("manager", None, False, id="managers-not-nobodys"),
            pytest.param("seller", "seller", False, id="salespeople-not-even-their-own"),
        ],
    )
    def test_who_may(self, acme: Company, who: str, whose: str | None, allowed: bool) -> None:
        what = entry(acme, member=getattr(acme, whose) if whose else None)
        with tenant(acme.organization):
            if allowed:
                assert services.record_deal(what, run=uuid4(), by=getattr(acme, who))
            else:
                with pytest.raises(services.NotYours):
                    services.record_deal(what, run=uuid4(), by=getattr(acme, who))

    def test_a_day_before_somebody_joined_is_not_the_managers(self, acme: Company) -> None:
        with tenant(acme.organization), pytest.raises(services.NotYours):
            services.record_deal(entry(acme, date=date(2019, 12, 31)), run=uuid4(), by=acme.manager)


class TestEdit:
    def test_a_page_that_was_gone_back_to_loses_nothing_silently(self, acme: Company) -> None:
        deal, run = record(acme, entry(acme)), uuid4()
        with tenant(acme.organization):
            opened = version(deal)
            for _ in range(2):
                assert services.edit_deal(
                    deal.pk, entry(acme, lines=[line(200)]), version=opened, run=run, by=acme.admin
                )
        with tenant(acme.organization), pytest.raises(services.ChangedSince):
            services.edit_deal(deal.pk, entry(acme, lines=[line(300)]), version=opened, run=run, by=acme.admin)
        with tenant(acme.organization):
            assert DealChange.objects.filter(deal_id=deal.pk, what="changed").count() == 1
        assert wrong_totals(acme) == []

    def test_replaces_what_it_says_and_keeps_what_it_was(self, acme: Company) -> None:
        deal = record(acme, entry(acme, lines=[line(100), line(50)]))
        what = entry(acme, lines=[line(70)], channel=acme.channels[1].name)
        with tenant(acme.organization):
            changed = services.edit_deal(deal.pk, what, version=version(deal), run=uuid4(), by=acme.manager)
            deal.refresh_from_db()
            assert (changed, deal.net, deal.channel, deal.lines.count()) == (True, 70, acme.channels[1], 1)
            change = DealChange.objects.get(what="changed")
            assert (change.by, change.before["net"], len(change.before["lines"])) == (acme.manager, 150, 2)
        assert wrong_totals(acme) == []

    def test_saying_the_same_changes_nothing(self, acme: Company) -> None:
        deal = record(acme, entry(acme))
        with tenant(acme.organization):
            assert not services.edit_deal(deal.pk, entry(acme), version=version(deal), run=uuid4(), by=acme.admin)
            assert not DealChange.objects.filter(what="changed").exists()

    def test_the_same_run_again_stores_nothing(self, acme: Company) -> None:
        deal, run = record(acme, entry(acme)), uuid4()
        what = entry(acme, lines=[line(70)])
        with tenant(acme.organization):
            seen = version(deal)
            assert [services.edit_deal(deal.pk, what, version=seen, run=run, by=acme.admin) for _ in range(2)]
            assert (Deal.objects.get().net, Deal.objects.get().lines.count()) == (70, 1)

    def test_what_somebody_else_changed_is_not_overwritten(self, acme: Company) -> None:
        deal = record(acme, entry(acme))
        with tenant(acme.organization):
            seen = version(deal)
            services.edit_deal(deal.pk, entry(acme, lines=[line(1)]), version=seen, run=uuid4(), by=acme.admin)
            with pytest.raises(services.ChangedSince):
                services.edit_deal(deal.pk, entry(acme, lines=[line(2)]), version=seen, run=uuid4(), by=acme.admin)
            assert Deal.objects.get().net == 1

    def test_an_import_of_the_same_is_no_conflict(self, acme: Company) -> None:
        row = {"number": "A", "member": acme.seller.email, "state": acme.confirmed.name}
        store(acme, row)
        with tenant(acme.organization):
            deal = Deal.objects.get()
            seen = version(deal)
        store(acme, row)
        what = entry(acme, "A")
        with tenant(acme.organization):
            assert services.edit_deal(deal.pk, what, version=seen, run=uuid4(), by=acme.admin)

    def test_a_manager_can_neither_give_a_deal_away_nor_take_one(self, acme: Company) -> None:
        own, others = record(acme, entry(acme)), record(acme, entry(acme, "H-2", member=acme.other_seller))
        with tenant(acme.organization):
            for deal, whose in ((own, acme.other_seller), (others, acme.seller)):
                what = entry(acme, deal.number, member=whose)
                with pytest.raises(services.NotYours):
                    services.edit_deal(deal.pk, what, version=version(deal), run=uuid4(), by=acme.manager)


class TestDelete:
    def test_takes_the_deal_and_what_it_adds_back(self, acme: Company) -> None:
        deal = record(acme, entry(acme))
        with tenant(acme.organization):
            services.delete_deal(deal.pk, version=version(deal), run=uuid4(), by=acme.manager)
            assert not Deal.objects.exists()
            assert not MemberMonth.objects.exists()

    def test_the_same_run_again_gives_the_same_change(self, acme: Company) -> None:
        deal, run = record(acme, entry(acme)), uuid4()
        with tenant(acme.organization):
            seen = version(deal)
            first, again = (services.delete_deal(deal.pk, version=seen, run=run, by=acme.admin) for _ in range(2))
            assert first == again

    def test_a_deal_that_was_changed_since_stays(self, acme: Company) -> None:
        deal = record(acme, entry(acme))
        with tenant(acme.organization), pytest.raises(services.ChangedSince):
            services.delete_deal(deal.pk, version="another", run=uuid4(), by=acme.admin)

    def test_nobody_elses(self, acme: Company, rival: Company) -> None:
        deal = record(rival, entry(rival))
        with tenant(acme.organization), pytest.raises(services.NoSuchDeal):
            services.delete_deal(deal.pk, version="", run=uuid4(), by=acme.admin)


class TestRestore:
    @pytest.fixture
    def gone(self, acme: Company) -> int:
        """The change that took back a deal of two lines, one of the largest amount there is."""
        store(acme, {"number": "A", "brand": "Acme", "customer": "C", "customer_branch": "Main"})
        lines = [line("99999999999999.99"), line(-1, "Bell", "Acme")]
        deal = record(acme, entry(acme, lines=lines, customer="C", customer_branch="Main"))
        with tenant(acme.organization):
            return services.delete_deal(deal.pk, version=version(deal), run=uuid4(), by=acme.manager)

    def test_is_what_it_was_to_the_cent(self, acme: Company, gone: int) -> None:
        with tenant(acme.organization):
            before = DealChange.objects.get(pk=gone)
            deal = Deal.objects.get(pk=services.restore_deal(gone, run=uuid4(), by=acme.manager))
            assert (deal.pk, str(deal.run)) == (before.deal_id, before.before["run"])
            assert [each.position for each in deal.lines.order_by("position")] == [1, 2]
            assert [each.net for each in deal.lines.order_by("position")] == [Decimal("99999999999999.99"), Decimal(-1)]
            assert (deal.customer_branch.name, deal.member, deal.channel) == ("Main", acme.seller, acme.channels[0])
        assert wrong_totals(acme) == []

    def test_twice_is_once(self, acme: Company, gone: int) -> None:
        with tenant(acme.organization):
            first, again = (services.restore_deal(gone, run=uuid4(), by=acme.manager) for _ in range(2))
            assert first == again

    def test_keeps_one_history_and_one_trail_in_the_audit(self, acme: Company, gone: int) -> None:
        with tenant(acme.organization):
            deal_id = services.restore_deal(gone, run=uuid4(), by=acme.manager)
            detail = deal_detail(acme.manager, deal_id)
            assert detail is not None
            assert [(event.what, event.who) for event in detail.events] == [
                ("Restored", "acme manager"),
                ("Taken back", "acme manager"),
                ("Entered", "acme admin"),
            ]
            told = AuditEntry.objects.filter(subject="ledger.deal", subject_id=deal_id, field="number")
            assert [entry.why for entry in told.order_by("pk")] == ["added", "removed", "undone"]

    def test_where_what_it_named_is_gone_it_says_so(self, acme: Company, gone: int) -> None:
        with tenant(acme.organization):
            Deal.objects.filter(number="A").update(customer=None, customer_branch=None)
            CustomerBranch.objects.all().delete()
            with pytest.raises(services.EntryWrong, match=r"^Its customer branch is gone\.$"):
                services.restore_deal(gone, run=uuid4(), by=acme.manager)
            DealLine.objects.update(brand=None)
            Brand.objects.all().delete()
            with pytest.raises(services.EntryWrong, match=r"^A brand of its lines is gone\.$"):
                services.restore_deal(gone, run=uuid4(), by=acme.manager)
            assert not Deal.objects.filter(number="H-1").exists()

    def test_of_an_import_it_belongs_to_that_import_again(self, acme: Company) -> None:
        """So that undoing the import takes it too, and says beforehand that it will."""
        run = uuid4()
        store(acme, {"number": "A"}, {"number": "B"}, run=run)
        with tenant(acme.organization):
            deal = Deal.objects.get(number="A")
            change = services.delete_deal(deal.pk, version=version(deal), run=uuid4(), by=acme.admin)
            assert changed_since(run) == 1
            services.restore_deal(change, run=uuid4(), by=acme.admin)
            assert changed_since(run) == 0
        assert undo(acme, run) == Undone(2, 0, None)
        assert wrong_totals(acme) == []

    def test_only_as_it_was_last(self, acme: Company, gone: int) -> None:
        """An old page's "Put back" would undo what was edited in between, and say nothing of it."""
        with tenant(acme.organization):
            deal = Deal.objects.get(pk=services.restore_deal(gone, run=uuid4(), by=acme.admin))
            edited = entry(acme, lines=[line(7)])
            services.edit_deal(deal.pk, edited, version=version(deal), run=uuid4(), by=acme.admin)
            last = services.delete_deal(
                deal.pk, version=version(Deal.objects.get(pk=deal.pk)), run=uuid4(), by=acme.admin
            )
            with pytest.raises(services.NoSuchDeal):
                services.restore_deal(gone, run=uuid4(), by=acme.admin)
            deal = Deal.objects.get(pk=services.restore_deal(last, run=uuid4(), by=acme.admin))
            assert deal.net == 7
        assert wrong_totals(acme) == []

    def test_not_by_another_manager(self, acme: Company, gone: int) -> None:
        with tenant(acme.organization), pytest.raises(services.NotYours):
            services.restore_deal(gone, run=uuid4(), by=acme.other_seller)


STEP = st.tuples(
    st.sampled_from(["record", "edit", "delete", "restore"]),
    st.integers(0, 2),
    st.integers(0, 1),
    st.sampled_from(["confirmed", "proposed"]),
    st.sampled_from([date(2026, 3, 31), date(2026, 4, 1)]),
    st.lists(st.integers(-500, 500), min_size=1, max_size=3),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(STEP, max_size=8))
def test_totals_equal_a_recount_after_any_edits(acme: Company, steps: list[tuple[Any, ...]]) -> None:
    deleted: dict[int, int] = {}

    def step(what: str, number: int, channel: int, state: str, day: date, nets: list[int]) -> None:
        typed = entry(acme, f"H-{number}", lines=[line(net) for net in nets])
        typed = replace(typed, channel=acme.channels[channel].name, state=getattr(acme, state).name, date=day)
        deal = Deal.objects.filter(number=typed.number).first()
        if what == "record" and deal is None:
            services.record_deal(typed, run=uuid4(), by=acme.admin)
        elif what == "edit" and deal is not None:
            services.edit_deal(deal.pk, typed, version=version(deal), run=uuid4(), by=acme.admin)
        elif what == "delete" and deal is not None:
            deleted[number] = services.delete_deal(deal.pk, version=version(deal), run=uuid4(), by=acme.admin)
        elif what == "restore" and number in deleted:
            services.restore_deal(deleted[number], run=uuid4(), by=acme.admin)

    with tenant(acme.organization):
        for each in steps:
            step(*each)
    assert wrong_totals(acme) == []
