"""The organization's own settings."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.choices import time_zones
from accounts.forms.organization import OrganizationForm
from accounts.models import Organization, Role
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.formats import formats_of
from config.fragments import go_to, render_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def organization(request: TenantRequest) -> HttpResponse:
    """Name, currency, time zone, calendar and what admins need to sign in."""
    posted = request.POST if request.method == "POST" else None
    form = OrganizationForm(posted, organization=request.organization, country=request.GET.get("holiday_country"))
    if form.is_bound and form.is_valid():
        try:
            changed = services.change_organization(
                request.organization, by=request.member, seen=form.seen(), **form.cleaned_data
            )
        except services.ChangedMeanwhile as error:
            form.explain(error)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _what_it_means(request.organization, changed))
            return go_to(request, "settings:organization")
    return render_page(
        request,
        "accounts/organization.html",
        {"form": form, "time_zones": time_zones()},
        fragments={"holiday-region"},
        status=422 if form.errors else 200,
    )


def _what_it_means(before: Organization, after: Organization) -> str:
    """What somebody should know after a change."""
    if before.time_zone != after.time_zone:
        now = timezone.now()
        return f"Saved. In {after.time_zone} it is {formats_of(after).moment(now)} now. Records keep their dates."
    if before.fiscal_start != after.fiscal_start:
        return f"Saved. Fiscal years start in {MONTHS[after.fiscal_start]} from now on. Records keep their dates."
    if before.currency != after.currency:
        return f"Saved. Amounts are written in {after.currency}; none was converted."
    return "Saved."
