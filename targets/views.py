"""The targets grid and a salesperson's own page."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.fragments import render_page


@require_safe
@member_required()
def grid(request: TenantRequest) -> HttpResponse:
    """Every salesperson the viewer may see, by channel, for one month."""
    return render_page(request, "targets/grid.html")


@require_safe
@member_required()
def my_goals(request: TenantRequest) -> HttpResponse:
    """The viewer's own month."""
    return render_page(request, "targets/my_goals.html")
