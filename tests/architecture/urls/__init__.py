"""Every address of the product and what may happen there: ONE ENTRY A URL, by its name, in the module of its part.

A new module beside these is found by itself.
"""

import pkgutil
from importlib import import_module

from tests.architecture.urls.declare import NOTHING, Outside, Site, Status

__all__ = ["NOTHING", "RULES", "Outside", "Site", "Status"]


def _all_rules() -> dict[str, Site | Outside]:
    found: dict[str, Site | Outside] = {}
    for module in pkgutil.iter_modules(__path__):
        rules = getattr(import_module(f"{__name__}.{module.name}"), "RULES", {})
        assert not set(found) & set(rules), f"declared twice: {set(found) & set(rules)}"
        found |= rules
    return found


RULES = _all_rules()
