"""The number of people without a target, beside an entry of every page's navigation."""

from functools import cache, partial
from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Role
from accounts.permissions import is_admitted
from accounts.requests import TenantRequest
from progress.periods import month_of
from targets import readers
from targets.views import words


def without_target(request: HttpRequest) -> dict[str, Any]:
    """What the navigation counts, for those who set targets: asked only where it is drawn, once a page. One query."""
    member = getattr(request, "member", None)
    if member is None or not is_admitted(member, Role.MANAGER):
        return {}
    return {"nav_count": cache(partial(_this_month, cast(TenantRequest, request)))}


def _this_month(request: TenantRequest) -> dict[str, Any]:
    today = request.organization.local_date(timezone.now())
    return counted(readers.without_target(request.member, month_of(today).start, today))


def counted(people: int) -> dict[str, Any]:
    """A number of people without a target, and what it counts."""
    return {"number": people, "words": words.without_words(people)}
