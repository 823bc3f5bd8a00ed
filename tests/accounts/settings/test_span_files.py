"""The people of a team and of a zone as a file: out, changed in a spreadsheet, and in again."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import services
from accounts.models import AuditEntry, Member, TeamMembership, ZoneAssignment
from accounts.services.lists import Plan
from accounts.tenancy import tenant
from accounts.views.spans import PEOPLE
from config.lists import read_file
from tests.conftest import Company

HEAD = "Person,E-mail,From,Until\n"
ANN = "ann@acme.example"


@pytest.fixture
def ann(acme: Company) -> Member:
    """In the team in the first quarter of 2025, and since July."""
    with tenant(acme.organization):
        member = services.add_member(acme.organization, name="Ann", email=ANN, by=acme.admin)
        services.join_team(member, acme.team, start=date(2025, 1, 1), end=date(2025, 3, 31), by=acme.admin)
        services.join_team(member, acme.team, start=date(2025, 7, 1), by=acme.admin)
        return member


@pytest.fixture
def plan(acme: Company, ann: Member) -> Callable[[str], Plan]:
    """What a file would do to the team."""

    def planned(text: str) -> Plan:
        with tenant(acme.organization):
            return services.plan_memberships(acme.team, read_file(HEAD + text, PEOPLE))

    return planned


def days(acme: Company, member: Member) -> list[tuple[date, date | None]]:
    with tenant(acme.organization):
        found = TeamMembership.objects.filter(member=member).order_by("start")
        return list(found.values_list("start", "end"))


def send(acme: Company, text: str, where: str = "") -> Any:
    url = acme.url(where or f"settings/teams/{acme.team.pk}/people/import/")
    return acme.client(acme.admin).post(url, {"file": SimpleUploadedFile("people.csv", text.encode(), "text/csv")})


class TestPlan:
    @pytest.mark.parametrize(
        ("text", "what", "words"),
        [
            pytest.param("Ann,,2025-01-01,2025-03-31", "same", "", id="as-it-stands"),
            pytest.param("ann,,2025-07-01,2025-12-31", "change", "last day: none → 2025-12-31", id="a-last-day"),
            pytest.param("Ann,,2025-01-01,", "refuse", "overlap", id="no-last-day-runs-into-the-next"),
            pytest.param("Ann,,2025-04-01,2025-06-30", "add", "", id="into-the-gap"),
            pytest.param("Ann,,2025-03-31,2025-06-30", "refuse", "overlap", id="one-shared-day"),
            pytest.param("Ann,,2025-04-01,2025-02-01", "refuse", "before the first", id="backwards"),
            pytest.param("Ann,,,2025-02-01", "refuse", "first day is missing", id="no-first-day"),
            pytest.param("Ann,,1.4.2025,", "refuse", "not written as", id="another-format"),
            pytest.param("Ann,,2025-04-01,soon", "refuse", "last day is not written as", id="no-day"),
            pytest.param("Nobody,,2025-04-01,", "refuse", "Nobody has this name", id="nobody"),
            pytest.param(",,2025-04-01,", "refuse", "It says nobody", id="no-name"),
            pytest.param(",ANN@acme.example,2025-01-01,2025-03-31", "same", "", id="by-address"),
            pytest.param("Ann,x@acme.example,2025-01-01,", "refuse", "Nobody has this e-mail", id="unknown-address"),
            pytest.param("Bo,ann@acme.example,2025-01-01,", "refuse", "belongs to Ann", id="anothers-address"),
        ],
    )
    def test_one_line(self, plan: Callable[[str], Plan], text: str, what: str, words: str) -> None:
        (row,) = plan(text).rows
        assert row.what == what
        assert words in (row.reason or "".join(row.words))

    def test_people_of_one_name_are_told_apart_by_address(
        self, acme: Company, plan: Callable[[str], Plan], ann: Member
    ) -> None:
        with tenant(acme.organization):
            services.add_member(acme.organization, name="Ann", by=acme.admin)
        assert "Several people" in plan("Ann,,2026-01-01,").rows[0].reason
        assert plan(f"Ann,{ANN},2025-01-01,2025-03-31").rows[0].what == "same"

    def test_lines_are_held_against_one_another(self, plan: Callable[[str], Plan]) -> None:
        """Room that one line makes is another's, in whatever order they stand; what is taken twice is the first's."""
        made = plan("Ann,,2025-08-01,\nAnn,,2025-07-01,2025-07-31\nAnn,,2025-09-01,\nAnn,,2025-08-01,2025-08-02\n")
        assert [row.what for row in made.rows] == ["add", "change", "refuse", "refuse"]
        assert "Line 2 has this person and first day" in made.rows[3].reason

    def test_a_change_that_is_refused_makes_no_room(self, plan: Callable[[str], Plan]) -> None:
        made = plan("Ann,,2025-01-01,2025-08-01\nAnn,,2025-04-01,2025-04-30\n")
        assert [row.what for row in made.rows] == ["refuse", "add"]


class TestLastDay:
    """Somebody who left on 15 October 2026."""

    @pytest.fixture(autouse=True)
    def gone(self, acme: Company, ann: Member) -> None:
        with tenant(acme.organization):
            services.change_member(ann, by=acme.admin, today=date(2026, 10, 22), active_to=date(2026, 10, 15))

    @pytest.mark.parametrize(
        ("text", "what", "words"),
        [
            pytest.param("Ann,,2025-07-01,2026-10-15", "same", "", id="as-it-stands"),
            pytest.param("Ann,,2025-07-01,", "same", "", id="no-last-day-is-theirs"),
            pytest.param("Ann,,2025-07-01,2026-09-30", "change", "2026-10-15 → 2026-09-30", id="an-earlier-one"),
            pytest.param("Ann,,2026-10-16,", "refuse", "is 15 Oct 2026", id="begins-after-it"),
        ],
    )
    def test_one_line(self, plan: Callable[[str], Plan], text: str, what: str, words: str) -> None:
        (row,) = plan(text).rows
        assert (row.what, words in (row.reason or "".join(row.words))) == (what, True)

    def test_nobody_is_stored_for_longer_until_they_come_back(self, acme: Company, ann: Member) -> None:
        with tenant(acme.organization):
            zone = services.add_zone(acme.organization, name="North", by=acme.admin)
        where, text = f"settings/zones/{zone.pk}/people/import/", "Person,From\nAnn,2026-01-01\n"
        seen = send(acme, text, where).context["plan"]
        assert seen.added[0].name == "Ann, 2026-01-01 to 2026-10-15"
        acme.client(acme.admin).post(acme.url(where), {"text": text, "seen": seen.token})
        with tenant(acme.organization):
            assert ZoneAssignment.objects.get(zone=zone).end == date(2026, 10, 15)
            services.change_member(ann, by=acme.admin, today=date(2026, 10, 22), active_to=None)
            assert ZoneAssignment.objects.get(zone=zone).end is None

    def test_leaving_between_look_and_confirmation_is_seen(self, acme: Company, ann: Member) -> None:
        with tenant(acme.organization):
            services.change_member(ann, by=acme.admin, today=date(2026, 10, 22), active_to=None)
            text = f"{HEAD}Ann,,2025-05-01,2025-05-31\n"
            token = services.plan_memberships(acme.team, read_file(text, PEOPLE)).token
            services.change_member(ann, by=acme.admin, today=date(2026, 10, 22), active_to=date(2025, 4, 30))
        url = acme.url(f"settings/teams/{acme.team.pk}/people/import/")
        assert acme.client(acme.admin).post(url, {"text": text, "seen": token}).status_code == 409


class TestPage:
    def test_what_comes_out_goes_in_and_changes_nothing(self, acme: Company, ann: Member) -> None:
        out = acme.client(acme.admin).get(acme.url(f"settings/teams/{acme.team.pk}/people/"))
        text = b"".join(out.streaming_content).decode()  # type: ignore[attr-defined]
        assert f"Ann,{ANN},2025-01-01,2025-03-31" in text
        response = send(acme, text)
        assert len(response.context["plan"].same) == 3
        assert "There is nothing to store." in response.content.decode()

    def test_stored_once_after_a_look_with_an_audit(self, acme: Company, ann: Member) -> None:
        text = f"{HEAD}Ann,,2025-07-01,2025-12-31\nacme other {{}},,2026-01-01,\nAnn,,2026-02-01,\n"
        seen = send(acme, text)
        assert [len(each) for each in (seen.context["plan"].added, seen.context["plan"].refused)] == [1, 1]
        assert len(days(acme, ann)) == 2, "nothing before it is confirmed"
        confirmed = {"text": text, "seen": seen.context["plan"].token}
        url = acme.url(f"settings/teams/{acme.team.pk}/people/import/")
        statuses = [acme.client(acme.admin).post(url, confirmed).status_code for _ in range(2)]
        assert statuses == [302, 409]
        assert days(acme, ann) == [
            (date(2025, 1, 1), date(2025, 3, 31)),
            (date(2025, 7, 1), date(2025, 12, 31)),
            (date(2026, 2, 1), None),
        ]
        with tenant(acme.organization):
            told = AuditEntry.objects.filter(subject="accounts.teammembership", why="imported")
            assert {entry.field for entry in told} == {"member", "start", "end"}

    def test_a_zone_takes_its_people_in_the_same_way(self, acme: Company, ann: Member) -> None:
        with tenant(acme.organization):
            zone = services.add_zone(acme.organization, name="North", by=acme.admin)
        where, text = f"settings/zones/{zone.pk}/people/import/", "Person,From\nAnn,2026-01-01\n"
        token = send(acme, text, where).context["plan"].token
        acme.client(acme.admin).post(acme.url(where), {"text": text, "seen": token})
        with tenant(acme.organization):
            assert ZoneAssignment.objects.get(zone=zone).member == ann

    def test_the_people_of_a_team_are_searched(self, acme: Company, ann: Member) -> None:
        page: Any = acme.client(acme.admin).get(acme.url(f"settings/teams/{acme.team.pk}/?q=aNN"))
        assert [span.person for span in page.context["team"].found] == ["Ann", "Ann"]
        nothing = acme.client(acme.admin).get(acme.url(f"settings/teams/{acme.team.pk}/?q=zzz%00")).content.decode()
        assert "Nobody with" in nothing
