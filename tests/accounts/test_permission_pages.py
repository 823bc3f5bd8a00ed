"""Who may do what and why: roles, people, grants given and taken back."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import services
from accounts.models import AuditEntry, Member, Role, Team, TeamGrant
from accounts.permissions import RIGHTS, SET_TARGETS, may_set_target, reaches_all, visible_members
from accounts.readers.permissions import Ground, people
from accounts.tenancy import tenant
from tests.conftest import HOSTILE, Company

DAY = date(2026, 11, 21)


@pytest.fixture
def admin(acme: Company) -> Client:
    return acme.client(acme.admin)


@pytest.fixture
def north(acme: Company) -> Team:
    with tenant(acme.organization):
        team = services.add_team(acme.organization, name="North", by=acme.admin)
        services.join_team(acme.other_seller, team, start=date(2026, 1, 1), by=acme.admin)
    return team


def person_url(company: Company, member: Member) -> str:
    return company.url(f"settings/permissions/people/{member.pk}/")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_overview_shows_every_right_that_is_declared(acme: Company, admin: Client) -> None:
    body = text(admin.get(acme.url("settings/permissions/")))
    for right in RIGHTS:
        assert right.words in body
    assert HOSTILE not in body


def test_people_are_found_by_name(acme: Company, admin: Client) -> None:
    body = text(admin.get(acme.url("settings/permissions/"), {"q": "ACME manager"}))
    assert person_url(acme, acme.manager) in body
    assert person_url(acme, acme.seller) not in body
    assert "Nobody matches" in text(admin.get(acme.url("settings/permissions/"), {"q": "nobody\0"}))


@pytest.mark.parametrize(
    ("allowed", "words"), [(True, "set their own targets of this month"), (False, "can't set them")]
)
def test_the_overview_says_whether_salespeople_set_their_own_targets_and_where(
    acme: Company, admin: Client, allowed: bool, words: str
) -> None:
    with tenant(acme.organization):
        services.change_organization(acme.organization, by=acme.admin, salespeople_set_targets=allowed)
    body = text(admin.get(acme.url("settings/permissions/")))
    assert words in body
    assert f'href="{acme.url("settings/targets/")}"' in body


def test_a_right_is_given_with_its_reason(acme: Company, admin: Client, north: Team) -> None:
    response = admin.post(person_url(acme, acme.seller), {"team": north.pk})
    assert response.status_code == 302
    body = text(admin.get(person_url(acme, acme.seller)))
    assert "Grant on North by acme admin on" in body
    assert "Those of the people in North" in body


def test_the_same_form_twice_grants_once(acme: Company, admin: Client, north: Team) -> None:
    admin.post(person_url(acme, acme.seller), {"team": north.pk})
    response = admin.post(person_url(acme, acme.seller), {"team": north.pk})
    assert response.status_code == 422
    assert "Choose one of these teams." in text(response)
    with tenant(acme.organization):
        assert TeamGrant.objects.count() == 1


def test_no_team_is_said_at_the_field(acme: Company, admin: Client) -> None:
    response = admin.post(person_url(acme, acme.seller), {})
    assert response.status_code == 422
    assert "Choose a team." in text(response)


def test_a_grant_is_taken_back_once(acme: Company, admin: Client, north: Team) -> None:
    with tenant(acme.organization):
        grant = services.grant_team(north, to=acme.seller, by=acme.admin)
    url = acme.url(f"settings/permissions/grants/{grant.pk}/revoke/")
    response = admin.post(url, {"next": "person"})
    assert response["Location"] == person_url(acme, acme.seller)
    assert admin.post(url).status_code == 404
    assert "Grant on North" not in text(admin.get(person_url(acme, acme.seller)))


def test_admins_and_people_without_a_login_are_offered_no_grant(acme: Company, admin: Client, north: Team) -> None:
    with tenant(acme.organization):
        nora = services.add_member(acme.organization, name="Nora", by=acme.admin)
    for member, words in ((acme.admin, "Everyone"), (nora, "Has no login")):
        body = text(admin.get(person_url(acme, member)))
        assert words in body
        assert "Grant this team" not in body


@pytest.mark.parametrize(
    ("field", "day", "ground"),
    [
        pytest.param("active_to", date(2026, 11, 1), Ground.LEFT, id="left"),
        pytest.param("active_from", date(2026, 12, 1), Ground.NOT_YET, id="starts-later"),
    ],
)
def test_who_is_not_here_today_may_nothing(acme: Company, field: str, day: date, ground: Ground) -> None:
    with tenant(acme.organization):
        changes: dict[str, Any] = {field: day}
        services.change_member(acme.seller, by=acme.admin, today=DAY, **changes)
        (person,) = people(acme.organization, DAY, only=acme.seller.pk)
    assert [(answer.yes, answer.reasons[0].ground) for answer in person.answers] == [(False, ground)] * len(RIGHTS)


def test_answers_are_what_the_functions_say(acme: Company, north: Team) -> None:
    with tenant(acme.organization):
        services.grant_team(north, to=acme.seller, by=acme.admin)
        everybody = list(Member.objects.all())
        for person in people(acme.organization, DAY):
            viewer = Member.objects.get(pk=person.member_id)
            answers = {answer.right: answer for answer in person.answers}
            sets = [each for each in everybody if may_set_target(viewer, each, DAY, DAY)]
            assert answers[SET_TARGETS].yes == bool(sets), person.name
            assert reaches_all(viewer, SET_TARGETS) == (len(sets) == len(everybody))
            assert visible_members(viewer, DAY, DAY).exists()


def test_since_when_somebody_has_a_role_is_the_last_word_of_the_audit(acme: Company) -> None:
    with tenant(acme.organization):
        services.change_member(acme.seller, by=acme.admin, today=DAY, role=Role.MANAGER)
        last = AuditEntry.objects.filter(subject_id=acme.seller.pk, field="role").latest("at", "pk")
        (person,) = people(acme.organization, DAY, only=acme.seller.pk)
    see, targets = person.answers[:2]
    assert [(reason.ground, reason.at) for reason in see.reasons] == [(Ground.ROLE, last.at)]
    assert [reason.ground for reason in targets.reasons] == [Ground.NO_TEAM]


def test_the_csv_holds_every_right_of_everybody_who_can_sign_in(acme: Company, admin: Client) -> None:
    response: Any = admin.get(acme.url("settings/permissions/export/"))
    sheet = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(sheet)))
    assert len(rows) == 4 * len(RIGHTS)
    assert {row["May"] for row in rows if row["Person"] == "acme admin"} == {"yes"}


def test_no_more_queries_for_more_people(acme: Company, admin: Client, north: Team) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            response: Any = admin.get(acme.url(path))
            b"".join(response.streaming_content if response.streaming else [response.content])
        return len(queries)

    paths = ("settings/permissions/", "settings/permissions/export/")
    with tenant(acme.organization):
        services.grant_team(north, to=acme.seller, by=acme.admin)
    asked(paths[0])  # which writes the session
    before = [asked(path) for path in paths]
    with tenant(acme.organization):
        services.grant_team(north, to=acme.manager, by=acme.admin)
        services.grant_team(north, to=acme.other_seller, by=acme.admin)
        services.manage_team(acme.manager, north, by=acme.admin)
    assert [asked(path) for path in paths] == before
