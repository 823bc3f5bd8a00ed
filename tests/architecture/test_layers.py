"""What may import, write, read the clock or see a request, read from the sources themselves."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.sources import APPS, Source, sources

# `progress` is pure and may serve every app.
MAY_IMPORT: dict[str, set[str]] = {
    "progress": set(),
    "accounts": {"progress"},
    "ledger": {"accounts", "progress"},
    "targets": {"accounts", "ledger", "progress"},
    "production": {"accounts", "progress"},
    "bonuses": {"accounts", "ledger", "progress"},
    "goals": {"accounts", "ledger", "progress"},
    "reports": {"accounts", "ledger", "targets", "production", "bonuses", "goals", "progress"},
    # Settings, addresses and the demo company put the whole together.
    "config": {"accounts", "ledger", "targets", "production", "bonuses", "goals", "reports", "progress"},
}
# Helpers of pages and forms; what stands below them knows nothing of pages.
PAGE_HELPERS = {
    "config.charts",
    "config.fragments",
    "config.formats",
    "config.lists",
    "config.sheets",
    "config.seen",
    "config.svg",
}
PAGE_MODULES = ("views", "forms", "templatetags", "tables")
PRIVATE = {"views", "forms", "urls", "tasks", "admin", "middleware", "templatetags"}
PUTS_TOGETHER = {
    "config/urls.py": "names every app's views",
    "config/admin_urls.py": "names the views of signing in for the operators' process",
}

WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create"}
WRITERS = ("services", "founding", "ingest", "migrations")
NO_TABLE = {
    "accounts/models/user.py:create_user": "the manager that Django's own commands make users with",
    "ledger/management/commands/import_deals.py": "the stored copy of the file, not a row",
    "targets/views/grid.py:_save_form": "a function of the views that calls services",
}
CLOCKS = {("timezone", "now"), ("timezone", "localdate"), ("timezone", "localtime"), ("date", "today")}
CLOCKS |= {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today")}
MAY_READ_CLOCK = ("views", "tasks", "middleware", "management")
MAY_READ_CLOCK_TOO = {
    "config/embedded": "our own processes",
    "config/demo": "the demo company ends today",
    "config/styleguide": "a page's examples",
}
NO_REQUEST = (
    "models",
    "database",
    "querysets",
    "readers",
    "services",
    "tasks",
    "ingest",
    "measures",
    "tenancy",
    "calendar",
)


def imports(source: Source) -> Iterator[tuple[str, str]]:
    """(module, name) of each import; a relative import counts as its own app."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.path}: relative import"
            yield from ((node.module or "", alias.name) for alias in node.names)


def excused(place: str, reasons: dict[str, str]) -> bool:
    return any(place.startswith(entry) for entry in reasons)


def test_imports_point_up_the_table() -> None:
    wrong = []
    for source in sources():
        for module, name in imports(source):
            target = module.split(".")[0]
            if target not in APPS or target == source.app or target in MAY_IMPORT[source.app]:
                continue
            full = f"{module}.{name}"
            if target == "config" and source.is_in(*PAGE_MODULES) and (module in PAGE_HELPERS or full in PAGE_HELPERS):
                continue
            wrong.append(f"{source.path} imports {full}")
    assert wrong == []


def test_progress_is_pure() -> None:
    wrong = [
        f"{source.path} imports {module}"
        for source in sources()
        for module, _ in imports(source)
        if source.app == "progress" and module.split(".")[0] in {"django", "os", "time", "random", "psycopg", "redis"}
    ]
    assert wrong == []


def test_no_app_imports_anothers_views_forms_or_tasks() -> None:
    wrong = []
    for source in sources():
        if source.path in PUTS_TOGETHER:
            continue
        for module, name in imports(source):
            parts = (*module.split("."), name)
            if parts[0] in APPS and parts[0] != source.app and PRIVATE & set(parts[1:3]):
                wrong.append(f"{source.path} imports {module} {name}")
    assert wrong == []


