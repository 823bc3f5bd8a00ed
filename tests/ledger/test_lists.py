"""The lists that records refer to: what services keep, and what their pages show and take."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services import ChangedMeanwhile
from accounts.tenancy import tenant
from ledger.models import (
    Brand,
    BrandFamily,
    Channel,
    Customer,
    CustomerBranch,
    DealState,
    SalesLedger,
)
from ledger.readers import lists as readers
from ledger.services import lists as services
from tests.conftest import FORMULA, HOSTILE, RIGHT_TO_LEFT, Company
from tests.ledger.rows import store

pytestmark = pytest.mark.django_db
LISTS = "settings/lists/"


@pytest.fixture
def inside(acme: Company) -> Iterator[Company]:
    """Acme with its tenant open."""
    with tenant(acme.organization):
        yield acme


def page(company: Company, path: str, **data: Any) -> Any:
    """A page of the lists as the admin."""
    return company.client(company.admin).get(company.url(LISTS + path), data)


def post(company: Company, path: str, **data: Any) -> Any:
    """A form of the lists, sent by the admin."""
    return company.client(company.admin).post(company.url(LISTS + path), data)


def a_file(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("list.csv", text.encode(), "text/csv")


def body(response: HttpResponse) -> str:
    return response.content.decode()


def sheet(response: Any) -> list[list[str]]:
    """The rows of a CSV."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def names(model: Any) -> list[str]:
    return list(model.objects.order_by("pk").values_list("name", flat=True))


class TestServices:
    def test_a_new_channel_comes_last_and_is_noted(self, inside: Company) -> None:
        channel = services.add_entry(Channel(), by=inside.admin, name="Fair")
        assert channel == Channel.objects.last()
        assert AuditEntry.objects.filter(subject="ledger.channel", subject_id=channel.pk, new="Fair").exists()

    def test_a_name_is_taken_whatever_its_case(self, inside: Company) -> None:
        services.add_entry(SalesLedger(), by=inside.admin, name="Amazon Orders")
        with pytest.raises(ValidationError):
            services.add_entry(SalesLedger(), by=inside.admin, name=" amazon  ORDERS")

    def test_a_rename_keeps_what_points_to_it(self, inside: Company) -> None:
        store(inside, *[{"number": "1", "channel": inside.channels[0].name}])
        services.change_entry(inside.channels[0], seen={}, by=inside.admin, name="Telephone")
        [row] = [row for row in readers.channel_rows(Channel.objects.all(), ordered=True) if row.deals]
        assert (row.name, row.deals) == ("Telephone", 1)

    def test_what_somebody_else_changed_meanwhile_stays(self, inside: Company) -> None:
        channel, shown = inside.channels[0], {"name": inside.channels[0].name}
        services.change_entry(channel, seen=shown, by=inside.manager, name="Hers")
        with pytest.raises(ChangedMeanwhile) as error:
            services.change_entry(channel, seen=shown, by=inside.admin, name="His")
        assert (error.value.fields["name"].value, error.value.fields["name"].who) == ("Hers", inside.manager.name)

    def test_one_in_use_is_not_deleted_and_says_by_how_many(self, inside: Company) -> None:
        store(inside, *({"number": str(n), "channel": inside.channels[0].name} for n in range(3)))
        with pytest.raises(services.EntryInUse) as error:
            services.delete_entry(inside.channels[0], by=inside.admin)
        assert error.value.uses == [readers.Use(3, "deals")]

    def test_one_that_nothing_names_goes(self, inside: Company) -> None:
        services.delete_entry(inside.channels[4], by=inside.admin)
        assert inside.channels[4] not in Channel.objects.all()
        assert AuditEntry.objects.filter(subject_id=inside.channels[4].pk, why="removed").exists()

    @pytest.mark.parametrize(
        ("moving", "beside", "after", "order"),
        [
            pytest.param(1, 0, False, [1, 0, 2, 3, 4], id="up"),
            pytest.param(1, 2, True, [0, 2, 1, 3, 4], id="down"),
            pytest.param(4, 0, False, [4, 0, 1, 2, 3], id="to-the-top"),
            pytest.param(2, 2, True, [0, 1, 2, 3, 4], id="beside-itself"),
        ],
    )
    def test_channels_move(self, inside: Company, moving: int, beside: int, after: bool, order: list[int]) -> None:
        channels = inside.channels
        for _ in range(2):  # a form that is sent twice moves once
            services.place_channel(channels[moving], beside=channels[beside], after=after, by=inside.admin)
        assert list(Channel.objects.all()) == [channels[place] for place in order]

    @pytest.mark.parametrize("gone", ["moving", "beside"])
    def test_a_move_of_or_beside_a_channel_that_was_just_deleted_changes_nothing(
        self, inside: Company, gone: str
    ) -> None:
        moving, beside = inside.channels[3], inside.channels[0]
        services.delete_entry(moving if gone == "moving" else beside, by=inside.admin)
        before = list(Channel.objects.values_list("pk", "position"))
        services.place_channel(moving, beside=beside, after=False, by=inside.admin)
        assert list(Channel.objects.values_list("pk", "position")) == before

    def test_archiving_twice_keeps_the_first_moment(self, inside: Company) -> None:
        first = timezone.now()
        services.archive_channel(inside.channels[0], at=first, by=inside.admin)
        services.archive_channel(inside.channels[0], at=timezone.now(), by=inside.admin)
        assert Channel.objects.get(pk=inside.channels[0].pk).archived_at == first

    def test_an_archived_channel_comes_back(self, inside: Company) -> None:
        services.archive_channel(inside.channels[0], at=timezone.now(), by=inside.admin)
        services.unarchive_channel(inside.channels[0], by=inside.admin)
        assert inside.channels[0] in readers.channels()


