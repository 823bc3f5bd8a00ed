"""Whoever changes something through a service leaves an audit row."""

import ast

from tests.architecture.sources import Source, sources

NOTES = {"record", "record_all", "record_numbers", "save_changes", "save_seen_changes"}
# Services that take `by` and leave no row, and why. `app/module:function`
EXCUSED = {
    "accounts/services/audit.py:record_numbers": "writes the rows themselves, in SQL",
    "targets/services/checking.py:known_of": "reads what edits are checked against",
    "ledger/services/choices.py:checked": "says whether choices hold, and changes nothing",
    "ledger/services/uploads.py:upload_import": "a file that waits; the import is noted when it has run",
    "ledger/services/uploads.py:configure_import": "how a file is to be read; the import is noted when it has run",
}


def services() -> list[Source]:
    return [source for source in sources() if source.is_in("services")]


def functions() -> dict[str, dict[str, ast.FunctionDef]]:
    """{app: {name: function}} of all services, private ones and methods too."""
    found: dict[str, dict[str, ast.FunctionDef]] = {}
    for source in services():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(source.app, {})[node.name] = node
    return found


def called(function: ast.FunctionDef) -> set[str]:
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            names.add(node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", ""))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "AuditEntry":
            names.add("record")
    return names


def leaves_a_row(app: str, function: ast.FunctionDef, known: dict[str, dict[str, ast.FunctionDef]]) -> bool:
    """Whether it, or a service that it calls, writes an audit row."""
    seen: set[str] = set()
    waiting = [function]
    while waiting:
        for name in called(waiting.pop()):
            if name in NOTES:
                return True
            if name not in seen:
                seen.add(name)
                waiting += [each[name] for where in (app, "accounts") if name in (each := known.get(where, {}))]
    return False


def test_every_service_that_somebody_asks_for_leaves_an_audit_row() -> None:
    known = functions()
    silent = []
    for source in services():
        for node in source.tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            place = f"{source.path}:{node.name}"
            if any(argument.arg == "by" for argument in node.args.kwonlyargs) and place not in EXCUSED:
                silent += [] if leaves_a_row(source.app, node, known) else [place]
    assert silent == []


def test_no_excuse_is_stale() -> None:
    places = {
        f"{source.path}:{node.name}"
        for source in services()
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef)
    }
    assert set(EXCUSED) <= places
