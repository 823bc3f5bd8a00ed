"""Every URL x everybody x GET and POST x page and fragment: who gets what, what leaks, and what changes."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Role
from accounts.permissions import RANK
from tests.architecture.conftest import World, fingerprint, fingerprint_of_global_tables
from tests.architecture.urls import NOTHING, RULES, Outside, Site, Status
from tests.conftest import HOSTILE

SITE = "o/<slug:organization>/"
OURS = {"accounts", "bonuses", "config", "goals", "ledger", "production", "reports", "targets"}


def walk(
    patterns: list[Any], namespaces: tuple[str, ...] = (), route: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """(name, route, pattern) of every address."""
    for each in patterns:
        if isinstance(each, URLResolver):
            inside = (*namespaces, each.namespace) if each.namespace else namespaces
            yield from walk(each.url_patterns, inside, route + str(each.pattern))
        else:
            yield ":".join((*namespaces, each.name or "")), route + str(each.pattern), each


URLS = list(walk(get_resolver().url_patterns))
PATTERNS = {name: pattern for name, _, pattern in URLS}
ON_SITE = sorted(name for name, route, _ in URLS if route.startswith(SITE))
OUTSIDE = sorted(set(PATTERNS) - set(ON_SITE))
MEMBERS = ("salesperson", "manager", "admin")


def test_every_url_has_a_name_of_its_own() -> None:
    names = [name for name, _, _ in URLS]
    assert [route for name, route, _ in URLS if not name or name.endswith(":")] == []
    assert len(names) == len(set(names))


def test_every_url_is_declared_and_no_entry_is_stale() -> None:
    assert set(PATTERNS) - set(RULES) == set(), "an entry a URL is missing in tests/architecture/urls.py"
    assert set(RULES) - set(PATTERNS) == set(), "entries of URLs that are gone"
    assert {name for name, rule in RULES.items() if isinstance(rule, Site)} == set(ON_SITE)


@pytest.mark.parametrize("name", ON_SITE)
def test_every_view_of_the_site_says_whom_it_admits(name: str) -> None:
    view: Any = PATTERNS[name].callback
    assert getattr(view, "least_role", None) == site_rule(name).least, "@member_required(...), the same as declared"
    assert not getattr(view, "csrf_exempt", False)


def test_every_choice_of_a_row_in_a_form_is_tried_with_foreign_ids() -> None:
    ids = [each for rule in RULES.values() if isinstance(rule, Site) for each in rule.ids]
    tried = {name for each in ids for name in ((each,) if isinstance(each, str) else each)}
    found = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in _subclasses(forms.BaseForm)
        if form.__module__.split(".")[0] in OURS
        for name, choice in getattr(form, "base_fields", {}).items()
        if isinstance(choice, forms.ModelChoiceField) and name not in tried
    }
    assert found == set()


def _subclasses(form: type) -> Iterator[type]:
    for each in form.__subclasses__():
        yield each
        yield from _subclasses(each)


def readable(content: bytes) -> str:
    """The text of an answer; of a workbook, that of all its parts, so that what leaks into one is seen too."""
    if not content.startswith(b"PK\x03\x04"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(html.unescape(parts.read(name).decode()) for name in parts.namelist())


@dataclass
class Asked:
    """One request, what came of it, and which tables it changed."""

    response: HttpResponse
    body: str
    changed: set[str]
    changed_elsewhere: set[str]
    label: str


@dataclass
class Asker:
    """Sends requests whose changes are undone."""

    home: World
    other: World
    before: tuple[dict[str, str], dict[str, str], dict[str, str]]

    def ask(self, who: str, method: str, url: str, data: dict[str, Any], target: str | None, **extra: Any) -> Asked:
        """`target` is the fragment that htmx wants, "" for htmx without one, None for a page."""
        headers = {} if target is None else {"HX-Request": "true", "HX-Current-URL": f"http://testserver{url}"}
        if target:
            headers["HX-Target"] = target
        with transaction.atomic():
            client = Client(**extra)
            if who != "anonymous":
                cookies = self.other.cookies["admin"] if who == "outsider" else self.home.cookies[who]
                client.cookies = deepcopy(cookies)
            response: Any = (
                client.generic(method, url, headers=headers)
                if method == "GET"
                else client.post(url, data, headers=headers)
            )
            body = readable(b"".join(response.streaming_content) if response.streaming else response.content)
            companies = self.home.company, self.other.company
            after = *map(fingerprint, companies), fingerprint_of_global_tables(*companies)
            transaction.set_rollback(True)
        changed = [
            {table for table in now if now[table] != was[table]} for now, was in zip(after, self.before, strict=True)
        ]
        elsewhere = changed[1] | changed[2]
        label = f"{who} {method} {url} {'page' if target is None else f'fragment {target}'} -> {response.status_code}"
        return Asked(response, body, changed[0], elsewhere, label)


@pytest.fixture
def asker(worlds: tuple[World, World]) -> Asker:
    acme, rival = worlds
    companies = acme.company, rival.company
    before = fingerprint(acme.company), fingerprint(rival.company), fingerprint_of_global_tables(*companies)
    return Asker(acme, rival, before)


@pytest.fixture
def backwards(asker: Asker) -> Asker:
    """The same with the companies changed round."""
    own, other, everywhere = asker.before
    return Asker(asker.other, asker.home, (other, own, everywhere))


def site_rule(name: str) -> Site:
    rule = RULES.get(name)
    assert isinstance(rule, Site), "an entry is missing in tests/architecture/urls.py"
    return rule


def address(name: str, rule: Site, home: World, ids_of: World) -> str:
    """The address on the site of `home`, with the ids of `ids_of`."""
    path = {key: ids_of.written(text) for key, text in rule.path.items()}
    url = reverse(name, kwargs={"organization": home.company.organization.slug, **path})
    return f"{url}?{ids_of.written(rule.query)}" if rule.query else url


def body(rule: Site, home: World, swapped: dict[str, World] | None = None) -> dict[str, Any]:
    """What is posted; the fields in `swapped` with another company's ids."""
    sent: dict[str, Any] = {}
    for key, text in rule.data.items():
        source = (swapped or {}).get(key, home)
        sent[source.written(key)] = source.written(text)
    return sent | {key: make() for key, make in rule.files.items()}


