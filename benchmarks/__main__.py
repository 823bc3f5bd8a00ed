"""Run the benchmarks and print each figure beside its aim: `python -m benchmarks [NAME ...] [--small]`."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import benchmarks
from benchmarks.framework import Row, machine, table


def prepare() -> None:
    """Set Django up as in production where it matters: no debugging, no log line per request."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django

    django.setup()
    from django.conf import settings

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns without one
    importlib.import_module("config.wsgi")  # the state that a web process starts in


def found() -> dict[str, Callable[..., Iterator[Row]]]:
    """Each module of this package that measures something, by name."""
    modules = {
        module.name: importlib.import_module(f"benchmarks.{module.name}")
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if module.name != "__main__"
    }
    return {name: module.measure for name, module in sorted(modules.items()) if hasattr(module, "measure")}


def main() -> int:
    """Measure what was asked for. An aim that is missed is printed and is no failure, since machines differ."""
    prepare()
    every = found()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(every)}; all without any")
    parser.add_argument("--small", action="store_true", help="a fiftieth of the data, to try the benchmarks")
    words = parser.parse_args()
    if unknown := set(words.names) - set(every):
        parser.error(f"no benchmark called {', '.join(sorted(unknown))}")
    from benchmarks.worlds import Bench  # needs Django

    print(machine())
    broken = 0
    for name in words.names or every:
        print(f"\n{name}{' (small: not comparable with the aims)' if words.small else ''}", flush=True)
        try:
            print(table(every[name](Bench(small=words.small))), flush=True)
        except Exception:  # noqa: BLE001 - one that breaks must not cost the figures of the others
            traceback.print_exc()
            broken += 1
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
