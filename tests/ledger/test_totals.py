"""The monthly totals equal a recount, whatever was done to the deals and by however many writers."""

import random
import threading
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.tenancy import tenant
from ledger.ingest import Seen, delete_deals
from ledger.ingest.statements import SUMS
from ledger.ingest.totals import TABLES, differences
from ledger.models import CompanyMonth, Deal, DealLine, MemberMonth
from tests.conftest import Company, found
from tests.ledger.rows import fingerprints, store, undo
from tests.progress.tables import tables

DATES = (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))
HEADERS = st.fixed_dictionaries(
    {
        "date": st.sampled_from(DATES),
        "state": st.sampled_from(["Won", "Open", "Lost"]),
        "member": st.sampled_from(["Ann", "Bob", ""]),
        "channel": st.sampled_from(["Web", ""]),
        "company": st.sampled_from(["North", ""]),
        "customer": st.sampled_from(["C", ""]),
    }
)
AMOUNTS = st.decimals(min_value=-1000, max_value=1000, places=2)
LINES = st.lists(
    st.fixed_dictionaries({"net": AMOUNTS, "margin": AMOUNTS, "brand": st.sampled_from(["Acer", ""])}),
    min_size=1,
    max_size=3,
)
NUMBERS = st.sampled_from(["1", "2", "3", "4"])
KINDS = st.sampled_from(["sale", "order"])


def check(company: Company) -> None:
    """Totals equal a recount, deals equal their lines, and no row is empty."""
    with tenant(company.organization), connection.cursor() as cursor:
        assert differences(cursor, company.organization.pk) == []
        assert not MemberMonth.objects.filter(count__lte=0).exists()
        assert not CompanyMonth.objects.filter(count__lte=0).exists()
        cursor.execute(
            "SELECT d.number FROM ledger_deal d LEFT JOIN ledger_dealline l ON l.deal_id = d.id GROUP BY d.id "
            "HAVING (d.quantity, d.net, d.gross, d.margin) IS DISTINCT FROM "
            "(sum(l.quantity), sum(l.net), sum(l.gross), sum(l.margin)) "
            "OR max(l.position) <> count(*)"
        )
        assert cursor.fetchall() == []


def contents(company: Company) -> list[Any]:
    """Every deal with its lines, and the run that wrote it; not the lines' ids."""
    with tenant(company.organization):
        columns = [field.attname for field in Deal._meta.local_fields]
        lines = DealLine.objects.order_by("deal", "position")
        return [
            *Deal.objects.order_by("pk").values_list(*columns),
            *lines.values_list("deal", "position", "brand", "product", *SUMS),
        ]


