"""The pages of an import, from the file to the refused rows."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Member
from accounts.tenancy import tenant
from ledger import services
from ledger.models import Deal, Import
from tests.conftest import FORMULA, HOSTILE, Company

GOOD = b"Number,Date,Salesperson,State,Net amount\nA1,2026-03-31,acme manager,acme confirmed,10.50\n"


def upload(company: Company, content: bytes, *, name: str = "deals.csv", by: Member | None = None) -> Any:
    """The answer to an upload."""
    client = company.client(by or company.admin)
    return client.post(company.url("imports/new/"), {"file": SimpleUploadedFile(name, content, "text/csv")})


def uploaded(company: Company, content: bytes, **options: Any) -> Import:
    """The import that an upload made."""
    response = upload(company, content, **options)
    assert response.status_code == 302, response.content.decode()
    with tenant(company.organization):
        return Import.objects.latest("id")


def posted(client: Client, url: str, /, **changes: str) -> dict[str, str]:
    """What the mapping page's form would send."""
    form = client.get(url).context["form"]
    states = client.get(url).context["states"]
    data = {name: form[name].value() or "" for name in form.fields if not name.startswith("create-")}
    data |= {name: "on" for name in form.fields if name.startswith("create-") and form[name].value()}
    for row in states.rows():
        if not row.known:
            data |= {f"state-name-{row.place}": row.name, f"state-meaning-{row.place}": row.control.value() or ""}
    return {**data, "action": "start", **changes}


def run_now(company: Company, source: Import) -> Import:
    """The worker's part."""
    services.run_import(company.organization, source.pk)
    with tenant(company.organization):
        source.refresh_from_db()
    return source


def imported(company: Company, content: bytes, **changes: str) -> Import:
    """A file all the way through the pages and the worker."""
    client = company.client(company.admin)
    source = uploaded(company, content)
    url = company.url(f"imports/{source.pk}/columns/")
    response = client.post(url, posted(client, url, **changes))
    assert response.status_code == 302, response.content.decode()
    return run_now(company, source)