class TestStates:
    def moves(self, company: Company, **flags: bool) -> readers.Moves:
        usual = {"is_initial": True, "triggers_commission": False, "is_ordered": False}
        return readers.state_moves(company.proposed, **usual | flags)

    def test_what_would_move_is_said_by_month_in_one_query(self, inside: Company) -> None:
        proposed = {"state": inside.proposed.name, "net": 100}
        store(
            inside,
            *[
                {"number": "1", "date": date(2026, 3, 1)} | proposed,
                {"number": "2", "date": date(2026, 4, 1)} | proposed,
            ],
        )
        with CaptureQueriesContext(connection) as queries:
            moves = self.moves(inside, triggers_commission=True)
        assert (moves.was, moves.becomes, moves.deals, int(moves.net), len(queries)) == (
            "proposed",
            "confirmed",
            2,
            200,
            1,
        )
        assert [(each.month, each.kind, each.deals) for each in moves.months] == [
            (date(2026, 4, 1), "Sale", 1),
            (date(2026, 3, 1), "Sale", 1),
        ]

    def test_the_same_flags_move_nothing(self, inside: Company) -> None:
        store(inside, {"number": "1", "state": inside.proposed.name})
        assert self.moves(inside).deals == 0

    def test_it_is_shown_before_it_is_stored_and_stored_once_agreed(self, acme: Company) -> None:
        with tenant(acme.organization):
            store(acme, {"number": "1", "state": acme.proposed.name, "date": date(2026, 3, 1)})
        typed = {"name": acme.proposed.name, "triggers_commission": "on", "is_initial": "on"}
        shown = post(acme, f"states/{acme.proposed.pk}/", **typed)
        with tenant(acme.organization):
            assert not DealState.objects.get(pk=acme.proposed.pk).triggers_commission
        assert (shown.status_code, "March 2026" in body(shown)) == (200, True)
        agreed = post(acme, f"states/{acme.proposed.pk}/", **typed, moves=shown.context["moves"].token)
        with tenant(acme.organization):
            assert DealState.objects.get(pk=acme.proposed.pk).triggers_commission
            assert AuditEntry.objects.filter(field="triggers_commission", new=True).exists()
        assert agreed.status_code == 302

    def test_agreeing_to_other_numbers_stores_nothing(self, acme: Company) -> None:
        with tenant(acme.organization):
            store(acme, {"number": "1", "state": acme.proposed.name})
        typed = {"name": acme.proposed.name, "triggers_commission": "on", "moves": "of another day"}
        asked = post(acme, f"states/{acme.proposed.pk}/", **typed)
        with tenant(acme.organization):
            assert not DealState.objects.get(pk=acme.proposed.pk).triggers_commission
        assert "The numbers have changed since you looked." in body(asked)

    def test_a_rename_asks_nothing(self, acme: Company) -> None:
        renamed = post(acme, f"states/{acme.proposed.pk}/", name="Hoped for", is_initial="on")
        with tenant(acme.organization):
            assert DealState.objects.get(pk=acme.proposed.pk).name == "Hoped for"
        assert renamed.status_code == 302


