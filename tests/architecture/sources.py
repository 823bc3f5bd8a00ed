"""The project's own Python files, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("progress", "accounts", "ledger", "targets", "production", "bonuses", "goals", "reports", "config")


@dataclass(frozen=True)
class Source:
    """One module: `parts` are the parts of its dotted name below the project."""

    path: str
    parts: tuple[str, ...]
    tree: ast.Module
    text: str

    @property
    def app(self) -> str:
        """The package it stands in."""
        return self.parts[0]

    def is_in(self, *kinds: str) -> bool:
        """Whether it is `<app>/<kind>.py`, or stands in the package `<app>/<kind>/`."""
        return len(self.parts) > 1 and self.parts[1] in kinds

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Each call with the name of the function around it: (`path:function`, call)."""
        yield from self._calls(self.tree, "")

    def _calls(self, node: ast.AST, inside: str) -> Iterator[tuple[str, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            here = inside
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                here = child.name
            if isinstance(child, ast.Call):
                yield f"{self.path}:{here}", child
            yield from self._calls(child, here)


@lru_cache(maxsize=1)
def sources() -> tuple[Source, ...]:
    """Every module of the apps, migrations aside."""
    found = []
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            relative = path.relative_to(ROOT)
            if "migrations" not in relative.parts:
                text = path.read_text()
                parts = relative.with_suffix("").parts
                found.append(Source(str(relative), parts, ast.parse(text), text))
    return tuple(found)