@pytest.mark.django_db
class TestImportUpload:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            pytest.param(b"", "The file is empty.", id="empty"),
            pytest.param(b"\xef\xbb\xbf\r\n\r\n", "The file is empty.", id="blank-lines-only"),
            pytest.param(b"Number,Date,State\n", "The file has a header and no rows.", id="header-only"),
            pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "This is not a CSV file but a picture.", id="a-picture"),
            pytest.param(b"PK\x03\x04\x14\0\x06\0", "This is not a CSV file but a ZIP archive", id="a-zip-archive"),
            pytest.param(b"<!DOCTYPE html><html>", "This is not a CSV file but a web page", id="a-web-page"),
            pytest.param(bytes(range(256)) * 40, "This is not a CSV file.", id="bytes"),
            pytest.param(b"just some words\nand more\n", "only one column", id="a-letter"),
            pytest.param(b"Number,Date,date\n1,2,3\n", "Two columns are called date.", id="duplicate-headers"),
        ],
    )
    def test_what_is_no_table_is_refused_in_words(self, acme: Company, content: bytes, words: str) -> None:
        response = upload(acme, content)

        assert response.status_code == 422
        assert words in response.content.decode()
        with tenant(acme.organization):
            assert not Import.objects.exists()

    def test_no_file(self, acme: Company) -> None:
        response = acme.client(acme.admin).post(acme.url("imports/new/"))
        assert response.status_code == 422
        assert "Choose a file." in response.content.decode()

    def test_a_file_that_is_too_large(self, acme: Company, settings: Any) -> None:
        settings.IMPORT_MAX_BYTES = 10
        assert "The file is larger than" in upload(acme, GOOD).content.decode()

    def test_no_more_of_a_file_is_written_than_may_be_kept(
        self, acme: Company, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.IMPORT_MAX_BYTES = 100_000
        written = []
        monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", lambda _, raw, start: written.append(raw))
        body = upload(acme, GOOD + b"x" * 1_000_000).content.decode()
        assert "The file is larger than" in body
        assert 0 < sum(map(len, written)) <= 100_000

    def test_no_file_is_taken_from_somebody_who_is_not_signed_in(self, db: None) -> None:
        file = SimpleUploadedFile("deals.csv", GOOD)
        response = Client().post("/accounts/login/", {"login": "a@b.example", "password": "x", "file": file})
        assert response.status_code == 200
        assert not response.wsgi_request.FILES

    def test_salespeople_do_not_import(self, acme: Company) -> None:
        assert upload(acme, GOOD, by=acme.seller).status_code == 403

    def test_leads_to_the_columns(self, acme: Company) -> None:
        response = upload(acme, GOOD)
        assert response.status_code == 302
        assert response.headers["Location"].endswith("/columns/")


@pytest.mark.django_db
class TestImportMapping:
    def test_guesses_and_previews_without_storing(self, acme: Company) -> None:
        source = uploaded(acme, GOOD)
        page = acme.client(acme.admin).get(acme.url(f"imports/{source.pk}/columns/"))

        assert page.status_code == 200
        assert "31 Mar 2026" in page.content.decode()
        assert "Will be stored" in page.content.decode()
        with tenant(acme.organization):
            assert not Deal.objects.exists()

    def test_a_needed_column_that_is_missing_stands_at_its_field(self, acme: Company) -> None:
        source = uploaded(acme, b"Name,Value\nsomebody,5\n")
        client = acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/columns/")
        response = client.post(url, posted(client, url, **{"fixed-channel": "Web & more", "column-number": ""}))

        body = response.content.decode()
        assert response.status_code == 422
        assert "Choose the column for: number." in body
        assert "Choose the column for: date." in body
        assert "Choose how dates are written." in body
        assert "Web &amp; more" in body

    @pytest.mark.parametrize("action", ["start", "preview"])
    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"fixed-channel": "a\0b"}, id="a-fixed-value"),
            pytest.param({"fixed-state": "a\0b", "column-state": ""}, id="a-fixed-state"),
            pytest.param({"state-name-0": "a\0b", "state-meaning-0": "none"}, id="a-state"),
            pytest.param({"column-net": "\0", "kind": "\0"}, id="a-choice"),
        ],
    )
    def test_nul_characters_in_the_form_are_survived(self, acme: Company, changes: dict[str, str], action: str) -> None:
        client, source = acme.client(acme.admin), uploaded(acme, GOOD)
        url = acme.url(f"imports/{source.pk}/columns/")
        assert client.post(url, posted(client, url, **changes, action=action)).status_code in (200, 302, 422)

    def test_dates_that_could_be_either_must_be_chosen(self, acme: Company) -> None:
        source = uploaded(acme, b"Number,Date,State\n1,03/04/2026,acme confirmed\n")
        client = acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/columns/")
        assert client.post(url, posted(client, url)).status_code == 422
        assert client.post(url, posted(client, url, date_order="dmy")).status_code == 302

    def test_a_date_column_chosen_by_hand_brings_its_format(self, acme: Company) -> None:
        source = uploaded(acme, b'Number,Other,When,State\n1,x,3/31/2026,acme confirmed\n2,y,"",acme confirmed\n')
        client = acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/columns/")
        begun = posted(client, url, **{"column-date": "", "column-net": "", "date_order": "", "date_order_guess": ""})
        assert "Choose how dates are written." in client.post(url, begun).content.decode()
        data = begun | {"column-date": "When"}
        headers = {"HX-Request": "true", "HX-Target": "import-preview"}
        body = client.post(url, data | {"action": ""}, headers=headers).content.decode()
        assert 'id="import-formats" hx-swap-oob="true"' in " ".join(body.split())
        assert '<option value="mdy" selected>' in body
        assert "31 Mar 2026" in body
        assert client.post(url, data).status_code == 302

    def test_a_format_that_was_chosen_stays(self, acme: Company) -> None:
        source = uploaded(acme, b'Number,Date,State,Net\n1,3/31/2026,acme confirmed,"1,50"\n')
        client = acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/columns/")
        data = posted(client, url)
        assert (data["date_order"], data["decimals"]) == ("mdy", "comma")
        form = client.post(url, data | {"date_order": "dmy", "decimals": "point", "action": "preview"}).context["form"]
        assert (form["date_order"].value(), form["decimals"].value()) == ("dmy", "point")
        form = client.post(url, data | {"column-net": "", "action": "preview"}).context["form"]
        assert form["decimals"].value() == "point"

    def test_channels_in_use_are_offered(self, acme: Company) -> None:
        source = uploaded(acme, GOOD)
        page = acme.client(acme.admin).get(acme.url(f"imports/{source.pk}/columns/")).content.decode()
        for channel in acme.channels:
            assert f'<option value="{channel.name}">' in page.replace("</option>", "")
        assert 'list="known-channel"' in page
        assert "Deals without a channel can&#x27;t be counted against targets." in page

    def test_one_row_is_one(self, acme: Company) -> None:
        source = uploaded(acme, GOOD)
        page = acme.client(acme.admin).get(acme.url(f"imports/{source.pk}/columns/")).content.decode()
        assert "1 row, 5 columns" in page
        assert "The first row as it will be read." in page

    def test_enter_previews(self, acme: Company) -> None:
        source = uploaded(acme, GOOD)
        page = acme.client(acme.admin).get(acme.url(f"imports/{source.pk}/columns/")).content.decode()
        assert page.index('value="preview"') < page.index('value="start"')

    def test_a_new_state_must_be_given_a_meaning(self, acme: Company) -> None:
        source = uploaded(acme, b"Number,Date,State\n1,2026-03-04,Frobnicated\n")
        client = acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/columns/")
        response = client.post(url, posted(client, url))
        assert response.status_code == 422
        assert "Say what Frobnicated means." in response.content.decode()
        assert client.post(url, posted(client, url, **{"state-meaning-0": "confirmed"})).status_code == 302

    def test_another_column_changes_the_preview_alone(self, acme: Company) -> None:
        source = uploaded(acme, b"Number,Date,State,Other\n1,2026-03-04,acme confirmed,acme lost\n")
        client = acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/columns/")
        data = posted(client, url, **{"column-state": "Other", "action": ""})
        response = client.post(url, data, headers={"HX-Request": "true", "HX-Target": "import-preview"})

        body = response.content.decode()
        assert response.status_code == 200
        assert body.strip().startswith("<div")
        assert "acme lost" in body
        assert "acme confirmed" not in body

    def test_unknown_names_are_new_or_refused_as_chosen(self, acme: Company) -> None:
        source = uploaded(acme, GOOD.replace(b"acme manager", b"Somebody Else"))
        client = acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/columns/")
        assert '<span class="tag">new</span>' in client.get(url).content.decode()
        data = posted(client, url, action="preview")
        del data["create-member"]
        assert "There is nobody called Somebody Else" in client.post(url, data).content.decode()

    def test_the_last_choices_for_the_same_columns_are_remembered(self, acme: Company) -> None:
        content = b"A,B,C,D\n1,2026-03-04,acme confirmed,5\n"
        imported(
            acme,
            content,
            **{"column-number": "A", "column-date": "B", "column-state": "C", "column-margin": "D", "column-net": ""},
        )
        again = uploaded(acme, content)
        assert again.mapping["margin"] == "D"

    def test_a_file_can_be_discarded_until_it_is_imported(
        self, acme: Company, django_capture_on_commit_callbacks: Any
    ) -> None:
        source, client = uploaded(acme, GOOD), acme.client(acme.admin)
        path = Path(source.file.path)
        with django_capture_on_commit_callbacks(execute=True):
            page = client.post(acme.url(f"imports/{source.pk}/discard/"), follow=True)
        assert "The file is discarded." in page.content.decode()
        with tenant(acme.organization):
            assert not Import.objects.exists()
            assert AuditEntry.objects.get(subject="ledger.import").old == "deals.csv"
        assert not path.exists()

        done = imported(acme, GOOD)
        client.post(acme.url(f"imports/{done.pk}/discard/"))
        with tenant(acme.organization):
            assert Import.objects.get().status == "done"

    def test_costs_the_same_for_more_rows(self, acme: Company) -> None:
        client = acme.client(acme.admin)
        client.get(acme.url("imports/"))
        counts = []
        for rows in (2, 20):
            lines = b"".join(b"%d,2026-03-31,Person %d,acme confirmed,10.50\n" % (row, row) for row in range(rows))
            source = uploaded(acme, b"Number,Date,Salesperson,State,Net amount\n" + lines)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(acme.url(f"imports/{source.pk}/columns/"))
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 16


