"""What changed: words instead of ids, filters, pages, and a CSV of the same rows."""

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import AuditEntry
from accounts.readers.audit import ENTRIES_A_PAGE, Asked, all_entries, entry_page
from accounts.tenancy import tenant
from targets.services import set_target
from tests.conftest import FORMULA, HOSTILE, Company

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def admin(acme: Company) -> Client:
    return acme.client(acme.admin)


def aim(company: Company, count: int = 7, version: int = 0, at: datetime = NOON) -> None:
    with tenant(company.organization):
        set_target(
            company.seller.pk,
            company.channels[0].pk,
            date(2026, 11, 1),
            count=count,
            version=version,
            by=company.manager,
            at=at,
        )


def page(client: Client, company: Company, **query: Any) -> str:
    response: Any = client.get(company.url("settings/audit/"), query)
    assert response.status_code == 200
    return str(response.content.decode())


def rows(client: Client, company: Company, **query: Any) -> list[dict[str, str]]:
    response: Any = client.get(company.url("settings/audit/export/"), query)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_target_is_told_in_words(acme: Company, admin: Client) -> None:
    aim(acme)
    aim(acme, 9, version=1, at=NOON + timedelta(minutes=5))
    first = rows(admin, acme, kind="targets.monthlytarget")[0]
    assert first == {
        "When": "2026-11-20 12:05:00",
        "Who": "acme manager",
        "What": "Monthly target",
        "Which": f"{acme.seller.name}, acme phone, November 2026",
        "How": "Changed",
        "Field": "Deals",
        "Before": "7",
        "After": "9",
    }
    assert "November 2026" in page(admin, acme)


def test_changes_of_one_thing_stand_together(acme: Company) -> None:
    with tenant(acme.organization):
        services.manage_team(acme.seller, acme.team, by=acme.admin)
        entry = entry_page(Asked(kind="accounts.teammanager", who=str(acme.admin.pk))).entries[0]
    assert [(change.field.words, change.new) for change in entry.changes] == [
        ("Manager", acme.seller.name),
        ("Team", acme.team.name),
    ]


def test_what_is_gone_keeps_the_names_it_named(acme: Company) -> None:
    with tenant(acme.organization):
        manager = services.manage_team(acme.seller, acme.team, by=acme.admin)
        services.stop_managing(manager, by=acme.admin)
        entry = entry_page(Asked(kind="accounts.teammanager")).entries[0]
    assert (entry.why, entry.name) == ("removed", ())
    assert [change.old for change in entry.changes] == [acme.seller.name, acme.team.name]


def test_no_name_becomes_markup_or_a_formula(acme: Company, admin: Client) -> None:
    with tenant(acme.organization):
        services.rename_team(acme.team, name=FORMULA, by=acme.admin)
    assert HOSTILE not in page(admin, acme)
    (renamed,) = rows(admin, acme, kind="accounts.team")
    assert (renamed["Before"], renamed["After"]) == (f"acme team {HOSTILE}", f"'{FORMULA}")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"kind": "targets.monthlytarget"}, 1, id="kind"),
        pytest.param({"kind": "targets.monthlytarget", "who": "system"}, 0, id="who-not"),
        pytest.param({"start": "2026-11-20", "end": "2026-11-20"}, 1, id="a-day"),
        pytest.param({"end": "2026-11-19"}, 0, id="before"),
        pytest.param({"q": "ACME  phone"}, 1, id="a-name-whatever-its-case"),
        pytest.param({"q": "no such thing"}, 0, id="no-such-name"),
        pytest.param({"kind": "nonsense"}, None, id="a-kind-that-is-none"),
        pytest.param({"start": "yesterday"}, None, id="a-day-that-is-none"),
        pytest.param({"start": "2026-11-20", "end": "2026-11-19"}, None, id="days-the-wrong-way-round"),
        pytest.param({"q": "\0"}, None, id="a-nul-character"),
        pytest.param({"end": "9999-12-31"}, None, id="the-end-of-time"),
        pytest.param({"start": "0001-01-01"}, None, id="the-beginning-of-time"),
    ],
)
def test_filters(acme: Company, admin: Client, query: dict[str, str], expected: int | None) -> None:
    aim(acme)
    found = rows(admin, acme, **query)
    page(admin, acme, **query)
    if expected is not None:
        assert len(found) == expected


