"""Pages that belong to no app: they put the whole together, so they stand above all of them."""

from config.views.first_steps import first_steps, first_steps_hide, sample_load, sample_remove
from config.views.founding import sign_up, sign_up_confirm, sign_up_sent
from config.views.site import livez, not_found, overview, readyz, styleguide

__all__ = [
    "first_steps",
    "first_steps_hide",
    "livez",
    "not_found",
    "overview",
    "readyz",
    "sample_load",
    "sample_remove",
    "sign_up",
    "sign_up_confirm",
    "sign_up_sent",
    "styleguide",
]