class TestPages:
    def test_a_search_finds_every_word_inside_others(self, acme: Company) -> None:
        with tenant(acme.organization):
            for name in ("Harbour Motors", "Motorhaus Nord", "Gardens"):
                services.add_entry(Customer(), by=None, name=name)
        found = page(acme, "customers/", q="OTOR har")
        assert [row.name for row in found.context["list"].rows] == ["Harbour Motors"]

    def test_nothing_yet_offers_one_thing_and_nothing_matches_another(self, acme: Company) -> None:
        assert "No customers yet" in body(page(acme, "customers/"))
        assert "Nothing matches" in body(page(acme, "customers/", q=HOSTILE))

    def test_pages_count(self, acme: Company) -> None:
        with tenant(acme.organization):
            Customer.objects.bulk_create(
                [Customer(organization=acme.organization, name=f"Customer {n:03}") for n in range(120)]
            )
        last = page(acme, "customers/", page="99").context["list"]
        assert (last.first, last.last, last.total, last.next) == (101, 120, 120, "")
        assert "page=2" in last.previous

    @pytest.mark.parametrize("path", ["customers/", "channels/", "states/", "brands/", "brand-families/"])
    def test_ten_more_rows_cost_no_query(self, acme: Company, path: str) -> None:
        models: dict[str, Any] = {"customers/": Customer, "channels/": Channel, "states/": DealState, "brands/": Brand}
        model = models.get(path, BrandFamily)
        with tenant(acme.organization):
            services.add_entry(model(), by=None, name="The first")
        client = acme.client(acme.admin)
        client.get(acme.url(LISTS + path))
        with CaptureQueriesContext(connection) as before:
            client.get(acme.url(LISTS + path))
        with tenant(acme.organization):
            for number in range(10):
                services.add_entry(model(), by=None, name=f"More {number}")
        with CaptureQueriesContext(connection) as after:
            client.get(acme.url(LISTS + path))
        assert len(after) == len(before)

    def test_hostile_names_stay_text(self, acme: Company) -> None:
        with tenant(acme.organization):
            for name in (HOSTILE, FORMULA, RIGHT_TO_LEFT):
                services.add_entry(Brand(), by=None, name=name)
        text = body(page(acme, "brands/"))
        assert HOSTILE not in text
        assert "&lt;script&gt;" in text

    def test_a_taken_name_is_said_at_the_field_and_kept(self, acme: Company) -> None:
        refused = post(acme, "channels/new/", name=acme.channels[0].name)
        assert (refused.status_code, acme.channels[0].name in body(refused)) == (422, True)
        assert "name" in refused.context["form"].errors

    def test_adding_twice_stores_once(self, acme: Company) -> None:
        first, second = (post(acme, "sales-ledgers/new/", name="Shopify orders") for _ in range(2))
        with tenant(acme.organization):
            assert names(SalesLedger) == ["Shopify orders"]
        assert (first.status_code, second.status_code) == (302, 422)

    def test_a_conflict_says_who_and_what(self, acme: Company) -> None:
        channel = acme.channels[0]
        with tenant(acme.organization):
            services.change_entry(channel, seen={}, by=acme.manager, name="Hers")
        clash = post(acme, f"channels/{channel.pk}/", name="His", seen=json.dumps({"name": channel.name}))
        assert (clash.status_code, f"{acme.manager.name} changed this to Hers" in body(clash)) == (422, True)
        again = post(acme, f"channels/{channel.pk}/", name="His", seen=clash.context["form"].seen_json)
        with tenant(acme.organization):
            assert Channel.objects.get(pk=channel.pk).name == "His"
        assert again.status_code == 302

    def test_one_in_use_offers_no_delete_and_refuses_it(self, acme: Company) -> None:
        with tenant(acme.organization):
            store(acme, *[{"number": "1", "channel": acme.channels[0].name}])
        assert "Archive it instead" in body(page(acme, f"channels/{acme.channels[0].pk}/"))
        refused = post(acme, f"channels/{acme.channels[0].pk}/delete/")
        assert (refused.status_code, "1 deal" in body(refused)) == (409, True)

    def test_archived_channels_stand_apart(self, acme: Company) -> None:
        post(acme, f"channels/{acme.channels[0].pk}/archive/")
        assert acme.channels[0].pk not in [row.pk for row in page(acme, "channels/").context["list"].rows]
        archived = page(acme, "channels/", show="archived").context["list"]
        assert [row.pk for row in archived.rows] == [acme.channels[0].pk]

    def test_a_channel_is_moved_by_a_button(self, acme: Company) -> None:
        moved = post(acme, f"channels/{acme.channels[0].pk}/place/", below=acme.channels[1].pk)
        with tenant(acme.organization):
            assert list(Channel.objects.all())[:2] == [acme.channels[1], acme.channels[0]]
        assert moved["Location"].endswith(f"?moved={acme.channels[0].pk}-down")

    def test_brands_of_a_family(self, acme: Company) -> None:
        with tenant(acme.organization):
            family = services.add_entry(BrandFamily(), by=None, name="Trucks")
            services.add_entry(Brand(), by=None, name="Volvo", family_id=family.pk)
            services.add_entry(Brand(), by=None, name="Other")
        found = page(acme, "brands/", family=str(family.pk))
        assert [row.name for row in found.context["list"].rows] == ["Volvo"]
        none = page(acme, "brands/", family="none")
        assert [row.name for row in none.context["list"].rows] == ["Other"]
        assert page(acme, "brands/", family="x' OR 1=1").context["list"].total == 0

    def test_a_customers_page_lists_its_branches_alone(self, acme: Company) -> None:
        with tenant(acme.organization):
            mine, other = (services.add_entry(Customer(), by=None, name=name) for name in ("Mine", "Other"))
        post(acme, f"customers/{mine.pk}/branches/new/", name="Harbour")
        post(acme, f"customers/{other.pk}/branches/new/", name="Harbour")
        listed = page(acme, f"customers/{mine.pk}/").context["list"]
        assert [row.customer_id for row in listed.rows] == [mine.pk]

    def test_a_branch_is_not_reached_through_another_customer(self, acme: Company) -> None:
        with tenant(acme.organization):
            mine, other = (services.add_entry(Customer(), by=None, name=name) for name in ("Mine", "Other"))
            branch = services.add_entry(CustomerBranch(), by=None, name="Harbour", customer_id=other.pk)
        assert page(acme, f"customers/{mine.pk}/branches/{branch.pk}/").status_code == 404