class Histories(RuleBasedStateMachine):
    """Whatever is done to four numbers, in any order."""

    company: Company

    @initialize()
    def begin(self) -> None:
        self.run: UUID = uuid4()
        self.model: dict[tuple[str, str], tuple[dict[str, Any], list[dict[str, Any]]]] = {}

    @rule(deals=st.dictionaries(NUMBERS, st.tuples(HEADERS, LINES), min_size=1), kind=KINDS)
    def ingest(self, deals: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]], kind: str) -> None:
        """A new file: lines of the deals in turn, as exports mix them."""
        rows = [{"number": number} | header | line for number, (header, lines) in deals.items() for line in lines]
        random.Random(len(rows)).shuffle(rows)
        self.run = uuid4()
        assert store(self.company, *rows, kind=kind, run=self.run).stored == len(rows)
        self.model |= {(kind, number): deal for number, deal in deals.items()}

    @rule(deals=st.dictionaries(NUMBERS, st.tuples(HEADERS, LINES), min_size=1), kind=KINDS)
    def ingest_scattered(self, deals: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]], kind: str) -> None:
        """A new file whose every row is a batch of its own."""
        self.run = uuid4()
        rows = [{"number": number} | header | line for number, (header, lines) in deals.items() for line in lines]
        random.Random(len(rows)).shuffle(rows)
        seen = Seen()
        for row in rows:
            assert store(self.company, row, kind=kind, run=self.run, seen=seen).stored == 1
        self.model |= {(kind, number): deal for number, deal in deals.items()}

    @rule(deals=st.dictionaries(NUMBERS, st.tuples(HEADERS, LINES), min_size=1), kind=KINDS, scattered=st.booleans())
    def ingest_and_undo(
        self, deals: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]], kind: str, scattered: bool
    ) -> None:
        """A file that was imported by mistake and is taken back: all is as it was."""
        before = contents(self.company)
        rows = [{"number": number} | header | line for number, (header, lines) in deals.items() for line in lines]
        run, seen = uuid4(), Seen()
        for part in [[row] for row in rows] if scattered else [rows]:
            store(self.company, *part, kind=kind, run=run, seen=seen)
        undo(self.company, run)
        assert contents(self.company) == before

    @rule(number=NUMBERS, kind=KINDS)
    def again(self, number: str, kind: str) -> None:
        """What is there already, once more: no row changes."""
        if (kind, number) in self.model:
            header, _ = self.model[kind, number]
            with tenant(self.company.organization):
                lines = DealLine.objects.filter(deal__number=number, deal__kind=kind).order_by("position")
                rows = [
                    {"number": number, "brand": brand or ""}
                    | header
                    | {"quantity": line.quantity, "net": line.net, "gross": line.gross, "margin": line.margin}
                    for line, brand in [(line, line.brand and line.brand.name) for line in lines]
                ]
            before = fingerprints(self.company)
            assert store(self.company, *rows, kind=kind).unchanged == len(rows)
            assert fingerprints(self.company) == before

    @rule(number=NUMBERS, kind=KINDS, state=st.sampled_from(["Won", "Open", "Lost"]))
    def cancel(self, number: str, kind: str, state: str) -> None:
        """The same deal in another state."""
        if (kind, number) in self.model:
            header, lines = self.model[kind, number]
            header = header | {"state": state}
            store(self.company, *({"number": number} | header | line for line in lines), kind=kind)
            self.model[kind, number] = (header, lines)

    @rule(numbers=st.sets(NUMBERS), kind=KINDS)
    def take_back(self, numbers: set[str], kind: str) -> None:
        with tenant(self.company.organization):
            there = {number for of, number in self.model if of == kind} & numbers
            assert delete_deals(numbers, kind=kind, run=uuid4(), by=None) == len(there)
        for number in there:
            del self.model[kind, number]

    @invariant()
    def totals_equal_a_recount(self) -> None:
        check(self.company)

    @invariant()
    def the_deals_are_those_that_were_brought(self) -> None:
        with tenant(self.company.organization):
            stored = {(deal.kind, deal.number): (deal.date, deal.net) for deal in Deal.objects.all()}
        assert stored == {
            key: (header["date"], sum((line["net"] for line in lines), Decimal(0)))
            for key, (header, lines) in getattr(self, "model", {}).items()
        }

    def teardown(self) -> None:
        with tenant(self.company.organization):
            for kind in ("sale", "order"):
                delete_deals(["1", "2", "3", "4"], kind=kind, run=uuid4(), by=None)
            assert not MemberMonth.objects.exists()
            assert not CompanyMonth.objects.exists()


@pytest.mark.django_db
def test_after_any_history_totals_equal_a_recount(acme: Company, rival: Company) -> None:
    store(rival, {"number": "1", "member": "Ann"})
    before = fingerprints(rival)
    Histories.company = acme
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert fingerprints(rival) == before


@pytest.mark.django_db
def test_the_steps_of_the_page(acme: Company) -> None:
    for step in tables("monthly-totals")["How they are kept"]:
        done, numbers, totals = step["done"], step["stored"], step["by member and channel"]
        words = ["" if word == "-" else word for word in done.split()]
        if words[1:] == ["taken", "back"]:
            with tenant(acme.organization):
                delete_deals([words[0]], kind="sale", run=uuid4(), by=None)
        else:
            number, day, member, channel, state, net = words
            row = {"member": member, "channel": channel, "state": state, "net": int(net)}
            store(acme, {"number": number, "date": date.fromisoformat(day)} | row)
        with tenant(acme.organization):
            assert sorted(deal.number for deal in Deal.objects.all()) == [n for n in numbers.split() if n != "-"], done
            found = [
                f"{row.month:%Y-%m} {row.member or '-'} {row.channel or '-'} {row.state} {row.count} {row.net:.0f}"
                for row in MemberMonth.objects.order_by("month").select_related("member", "channel", "state")
            ]
        assert found == [line for line in totals.split(", ") if line != "-"], done
        check(acme)