@pytest.mark.django_db
class TestImportRun:
    def test_stores_and_says_so(self, acme: Company) -> None:
        source = imported(acme, GOOD)
        page = acme.client(acme.admin).get(acme.url(f"imports/{source.pk}/")).content.decode()

        assert "1 row stored, none refused." in page
        with tenant(acme.organization):
            deal = Deal.objects.get()
            assert (deal.number, str(deal.net), str(deal.quantity), deal.member) == (
                "A1",
                "10.50",
                "1.00",
                acme.manager,
            )
            assert not source.file

    def test_says_what_the_deals_mean_and_leads_to_their_month(self, acme: Company) -> None:
        rows = [
            f"{number},2017-{month}-05,acme {state},{net}"
            for number, month, state, net in [
                (1, "11", "confirmed", "1000"),
                (2, "12", "confirmed", "10.50"),
                (3, "10", "proposed", "7"),
            ]
        ]
        source = imported(acme, "\n".join(["Number,Date,State,Net amount", *rows, ""]).encode())
        client = acme.client(acme.admin)
        page = " ".join(client.get(acme.url(f"imports/{source.pk}/")).content.decode().split())
        assert "2 deals confirmed (€1,010.50), 1 proposed (€7), 0 neither." in page
        assert acme.url("targets/?month=2017-12") in page
        assert "See targets for December 2017" in page

    def test_says_nothing_of_deals_that_a_later_import_wrote(self, acme: Company) -> None:
        first, second = imported(acme, GOOD), imported(acme, GOOD.replace(b"10.50", b"11"))
        client = acme.client(acme.admin)
        assert "See targets for" not in client.get(acme.url(f"imports/{first.pk}/")).content.decode()
        assert "See targets for" in client.get(acme.url(f"imports/{second.pk}/")).content.decode()

    def test_the_page_of_a_waiting_import_asks_again(self, acme: Company) -> None:
        source = uploaded(acme, GOOD)
        client = acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/columns/")
        client.post(url, posted(client, url))
        page = client.get(acme.url(f"imports/{source.pk}/"))
        assert 'hx-trigger="every 1s"' in page.content.decode()
        fragment = client.get(
            acme.url(f"imports/{source.pk}/"), headers={"HX-Request": "true", "HX-Target": "import-progress"}
        )
        assert b"<html" not in fragment.content
        assert client.get(url).status_code == 302

    def test_one_that_runs_can_be_stopped_and_says_who_did(self, acme: Company) -> None:
        source, client = uploaded(acme, GOOD), acme.client(acme.admin)
        url = acme.url(f"imports/{source.pk}/")
        client.post(f"{url}columns/", posted(client, f"{url}columns/"))
        assert "Stop" in client.get(url).content.decode()
        for _ in range(2):
            page = client.post(f"{url}stop/", follow=True).content.decode()
            assert "acme admin stopped it before its first row." in page
        client.post(f"{url}restart/")
        assert run_now(acme, source).status == "done"

    def test_what_may_follow_comes_with_the_end_of_an_import(self, acme: Company) -> None:
        """The page asks for its progress alone, and its buttons stand beside that."""
        done, client = imported(acme, GOOD), acme.client(acme.admin)
        part = client.get(
            acme.url(f"imports/{done.pk}/"), headers={"HX-Request": "true", "HX-Target": "import-progress"}
        ).content.decode()
        assert 'hx-swap-oob="true"' in part
        assert "Undo this import" in part

    def test_what_would_be_a_formula_or_a_script_does_no_harm(self, acme: Company) -> None:
        content = io.StringIO()
        writer = csv.writer(content)
        writer.writerow(["Number", "Date", "Salesperson", "State", "Net amount", HOSTILE])
        writer.writerow(["=1+1", "never", FORMULA, "acme confirmed", "-5.25", "''=already"])
        writer.writerow(["B", "2026-01-01", HOSTILE, "acme confirmed", "7", "@x"])
        source = imported(acme, content.getvalue().encode())
        client = acme.client(acme.admin)

        page = client.get(acme.url(f"imports/{source.pk}/")).content.decode()
        assert HOSTILE not in page.replace(f"{acme.organization.slug} ", "")
        download = client.get(acme.url(f"imports/{source.pk}/refused.csv"))
        text = b"".join(download.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        rows = list(csv.reader(io.StringIO(text)))
        assert rows[1][:6] == ["'=1+1", "never", "'" + FORMULA, "acme confirmed", "-5.25", "''=already"]

        again = imported(acme, text.replace("never", "2026-02-02").encode("utf-8-sig"))
        assert (again.rows_stored, again.rows_refused) == (1, 0)
        assert again.shape == source.shape
        with tenant(acme.organization):
            deal = Deal.objects.get(number="=1+1")
            assert str(deal.net) == "-5.25"
            assert deal.member.name == FORMULA

    def test_the_list_costs_the_same_for_more_imports(self, acme: Company) -> None:
        client = acme.client(acme.admin)
        client.get(acme.url("imports/"))
        counts = []
        for more in (1, 5):
            for _ in range(more):
                uploaded(acme, GOOD)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(acme.url("imports/")).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 12

    def test_refused_rows_come_fifty_a_page(self, acme: Company) -> None:
        lines = b"".join(b"%d,never,acme confirmed\n" % row for row in range(120))
        source = imported(acme, b"Number,Date,State\n" + lines, date_order="ymd", **{"column-date": "Date"})
        client = acme.client(acme.admin)
        page = client.get(acme.url(f"imports/{source.pk}/?page=3")).content.decode()
        assert "101 to 120 of 120 refused rows" in page
        assert client.get(acme.url(f"imports/{source.pk}/?page=99")).status_code == 200


@pytest.mark.django_db
class TestManagers:
    def test_only_deals_of_their_own_teams(self, acme: Company) -> None:
        content = (
            "Number,Date,Salesperson,State\n"
            f"1,2026-03-31,{acme.seller.email},acme confirmed\n"
            f"2,2026-03-31,{acme.other_seller.email},acme confirmed\n"
            "3,2026-03-31,,acme confirmed\n"
        )
        client = acme.client(acme.manager)
        source = uploaded(acme, content.encode(), by=acme.manager)
        url = acme.url(f"imports/{source.pk}/columns/")
        assert "none of your teams" in client.get(url).content.decode()
        assert client.post(url, posted(client, url)).status_code == 302
        source = run_now(acme, source)

        assert (source.rows_stored, source.rows_refused) == (1, 2)
        with tenant(acme.organization):
            assert Deal.objects.get().member == acme.seller

    def test_a_deal_of_somebody_else_cannot_be_taken_over(self, acme: Company) -> None:
        row = "Number,Date,Salesperson,State\n7,2026-03-31,{},acme confirmed\n"
        imported(acme, row.format(acme.other_seller.email).encode())
        client = acme.client(acme.manager)
        source = uploaded(acme, row.format(acme.seller.email).encode(), by=acme.manager)
        url = acme.url(f"imports/{source.pk}/columns/")
        client.post(url, posted(client, url))
        assert run_now(acme, source).rows_refused == 1
        with tenant(acme.organization):
            assert Deal.objects.get().member == acme.other_seller

    def test_people_are_made_by_admins_alone(self, acme: Company) -> None:
        client = acme.client(acme.manager)
        source = uploaded(acme, GOOD, by=acme.manager)
        url = acme.url(f"imports/{source.pk}/columns/")
        client.post(url, {**posted(client, url), "create-member": "on", "create-channel": "on"})
        with tenant(acme.organization):
            source.refresh_from_db()
        assert set(source.options["create"]) <= {"customer", "customer_branch", "wholesaler_branch", "brand"}

    def test_imports_of_others_are_not_there(self, acme: Company) -> None:
        source = imported(acme, GOOD)
        client = acme.client(acme.manager)
        for path in (f"imports/{source.pk}/", f"imports/{source.pk}/columns/", f"imports/{source.pk}/refused.csv"):
            assert client.get(acme.url(path)).status_code == 404
        assert b"deals.csv" not in client.get(acme.url("imports/")).content
