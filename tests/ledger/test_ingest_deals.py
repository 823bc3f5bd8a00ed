"""Deals on their way in: what is stored, what is refused and why."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, Role, Zone
from accounts.tenancy import tenant
from config.owner import owner_connection
from ledger.ingest import Unknowns, delete_deals, ingest_deals
from ledger.models import Brand, Channel, CompanyMonth, Customer, CustomerBranch, Deal, DealLine, DealState, MemberMonth
from tests.conftest import Company
from tests.ledger.rows import EVERYTHING, NOTHING, batch, fingerprints, store

MOST = Decimal("99999999999999.99")


def known(company: Company, **row: Any) -> dict[str, Any]:
    """A row that names only what the company has."""
    return {"number": "A1", "state": f"{company.organization.slug} confirmed"} | row


@pytest.mark.django_db
class TestStoring:
    def test_a_row_becomes_a_deal_with_one_line(self, acme: Company) -> None:
        outcome = store(
            acme, {"number": "A1", "member": "seller@acme.example", "channel": "acme web", "customer": "Éva", "net": 5}
        )
        assert (outcome.stored, outcome.unchanged, outcome.refusals) == (1, 0, [])
        with tenant(acme.organization):
            deal = Deal.objects.get()
            assert deal.number == "A1"
            assert (deal.member, deal.channel, deal.customer.name) == (acme.seller, acme.channels[2], "Éva")
            assert deal.net == Decimal("5.00")
            assert [line.net for line in deal.lines.all()] == [Decimal("5.00")]
            (month,) = MemberMonth.objects.all()
            assert (month.count, month.net, month.month) == (1, Decimal("5.00"), date(2026, 3, 1))

    def test_rows_of_one_number_are_its_lines_and_sum_up(self, acme: Company) -> None:
        store(
            acme,
            {"number": "A1", "customer": "Bo", "channel": "Web", "product": "x", "net": 5, "brand": "Acer"},
            {"number": "B1"},
            {"number": " A1 ", "product": "y", "net": Decimal("-2.50"), "customer": "  BO "},
        )
        with tenant(acme.organization):
            deal = Deal.objects.get(number="A1")
            assert (deal.net, deal.quantity, deal.customer.name) == (Decimal("2.50"), Decimal(2), "Bo")
            assert list(deal.lines.order_by("position").values_list("position", "product", "net")) == [
                (1, "x", Decimal("5.00")),
                (2, "y", Decimal("-2.50")),
            ]
            assert deal.channel.name == "Web"

    def test_sales_and_orders_have_numbers_of_their_own(self, acme: Company) -> None:
        store(acme, {"number": "A1", "net": 1})
        store(acme, {"number": "A1", "net": 2}, kind="order")
        with tenant(acme.organization):
            assert dict(Deal.objects.values_list("kind", "net")) == {"sale": Decimal(1), "order": Decimal(2)}

    def test_texts_come_back_as_they_were(self, acme: Company) -> None:
        hostile = [
            "=cmd()|' /C calc'!A0",
            "<script>",
            r"a\b\N",
            "tab\there",
            "line\nbreak\r",
            "\u202egnp",
            "'; DROP--",
            r"\.",
        ]
        store(acme, *({"number": f"{text}.", "product": text, "customer": text} for text in hostile))
        with tenant(acme.organization):
            assert set(Deal.objects.values_list("number", flat=True)) == {f"{text}." for text in hostile}
            assert set(DealLine.objects.values_list("product", flat=True)) == set(hostile)
            assert set(Customer.objects.values_list("name", flat=True)) == {" ".join(text.split()) for text in hostile}

    def test_fifty_times_the_rows_are_no_more_queries(self, acme: Company) -> None:
        counts = []
        for size in (10, 500):
            rows = [{"number": f"{size}-{place}", "customer": f"c{place}"} for place in range(size)]
            with tenant(acme.organization), CaptureQueriesContext(connection) as queries:
                ingest_deals(batch(*rows), kind="sale", run=uuid4(), unknowns=EVERYTHING)
            counts.append(len(queries))
        assert counts[1] <= counts[0] <= 30

    def test_an_empty_batch_is_nothing(self, acme: Company) -> None:
        assert store(acme).stored == 0


@pytest.mark.django_db
class TestAgain:
    ROWS = (
        {"number": "A1", "member": "Ann", "customer": "Bo", "net": 5, "brand": "Acer"},
        {"number": "A1", "net": 7},
        {"number": "B1", "channel": "Web"},
    )

    def test_the_same_batch_changes_no_row(self, acme: Company) -> None:
        store(acme, *self.ROWS)
        before = fingerprints(acme)
        outcome = store(acme, *self.ROWS)
        assert (outcome.stored, outcome.unchanged, outcome.refusals) == (3, 3, [])
        assert fingerprints(acme) == before

    def test_a_new_state_moves_the_deal_in_the_totals(self, acme: Company) -> None:
        store(acme, *self.ROWS)
        outcome = store(acme, *({**row, "state": "Lost"} for row in self.ROWS))
        assert outcome.unchanged == 0
        with tenant(acme.organization):
            assert {month.state.name for month in CompanyMonth.objects.all()} == {"Lost"}

    def test_a_changed_line_changes_its_deal_alone(self, acme: Company) -> None:
        store(acme, *self.ROWS)
        first, _, third = self.ROWS
        outcome = store(acme, first, {"number": "A1", "net": 9}, {"number": "A1", "net": 1}, third)
        assert outcome.unchanged == 1
        with tenant(acme.organization):
            deal = Deal.objects.get(number="A1")
            assert deal.net == 15
            assert [line.net for line in deal.lines.order_by("position")] == [5, 9, 1]

    def test_fewer_lines_replace_more(self, acme: Company) -> None:
        store(acme, *self.ROWS)
        store(acme, self.ROWS[0])
        with tenant(acme.organization):
            assert [line.net for line in Deal.objects.get(number="A1").lines.all()] == [Decimal(5)]

    def test_a_line_that_moves_to_another_brand_is_a_change_though_the_sums_stay(self, acme: Company) -> None:
        store(acme, *self.ROWS)
        assert store(acme, {**self.ROWS[0], "brand": "Bose"}, *self.ROWS[1:]).unchanged == 1

    def test_lines_of_one_run_may_be_scattered(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1", "member": "Ann", "net": 1}, {"number": "A1", "net": 2}, run=run)
        store(acme, {"number": "A1", "net": 4}, {"number": "B1"}, run=run)
        store(acme, {"number": "A1", "member": "ANN", "net": 8}, run=run)
        with tenant(acme.organization):
            deal = Deal.objects.get(number="A1")
            assert deal.net == 15
            assert deal.member.name == "Ann"
            assert list(deal.lines.order_by("position").values_list("position", "net")) == [
                (place, Decimal(2) ** (place - 1)) for place in range(1, 5)
            ]
            (month,) = MemberMonth.objects.filter(member=deal.member)
            assert (month.count, month.net) == (1, Decimal(15))

    def test_lines_of_a_later_run_replace_from_its_first_batch_on(self, acme: Company) -> None:
        store(acme, {"number": "A1", "net": 1}, {"number": "A1", "net": 2}, {"number": "A1", "net": 4})
        run = uuid4()
        store(acme, {"number": "A1", "net": 1}, {"number": "A1", "net": 2}, run=run)
        store(acme, {"number": "A1", "net": 4}, run=run)
        with tenant(acme.organization):
            assert Deal.objects.get().net == 7
            assert DealLine.objects.count() == 3


@pytest.mark.django_db
class TestHeaders:
    def test_a_later_row_that_names_something_else_is_refused_and_the_deal_with_it(self, acme: Company) -> None:
        outcome = store(
            acme,
            {"number": "A1", "channel": "Web"},
            {"number": "A1", "channel": "Shop"},
            {"number": "A1", "date": date(2026, 3, 3)},
            {"number": "A1", "customer": "Bo"},
            {"number": "B1"},
        )
        assert outcome.stored == 1
        assert [(refusal.line, refusal.field, refusal.value, refusal.reason) for refusal in outcome.refusals] == [
            (2, "", "", "Another row of the same deal was refused."),
            (3, "channel", "Shop", "Deal A1 has another channel in its first row, and all its rows must agree."),
            (4, "date", "2026-03-03", "Deal A1 has another date in its first row, and all its rows must agree."),
            (5, "customer", "Bo", "Deal A1 has no customer in its first row, and all its rows must agree."),
        ]

    def test_the_same_holds_for_rows_in_a_later_batch_of_the_run(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1", "channel": "Web", "customer": "Bo", "customer_branch": "Main"}, run=run)
        outcome = store(acme, {"number": "A1", "channel": "Shop"}, {"number": "B1"}, run=run)
        assert [(refusal.line, refusal.field) for refusal in outcome.refusals] == [(2, "channel")]
        assert store(acme, {"number": "A1", "state": "", "customer": "BO"}, run=run).stored == 1
        with tenant(acme.organization):
            assert Deal.objects.get(number="A1").lines.count() == 2

    def test_a_deal_that_loses_a_row_loses_all(self, acme: Company) -> None:
        only = Unknowns(create=frozenset({"customer"}))
        rows = [known(acme, customer="Cy"), known(acme, channel="Wbe"), known(acme, number="B1")]
        outcome = store(acme, *rows, unknowns=only)
        assert outcome.stored == 1
        assert [refusal.field for refusal in outcome.refusals] == ["", "channel"]
        with tenant(acme.organization):
            assert not Customer.objects.exists()
            assert Deal.objects.get().number == "B1"

    def test_a_state_is_needed(self, acme: Company) -> None:
        (refusal,) = store(acme, {"number": "A1", "state": " "}).refusals
        assert (refusal.field, refusal.reason) == ("state", "The state is missing.")


@pytest.mark.django_db
class TestNames:
    def test_unknown_names_are_refused_in_words_for_users(self, acme: Company) -> None:
        rows = [
            known(acme, channel="Web"),
            known(acme, number="A2", member="Nobody"),
            known(acme, number="A3", state="Won"),
            known(acme, number="A4"),
        ]
        outcome = store(acme, *rows, unknowns=NOTHING)
        assert outcome.stored == 1
        assert [(refusal.line, refusal.field, refusal.value, refusal.reason) for refusal in outcome.refusals] == [
            (2, "channel", "Web", "There is no channel called Web. Add it, or let the import create channels."),
            (3, "member", "Nobody", "There is nobody called Nobody. Add them, or let the import create people."),
            (4, "state", "Won", "There is no state called Won. Add it, or let the import create states."),
        ]

    def test_nothing_is_made_for_a_row_that_is_refused(self, acme: Company) -> None:
        only = Unknowns(create=frozenset({"customer", "brand"}))
        store(acme, known(acme, customer="New", brand="Newer", zone="Nowhere"), unknowns=only)
        with tenant(acme.organization):
            assert not Customer.objects.exists()
            assert not Brand.objects.exists()

    def test_names_are_compared_folded_and_trimmed(self, acme: Company) -> None:
        store(acme, {"number": "A1", "customer": "Straße  7"}, {"number": "A2", "customer": " STRASSE 7 "})
        store(acme, {"number": "A3", "customer": "strasse\u00a07"})
        with tenant(acme.organization):
            assert [customer.name for customer in Customer.objects.all()] == ["Straße 7"]

    def test_people_are_known_by_address_or_name(self, acme: Company) -> None:
        store(
            acme,
            known(acme, member="Seller@ACME.example "),
            known(acme, number="A2", member=acme.other_seller.name.upper()),
            unknowns=NOTHING,
        )
        with tenant(acme.organization):
            assert dict(Deal.objects.values_list("number", "member")) == {
                "A1": acme.seller.pk,
                "A2": acme.other_seller.pk,
            }

    def test_a_name_that_two_people_share_is_refused(self, acme: Company) -> None:
        with tenant(acme.organization):
            for email in ("jo1@acme.example", "jo2@acme.example"):
                Member.objects.create(organization=acme.organization, name="Jo", email=email)
        outcome = store(acme, known(acme, member="jo"), known(acme, number="A2", member="jo2@acme.example"))
        (refusal,) = outcome.refusals
        assert refusal.reason == "2 people are called jo: use the e-mail address."
        assert outcome.stored == 1

    def test_what_is_made(self, acme: Company) -> None:
        row = {"member": "New@Acme.example", "channel": "Fair", "zone": "East", "brand": "Acer", "state": "Won"}
        store(acme, {"number": "A1"} | row, {"number": "A2", "channel": "Letter", "state": "Open", "member": "Lee"})
        store(acme, {"number": "A3", "state": "Lost"})
        with tenant(acme.organization):
            person = Member.objects.get(email="new@acme.example")
            assert (person.name, person.role, person.user) == ("New@Acme.example", Role.SALESPERSON, None)
            assert Member.objects.get(name="Lee").email == ""
            assert list(Channel.objects.values_list("name", "position"))[-2:] == [("Fair", 5), ("Letter", 6)]
            assert Zone.objects.get().name_key == "east"
            states = {
                state.name: (state.is_initial, state.triggers_commission, state.is_ordered)
                for state in DealState.objects.filter(name__in=["Won", "Open", "Lost"])
            }
            assert states == {
                "Won": (False, True, True),
                "Open": (True, False, False),
                "Lost": (False, False, False),
            }

    def test_a_state_without_a_meaning_is_not_made(self, acme: Company) -> None:
        (refusal,) = store(acme, {"number": "A1", "state": "Odd"}).refusals
        assert refusal.reason == "The import doesn't say what the state Odd means."

    def test_a_branch_belongs_to_the_customer_of_its_row(self, acme: Company) -> None:
        store(
            acme,
            {"number": "A1", "customer": "Bo", "customer_branch": "Main"},
            {"number": "A2", "customer": "Cy", "customer_branch": "MAIN"},
            {"number": "A3", "customer": "Bo", "customer_branch": "main"},
        )
        with tenant(acme.organization):
            assert CustomerBranch.objects.count() == 2
            for deal in Deal.objects.all():
                assert deal.customer_branch.customer == deal.customer
        outcome = store(
            acme,
            known(acme, number="A4", customer_branch="Main"),
            known(acme, number="A5", customer="Bo", customer_branch="Side"),
            unknowns=NOTHING,
        )
        assert [refusal.reason for refusal in outcome.refusals] == [
            "A customer branch needs its customer.",
            "There is no customer branch called Side. Add it, or let the import create customer branches.",
        ]

    def test_a_branch_that_one_customer_lacks_does_not_hold_up_another(self, acme: Company) -> None:
        store(acme, {"number": "A1", "customer": "Bo", "customer_branch": "Main"}, {"number": "A2", "customer": "Cy"})
        outcome = store(
            acme,
            known(acme, number="A3", customer="Bo", customer_branch="Main"),
            known(acme, number="A4", customer="Cy", customer_branch="Main"),
            unknowns=NOTHING,
        )
        assert (outcome.stored, [refusal.line for refusal in outcome.refusals]) == (1, [3])


@pytest.mark.django_db
class TestBadValues:
    @pytest.mark.parametrize(
        ("row", "field", "reason"),
        [
            pytest.param({"number": " "}, "number", "The number is missing.", id="no-number"),
            pytest.param({"number": "x" * 121}, "number", "This is longer than 120 characters.", id="long-number"),
            pytest.param({"product": "x" * 241}, "product", "This is longer than 240 characters.", id="long-product"),
            pytest.param(
                {"customer": "x" * 241}, "customer", "The name is longer than 240 characters.", id="long-name"
            ),
            pytest.param(
                {"customer": "ß" * 121}, "customer", "The name is longer than 240 characters.", id="long-folded"
            ),
            pytest.param({"product": "a\0b"}, "product", "This holds a character that can't be stored.", id="nul"),
            pytest.param(
                {"number": "\ud800"}, "number", "This holds a character that can't be stored.", id="surrogate"
            ),
            pytest.param({"net": Decimal("NaN")}, "net", "This is not a number.", id="nan"),
            pytest.param({"net": Decimal("-Infinity")}, "net", "This is not a number.", id="infinite"),
            pytest.param({"net": MOST + 1}, "net", "This number is too large.", id="large"),
            pytest.param({"net": Decimal("99999999999999.999")}, "net", "This number is too large.", id="rounds-up"),
        ],
    )
    def test_a_bad_value_costs_its_own_row(self, acme: Company, row: dict[str, Any], field: str, reason: str) -> None:
        outcome = store(acme, {"number": "A1"} | row, {"number": "A2"})
        assert outcome.stored == 1
        (refusal,) = outcome.refusals
        assert (refusal.line, refusal.field, refusal.reason) == (2, field, reason)

    def test_the_largest_amounts_are_stored(self, acme: Company) -> None:
        store(acme, *({"number": f"A{place}", "net": sign * MOST} for place, sign in enumerate((1, 1, 1, -1))))
        with tenant(acme.organization):
            assert CompanyMonth.objects.get().net == 2 * MOST

    def test_lines_that_add_up_to_too_much_are_refused_together(self, acme: Company) -> None:
        outcome = store(acme, {"number": "A1", "net": MOST}, {"number": "A2"}, {"number": "A1"})
        assert (outcome.stored, [refusal.line for refusal in outcome.refusals]) == (1, [2, 4])
        assert outcome.refusals[0].reason == "The lines of deal A1 add up to a number that is too large."

    def test_lines_added_later_that_make_it_too_much_are_refused(self, acme: Company) -> None:
        run = uuid4()
        store(acme, {"number": "A1", "net": MOST}, run=run)
        outcome = store(acme, {"number": "A1"}, {"number": "B1"}, run=run)
        assert (outcome.stored, [refusal.line for refusal in outcome.refusals]) == (1, [2])

    def test_further_decimals_are_rounded_before_they_are_summed(self, acme: Company) -> None:
        store(acme, {"number": "A1", "net": Decimal("0.005")}, {"number": "A1", "net": Decimal("1E+2")})
        with tenant(acme.organization):
            assert Deal.objects.get().net == Decimal("100.01")


@pytest.mark.django_db
class TestTakingBack:
    def test_a_deal_goes_with_its_lines_and_totals(self, acme: Company) -> None:
        store(acme, {"number": "A1", "member": "Ann"}, {"number": "A1"}, {"number": "B1"})
        store(acme, {"number": "A1"}, kind="order")
        with tenant(acme.organization):
            assert delete_deals(["A1", "never"], kind="sale", run=uuid4(), by=None) == 1
            assert set(Deal.objects.values_list("kind", "number")) == {("sale", "B1"), ("order", "A1")}
            assert not MemberMonth.objects.filter(member__isnull=False).exists()
            assert DealLine.objects.count() == 2

    def test_another_organizations_deal_stays(self, acme: Company, rival: Company) -> None:
        store(rival, {"number": "A1"})
        with tenant(acme.organization):
            assert delete_deals(["A1"], kind="sale", run=uuid4(), by=None) == 0
        with tenant(rival.organization):
            assert Deal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestTenancy:
    def test_an_ingest_leaves_another_organization_as_it_is(self, acme: Company, rival: Company) -> None:
        row = {"number": "A1", "customer": "Bo", "customer_branch": "Main", "member": "Ann", "channel": "Web"}
        store(rival, row | {"net": 3})
        before = fingerprints(rival)
        store(acme, row | {"net": 9})
        store(acme, row | {"net": 8, "state": "Lost"})
        with tenant(acme.organization):
            delete_deals(["A1"], kind="sale", run=uuid4(), by=None)
        assert fingerprints(rival) == before

    def test_people_of_another_organization_are_not_found(self, acme: Company, rival: Company) -> None:
        outcome = store(acme, known(acme, member="seller@rival.example"), unknowns=NOTHING)
        assert outcome.stored == 0

    @pytest.mark.parametrize("column", ["member_id", "channel_id", "state_id"])
    def test_the_database_refuses_a_deal_with_another_organizations_names(
        self, acme: Company, rival: Company, column: str
    ) -> None:
        store(acme, known(acme))
        store(rival, known(rival, member="seller@rival.example", channel="rival web"), unknowns=NOTHING)
        with owner_connection() as owner:
            owner.execute("ALTER TABLE ledger_deal NO FORCE ROW LEVEL SECURITY")
            try:
                found = owner.execute(
                    f"SELECT {column} FROM ledger_deal WHERE organization_id = %s", [rival.organization.pk]
                ).fetchone()
            finally:
                owner.execute("ALTER TABLE ledger_deal FORCE ROW LEVEL SECURITY")
        assert found
        with (
            pytest.raises(Exception, match="foreign key"),
            tenant(acme.organization),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE ledger_deal SET {column} = %s", [found[0]])
