"""What every page of the product knows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Role, User
from accounts.permissions import has_role
from accounts.requests import TenantRequest
from config.formats import ENGLISH, formats_of


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation."""

    name: str
    url: str
    icon: str
    current: bool


# What each role can open: name, view, icon, least role. The current entry is the one of the view's namespace.
PAGES = (
    ("Targets", "targets:grid", "grid", Role.SALESPERSON),
    ("My goals", "home:goals", "goal", Role.SALESPERSON),
    ("Import", "ledger:import-list", "import", Role.MANAGER),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """The open organization and the viewer, where there is one, how to write, and the way around. No query."""
    organization = getattr(request, "organization", None)
    navigation: Callable[[], list[Link]] = partial(links, request) if organization else list  # type: ignore[arg-type]
    return {
        "organization": organization,
        "member": getattr(request, "member", None),
        "formats": formats_of(organization) if organization else ENGLISH,
        "theme": getattr(getattr(request, "user", None), "theme", User.Theme.SYSTEM),
        "navigation": navigation,
    }


def links(request: TenantRequest) -> list[Link]:
    """The pages that the viewer's role can open."""
    match = request.resolver_match
    namespace = match.namespace if match else ""
    return [
        Link(name, reverse(view, args=[request.organization.slug]), icon, view.partition(":")[0] == namespace)
        for name, view, icon, least in PAGES
        if has_role(request.member, least)
    ]