@pytest.mark.django_db
def test_the_last_deal_of_a_persons_month_leaves_nothing_behind(acme: Company) -> None:
    store(acme, {"number": "1", "member": "Ann", "date": date(2026, 3, 5)})
    store(acme, {"number": "1", "member": "Ann", "date": date(2026, 4, 5)})
    with tenant(acme.organization):
        assert [month.month for month in MemberMonth.objects.all()] == [date(2026, 4, 1)]
        delete_deals(["1"], kind="sale", run=uuid4(), by=None)
        assert not MemberMonth.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestTwoWriters:
    """Each with a connection of its own, starting at the same moment, with real commits."""

    def together(self, *writers: Any) -> None:
        barrier = threading.Barrier(len(writers))
        errors: list[BaseException] = []

        def work(write: Any) -> None:
            try:
                barrier.wait(10)
                write()
            except BaseException as error:  # noqa: BLE001  # shown below
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=(write,)) for write in writers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert errors == []

    def writer(self, company: Company, seed: int) -> Any:
        """Ten batches of the same twelve numbers in an order, and with dates, people and states, of its own."""
        rng = random.Random(seed)

        def write() -> None:
            for _ in range(10):
                numbers = rng.sample(range(12), 8)
                rows = [
                    {
                        "number": str(number),
                        "date": rng.choice(DATES),
                        "state": rng.choice(["Won", "Lost"]),
                        "member": f"Member {rng.randrange(3)}",
                        "customer": f"Customer {rng.randrange(50)}",
                        "channel": f"Channel {rng.randrange(4)}",
                        "net": rng.randrange(100),
                    }
                    for number in numbers
                ]
                store(company, *rows)
                if rng.random() < 0.4:
                    with tenant(company.organization):
                        few = [str(number) for number in rng.sample(range(12), 3)]
                        delete_deals(few, kind="sale", run=uuid4(), by=None)

        return write

    def test_of_the_same_numbers(self, acme: Company) -> None:
        for round_ in range(3):
            self.together(*(self.writer(acme, 10 * round_ + place) for place in range(3)))
            check(acme)

    def test_of_different_organizations_dont_wait_for_each_other(self, acme: Company, rival: Company) -> None:
        with tenant(acme.organization):
            store(acme, {"number": "1"})
            self.together(lambda: store(rival, {"number": "1"}))
        check(acme)
        check(rival)

    def test_a_batch_that_fails_leaves_nothing(self, acme: Company) -> None:
        store(acme, {"number": "1", "member": "Ann"})
        before = fingerprints(acme)

        def fail() -> None:
            with tenant(acme.organization):
                store(acme, {"number": "1", "net": 9}, {"number": "2"})
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert fingerprints(acme) == before
        check(acme)

    def test_several_batches_fit_into_one_transaction(self, acme: Company) -> None:
        with tenant(acme.organization):
            store(acme, {"number": "1"})
            try:
                with transaction.atomic():
                    store(acme, {"number": "1", "net": 9})
                    raise RuntimeError
            except RuntimeError:
                store(acme, {"number": "2"})
        check(acme)


@pytest.mark.django_db
class TestCheckTotals:
    @pytest.fixture(autouse=True)
    def some(self, acme: Company) -> None:
        store(acme, {"number": "1", "member": "Ann", "net": 5}, {"number": "2", "company": "North"})

    def run(self, *words: str) -> tuple[int, str]:
        out = StringIO()
        try:
            call_command("check_totals", *words, stdout=out)
        except SystemExit as end:
            return int(str(end.code)), out.getvalue()
        return 0, out.getvalue()

    def test_right_totals_are_said_to_be_right(self) -> None:
        assert self.run() == (0, "acme: every total is right\n")

    @pytest.mark.parametrize("table", TABLES)
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE {} SET net = net + 1",
            "DELETE FROM {}",
            "UPDATE {} SET month = '2020-01-01'",
            """
            INSERT INTO {} (organization_id, month, kind, state_id, count, quantity, net, gross, margin)
            SELECT organization_id, '2020-01-01', kind, state_id, 0, 0, 0, 0, 0 FROM {} LIMIT 1
            """,
        ],
        ids=["other-sum", "missing", "elsewhere", "empty-row"],
    )
    def test_any_difference_is_reported_and_repaired(self, acme: Company, table: str, change: str) -> None:
        with tenant(acme.organization), connection.cursor() as cursor:
            cursor.execute(change.replace("{}", table))
        code, text = self.run("--organization", "acme")
        assert code == 1
        assert table in text
        assert self.run("--repair")[0] == 1
        assert self.run() == (0, "acme: every total is right\n")
        check(acme)

    def test_one_organization_alone_can_be_asked_for(self, acme: Company) -> None:
        other = found("other")
        store(other, {"number": "1"})
        with tenant(other.organization):
            CompanyMonth.objects.update(count=7)
        assert self.run("--organization", "acme")[0] == 0
        code, text = self.run()
        assert code == 1
        assert "count 7, recounted 1" in text
