"""The first steps of a company that has just been founded."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.models import Role
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config import first_steps as readers
from config.fragments import go_to, render_page
from ledger.services import samples


@require_safe
@member_required(Role.ADMIN)
def first_steps(request: TenantRequest) -> HttpResponse:
    """People, channels, deals, targets: what is done and what is next."""
    return render_page(request, "founding/first_steps.html", {"steps": readers.first_steps()})


@require_POST
@member_required(Role.ADMIN)
def first_steps_hide(request: TenantRequest) -> HttpResponse:
    """No longer show them in the navigation."""
    services.change_organization(request.organization, by=request.member, first_steps_open=False)
    return go_to(request, "overview")


@require_POST
@member_required(Role.ADMIN)
def sample_load(request: TenantRequest) -> HttpResponse:
    """Fill in made-up deals, to see what the pages look like."""
    today = request.organization.local_date(timezone.now())
    try:
        stored = samples.load_sample(today, by=request.member)
    except samples.DealsExist:
        messages.error(request, "There are deals already, so sample data would get mixed up with them.")
    else:
        if stored:
            messages.success(request, f"{stored} made-up deals are in. Take them out again before you begin for real.")
    return go_to(request, "first-steps")


@require_POST
@member_required(Role.ADMIN)
def sample_remove(request: TenantRequest) -> HttpResponse:
    """Take the made-up deals out again."""
    removed = samples.remove_sample(by=request.member)
    messages.success(request, f"{removed} made-up deals are gone." if removed else "There is no sample data.")
    return go_to(request, "first-steps")
