"""Pages that belong to no app: they put the whole together, so they stand above all of them."""

from config.views.site import livez, not_found, overview, readyz, styleguide

__all__ = ["livez", "not_found", "overview", "readyz", "styleguide"]
