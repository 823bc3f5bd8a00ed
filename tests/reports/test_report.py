"""The page of a report, and its files: what they show, to whom, for which months."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from accounts import services as people
from accounts.models import Member
from accounts.tenancy import tenant
from progress.periods import Period, month_of, quarter_of, year_of
from reports import readers
from reports.readers import Asked, Report
from reports.views import address
from tests.conftest import FORMULA, HOSTILE, Company, found
from tests.reports.conftest import target
from tests.targets.conftest import NOON, OCTOBER, TODAY, aim, sell, settle

JULY = date(2026, 7, 1)


def page(site: Company, query: str = "", viewer: Member | None = None) -> str:
    answer = site.client(viewer or site.admin).get(site.url(f"reports/?{query}"))
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def table(site: Company, query: str = "", viewer: Member | None = None) -> list[dict[str, str]]:
    answer: Any = site.client(viewer or site.admin).get(site.url(f"reports/csv/?{query}"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def report(site: Company, asked: Asked, viewer: Member | None = None) -> Report:
    with tenant(site.organization):
        return readers.report(viewer or site.admin, site.organization, asked, TODAY)


# Which months


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("this-month", "2026-10-01", "2026-10-31"),
        ("last-month", "2026-09-01", "2026-09-30"),
        ("this-quarter", "2026-10-01", "2026-12-31"),
        ("last-quarter", "2026-07-01", "2026-09-30"),
        ("this-year", "2026-01-01", "2026-12-31"),
    ],
)
def test_presets(preset: str, first: str, last: str) -> None:
    period = address.read({"period": preset}, TODAY, 1).asked.period
    assert (period.start.isoformat(), period.end.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("this-quarter", "Q3 fiscal 2026, October to December 2026."),
        ("last-quarter", "Q2 fiscal 2026, July to September 2026."),
        ("this-year", "Fiscal 2026, Apr 2026 to Mar 2027."),
    ],
)
def test_a_fiscal_year_from_april(ireland: Company, preset: str, words: str) -> None:
    settle(ireland, fiscal_start=4)
    assert words in page(ireland, f"period={preset}")


def test_the_first_quarter_of_a_fiscal_year_follows_the_last_of_the_one_before(
    ireland: Company, clock: Callable[[datetime], None]
) -> None:
    settle(ireland, fiscal_start=4)
    clock(datetime(2027, 4, 2, 12, tzinfo=UTC))
    assert "Q4 fiscal 2026, January to March 2027." in page(ireland, "period=last-quarter")


def test_months_of_ones_own_whichever_is_first(ireland: Company) -> None:
    assert "June to August 2026. It has ended." in page(ireland, "period=months&from=2026-08&to=2026-06")
    assert "Nov 2026 to Jan 2027. It starts in 10 days." in page(ireland, "from=2026-11&to=2027-01")


def test_the_month_is_that_of_the_organizations_day(acme: Company, clock: Callable[[datetime], None]) -> None:
    clock(datetime(2026, 11, 1, 3, tzinfo=UTC))
    for zone, month in (("Pacific/Auckland", "November 2026."), ("Pacific/Honolulu", "October 2026.")):
        settle(acme, time_zone=zone)
        assert month in page(acme)


@pytest.mark.parametrize(
    "query",
    [
        "period=next-week",
        "period=months&from=2026-13&to=x",
        "period=months",
        "from=0001-01&to=9999-12",
        "by=%00&show=%FF&sort=-&team=-1&channel=9999999999999999999999",
        "team=999999999999999999&channel=99999&sort=-password",
        "period=months&from=1970-01&to=2099-12&compare=1",
        "sort=%3Cscript%3E&by=<script>alert(1)</script>",
        "team=٣&team=&channel=0",
    ],
)
def test_a_wrong_address_falls_back_and_says_so(ireland: Company, query: str) -> None:
    sell(ireland, 1, member=ireland.seller, channel=ireland.channels[0])
    client = ireland.client(ireland.admin)
    for where in ("", "csv/", "xlsx/", "views/new/"):
        assert client.get(ireland.url(f"reports/{where}?{query}")).status_code == 200
    text = client.get(ireland.url(f"reports/?{query}")).content.decode()
    assert "<script>alert" not in text
    assert 'role="status"' in text or "Nothing of this" in text


def test_the_longest_report(ireland: Company) -> None:
    read = address.read({"from": "2020-01", "to": "2026-12"}, TODAY, 1)
    assert read.asked.period == Period(date(2020, 1, 1), date(2022, 12, 31))
    assert "at most 36 months" in read.notes[0]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "period=last-quarter&by=team&show=revenue&sort=-variance&compare=1",
        "period=months&from=2026-04&to=2026-06&by=channel&team=0&channel=0&sort=name",
    ],
)
def test_an_address_is_written_as_it_is_read(query: str) -> None:
    data = dict(part.split("=") for part in query.split("&") if part)
    assert address.read(data, TODAY, 1).query() == query


# What it says


def test_a_quarter_compares_the_months_that_are_set(ireland: Company) -> None:
    phone = ireland.channels[0]
    for month, count, number in [(7, 9, 10), (8, 12, 10), (9, 7, None)]:
        sell(ireland, count, member=ireland.seller, channel=phone, day=date(2026, month, 9))
        if number is not None:
            target(ireland, ireland.seller, phone, date(2026, month, 1), count=number)
    row = next(row for row in table(ireland, "period=last-quarter") if row["Salesperson"] == ireland.seller.name)
    assert row == {
        "Salesperson": ireland.seller.name,
        "Team": ireland.team.name,
        "Months set": "2",
        "Months": "3",
        "Target": "20",
        "Actual": "21",
        "Variance": "1",
        "Achieved in %": "105",
        "Without a target": "7",
    }
    text = page(ireland, "period=last-quarter")
    assert "2 of 3" in text
    assert "1 above target" in text


def test_a_running_month_has_pace_and_forecast_an_ended_one_has_not(ireland: Company) -> None:
    aim(ireland, 21, ireland.seller, ireland.channels[0])
    sell(ireland, 14, member=ireland.seller, channel=ireland.channels[0])
    total = table(ireland)[-1]
    assert (total["Expected today"], total["Against pace"], total["Forecast"]) == ("16.0", "-2.0", "18")
    assert "behind pace" in page(ireland)
    assert "Forecast" not in table(ireland, "period=last-month")[0]


def test_revenue_has_cents_in_files(ireland: Company) -> None:
    target(ireland, ireland.seller, ireland.channels[0], date(2026, 9, 1), revenue=Decimal("450.50"))
    sell(ireland, 2, member=ireland.seller, channel=ireland.channels[0], day=date(2026, 9, 9), net=300)
    total = table(ireland, "period=last-month&show=revenue")[-1]
    assert (total["Target"], total["Actual"], total["Variance"]) == ("450.50", "600.00", "149.50")


@pytest.mark.parametrize("by", ["person", "team", "channel"])
@pytest.mark.parametrize("show", ["deals", "revenue"])
def test_every_column_of_amounts_adds_up_to_its_total(busy_year: Company, by: str, show: str) -> None:
    """Also where some have no target at all: what these reached stands beside."""
    for period in ("this-month", "last-quarter", "this-year"):
        *rows, total = table(busy_year, f"period={period}&by={by}&show={show}&compare=1")
        amounts = {"Target", "Actual", "Without a target"} & set(total)
        assert "Actual" in amounts
        for name in amounts:
            assert sum(Decimal(row[name] or 0) for row in rows) == Decimal(total[name] or 0), (period, name)
        before = list(total)[-1]
        assert sum(Decimal(row[before] or 0) for row in rows) == Decimal(total[before])


def test_without_any_target_everything_is_the_actual(ireland: Company) -> None:
    sell(ireland, 3, member=ireland.seller, channel=ireland.channels[0])
    rows = table(ireland)
    assert [row["Actual"] for row in rows if row["Actual"] != "0"] == ["3", "3"]
    assert "Without a target" not in rows[0]
    assert "No target is set." in page(ireland)


def test_the_period_before_beside_who_was_there_only_then(ireland: Company) -> None:
    phone = ireland.channels[0]
    sell(ireland, 2, member=ireland.manager, channel=phone, day=date(2026, 9, 9))
    sell(ireland, 5, member=ireland.seller, channel=phone)
    rows = {row["Salesperson"]: row["September 2026"] for row in table(ireland, "compare=1")}
    assert (rows[ireland.manager.name], rows[ireland.seller.name], rows["Total"]) == ("2", "0", "2")


# Order and filters


def test_rows_are_sorted_and_those_without_a_value_come_last(ireland: Company) -> None:
    for member, count, number in [(ireland.seller, 5, 10), (ireland.other_seller, 9, 10), (ireland.manager, 7, None)]:
        sell(ireland, count, member=member, channel=ireland.channels[0])
        if number:
            aim(ireland, number, member, ireland.channels[0])
    asked = Asked(month_of(TODAY), order="percent")
    for down, best in (
        (True, [ireland.other_seller.pk, ireland.seller.pk]),
        (False, [ireland.seller.pk, ireland.other_seller.pk]),
    ):
        rows = report(ireland, Asked(asked.period, order="percent", descending=down)).rows
        assert [row.key for row in rows] == [*best, ireland.manager.pk]


def test_a_team_and_a_channel_narrow_rows_and_total(busy_year: Company) -> None:
    whole = report(busy_year, Asked(year_of(TODAY)))
    parts = [report(busy_year, Asked(year_of(TODAY), team=team)).total.result.everything for team in whole.teams]
    nobody = next(row.result.everything for row in whole.rows if row.key is None)
    assert sum(parts) + nobody == whole.total.result.everything
    phone = busy_year.channels[0]
    narrowed = report(busy_year, Asked(year_of(TODAY), channel=phone.pk))
    by_channel = report(busy_year, Asked(year_of(TODAY), by="channel"))
    assert narrowed.total.result == next(row.result for row in by_channel.rows if row.key == phone.pk)


def test_another_companys_team_is_nothing_here(ireland: Company, rival: Company) -> None:
    text = page(ireland, f"team={rival.team.pk}")
    assert "Nothing of this team" in text
    assert "rival" not in text


# Who sees what


def test_salespeople_see_themselves_and_no_total(busy_year: Company) -> None:
    rows = table(busy_year, "period=this-year", busy_year.seller)
    assert [row["Salesperson"] for row in rows] == [busy_year.seller.name, "Total"]
    text = page(busy_year, "period=this-year", busy_year.seller)
    assert "Teams" not in text
    assert busy_year.other_seller.name not in text


def test_names_are_written_as_they_are(ireland: Company) -> None:
    sell(ireland, 1, member=ireland.other_seller, channel=ireland.channels[0])
    text = ireland.client(ireland.admin).get(ireland.url("reports/")).content.decode()
    assert HOSTILE not in text
    assert FORMULA.split("(")[0] in text


def test_a_new_company_learns_what_the_page_is_for(db: None, clock: Callable[[datetime], None]) -> None:
    clock(NOON)
    site = found("fresh")
    with tenant(site.organization):
        Member.objects.filter(role="salesperson").update(active_to=date(2020, 1, 1))
    assert "Nothing to report yet" in page(site)
    assert "Nobody to report on" in page(site, "", site.manager)


def test_a_month_in_which_nothing_happened(ireland: Company) -> None:
    assert "Neither targets nor deals in these months." in page(ireland)


# Files


def workbook(site: Company, query: str = "") -> tuple[CalamineWorkbook, str]:
    answer = site.client(site.admin).get(site.url(f"reports/xlsx/?{query}"))
    assert answer.status_code == 200
    return CalamineWorkbook.from_filelike(io.BytesIO(answer.content)), answer["Content-Disposition"]


@pytest.mark.parametrize("show", ["deals", "revenue"])
@pytest.mark.parametrize("by", ["person", "team", "channel"])
def test_the_workbook_says_what_the_csv_says(busy_year: Company, show: str, by: str) -> None:
    query = f"period=this-quarter&by={by}&show={show}&compare=1&sort=-actual"
    book, _ = workbook(busy_year, query)
    heads, *rows = book.get_sheet_by_index(0).to_python()
    told = table(busy_year, query)
    assert [str(head) for head in heads] == [name.removesuffix(" in %") for name in told[0]]
    for row, line in zip(rows, told, strict=True):
        for value, (name, text) in zip(row, line.items(), strict=True):
            if name in ("Salesperson", "Team", "Channel"):
                assert value == text.removeprefix("'")
            elif text:
                assert isinstance(value, int | float), name
                expected = Decimal(text) / 100 if name.endswith("%") else Decimal(text)
                assert abs(Decimal(str(value)) - expected) < Decimal("0.005"), name
            else:
                assert value == ""


def test_a_name_that_looks_like_a_formula_is_text_in_both_files(ireland: Company) -> None:
    with tenant(ireland.organization):
        people.add_member(ireland.organization, name="=1+1")
        people.add_member(ireland.organization, name="0049")
    rows = [row[0] for row in workbook(ireland)[0].get_sheet_by_index(0).to_python()]
    assert {"=1+1", "0049"} <= set(rows)
    assert "'=1+1" in {row["Salesperson"] for row in table(ireland)}


def test_the_workbook_says_what_it_is(busy_year: Company) -> None:
    book, name = workbook(busy_year, "period=last-quarter&show=revenue")
    assert book.sheet_names == ["Q3 2026", "About"]
    about = {str(row[0]): row[1] for row in book.get_sheet_by_index(1).to_python()}
    assert about["Period"] == "July to September 2026"
    assert about["Numbers"] == f"Revenue in {busy_year.organization.currency}"
    assert name == 'attachment; filename="report-revenue-by-person-2026-07-to-2026-09.xlsx"'


# What it costs


def queries(site: Company, query: str) -> int:
    client = site.client(site.manager)
    client.get(site.url(f"reports/?{query}"))
    with CaptureQueriesContext(connection) as caught:
        assert client.get(site.url(f"reports/?{query}")).status_code == 200
    return len(caught)


def test_more_people_cost_no_query_more(busy_year: Company) -> None:
    before = {query: queries(busy_year, query) for query in ("", "period=this-year&by=team&compare=1")}
    with tenant(busy_year.organization):
        for number in range(20):
            member = people.add_member(busy_year.organization, name=f"acme more {number}")
            people.join_team(member, busy_year.team, start=JULY)
    assert {query: queries(busy_year, query) for query in before} == before
    assert before[""] <= 18


def test_presets_of_the_quarter_hold_for_the_total_of_its_months(busy_year: Company) -> None:
    quarter = report(busy_year, Asked(quarter_of(OCTOBER))).total.result.everything
    months = [Asked(month_of(date(2026, month, 1))) for month in (10, 11, 12)]
    assert quarter == sum(report(busy_year, asked).total.result.everything for asked in months)
