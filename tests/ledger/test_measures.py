"""Measures: what they count, in how many queries, and by which index."""

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Company as OperatingCompany
from accounts.models import Member, Zone
from accounts.tenancy import tenant
from config.owner import owner_connection
from ledger.ingest import ingest_deals
from ledger.measures import Measure, Question, States, daily, totals, totals_each, totals_many
from ledger.models import Activity, ActivityType, Brand, Channel, Customer, DealState, SalesLedger
from tests.conftest import Company
from tests.ledger.rows import EVERYTHING, batch, store


@dataclass(frozen=True)
class Days:
    start: date
    end: date


MARCH = Days(date(2026, 3, 1), date(2026, 3, 31))
YEAR = Days(date(2026, 1, 1), date(2026, 12, 31))
ODD = Days(date(2026, 2, 11), date(2026, 4, 9))
COLUMNS = ("member", "channel", "company", "customer", "sales_ledger", "zone", "state")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """300 deals of one or two lines, every dimension blank now and then."""
    rng = random.Random(7)
    rows = []
    for number in range(300):
        deal = {
            "number": f"D{number}",
            "date": date(2026, 1, 1) + timedelta(days=rng.randrange(150)),
            "state": rng.choice(["Won", "Won", "Open", "Lost"]),
            "member": rng.choice(["Ann", "Bob", "Cem", ""]),
            "channel": rng.choice(["Web", "Shop", ""]),
            "company": rng.choice(["North Ltd", ""]),
            "customer": rng.choice(["C1", "C2", "C3", ""]),
            "sales_ledger": rng.choice(["Amazon", ""]),
            "zone": rng.choice(["East", "West", ""]),
            "kind": rng.choice(["sale", "sale", "order"]),
        }
        for _ in range(rng.choice([1, 1, 2])):
            amounts = {name: Decimal(rng.randrange(-500, 90000)).scaleb(-2) for name in ("quantity", "net", "gross")}
            rows.append(deal | amounts | {"brand": rng.choice(["Acer", "Bose", ""])})
    return rows


class World:
    """The stored deals again, counted the slow way."""

    def __init__(self, company: Company, rows: list[dict[str, Any]]) -> None:
        self.company = company
        for kind in ("sale", "order"):
            store(
                company,
                *[{k: v for k, v in row.items() if k != "kind"} for row in rows if row["kind"] == kind],
                kind=kind,
            )
        models: dict[str, Any] = {
            "member": Member,
            "channel": Channel,
            "company": OperatingCompany,
            "customer": Customer,
            "sales_ledger": SalesLedger,
            "zone": Zone,
            "state": DealState,
            "brand": Brand,
        }
        with tenant(company.organization):
            self.ids = {
                dimension: dict(model.objects.values_list("name", "id")) | {"": None}
                for dimension, model in models.items()
            }
        self.deals: dict[Any, dict[str, Any]] = {}
        for row in rows:
            deal = self.deals.setdefault(
                (row["kind"], row["number"]),
                {name: self.ids[name][row[name]] for name in COLUMNS}
                | {
                    "kind": row["kind"],
                    "date": row["date"],
                    "meaning": row["state"],
                    "brands": set(),
                    "count": Decimal(1),
                }
                | dict.fromkeys(("quantity", "net", "gross"), Decimal(0)),
            )
            deal["brands"].add(self.ids["brand"][row["brand"]])
            for name in ("quantity", "net", "gross"):
                deal[name] += row[name]
        for deal in self.deals.values():
            deal["month"] = deal["date"].replace(day=1)

    def count(self, measure: Measure, period: Any, by: tuple[str, ...]) -> dict[Any, Decimal]:
        meanings = {"any": {"Won", "Open", "Lost"}, "confirmed": {"Won"}, "proposed": {"Open"}, "ordered": {"Won"}}
        sums: dict[Any, Decimal] = {}
        for deal in self.deals.values():
            states = measure.states
            if deal["kind"] != measure.kind or not period.start <= deal["date"] <= period.end:
                continue
            if deal["meaning"] not in meanings[states] if isinstance(states, States) else deal["state"] not in states:
                continue
            if not all(
                deal["brands"] & set(ids) if dimension == "brand" else deal[dimension] in ids
                for dimension, ids in measure.include.items()
            ):
                continue
            if any(
                deal["brands"] & set(ids) if dimension == "brand" else deal[dimension] in ids
                for dimension, ids in measure.exclude.items()
            ):
                continue
            key = tuple(deal[dimension] for dimension in by)
            sums[key] = sums.get(key, Decimal(0)) + deal[measure.metric]
        return sums


