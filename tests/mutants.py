"""Changes progress/ in every small way that Cosmic Ray knows, and asks the tests whether they notice.

`python -m tests.mutants` (or `make mutants`) tries every module; `python -m tests.mutants pace split` only some. Each
mutant is one changed place. It is run in a forked process that imports the changed source instead of the file, so
that no file is ever touched: first the module's own tests, then all that import it. Ends with an error if fewer than
`least` percent of a module's mutants are killed, if a survivor has no reason in docs/mutants.md, or if a reason there
excuses nothing. Settings: `[tool.mutants]` in pyproject.toml. A report stands in .headway/mutants/.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import resource
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import ndiff
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import _hypothesis_pytestplugin  # noqa: F401 (loaded once here, and not in each of a thousand processes)
import hypothesis.strategies  # noqa: F401
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "progress"
TESTS = ROOT / "tests" / "progress"
REASONS = ROOT / "docs" / "mutants.md"
REPORT = ROOT / ".headway" / "mutants"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutants"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one change: the lines as they are, what they become, and the whole changed source."""

    module: str
    line: str
    becomes: str
    source: str


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a mutant instead of the module."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = f"progress.{mutant.module}"
        self.path = str(SOURCES / f"{mutant.module}.py")
        self.source = mutant.source

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self, origin=self.path)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, self.path, "exec"), module.__dict__)


def mutants_of(module: str) -> list[Mutant]:
    """Every mutant of a module; those that no longer compile and those that are the same twice are left out."""
    original = (SOURCES / f"{module}.py").read_text(encoding="utf-8")
    excluded = re.compile("|".join(SETTINGS["exclude_operators"]))
    nodes = list(ast_nodes(get_ast(original)))
    found: dict[str, Mutant] = {}
    for name in operator_names():
        kind = get_operator(name)
        if kind.arguments() or excluded.fullmatch(name.partition("/")[2]):
            continue
        for occurrence in range(sum(1 for node in nodes for _ in kind().mutation_positions(node))):
            source = mutate_code(original, kind(), occurrence)
            if source is not None and source != original and compiles(source):
                found.setdefault(source, Mutant(module, *changed_lines(original, source), source))
    return list(found.values())


def changed_lines(original: str, source: str) -> tuple[str, str]:
    """The lines that a change touches, before and after, each as one."""
    lines = list(ndiff(original.splitlines(), source.splitlines()))
    return tuple(" ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in "-+")  # type: ignore[return-value]


def compiles(source: str) -> bool:
    """Whether a mutant is still Python."""
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def tests_of(module: str) -> list[list[Path]]:
    """The tests to ask, in turns: the module's own, then the others that import it."""
    own = [path for path in (TESTS / f"test_{module}.py", TESTS / "test_dataclasses.py") if path.exists()]
    imports = re.compile(rf"^from progress\.{module} import", re.MULTILINE)
    using = [path for path in sorted(TESTS.glob("test_*.py")) if imports.search(path.read_text(encoding="utf-8"))]
    return [turn for turn in (own, [path for path in using if path not in own]) if turn]


def start(mutant: Mutant | None, tests: Sequence[Path]) -> int:
    """Run tests in a process of its own, on a mutant or on what is there; its id."""
    pid = os.fork()
    if pid:
        return pid
    # A mutant may never end. Seconds of work are counted, not of waiting: a busy machine kills none.
    resource.setrlimit(resource.RLIMIT_CPU, (SETTINGS["cpu_seconds"], SETTINGS["cpu_seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (SETTINGS["memory_mb"] * 2**20,) * 2)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    if mutant is not None:
        sys.meta_path.insert(0, Changed(mutant))
    code = 1
    try:
        asked = ["-x", "-q", "-p", "_hypothesis_pytestplugin", "-p", "no:cacheprovider", "--hypothesis-profile=mutants"]
        asked += ["-c", os.devnull, f"--rootdir={ROOT}", f"--confcutdir={TESTS}", "--tb=no", *map(str, tests)]
        code = pytest.main(asked)
    finally:
        os._exit(code)


def survivors_of(mutants: Sequence[Mutant], tests: Sequence[Sequence[Path]]) -> list[Mutant]:
    """The mutants that every test passes."""
    for turn in tests:
        found: list[Mutant] = []
        running: dict[int, Mutant] = {}
        waiting = list(reversed(mutants))
        while waiting or running:
            while waiting and len(running) < SETTINGS["processes"]:
                mutant = waiting.pop()
                running[start(mutant, turn)] = mutant
            pid, status = os.wait()
            mutant = running.pop(pid)
            if status == 0:
                found.append(mutant)
        mutants = found
    return list(mutants)


def passes(tests: Sequence[Sequence[Path]]) -> bool:
    """Whether the tests pass on what is there."""
    return not any(os.waitpid(start(None, turn), 0)[1] for turn in tests)


def reasons() -> set[tuple[str, str, str]]:
    """The survivors that docs/mutants.md gives a reason for, as module, line and what it becomes."""
    found = set[tuple[str, str, str]]()
    for row in REASONS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)]
        if len(cells) == 6 and cells[2].startswith("`") and cells[4]:
            found.add((cells[1], cells[2].strip("`"), cells[3].strip("`")))
    return found


def judge(module: str, excused: set[tuple[str, str, str]]) -> Iterator[str]:
    """Try a module's mutants, print the result, and say what is wrong with it."""
    tests = tests_of(module)
    mutants = mutants_of(module)
    if not mutants:
        return
    if not tests or not passes(tests):
        yield f"{module}: its tests fail, or there are none"
        return
    survivors = survivors_of(mutants, tests)
    if not passes(tests):
        yield f"{module}: its tests fail now without any change; something changed meanwhile, so nothing is known"
        return
    killed = len(mutants) - len(survivors)
    percent = 100 * killed // len(mutants)
    print(f"{module:14} {killed:4} of {len(mutants):4} killed, {percent:3} %", flush=True)
    if percent < SETTINGS["least"]:
        yield f"{module}: {percent} % killed, {SETTINGS['least']} % wanted"
    keys = {(mutant.module, mutant.line, mutant.becomes) for mutant in survivors}
    report = [f"| {module} | `{line}` | `{becomes}` | |".replace(" | ", " | ") for _, line, becomes in sorted(keys)]
    REPORT.mkdir(parents=True, exist_ok=True)
    (REPORT / f"{module}.md").write_text("\n".join(report) + "\n", encoding="utf-8")
    for _, line, becomes in sorted(keys - excused):
        yield f"{module}: survived without a reason: {line}  ->  {becomes}"
    for _, line, becomes in sorted({key for key in excused if key[0] == module} - keys):
        yield f"{module}: the reason is for nothing: {line}  ->  {becomes}"


def main(modules: Sequence[str]) -> int:
    """Judge modules, all by default."""
    os.chdir(ROOT)
    excused = reasons()
    wrong: list[str] = []
    for module in modules or sorted(path.stem for path in SOURCES.glob("*.py")):
        wrong += judge(module, excused)
    print(*wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