def allowed(status: Status) -> tuple[int, ...]:
    return status if isinstance(status, tuple) else (status,)


def leaks(asked: Asked, world: World) -> list[str]:
    """Names of a company in what another one, or nobody, was sent; its address in our own request aside."""
    slug = world.company.organization.slug
    headers = "\n".join(
        f"{key}: {value}" for key, value in asked.response.items() if key not in ("Location", "HX-Redirect")
    )
    return re.findall(rf".{{0,40}}(?<!/o/){slug}.{{0,40}}", asked.body + headers)


def kinds(rule: Site) -> tuple[str | None, ...]:
    return (None, "", *rule.fragments)


@pytest.mark.parametrize("name", ON_SITE)
class TestSite:
    def test_the_anonymous_go_to_sign_in(self, name: str, asker: Asker) -> None:
        rule, login = site_rule(name), reverse("account_login")
        url = address(name, rule, asker.home, asker.home)
        for method in ("GET", "POST"):
            page = asker.ask("anonymous", method, url, body(rule, asker.home), None)
            assert (page.response.status_code, page.response["Location"].split("?")[0]) == (302, login), page.label
            part = asker.ask("anonymous", method, url, body(rule, asker.home), "")
            assert (part.response.status_code, part.response["HX-Redirect"].split("?")[0]) == (200, login), part.label
            for asked in (page, part):
                assert (asked.body, asked.changed, asked.changed_elsewhere) == ("", set(), set()), asked.label

    @pytest.mark.parametrize("role", MEMBERS)
    def test_members_get_what_their_role_may(self, name: str, role: str, asker: Asker) -> None:
        rule = site_rule(name)
        url = address(name, rule, asker.home, asker.home)
        enough = RANK[Role(role)] >= RANK[rule.least]
        for method, usual, by in (("GET", rule.get, rule.get_by), ("POST", rule.post, rule.post_by)):
            expected = allowed(by.get(role, usual)) if enough else ((403, 405) if usual == 405 else (403,))
            for target in kinds(rule):
                asked = asker.ask(role, method, url, body(rule, asker.home), target)
                status = asked.response.status_code
                moved = target is not None and 302 in expected and "HX-Redirect" in asked.response
                assert status in expected or (moved and status == 200), asked.label
                assert leaks(asked, asker.other) == [], asked.label
                assert asked.changed_elsewhere - set(rule.changes) == set(), asked.label
                if "html" in asked.response.get("Content-Type", ""):
                    assert HOSTILE not in asked.body, f"{asked.label}: a name became a script"
                if method == "GET" or status >= 400:
                    assert asked.changed == set(), asked.label
                if status == 200 and method == "GET":
                    assert "HX-Request" in asked.response["Vary"], asked.label
                    assert "private" in asked.response["Cache-Control"], asked.label

    @pytest.mark.parametrize("way", ["acme", "rival"])
    def test_outsiders_find_nothing(self, name: str, way: str, request: pytest.FixtureRequest) -> None:
        asker: Asker = request.getfixturevalue("asker" if way == "acme" else "backwards")
        rule = site_rule(name)
        url = address(name, rule, asker.home, asker.home)
        for method in ("GET", "POST"):
            for target in kinds(rule):
                asked = asker.ask("outsider", method, url, body(rule, asker.home), target)
                assert asked.response.status_code == 404, asked.label
                assert leaks(asked, asker.home) == [], asked.label
                assert (asked.changed, asked.changed_elsewhere) == (set(), set()), asked.label

    @pytest.mark.parametrize("way", ["acme", "rival"])
    def test_foreign_ids_lead_nowhere(self, name: str, way: str, request: pytest.FixtureRequest) -> None:
        """In the address and in each field of the form, on the site of one's own organization."""
        asker: Asker = request.getfixturevalue("asker" if way == "acme" else "backwards")
        rule, home, other = site_rule(name), asker.home, asker.other
        own = address(name, rule, home, home)
        swaps = [(each,) if isinstance(each, str) else each for each in rule.ids]
        tried = [("POST", own, body(rule, home, dict.fromkeys(fields, other))) for fields in swaps]
        if rule.path:
            foreign = address(name, rule, home, other)
            tried += [("GET", foreign, {}), ("POST", foreign, body(rule, home))]
        for method, url, data in tried:
            for target in kinds(rule):
                asked = asker.ask("admin", method, url, data, target)
                assert asked.response.status_code in NOTHING, asked.label
                assert leaks(asked, other) == [], asked.label
                assert (asked.changed, asked.changed_elsewhere) == (set(), set()), asked.label

    def test_a_form_of_another_site_is_refused(self, name: str, asker: Asker) -> None:
        rule = site_rule(name)
        url = address(name, rule, asker.home, asker.home)
        asked = asker.ask("admin", "POST", url, body(rule, asker.home), None, enforce_csrf_checks=True)
        assert asked.response.status_code == 403, asked.label
        assert asked.changed == set(), asked.label


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("who", ["anonymous", *MEMBERS, "outsider"])
def test_outside_of_organizations(name: str, who: str, asker: Asker) -> None:
    rule = RULES.get(name)
    assert isinstance(rule, Outside), "an entry is missing in tests/architecture/urls.py"
    url = reverse(name, kwargs=dict(rule.path))
    for method, expected in zip(("GET", "POST"), rule.anonymous if who == "anonymous" else rule.signed_in, strict=True):
        for target in (None, ""):
            asked = asker.ask(who, method, url, dict(rule.data), target)
            moved = target is not None and 302 in allowed(expected) and "HX-Redirect" in asked.response
            assert asked.response.status_code in allowed(expected) or moved, asked.label
            strangers = (
                [asker.home, asker.other] if who == "anonymous" else [asker.home if who == "outsider" else asker.other]
            )
            assert [found for stranger in strangers for found in leaks(asked, stranger)] == [], asked.label
            assert asked.changed == set(), asked.label
            assert asked.changed_elsewhere - set(rule.changes) == set(), asked.label
