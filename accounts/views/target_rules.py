"""What holds for everyone's monthly targets."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms.target_rules import TargetRulesForm
from accounts.models import Role
from accounts.permissions import member_required
from accounts.requests import TenantRequest
from config.fragments import go_to, render_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Role.ADMIN)
def target_rules(request: TenantRequest) -> HttpResponse:
    """Whether salespeople set their own targets, what pace counts, and who sees the leaderboard."""
    form = TargetRulesForm(request.POST if request.method == "POST" else None, organization=request.organization)
    if form.is_bound and form.is_valid():
        try:
            services.change_organization(request.organization, by=request.member, seen=form.seen(), **form.cleaned_data)
        except services.ChangedMeanwhile as error:
            form.explain(error)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, "Saved.")
            return go_to(request, "settings:target-rules")
    return render_page(request, "accounts/target_rules.html", {"form": form}, status=422 if form.errors else 200)
