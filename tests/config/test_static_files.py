"""Static files under hashed names, and what a JavaScript module imports."""

import re
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import Storage

from config.static_files import ModuleStorage

IMPORT = re.compile(r'from "(\./[^"]+)"')


def test_modules_import_one_another_by_hashed_names(tmp_path: Path) -> None:
    storage = ModuleStorage(location=tmp_path, base_url="/static/")
    paths: dict[str, tuple[Storage, str]] = {}
    for finder in get_finders():
        for path, found in finder.list([]):
            if path.startswith("js/"):
                paths[path] = (found, path)
    for source, path in paths.values():
        storage.save(path, source.open(path))
    assert all(not isinstance(done, Exception) for _, _, done in storage.post_process(paths))
    grid = (tmp_path / storage.stored_name("js/target-grid.js")).read_text()
    named = IMPORT.findall(grid)
    assert len(named) == len(IMPORT.findall(Path("static/js/target-grid.js").read_text())) > 3
    assert all(re.search(r"\.[0-9a-f]{12}\.js$", name) for name in named), named
    assert all((tmp_path / "js" / name).is_file() for name in named)
