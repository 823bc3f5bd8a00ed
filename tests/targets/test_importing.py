"""Importing targets: what a file would do, doing it, taking it back, and the file that goes out and comes home."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import services as people
from accounts.models import AuditEntry, Member, Role
from accounts.tenancy import tenant
from ledger.models import Channel
from ledger.reading import REASON
from targets import services
from targets.importing import Line
from targets.models import MonthlyTarget
from tests.conftest import FORMULA, HOSTILE, Company
from tests.ledger.test_workbooks import made
from tests.targets.conftest import NOON, OCTOBER, aim, settle

SEPTEMBER, NOVEMBER = date(2026, 9, 1), date(2026, 11, 1)
HEADER = "Salesperson,Channel,Month,Deals,Revenue"


def lines(*rows: tuple[object, ...], header: str = HEADER) -> bytes:
    """A file of these rows."""
    sheet = io.StringIO()
    csv.writer(sheet).writerows(rows)
    return f"{header}\n{sheet.getvalue()}".encode()


class Browser:
    """Somebody with a file before the import page."""

    def __init__(self, site: Company, member: Member) -> None:
        self.site, self.client = site, site.client(member)
        self.address = site.url("targets/import/")

    def upload(self, data: bytes, name: str = "targets.csv") -> Any:
        """Choose a file."""
        return self.client.post(self.address, {"file": SimpleUploadedFile(name, data)})

    def press(self, page: Any, action: str, **changes: str) -> Any:
        """Press a button of the form as it stands on a page."""
        return self.client.post(self.address, fields(page) | {"action": action} | changes)

    def bring_in(self, data: bytes) -> Any:
        """Upload, look, confirm."""
        return self.press(self.upload(data), "import")


def fields(page: Any) -> dict[str, str]:
    """What the form of a page would send."""
    form = page.context["form"]
    sent = {name: str(form[name].value() or "") for name in form.fields}
    plan = page.context["plan"]
    return sent | {"kept": page.context["kept"], "seen": plan.token if plan else ""}


def counts(page: Any) -> dict[str, int]:
    """New, changed, cleared, as before, refused."""
    return dict(page.context["counts"])


def reasons(page: Any) -> dict[int, str]:
    """{line: why it is refused}."""
    return {row["line"]: row["reason"] for row in page.context["refused"]}


def held(site: Company) -> dict[tuple[int, int, date], tuple[int | None, Decimal | None]]:
    with tenant(site.organization):
        rows = MonthlyTarget.objects.values_list("member_id", "channel_id", "month", "count", "revenue")
        return {(member, channel, month): (count, revenue) for member, channel, month, count, revenue in rows}


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def admin(ireland: Company) -> Browser:
    return Browser(ireland, ireland.admin)


def test_upload_look_confirm_undo(ireland: Company, admin: Browser) -> None:
    seller, channel = ireland.seller, ireland.channels[0]
    aim(ireland, 5, seller, channel)
    aim(ireland, 7, seller, ireland.channels[1])
    data = lines(
        (seller.email, channel.name, "2026-10", 9, "1200.50"),
        (seller.name, ireland.channels[1].name, "Oct 2026", 7, ""),
        (seller.email.upper(), channel.name, "11/2026", 3, ""),
        ("nobody", channel.name, "2026-11", 3, ""),
    )
    page = admin.upload(data)
    assert page.status_code == 200
    assert counts(page) == {"New": 2, "Changed": 1, "Cleared": 0, "As before": 1, "Lines refused": 1}
    assert "Import 3 targets" in words(page)
    assert "October 2026 to November 2026" in words(page)
    assert held(ireland)[seller.pk, channel.pk, OCTOBER] == (5, None), "nothing is stored by looking"

    done = admin.press(page, "import")
    assert done.status_code == 302
    after = held(ireland)
    assert after[seller.pk, channel.pk, OCTOBER] == (9, Decimal("1200.50"))
    assert after[seller.pk, channel.pk, NOVEMBER] == (3, None)
    with tenant(ireland.organization):
        entries = AuditEntry.objects.filter(subject=services.SUBJECT, why="imported")
        assert {entry.by_id for entry in entries} == {ireland.admin.pk}
        assert len({entry.batch for entry in entries}) == 1
        assert len(entries) == 3

    result = admin.client.get(done.url)
    assert "3 targets imported: October 2026 to November 2026." in words(result)
    undone = admin.client.post(f"{done.url}undo/", follow=True)
    assert "3 targets put back." in words(undone)
    assert "Undone." in words(undone)
    assert held(ireland)[seller.pk, channel.pk, OCTOBER] == (5, None)
    assert held(ireland)[seller.pk, channel.pk, NOVEMBER] == (None, None)


def test_the_same_file_twice_changes_nothing_and_says_so(ireland: Company, admin: Browser) -> None:
    data = lines((ireland.seller.email, ireland.channels[0].name, "2026-10", 9, 100))
    admin.bring_in(data)
    page = admin.upload(data)
    assert counts(page)["As before"] == 2
    assert "every target of this file stands already" in words(page)
    assert "Import 0" not in words(page)


def test_a_form_sent_twice_stores_once(ireland: Company, admin: Browser) -> None:
    page = admin.upload(lines((ireland.seller.email, ireland.channels[0].name, "2026-10", 9, "")))
    assert admin.press(page, "import").status_code == 302
    again = admin.press(page, "import")
    assert again.status_code == 409
    assert "it is in, or somebody has set the same" in words(again)
    with tenant(ireland.organization):
        assert AuditEntry.objects.filter(subject=services.SUBJECT, why="imported").count() == 1


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_replaced(ireland: Company, admin: Browser) -> None:
    seller, channel = ireland.seller, ireland.channels[0]
    page = admin.upload(lines((seller.email, channel.name, "2026-10", 9, "")))
    aim(ireland, 4, seller, channel)
    answer = admin.press(page, "import")
    assert answer.status_code == 409
    assert "Nothing was stored now." in words(answer)
    assert held(ireland)[seller.pk, channel.pk, OCTOBER] == (4, None)
    assert [(row["old"], row["new"]) for row in answer.context["tables"][0][2]] == [("4", "9")]
    assert admin.press(answer, "import").status_code == 302
    assert held(ireland)[seller.pk, channel.pk, OCTOBER] == (9, None)


def test_nothing_is_stored_but_what_was_seen(ireland: Company) -> None:
    seller, channel = ireland.seller, ireland.channels[0]
    line = Line(2, [], seller.email, channel.name, OCTOBER, {"count": 9})
    with tenant(ireland.organization):
        seen = services.plan_import([line], viewer=ireland.admin, at=NOON).token
    aim(ireland, 4, seller, channel)
    with tenant(ireland.organization), pytest.raises(services.PlanChanged):
        services.import_targets([line], seen=seen, by=ireland.admin, at=NOON)
    assert held(ireland) == {(seller.pk, channel.pk, OCTOBER): (4, None)}


def test_undo_leaves_what_somebody_changed_since(ireland: Company, admin: Browser) -> None:
    seller, channel = ireland.seller, ireland.channels[0]
    done = admin.bring_in(lines((seller.email, channel.name, "2026-10", 9, "")))
    aim(ireland, 4, seller, channel)
    answer = admin.client.post(f"{done.url}undo/", follow=True)
    assert "Not undone." in words(answer)
    assert held(ireland)[seller.pk, channel.pk, OCTOBER] == (4, None)
    assert "1 changed by somebody since." in words(answer)


def test_empty_cells_stay_unless_they_shall_clear(ireland: Company, admin: Browser) -> None:
    seller, channel = ireland.seller, ireland.channels[0]
    aim(ireland, 5, seller, channel)
    page = admin.upload(lines((seller.email, channel.name, "2026-10", "", "")))
    assert "Nothing: the file holds no number." in words(page)
    clearing = admin.press(page, "preview", blanks="clear")
    assert clearing.status_code == 200
    assert counts(clearing)["Cleared"] == 1
    admin.press(clearing, "import")
    assert held(ireland)[seller.pk, channel.pk, OCTOBER] == (None, None)


def test_every_refused_line_says_why(ireland: Company, admin: Browser) -> None:
    seller, channel = ireland.seller, ireland.channels[0].name
    with tenant(ireland.organization):
        Channel.objects.filter(pk=ireland.channels[4].pk).update(archived_at=NOON)
        Member.objects.filter(pk=ireland.other_seller.pk).update(active_to=date(2026, 8, 31))
    page = admin.upload(
        lines(
            (seller.email, channel, "2026-10", 9, ""),
            (seller.name, channel, "Oct 2026", 8, ""),
            ("Ghost", channel, "2026-10", 9, ""),
            (seller.email, "Pigeons", "2026-10", 9, ""),
            (seller.email, ireland.channels[4].name, "2026-10", 9, ""),
            (ireland.other_seller.email, channel, "2026-10", 9, ""),
            (seller.email, channel, "soon", 9, ""),
            (seller.email, channel, "2026-11", "many", ""),
            (seller.email, channel, "2026-11", -1, ""),
            (seller.email, channel, "2026-12", 1_000_001, ""),
            (seller.email, channel, "2027-01", 1, -5),
        )
    )
    assert counts(page) == {"New": 1, "Changed": 0, "Cleared": 0, "As before": 0, "Lines refused": 10}
    assert reasons(page) == {
        3: "Line 2 sets this target already.",
        4: "There is nobody called Ghost.",
        5: "There is no channel called Pigeons.",
        6: "This channel is archived.",
        7: "Left on 31 Aug 2026.",
        8: "This is not a month like 2026-11, 11/2026 or Nov 2026.",
        9: "This is not a number like 1,234.56.",
        10: "A target can't be below 0.",
        11: "The largest target is 1,000,000.",
        12: "A target can't be below 0.",
    }


def test_deals_and_revenue_may_stand_in_lines_of_their_own(ireland: Company, admin: Browser) -> None:
    seller, channel = ireland.seller, ireland.channels[0]
    admin.bring_in(
        lines((seller.email, channel.name, "2026-10", 9, ""), (seller.email, channel.name, "2026-10", "", 5))
    )
    assert held(ireland) == {(seller.pk, channel.pk, OCTOBER): (9, Decimal(5))}


def test_two_people_of_one_name_are_told_apart_by_address(ireland: Company, admin: Browser) -> None:
    with tenant(ireland.organization):
        people.add_member(
            ireland.organization, name=ireland.seller.name, role=Role.SALESPERSON, email="twin@acme.example"
        )
    channel = ireland.channels[0].name
    page = admin.upload(
        lines((ireland.seller.name, channel, "2026-10", 1, ""), ("twin@acme.example", channel, "2026-10", 2, ""))
    )
    assert counts(page)["New"] == 1
    assert "2 people are called" in reasons(page)[2]


def test_refused_lines_come_as_a_file_that_comes_back_corrected(ireland: Company, admin: Browser) -> None:
    seller, channel = ireland.seller, ireland.channels[0].name
    page = admin.upload(lines((FORMULA, channel, "2026-10", 9, ""), (seller.email, channel, "2026-10", "-x", "")))
    download = admin.press(page, "refused")
    assert download.status_code == 200
    assert "attachment" in download["Content-Disposition"]
    text = b"".join(download.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [*HEADER.split(","), REASON]
    assert rows[1][0] == f"'{FORMULA}"
    assert rows[2][3:] == ["'-x", "", "This is not a number like 1,234.56."]
    mended = text.replace("'-x", "11").replace(f"'{FORMULA}", ireland.other_seller.email)
    again = admin.upload(mended.encode())
    assert counts(again) == {"New": 2, "Changed": 0, "Cleared": 0, "As before": 0, "Lines refused": 0}


class TestRights:
    def test_managers_set_their_teams_people_alone(self, ireland: Company) -> None:
        channel = ireland.channels[0].name
        page = Browser(ireland, ireland.manager).upload(
            lines(
                (ireland.seller.email, channel, "2026-10", 9, ""),
                (ireland.other_seller.email, channel, "2026-10", 9, ""),
            )
        )
        assert counts(page)["New"] == 1
        assert reasons(page) == {3: "You can't set this person's targets in this month."}

    def test_no_number_of_others_shows_through(self, ireland: Company) -> None:
        aim(ireland, 9, ireland.other_seller, ireland.channels[0])
        data = lines((ireland.other_seller.email, ireland.channels[0].name, "2026-10", 9, ""))
        assert counts(Browser(ireland, ireland.manager).upload(data))["Lines refused"] == 1

    def test_a_manager_needs_the_person_in_the_month(self, ireland: Company) -> None:
        with tenant(ireland.organization):
            ireland.team.memberships.update(end=date(2026, 9, 30))
        channel = ireland.channels[0].name
        page = Browser(ireland, ireland.manager).upload(
            lines((ireland.seller.email, channel, "2026-09", 9, ""), (ireland.seller.email, channel, "2026-10", 9, ""))
        )
        assert (counts(page)["New"], list(reasons(page))) == (1, [3])

    def test_salespeople_are_refused_unless_they_set_their_own(self, ireland: Company) -> None:
        seller = Browser(ireland, ireland.seller)
        assert seller.client.get(seller.address).status_code == 403
        assert seller.upload(lines()).status_code == 403
        settle(ireland, salespeople_set_targets=True)
        channel = ireland.channels[0].name
        page = seller.upload(
            lines(
                (ireland.seller.email, channel, "2026-10", 9, ""),
                (ireland.seller.email, channel, "2026-09", 9, ""),
                (ireland.other_seller.email, channel, "2026-10", 9, ""),
            )
        )
        assert counts(page)["New"] == 1
        assert reasons(page) == {
            3: "This month is over. Ask a manager.",
            4: "You can't set this person's targets in this month.",
        }
        assert seller.press(page, "import").status_code == 302

    def test_another_organizations_people_and_channels_are_unknown(self, ireland: Company, rival: Company) -> None:
        data = lines((rival.seller.email, ireland.channels[0].name, "2026-10", 9, ""))
        assert "nobody called" in reasons(Browser(ireland, ireland.admin).upload(data))[2]

    def test_the_result_is_for_who_imported_and_for_admins(self, ireland: Company, rival: Company) -> None:
        data = lines((ireland.seller.email, ireland.channels[0].name, "2026-10", 9, ""))
        done = Browser(ireland, ireland.admin).bring_in(data)
        assert ireland.client(ireland.admin).get(done.url).status_code == 200
        assert ireland.client(ireland.manager).get(done.url).status_code == 404
        assert ireland.client(ireland.manager).post(f"{done.url}undo/").status_code == 404
        theirs = done.url.replace(ireland.url(), rival.url())
        assert rival.client(rival.admin).get(theirs).status_code == 404


class TestFiles:
    @pytest.mark.parametrize(
        ("data", "complaint"),
        [
            pytest.param(b"", "The file is empty.", id="empty"),
            pytest.param(HEADER.encode(), "a header and no rows", id="header-alone"),
            pytest.param(b"\x89PNG\r\n\x1a\n", "a picture", id="picture"),
        ],
    )
    def test_a_wrong_file_is_refused_at_its_field(self, admin: Browser, data: bytes, complaint: str) -> None:
        page = admin.upload(data)
        assert page.status_code == 422
        assert complaint in words(page)

    def test_no_file(self, admin: Browser) -> None:
        page = admin.client.post(admin.address, {})
        assert page.status_code == 422
        assert "Choose a file." in words(page)

    def test_a_file_that_was_tampered_with_on_the_way(self, ireland: Company, admin: Browser) -> None:
        page = admin.upload(lines((ireland.seller.email, ireland.channels[0].name, "2026-10", 9, "")))
        answer = admin.press(page, "import", kept=page.context["kept"][:-2])
        assert answer.status_code == 422
        assert "Choose it again" in words(answer)

    def test_three_columns_ask_for_the_rest_and_lose_nothing(self, ireland: Company, admin: Browser) -> None:
        data = lines((ireland.seller.email, ireland.channels[0].name, "9"), header="Salesperson,Channel,Points")
        page = admin.upload(data)
        assert page.status_code == 200
        assert "Choose the column with the month." in words(page)
        answer = admin.press(page, "import", **{"column-count": "Points"})
        assert answer.status_code == 422
        assert fields(answer)["column-count"] == "Points"
        assert fields(answer)["kept"] == fields(page)["kept"]

    def test_a_choice_that_there_is_not_is_an_error_at_its_field(self, ireland: Company, admin: Browser) -> None:
        page = admin.upload(lines((ireland.seller.email, ireland.channels[0].name, "2026-10", 9, "")))
        answer = admin.press(page, "import", **{"column-count": "Elsewhere"})
        assert answer.status_code == 422
        assert held(ireland) == {}

    def test_a_workbook_with_real_dates(self, ireland: Company, admin: Browser) -> None:
        rows: list[list[Any]] = [
            HEADER.split(","),
            [ireland.seller.email, ireland.channels[0].name, OCTOBER, 9, 1200.5],
        ]
        done = admin.press(admin.upload(made(rows), "targets.xlsx"), "import")
        assert done.status_code == 302
        assert list(held(ireland).values()) == [(9, Decimal("1200.50"))]

    def test_the_fragment_alone_for_htmx(self, ireland: Company, admin: Browser) -> None:
        page = admin.upload(lines((ireland.seller.email, ireland.channels[0].name, "2026-10", 9, "")))
        headers = {"HX-Request": "true", "HX-Target": "import-preview"}
        answer = admin.client.post(admin.address, fields(page) | {"blanks": "clear"}, headers=headers)
        assert answer.content.decode().strip().startswith('<div class="import" id="import-preview">')

    def test_hostile_names_are_text(self, ireland: Company, admin: Browser) -> None:
        page = admin.upload(lines((HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)), f"{HOSTILE}.csv")
        assert HOSTILE not in page.content.decode()


class TestExport:
    def rows(self, site: Company, member: Member, query: str = "first=2026-10&last=2026-12") -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.text(site, member, query).removeprefix("\ufeff"))))

    def text(self, site: Company, member: Member, query: str) -> str:
        response: Any = site.client(member).get(site.url(f"targets/file/?{query}"))
        assert response.status_code == 200
        return b"".join(response.streaming_content).decode()

    def test_comes_home_unchanged(self, ireland: Company, admin: Browser) -> None:
        with tenant(ireland.organization):
            twin = people.add_member(
                ireland.organization, name=ireland.seller.name, role=Role.SALESPERSON, email="twin@acme.example"
            )
            dash = Channel.objects.create(organization=ireland.organization, name="-x", position=9)
            quote = Channel.objects.create(organization=ireland.organization, name="'=already", position=10)
        for number, member in enumerate([ireland.seller, ireland.other_seller, twin]):
            for channel in (ireland.channels[0], dash, quote):
                aim(ireland, number, member, channel)
        with tenant(ireland.organization):
            MonthlyTarget.objects.filter(member=twin.pk).update(revenue=Decimal("1234.50"))
        before = held(ireland)
        page = admin.upload(self.text(ireland, ireland.admin, "first=2026-10&last=2026-12").encode())
        assert reasons(page) == {}
        assert counts(page) == {"New": 0, "Changed": 0, "Cleared": 0, "As before": 12, "Lines refused": 0}
        clearing = admin.press(page, "preview", blanks="clear")
        assert not clearing.context["plan"].changes
        assert held(ireland) == before

    def test_exactly_what_the_viewer_sees(self, ireland: Company) -> None:
        for member in (ireland.manager, ireland.seller, ireland.other_seller):
            aim(ireland, 3, member, ireland.channels[0])
        aim(ireland, 4, ireland.seller, ireland.channels[0], SEPTEMBER)
        assert len(self.rows(ireland, ireland.admin)) == 1 + 3
        assert len(self.rows(ireland, ireland.manager)) == 1 + 2
        assert self.rows(ireland, ireland.seller)[1:] == [
            [ireland.seller.name, ireland.channels[0].name, "2026-10", "3", ""]
        ]
        data = self.text(ireland, ireland.manager, "first=2026-10&last=2026-10").encode()
        assert counts(Browser(ireland, ireland.manager).upload(data))["Lines refused"] == 0

    def test_with_empty_cells_to_fill_in(self, ireland: Company) -> None:
        aim(ireland, 3, ireland.seller, ireland.channels[0])
        rows = self.rows(ireland, ireland.admin, "first=2026-10&last=2026-11&empty=on")
        assert len(rows) == 1 + 2 * 2 * 5
        assert [row[3] for row in rows].count("") == 2 * 2 * 5 - 1

    @pytest.mark.parametrize(
        "query", ["", "first=2026-10&last=2026-09", "first=1970-01&last=2026-01", "first=x&last=y"]
    )
    def test_months_that_make_no_sense(self, ireland: Company, query: str) -> None:
        response = ireland.client(ireland.admin).get(ireland.url(f"targets/file/?{query}"))
        assert response.status_code == 422

    def test_of_a_salesperson_who_may_not_import(self, ireland: Company) -> None:
        assert ireland.client(ireland.seller).get(ireland.url("targets/file/?first=x")).status_code == 404


def test_queries_do_not_grow_with_the_file(ireland: Company, admin: Browser) -> None:
    def taken(rows: int) -> tuple[int, int, int]:
        channels = [channel.name for channel in ireland.channels]
        months = [f"{year}-{month:02}" for year in (2027, 2028) for month in range(1, 13)]
        cells = [(ireland.seller.email, channel, month, 5, 6) for month in months for channel in channels]
        data = lines(*cells[:rows])
        with CaptureQueriesContext(connection) as looking:
            page = admin.upload(data)
        with CaptureQueriesContext(connection) as storing:
            done = admin.press(page, "import")
        with CaptureQueriesContext(connection) as showing:
            admin.client.get(done.url)
        return len(looking), len(storing), len(showing)

    admin.client.get(admin.address)
    first = taken(5)
    with tenant(ireland.organization):
        MonthlyTarget.objects.update(count=None, revenue=None)
    assert taken(120) == first
    assert max(first) < 25


def test_the_upload_page_lists_earlier_imports(ireland: Company, admin: Browser) -> None:
    done = admin.bring_in(lines((ireland.seller.email, ireland.channels[0].name, "2026-10", 9, 5)))
    page = admin.client.get(admin.address)
    [row] = page.context["earlier"]
    assert (row.numbers, row.who) == (2, ireland.admin.name)
    assert done.url in words(page)
    assert Browser(ireland, ireland.manager).client.get(admin.address).context["earlier"] == []