def test_what_one_person_did(acme: Company, admin: Client) -> None:
    aim(acme)
    assert {row["Who"] for row in rows(admin, acme, who=str(acme.manager.pk))} == {"acme manager"}


def test_a_mistake_in_a_filter_is_said_at_it(acme: Company, admin: Client) -> None:
    body = page(admin, acme, start="2026-11-20", end="2026-11-19")
    assert "This day is before the first one." in body


def many(company: Company, count: int, at: datetime = NOON) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(
            organization=company.organization,
            at=at - timedelta(seconds=place // 3),
            by=company.manager,
            subject="accounts.team",
            subject_id=company.team.pk,
            field="name",
            old=str(place),
            new=str(place + 1),
            why="typed",
        )
        for place in range(count)
    )


def test_pages_hold_every_entry_once(acme: Company) -> None:
    with tenant(acme.organization):
        many(acme, 3 * ENTRIES_A_PAGE)
        asked = Asked(kind="accounts.team")
        shown, cursor = [], None
        while True:
            found = entry_page(asked, cursor)
            shown += [entry.changes[0].old for entry in found.entries]
            if found.older is None:
                break
            cursor = found.older
        everything = [entry.changes[0].old for entry in all_entries(asked)]
    assert shown == everything
    assert len(set(shown)) == 3 * ENTRIES_A_PAGE


def test_a_thing_of_many_fields_is_not_torn_in_two(acme: Company) -> None:
    with tenant(acme.organization):
        many(acme, ENTRIES_A_PAGE - 2, at=NOON)
        AuditEntry.objects.bulk_create(
            AuditEntry(
                organization=acme.organization,
                at=NOON - timedelta(days=1),
                by=acme.admin,
                subject="accounts.member",
                subject_id=acme.seller.pk,
                field=field,
                new=field,
                why="added",
                batch=uuid.UUID(int=1),
            )
            for field in ("name", "role", "email")
        )
        first = entry_page(Asked(start=NOON - timedelta(days=2), end=NOON + timedelta(seconds=1)))
        second = entry_page(Asked(), first.older)
    assert {len(entry.changes) for entry in first.entries} == {1}
    assert len(second.entries[0].changes) == 3


def test_older_pages_are_reached_by_a_link(acme: Company, admin: Client) -> None:
    with tenant(acme.organization):
        many(acme, 2 * ENTRIES_A_PAGE)
    first = page(admin, acme, kind="accounts.team")
    link = first.split('rel="next"')[0].rsplit('href="?', 1)[1].split('"')[0].replace("&amp;", "&")
    response: Any = admin.get(acme.url(f"settings/audit/?{link}"))
    body = response.content.decode()
    assert "Newest" in body
    assert "before=" in link
    assert "kind=accounts.team" in link


@pytest.mark.parametrize("cursor", ["", "x", "1-1", "9" * 17 + "-1", "0-" + "9" * 18])
def test_a_cursor_that_is_none_is_the_first_page_or_an_empty_one(acme: Company, admin: Client, cursor: str) -> None:
    page(admin, acme, before=cursor)


def test_no_more_queries_for_more_entries(acme: Company, admin: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(admin, acme)
        return len(queries)

    aim(acme)
    before = asked()
    with tenant(acme.organization):
        for channel in acme.channels[1:]:
            for member in (acme.seller, acme.other_seller):
                set_target(member.pk, channel.pk, date(2026, 11, 1), count=3, version=0, by=acme.admin, at=NOON)
    assert asked() <= before


def test_nobody_but_admins(acme: Company) -> None:
    for member in (acme.manager, acme.seller):
        response: HttpResponse = acme.client(member).get(acme.url("settings/audit/"))  # type: ignore[assignment]
        assert response.status_code == 403