@pytest.fixture
def world(acme: Company, rows: list[dict[str, Any]]) -> World:
    return World(acme, rows)


def some_measures(world: World) -> list[Measure]:
    ids = world.ids
    return [
        Measure(),
        Measure(metric="net"),
        Measure(kind="order", metric="gross", states=States.ANY),
        Measure(states=States.PROPOSED),
        Measure(states=States.ORDERED, metric="quantity"),
        Measure(states=(ids["state"]["Lost"], ids["state"]["Open"])),
        Measure(include={"member": [ids["member"]["Ann"], ids["member"]["Bob"]]}),
        Measure(include={"channel": [ids["channel"]["Web"]]}, exclude={"member": [ids["member"]["Cem"]]}),
        Measure(exclude={"zone": [ids["zone"]["East"]]}),
        Measure(include={"company": [ids["company"]["North Ltd"]]}, metric="net"),
        Measure(include={"customer": [ids["customer"]["C1"]], "sales_ledger": [ids["sales_ledger"]["Amazon"]]}),
        Measure(include={"brand": [ids["brand"]["Acer"], ids["brand"]["Bose"]]}, metric="net"),
        Measure(exclude={"brand": [ids["brand"]["Acer"]]}),
        Measure(include={"zone": []}),
    ]


@pytest.mark.django_db
class TestAnswers:
    @pytest.mark.parametrize("period", [MARCH, YEAR, ODD], ids=["a-month", "a-year", "any-days"])
    @pytest.mark.parametrize(
        "by",
        [(), ("member", "channel"), ("company",), ("customer", "sales_ledger"), ("month", "member"), ("zone", "state")],
        ids="-".join,
    )
    def test_totals_are_the_sums_of_the_deals(self, world: World, period: Days, by: tuple[str, ...]) -> None:
        with tenant(world.company.organization):
            for measure in some_measures(world):
                found = totals(measure, period, by)
                assert found == (world.count(measure, period, by) or ({} if by else {(): Decimal(0)})), measure

    def test_daily_sums_a_day_at_a_time(self, world: World) -> None:
        with tenant(world.company.organization):
            for measure in some_measures(world):
                assert daily(measure, ODD, ("member",)) == world.count(measure, ODD, ("date", "member"))

    def test_several_measures_stand_side_by_side_in_one_query(self, world: World) -> None:
        measures = {str(place): measure for place, measure in enumerate(some_measures(world))}
        with tenant(world.company.organization), CaptureQueriesContext(connection) as queries:
            found = totals_many(measures, MARCH, ("member",))
        assert len(queries) == 1
        for name, measure in measures.items():
            expected = world.count(measure, MARCH, ("member",))
            assert {key: values[name] for key, values in found.items() if values[name]} == expected

    def test_questions_with_days_of_their_own_are_one_query(self, world: World) -> None:
        rng = random.Random(3)
        members = [None, *(world.ids["member"][name] for name in ("Ann", "Bob", "Cem"))]
        questions = []
        for measure in some_measures(world) * 4:
            start = date(2026, 1, 1) + timedelta(days=rng.randrange(100))
            days = Days(start, start + timedelta(days=rng.randrange(60)))
            questions.append(Question(measure, days, member=rng.choice(members)))
        with tenant(world.company.organization), CaptureQueriesContext(connection) as queries:
            answers = totals_each(questions)
        assert len(queries) == 1
        for question, answer in zip(questions, answers, strict=True):
            by = () if question.member is None else ("member",)
            expected = world.count(question.measure, question.period, by).get(by and (question.member,), Decimal(0))
            assert answer == expected, question

    def test_no_question_no_query(self, acme: Company) -> None:
        with tenant(acme.organization), CaptureQueriesContext(connection) as queries:
            assert totals_each([]) == []
        assert len(queries) == 0

    def test_nothing_happened_is_zero(self, acme: Company) -> None:
        with tenant(acme.organization):
            assert totals(Measure(), MARCH) == {(): Decimal(0)}
            assert totals(Measure(), ODD, ("member",)) == {}

    def test_another_organization_is_not_counted(self, acme: Company, rival: Company) -> None:
        store(rival, {"number": "R1"})
        with tenant(acme.organization):
            assert totals(Measure(), YEAR) == {(): Decimal(0)}
            assert totals(Measure(), ODD) == {(): Decimal(0)}

    def test_activities_are_counted(self, acme: Company) -> None:
        with tenant(acme.organization):
            visit = ActivityType.objects.create(organization=acme.organization, name="Visit")
            for number, verified in (("1", True), ("2", False), ("3", True)):
                Activity.objects.create(
                    organization=acme.organization,
                    number=number,
                    type=visit,
                    date=date(2026, 3, 4),
                    member=acme.seller,
                    verified=verified,
                )
            visits = Measure(kind="activity", include={"type": [visit.pk]})
            assert totals(visits, MARCH, ("member",)) == {(acme.seller.pk,): Decimal(3)}
            assert totals(Measure(kind="activity", verified=True), MARCH) == {(): Decimal(2)}
            assert daily(visits, MARCH) == {(date(2026, 3, 4),): Decimal(3)}
            assert totals_each([Question(visits, MARCH, member=acme.seller.pk)]) == [Decimal(3)]
            both = totals_many({"deals": Measure(), "visits": visits}, MARCH, ("member",))
            assert both == {(acme.seller.pk,): {"deals": Decimal(0), "visits": Decimal(3)}}

    @pytest.mark.parametrize(
        "wrong",
        [dict(kind="lead"), dict(metric="price"), dict(kind="activity", metric="net"), dict(include={"town": [1]})],
    )
    def test_what_cannot_be_asked_is_an_error(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            Measure(**wrong)

    def test_an_unknown_dimension_to_group_by_is_an_error(self, acme: Company) -> None:
        with tenant(acme.organization), pytest.raises(ValueError):
            totals(Measure(), MARCH, ("brand",))


def plan(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.django_db(transaction=True)
class TestPlans:
    """With 6,000 deals in the organization."""

    @pytest.fixture
    def many(self, acme: Company) -> Company:
        rng = random.Random(1)
        with tenant(acme.organization):
            ingest_deals(
                batch(
                    *(
                        {
                            "number": f"N{number}",
                            "date": date(2026, 1, 1) + timedelta(days=rng.randrange(360)),
                            "member": f"Member {rng.randrange(40)}",
                            "channel": f"Channel {rng.randrange(5)}",
                            "customer": f"Customer {rng.randrange(500)}",
                            "zone": f"Zone {rng.randrange(4)}",
                        }
                        for number in range(6000)
                    )
                ),
                kind="sale",
                run=uuid4(),
                unknowns=EVERYTHING,
            )
        with owner_connection() as connection:
            connection.execute("VACUUM ANALYZE")
        return acme

    def asked(self, company: Company, ask: Any) -> str:
        with tenant(company.organization), CaptureQueriesContext(connection) as queries:
            ask()
            assert len(queries) == 1
            return plan(queries[0]["sql"])

    def test_the_grid_reads_the_monthly_totals_by_index(self, many: Company) -> None:
        found = self.asked(many, lambda: totals(Measure(), MARCH, ("member", "channel")))
        assert "ledger_membermonth_once" in found
        assert "ledger_deal " not in found

    def test_the_whole_organization_reads_the_smallest_totals(self, many: Company) -> None:
        found = self.asked(many, lambda: totals(Measure(), YEAR))
        assert "ledger_companymonth" in found
        assert "ledger_deal " not in found

    @pytest.mark.parametrize(
        ("index", "measure"),
        [
            pytest.param("ledger_deal_member_date", "member", id="a-person"),
            pytest.param("ledger_deal_customer_date", "customer", id="a-customer"),
        ],
    )
    def test_questions_are_looked_up_by_index(self, many: Company, index: str, measure: str) -> None:
        with tenant(many.organization):
            model: Any = {"member": Member, "customer": Customer}[measure]
            ids = list(model.objects.values_list("pk", flat=True)[:30])
        zones = {"zone": [1, 2]}
        questions = [Question(Measure(include=zones), ODD, **{measure: id_}) for id_ in ids]
        found = self.asked(many, lambda: totals_each(questions))
        assert index in found, found
        assert not re.search(r"Seq Scan on ledger_deal\b", found)

    def test_days_of_everybody_come_by_date(self, many: Company) -> None:
        week = Days(date(2026, 3, 2), date(2026, 3, 8))
        found = self.asked(many, lambda: daily(Measure(), week, ("member",)))
        assert "ledger_deal_date" in found
        assert not re.search(r"Seq Scan on ledger_deal\b", found)
