"""What every page of the product knows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Role, User
from accounts.permissions import is_admitted
from accounts.requests import TenantRequest
from config.formats import ENGLISH, formats_of


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation."""

    name: str
    url: str
    icon: str
    current: bool
    counted: bool = False  # the number in the navigation stands beside it


@dataclass(frozen=True, slots=True)
class Tabs:
    """The navigation at the foot of a phone's window: the entries that fit, and those in the menu beside them."""

    shown: list[Link]
    further: list[Link]

    @property
    def in_further(self) -> bool:
        """Whether the open page is one of the menu."""
        return any(link.current for link in self.further)


# So many entries fit side by side.
MOST_TABS = 5
# What each role can open: name, view, icon, least role. The current entry is the one of the view's namespace; all the
# namespaces of SETTINGS belong to the entry that is called so.
PAGES = (
    ("Targets", "targets:grid", "grid", Role.SALESPERSON),
    ("My goals", "home:goals", "goal", Role.SALESPERSON),
    ("Leaderboard", "leaderboard:leaderboard", "cup", Role.SALESPERSON),
    ("Reports", "reports:report", "chart", Role.SALESPERSON),
    ("Deals", "records:deal-list", "list", Role.SALESPERSON),
    ("Import", "ledger:import-list", "import", Role.MANAGER),
    ("Settings", "settings:organization", "gear", Role.ADMIN),
)
# Beside this one stands how many people have no target.
COUNTED = "targets:grid"
# Until an admin of a new company hides them.
FIRST_STEPS = ("First steps", "first-steps", "done", Role.ADMIN)
# The pages of the settings, in groups: name, view. Admins alone see them.
SETTINGS = (
    (
        "Company",
        (
            ("Organization", "settings:organization"),
            ("Operating companies", "settings:company-list"),
            ("Holidays", "settings:holiday-list"),
        ),
    ),
    (
        "People",
        (
            ("People", "people:member-list"),
            ("Teams", "settings:team-list"),
            ("Zones", "settings:zone-list"),
            ("Permissions", "permissions:overview"),
        ),
    ),
    (
        "Sales",
        (
            ("Targets", "settings:target-rules"),
            ("Channels", "lists:channel-list"),
            ("Deal states", "lists:state-list"),
            ("Sales ledgers", "lists:ledger-list"),
            ("Brands", "lists:brand-list"),
            ("Brand families", "lists:family-list"),
            ("Customers", "lists:customer-list"),
            ("Wholesaler branches", "lists:wholesaler-list"),
        ),
    ),
    ("Record", (("What changed", "audit:entry-list"),)),
)
SETTINGS_NAMESPACES = {view.partition(":")[0] for _, pages in SETTINGS for _, view in pages}


def site(request: HttpRequest) -> dict[str, Any]:
    """The open organization and the viewer, where there is one, how to write, and the way around. No query."""
    organization = getattr(request, "organization", None)
    here = cast(TenantRequest, request)
    navigation: Callable[[], list[Link]] = partial(links, here) if organization else list
    return {
        "organization": organization,
        "member": getattr(request, "member", None),
        "formats": formats_of(organization) if organization else ENGLISH,
        "theme": getattr(getattr(request, "user", None), "theme", User.Theme.SYSTEM),
        "sign_up_open": settings.SIGN_UP_OPEN,
        "navigation": navigation,
        "tabs": lambda: tabs(navigation()),
        "settings_pages": partial(settings_links, here) if organization else list,
    }


def links(request: TenantRequest) -> list[Link]:
    """The pages that the viewer can open."""
    namespace = _namespace(request)
    pages = (FIRST_STEPS, *PAGES) if request.organization.first_steps_open else PAGES
    return [
        Link(name, _address(request, view), icon, view.partition(":")[0] == namespace, view == COUNTED)
        for name, view, icon, least in pages
        if is_admitted(request.member, least)
    ]


def tabs(pages: list[Link]) -> Tabs:
    """As many as fit; where there are more, the last place is that of the menu."""
    shown = MOST_TABS if len(pages) <= MOST_TABS else MOST_TABS - 1
    return Tabs(pages[:shown], pages[shown:])


def settings_links(request: TenantRequest) -> list[tuple[str, list[Link]]]:
    """The pages of the settings by group, for those who may open them."""
    addresses = {view: _address(request, view) for _, pages in SETTINGS for _, view in pages}
    # The page itself or the one above it: a team's page belongs to the teams.
    current = max((url for url in addresses.values() if request.path.startswith(url)), key=len, default="")
    return [
        (group, [Link(name, addresses[view], "", addresses[view] == current) for name, view in pages])
        for group, pages in SETTINGS
    ]


def _namespace(request: TenantRequest) -> str:
    """The part of the site that the request is in; all of the settings are one."""
    match = request.resolver_match
    namespace = match.namespace or match.view_name if match else ""
    return "settings" if namespace in SETTINGS_NAMESPACES else namespace


def _address(request: TenantRequest, view: str) -> str:
    return reverse(view, args=[request.organization.slug])
