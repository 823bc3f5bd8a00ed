"""What the rules take and give never changes under its reader's hands."""

from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path

import pytest

import progress

MODULES = sorted(path.stem for path in Path(progress.__path__[0]).glob("*.py"))

# Being filled while it is made, and handed to nobody.
IN_THE_MAKING = {"rollup.Sum", "waterfall.Course"}


@pytest.mark.parametrize("module", MODULES)
def test_dataclasses_are_frozen_and_take_no_other_attributes(module: str) -> None:
    members = vars(import_module(f"progress.{module}"))
    own = {name: found for name, found in members.items() if is_dataclass(found) and isinstance(found, type)}
    assert {name for name in IN_THE_MAKING if name.startswith(f"{module}.")} <= {f"{module}.{name}" for name in own}
    for name, found in own.items():
        assert "__slots__" in vars(found), name
        frozen = found.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert frozen == (f"{found.__module__.removeprefix('progress.')}.{name}" not in IN_THE_MAKING), name
