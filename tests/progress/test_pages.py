"""The pages in docs/algorithms/ and the tests are the same, and progress/ stays pure."""

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest

import progress
from tests.progress import tables

# Every test module is imported, so that the tables it reads are noted however few of them this run collects.
for path in sorted(Path(__file__).parent.glob("test_*.py")):
    if path.stem != Path(__file__).stem:
        import_module(f"tests.progress.{path.stem}")
MODULES = sorted(Path(progress.__path__[0]).glob("*.py"))
PAGES = sorted(page.stem for page in tables.PAGES.glob("*.md") if page.stem != "index")

# Its steps need the database: tests/ledger/test_totals.py runs them.
ELSEWHERE = {"monthly-totals"}


def test_every_table_is_run_as_tests() -> None:
    assert {(page, heading) for page in set(PAGES) - ELSEWHERE for heading in tables.tables(page)} == tables.read


@pytest.mark.parametrize("page", PAGES)
def test_a_case_is_named_once(page: str) -> None:
    for heading, rows in tables.tables(page).items():
        names = [next(iter(row.values())) for row in rows]
        assert len(names) == len(set(names)) > 0, heading


def test_the_index_links_every_page() -> None:
    index = (tables.PAGES / "index.md").read_text(encoding="utf-8")
    assert all(f"({page}.md)" in index for page in PAGES)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_rules_import_the_standard_library_and_each_other(module: Path) -> None:
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    assert names <= {"progress", *sys.stdlib_module_names}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_rules_never_read_the_clock_nor_use_floats(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert (
                node.attr not in {"today", "now", "utcnow"}
                or not isinstance(node.value, ast.Name)
                or (node.value.id not in {"date", "datetime", "time"})
            )
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float))
        assert not (isinstance(node, ast.Name) and node.id in {"float", "open", "print"})