class TestFiles:
    def test_out_is_exactly_what_is_searched_for_and_harmless(self, acme: Company) -> None:
        with tenant(acme.organization):
            for name in (FORMULA, "=1+1 calc", "Something else"):
                services.add_entry(Customer(), by=None, name=name)
        rows = sheet(page(acme, "customers/csv/", q="calc", sort="-name"))
        assert rows == [["Name", "Branches"], [f"'{FORMULA}", "0"], ["'=1+1 calc", "0"]]

    def test_what_went_out_comes_in_unchanged(self, acme: Company) -> None:
        with tenant(acme.organization):
            family = services.add_entry(BrandFamily(), by=None, name="Trucks, large")
            services.add_entry(Brand(), by=None, name=FORMULA, family_id=family.pk)
            services.add_entry(Brand(), by=None, name='Quoted "name"')
        text = b"".join(page(acme, "brands/csv/").streaming_content)
        plan = post(acme, "brands/csv/new/", file=SimpleUploadedFile("brands.csv", text)).context["plan"]
        assert (len(plan.same), plan.does_something, plan.refused) == (2, False, [])

    def test_a_preview_says_what_happens_to_each_line_and_stores_nothing(self, acme: Company) -> None:
        with tenant(acme.organization):
            services.add_entry(BrandFamily(), by=None, name="Cars")
            services.add_entry(Brand(), by=None, name="volvo")
        text = "Brand family;Name\ncars;Volvo\n;New one\nBoats;Bad\n;\n;new ONE\n"
        plan = post(acme, "brands/csv/new/", file=a_file(text)).context["plan"]
        assert [(row.line, row.what, row.reason) for row in plan.rows] == [
            (2, "change", ""),
            (3, "add", ""),
            (4, "refuse", "There is no brand family Boats. Add it first."),
            (6, "refuse", "Line 3 has this name already."),
        ]
        assert plan.changed[0].words == ("volvo → Volvo", "family: none → Cars")
        with tenant(acme.organization):
            assert names(Brand) == ["volvo"]

    def test_confirming_stores_what_was_shown_once(self, acme: Company) -> None:
        shown = post(acme, "channels/csv/new/", file=a_file("Name\nFair\n"))
        confirm = {"text": shown.context["text"], "seen": shown.context["plan"].token}
        first = post(acme, "channels/csv/new/", **confirm)
        second = post(acme, "channels/csv/new/", **confirm)
        with tenant(acme.organization):
            assert Channel.objects.last().name == "Fair"  # type: ignore[union-attr]
            assert Channel.objects.count() == 6
            assert AuditEntry.objects.filter(subject="ledger.channel", why="imported", new="Fair").count() == 1
        assert (first.status_code, second.status_code) == (302, 409)

    def test_a_list_that_changed_since_stores_nothing(self, acme: Company) -> None:
        shown = post(acme, "channels/csv/new/", file=a_file("Name\nFair\nMarket\n"))
        post(acme, "channels/new/", name="fair")
        again = post(acme, "channels/csv/new/", text=shown.context["text"], seen=shown.context["plan"].token)
        with tenant(acme.organization):
            assert not Channel.objects.filter(name="Market").exists()
        assert (again.status_code, "Nothing was stored." in body(again)) == (409, True)

    def test_a_file_of_states_adds_and_changes_none(self, acme: Company) -> None:
        text = f"Name,Proposed,Confirmed\nWon,no,YES\n{acme.lost.name},no,yes\nBad,perhaps,no\n"
        plan = post(acme, "states/csv/new/", file=a_file(text)).context["plan"]
        assert [row.what for row in plan.rows] == ["add", "refuse", "refuse"]
        assert plan.added[0].values["triggers_commission"] is True

    def test_a_file_of_branches_stays_with_its_customer(self, acme: Company) -> None:
        with tenant(acme.organization):
            mine, other = (services.add_entry(Customer(), by=None, name=name) for name in ("Mine", "Other"))
            services.add_entry(CustomerBranch(), by=None, name="Harbour", customer_id=other.pk)
        path = f"customers/{mine.pk}/branches/csv/new/"
        shown = post(acme, path, file=a_file("Name\nHarbour\n"))
        post(acme, path, text=shown.context["text"], seen=shown.context["plan"].token)
        with tenant(acme.organization):
            assert mine.branches.count() == other.branches.count() == 1

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            pytest.param(b"", "The file is empty.", id="empty"),
            pytest.param(b"PK\x03\x04rest", "not a CSV file", id="a-workbook"),
            pytest.param(b"Fair\nMarket\n", "must name the columns", id="no-header"),
            pytest.param(b"Name,Colour\nFair,red\n", "Colour is not one of this list", id="another-column"),
            pytest.param(b"Name,name\nFair,red\n", "Two columns have the same name", id="twice"),
            pytest.param(b"Name\n" + b"x" * (2 * 1024**2), "larger than 2 MB", id="too-large"),
            pytest.param(b"Name\n" + b"\xe9" * (3 * 512 * 1024), "larger than 2 MB", id="too-large-once-it-is-utf-8"),
        ],
    )
    def test_a_file_that_is_no_list_is_refused_in_words(self, acme: Company, text: bytes, reason: str) -> None:
        refused = post(acme, "channels/csv/new/", file=SimpleUploadedFile("list.csv", text))
        assert (refused.status_code, reason in body(refused)) == (422, True)

    def test_windows_writes_it_too(self, acme: Company) -> None:
        plan = post(
            acme, "customers/csv/new/", file=SimpleUploadedFile("c.csv", "Name\nMüller\n".encode("cp1252"))
        ).context
        assert plan["plan"].added[0].name == "Müller"


def test_another_organizations_rows_are_not_there(acme: Company, rival: Company) -> None:
    assert page(acme, f"channels/{rival.channels[0].pk}/").status_code == 404
    assert post(acme, f"channels/{acme.channels[0].pk}/place/", below=rival.channels[0].pk).status_code == 404
