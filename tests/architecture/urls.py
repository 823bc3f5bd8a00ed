"""Every address of the product and what may happen there: ONE ENTRY A URL, by its name.

Texts in `path`, `query`, `data` name things of the company: "{seller.pk}", "{channels.0.pk}", "{month}" and rows by
their model's name, "{import.pk}". `ids` names the fields of `data` that hold ids; they are tried with another
organization's, those in a tuple together. A status may be a tuple of several.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

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


@dataclass(frozen=True, kw_only=True)
class Outside:
    """An address outside of any organization: (GET, POST) for the anonymous and for the signed in."""

    anonymous: tuple[Status, Status]
    signed_in: tuple[Status, Status]
    path: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[str, ...] = ()  # global tables that may change


CELL = {"member": "{seller.pk}", "channel": "{channels.0.pk}", "month": "{month}", "version": "0", "count": "7"}
PLACE = "{seller.pk}-{channels.0.pk}"


def a_file() -> SimpleUploadedFile:
    """A small CSV."""
    return SimpleUploadedFile("deals.csv", b"number,date,member,net\n1,2026-01-02,somebody,5\n", "text/csv")


RULES: dict[str, Site | Outside] = {
    "home": Outside(anonymous=(302, 405), signed_in=(302, 405)),
    "current-targets": Outside(anonymous=(302, 405), signed_in=(302, 405)),
    "current-goals": Outside(anonymous=(302, 405), signed_in=(302, 405)),
    "organizations": Outside(anonymous=(302, 405), signed_in=(200, 405)),
    "theme": Outside(
        anonymous=(405, 302), signed_in=(405, 302), data={"theme": "dark", "next": "/"}, changes=("accounts_user",)
    ),
    "livez": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "styleguide": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "account_login": Outside(anonymous=(200, 200), signed_in=(302, 302)),
    "account_logout": Outside(anonymous=(302, 302), signed_in=(200, 302)),
    "account_inactive": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "account_change_password": Outside(anonymous=(302, 302), signed_in=(200, 200)),
    "account_reset_password": Outside(anonymous=(200, 200), signed_in=(200, 200)),
    "account_reset_password_done": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "account_reset_password_from_key": Outside(
        anonymous=(200, 200),
        signed_in=(200, 200),
        path={"uidb36": "1", "key": "wrong-key"},
        changes=("account_emailaddress",),
    ),
    "account_reset_password_from_key_done": Outside(anonymous=(200, 405), signed_in=(200, 405)),
    "overview": Site(get=302),
    "home:goals": Site(get=200, query="month={month}"),
    "targets:grid": Site(
        get=200,
        post=302,
        post_by={"salesperson": 403},
        query="month={month}",
        data={"loaded": f"{PLACE}:0:", f"t{PLACE}": "7"},
        ids=(("loaded", f"t{PLACE}"),),
    ),
    "targets:cell_save": Site(
        post=(200, 302), post_by={"salesperson": 403}, data=CELL, ids=("member", "channel"), fragments=("cell-saved",)
    ),
    "targets:edit_undo": Site(post=422, data={"batch": "{auditentry.batch}"}, ids=("batch",)),
    "targets:grid_export": Site(get=200, query="month={month}"),
    "ledger:import-list": Site(get=200, least=Role.MANAGER),
    "ledger:import-upload": Site(get=200, post=302, least=Role.MANAGER, files={"file": a_file}),
    "ledger:import-mapping": Site(
        get=200,
        post=(302, 422),
        least=Role.MANAGER,
        path={"import_id": "{waiting_import.pk}"},
        data={"action": "start", "kind": "sale", "decimals": "."},
        fragments=("import-preview",),
    ),
    "ledger:import-detail": Site(
        get=200, least=Role.MANAGER, path={"import_id": "{finished_import.pk}"}, fragments=("import-progress",)
    ),
    "ledger:import-restart": Site(post=302, least=Role.MANAGER, path={"import_id": "{failed_import.pk}"}),
    "ledger:import-refused": Site(get=200, least=Role.MANAGER, path={"import_id": "{finished_import.pk}"}),
}
