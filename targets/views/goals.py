"""A person's own month."""

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from accounts.requests import TenantRequest
from targets.views.member import page_of


@require_safe
@never_cache
@member_required()
def my_goals(request: TenantRequest) -> HttpResponse:
    """The viewer's own page: the month, its candles and forecast, patterns, the year, and changed targets."""
    return page_of(request.member.pk, "targets/my_goals.html", to=request)
