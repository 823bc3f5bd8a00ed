"""Importing in a real browser, run by a real worker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page, expect

from accounts.tenancy import tenant
from ledger.models import Deal
from tests.browser.checks import PHONE, Watch, assert_accessible, assert_fits
from tests.browser.conftest import OpenPage, SignIn
from tests.conftest import HOSTILE, Company
from tests.ledger.test_import_real import PIPELINE, assert_figures, needs_pipeline

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A Celery worker on the test's database."""
    database = connection.settings_dict
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--pool",
        "solo",
        "--loglevel",
        "INFO",
    ]
    log = tmp_path / "worker.log"
    with log.open("wb") as stream:
        environment = {**os.environ, "DATABASE_URL": url, "MEDIA_ROOT": str(settings.MEDIA_ROOT)}
        process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=stream, stderr=stream)
    yield
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    print(log.read_text()[-3000:])


def choose_file(page: Page, company: Company, path: Path) -> None:
    """Upload a file and arrive at its columns."""
    page.goto(company.url("imports/new/"))
    page.get_by_label("Choose a CSV file or an Excel workbook").set_input_files(path)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="What the states mean")).to_be_visible()


def written(folder: Path, rows: int) -> Path:
    """A file of some good rows, one with a bad date and one with a hostile name."""
    lines = [f"R{row},{row % 28 + 1}.3.2026,Person {row % 7},Won,{row}.50" for row in range(rows)]
    lines += ["BAD,31.2.2026,Person 1,Won,1", f"X,1.3.2026,{HOSTILE},Won,2"]
    path = folder / "deals.csv"
    path.write_text("\n".join(["Number,Date,Salesperson,Stage,Amount", *lines]))
    return path