def test_only_services_and_ingest_write() -> None:
    wrong = []
    for source in sources():
        if source.is_in(*WRITERS) or source.path.startswith("config/demo"):
            continue
        for place, call in source.calls():
            function = call.func
            if not isinstance(function, ast.Attribute) or function.attr not in WRITES:
                continue
            of_a_dictionary = function.attr == "update" and call.args  # a queryset's takes keywords alone
            if not of_a_dictionary and not excused(place, NO_TABLE):
                wrong.append(f"{place} line {call.lineno}: .{function.attr}()")
    assert wrong == []


def test_the_clock_is_read_by_views_tasks_and_commands_alone() -> None:
    wrong = []
    for source in sources():
        if source.is_in(*MAY_READ_CLOCK) or excused(source.path, MAY_READ_CLOCK_TOO):
            continue
        for place, call in source.calls():
            function = call.func
            if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name | ast.Attribute):
                value = function.value
                owner = value.id if isinstance(value, ast.Name) else value.attr
                if (owner, function.attr) in CLOCKS:
                    wrong.append(f"{place} line {call.lineno}")
    assert wrong == []


def test_no_request_below_views() -> None:
    wrong = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        if source.is_in(*NO_REQUEST)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.arg)
        and (node.arg == "request" or "Request" in ast.unparse(node.annotation or ast.Constant("")))
    ]
    assert wrong == []


def test_the_tenant_is_set_in_one_place() -> None:
    places = {"accounts/tenancy.py", "accounts/database/constraints.py"}
    settings_named = ("app.organization", "app.login", "set_config", "SET SESSION", "row_security")
    found = {
        source.path
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if any(name in node.value for name in settings_named)
    }
    assert found - places == set()


def test_no_list_is_stale() -> None:
    paths = [source.path for source in sources()]
    for entry in (*NO_TABLE, *MAY_READ_CLOCK_TOO, *PUTS_TOGETHER):
        assert any(path.startswith(entry.split(":")[0]) for path in paths), entry


def callbacks(patterns: list[Any]) -> Iterator[Any]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from callbacks(each.url_patterns)
        elif isinstance(each, URLPattern):
            yield inspect.unwrap(each.callback)


def views() -> list[Any]:
    """Every public function of a views module that takes a request first."""
    found = []
    for source in sources():
        if source.is_in("views") and source.app != "progress":
            module = import_module(".".join(part for part in source.parts if part != "__init__"))
            for name, function in inspect.getmembers(module, inspect.isfunction):
                first = next(iter(inspect.signature(function).parameters.values()), None)
                returns = str(inspect.signature(function).return_annotation)
                public = not name.startswith("_") and inspect.unwrap(function).__module__ == module.__name__
                if public and first is not None and first.name == "request" and "HttpResponse" in returns:
                    found.append(inspect.unwrap(function))
    return found


def test_every_view_has_an_address_and_says_what_it_is_for() -> None:
    reached = set(callbacks(get_resolver().url_patterns))
    handlers = {"not_found"}
    for view in views():
        assert view in reached or view.__name__ in handlers, f"{view.__module__}.{view.__name__} has no address"
        assert view.__doc__, f"{view.__module__}.{view.__name__} has no docstring"


def test_every_view_of_ours_is_a_function() -> None:
    for view in set(callbacks(get_resolver().url_patterns)):
        if view.__module__.split(".")[0] in APPS:
            assert inspect.isfunction(view), view
            assert not hasattr(view, "view_class"), view


@pytest.mark.parametrize(
    "name", ["accounts.middleware.TenantMiddleware", "csp.middleware.CSPMiddleware", "config.fragments.VaryOnHtmx"]
)
def test_middleware_that_keeps_pages_apart_is_on(name: str) -> None:
    assert name in settings.MIDDLEWARE
    assert settings.MIDDLEWARE[-1] == "accounts.middleware.TenantMiddleware", "nothing runs between it and the view"
