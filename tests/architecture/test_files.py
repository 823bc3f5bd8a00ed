"""What stands in templates and in committed files."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

TEMPLATES = sorted(
    path for path in ROOT.glob("**/templates/**/*.html") if not path.relative_to(ROOT).parts[0].startswith(".")
)
IN_TEMPLATES = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)|javascript:", re.IGNORECASE),
    "event attribute": re.compile(r"\s(on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "foreign host": re.compile(
        r"""(src|href|action|srcset|hx-[a-z]+|formaction)\s*=\s*["']?(https?:)?//""", re.IGNORECASE
    ),
    "unescaped text": re.compile(r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off"),
    "evaluated code": re.compile(r"hx-(vals|headers|trigger)\s*=\s*[\"'](js:|[^\"']*\[)"),
}
# Each is written so that it doesn't match itself.
IN_FILES = {
    "a machine's folder": re.compile(r"/(wor[k]|roo[t]|tm[p])/|/(hom[e]|User[s])/[a-z]+/(?!goals)[\w.]"),
    "a registry's host": re.compile(r"pythonhosted\.or[g]|pypi\.or[g]|registry\.npmjs\.or[g]|artifactor[y]|/simpl[e]/"),
    "a secret": re.compile(
        r"-----BEGI[N] [A-Z ]*PRIVATE KEY|AKI[A][0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30}|xox[bp]-[0-9]"
        r"|(?i:secret_key|password)\s*[:=]\s*[\"'][A-Za-z0-9+/_-]{24,}[\"']"
    ),
}
EXCUSED = {
    ("templates/targets/letters/own_targets.html", "inline style"): "mail programs read no style sheet of ours",
    ("uv.lock", "a registry's host"): "the lock names where each part comes from; its format needs it",
}


def committed() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def found_in(path: Path, faults: dict[str, re.Pattern[str]]) -> list[str]:
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        return []
    name = str(path.relative_to(ROOT))
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {fault}: {match[0]}"
        for fault, pattern in faults.items()
        if (name, fault) not in EXCUSED
        for match in pattern.finditer(text)
    ]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_keep_to_the_content_security_policy(path: Path) -> None:
    assert found_in(path, IN_TEMPLATES) == []


def test_committed_files_name_no_machine_registry_or_secret() -> None:
    assert [fault for path in committed() for fault in found_in(path, IN_FILES)] == []


def test_no_excuse_is_stale() -> None:
    for name, fault in EXCUSED:
        assert (IN_FILES | IN_TEMPLATES)[fault].search((ROOT / name).read_text()), name