def test_a_file_from_upload_to_refused_rows(
    page: Page, sign_in: SignIn, acme: Company, worker: None, tmp_path: Path
) -> None:
    sign_in(page, acme.admin)
    page.goto(acme.url("imports/"))
    expect(page.get_by_role("heading", name="Nothing imported yet")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Import a file").click()
    assert_accessible(page)
    choose_file(page, acme, written(tmp_path, 300))
    assert_accessible(page)

    preview = page.locator("#import-preview")
    expect(preview.get_by_text("The first 20 rows as they will be read")).to_be_visible()
    expect(preview.get_by_role("columnheader", name="Net amount")).to_be_visible()
    page.get_by_label("Net amount", exact=True).select_option("")
    expect(preview.get_by_role("columnheader", name="Net amount")).to_have_count(0)
    page.get_by_label("Net amount", exact=True).select_option("Amount")
    expect(preview.get_by_role("columnheader", name="Net amount")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()

    expect(page.get_by_text("301 rows stored, 1 refused.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("cell", name="31.2.2026")).to_be_visible()
    expect(page.get_by_role("cell", name="There is no such day")).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download refused rows as CSV").click()
    assert "BAD,31.2.2026,Person 1,Won,1" in Path(download.value.path()).read_text("utf-8-sig")
    with tenant(acme.organization):
        assert Deal.objects.count() == 301
    page.goto(acme.url("imports/"))
    expect(page.get_by_role("link", name="deals.csv")).to_be_visible()
    assert_accessible(page)


def test_a_file_without_channels_and_dates_chosen_by_hand(
    page: Page, sign_in: SignIn, acme: Company, tmp_path: Path
) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Number,Remark,Other,Stage\nA,x,31.3.2026,Won\nB,y,2.4.2026,Won\nC,,,Won\n")
    sign_in(page, acme.admin)
    choose_file(page, acme, path)
    absent = page.get_by_text("Deals without a channel can't be counted against targets.")
    expect(absent).to_be_visible()
    expect(page.get_by_text("Without a state no deal can be stored.")).to_be_hidden()
    create = page.get_by_label("Create unknown: Channel")
    expect(create).to_be_hidden()
    expect(page.get_by_label("Create unknown: State")).to_be_visible()
    assert_accessible(page)

    page.get_by_label("Dates are written like").select_option("ymd")
    page.get_by_label("Dates are written like").select_option("")
    page.get_by_label("Date", exact=True).select_option("Other")
    expect(page.get_by_label("Dates are written like")).to_have_value("dmy")
    expect(page.get_by_role("cell", name="31 Mar 2026")).to_be_visible()

    everywhere = page.get_by_label("Channel, the same for every row")
    everywhere.fill(acme.channels[0].name)
    expect(absent).to_be_hidden()
    expect(create).to_be_visible()
    everywhere.press("Enter")
    page.wait_for_url("**/columns/#import-preview")
    expect(everywhere).to_have_value(acme.channels[0].name)
    expect(page.get_by_role("cell", name=acme.channels[0].name).first).to_be_visible()
    expect(absent).to_be_hidden()
    assert_accessible(page)


@needs_pipeline
def test_a_real_export(page: Page, sign_in: SignIn, acme: Company, worker: None) -> None:
    sign_in(page, acme.admin)
    choose_file(page, acme, PIPELINE)
    page.get_by_label("Second date").select_option("engage_date")
    expect(page.get_by_label("Meaning of Won")).to_have_value("confirmed")
    page.get_by_label("Meaning of Engaging").select_option("proposed")
    page.get_by_label("Meaning of Lost").select_option("none")
    page.get_by_label("Meaning of Prospecting").select_option("proposed")
    page.get_by_role("button", name="Import", exact=True).click()

    expect(page.get_by_text("8,300 rows stored, 500 refused.")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("1 to 50 of 500 refused rows")).to_be_visible()
    assert_figures(acme.organization)


def test_fits_a_phone(phone: Page, sign_in: SignIn, acme: Company, worker: None, tmp_path: Path) -> None:
    sign_in(phone, acme.admin)
    choose_file(phone, acme, written(tmp_path, 30))
    assert_accessible(phone)
    assert_fits(phone)
    phone.get_by_role("button", name="Import", exact=True).click()
    expect(phone.get_by_text("31 rows stored, 1 refused.")).to_be_visible(timeout=60_000)
    assert_accessible(phone)
    assert_fits(phone)
    for path in ("imports/", "imports/new/"):
        phone.goto(acme.url(path))
        assert_accessible(phone)
        assert_fits(phone)


@pytest.mark.parametrize("size", [pytest.param(None, id="desktop"), pytest.param(PHONE, id="phone")])
def test_is_accessible_in_the_dark(
    open_page: OpenPage, sign_in: SignIn, acme: Company, tmp_path: Path, size: dict[str, Any] | None
) -> None:
    page = open_page(color_scheme="dark", **({"viewport": size} if size else {}))
    sign_in(page, acme.admin)
    choose_file(page, acme, written(tmp_path, 30))
    assert_accessible(page)
    assert_fits(page)


def test_what_is_no_csv_is_said_at_the_field(
    page: Page, sign_in: SignIn, acme: Company, tmp_path: Path, watch: Watch
) -> None:
    watch.allow("422")
    sign_in(page, acme.admin)
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page.goto(acme.url("imports/new/"))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Choose a file.")).to_be_visible()
    page.get_by_label("Choose a CSV file or an Excel workbook").set_input_files(picture)
    expect(page.get_by_text("Choose a file.")).to_have_count(0)
    expect(page.get_by_text("208 bytes", exact=True)).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This is not a CSV file but a picture.")).to_be_visible()
    assert_accessible(page)


def test_works_without_javascript(open_page: OpenPage, sign_in: SignIn, acme: Company, tmp_path: Path) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, acme.admin)
    choose_file(page, acme, written(tmp_path, 30))
    page.get_by_label("Net amount", exact=True).select_option("")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#import-preview").get_by_role("columnheader", name="Net amount")).to_have_count(0)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="Waiting to start")).to_be_visible()
