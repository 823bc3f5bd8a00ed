"""How an address is declared: what may happen there, and with which values it is tried.

Texts in `path`, `query`, `data` name things of the company: "{seller.pk}", "{channels.0.pk}", "{month}" and rows by
their model's name, "{import.pk}". `ids` names the fields of `data` that hold ids; they are tried with another
organization's, those in a tuple together. A status may be a tuple of several.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Role

Status = int | tuple[int, ...]
NOTHING = (400, 404, 405, 409, 422)  # the answers to another organization's ids


@dataclass(frozen=True, kw_only=True)
class Site:
    """A page under /o/<organization>/: what members of the role `least` and up get; the rest follows from the role."""

    get: Status = 405
    post: Status = 405
    least: Role = Role.SALESPERSON
    post_by: Mapping[str, Status] = field(default_factory=dict)  # where roles differ: {"salesperson": 403}
    get_by: Mapping[str, Status] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    ids: tuple[str | tuple[str, ...], ...] = ()
    fragments: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()  # global tables that may change


@dataclass(frozen=True, kw_only=True)
class Outside:
    """An address outside of any organization: (GET, POST) for the anonymous and for the signed in."""

    anonymous: tuple[Status, Status]
    signed_in: tuple[Status, Status]
    path: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[str, ...] = ()  # global tables that may change
