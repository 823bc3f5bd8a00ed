"""Pages that belong to no app."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Role
from accounts.permissions import has_role, member_required
from accounts.requests import TenantRequest
from config.fragments import go_to
from config.readiness import readiness
from config.styleguide import examples


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The web process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """What the product needs is there: 200, else 503 with the names of what is not. For monitoring."""
    checks = readiness(at=timezone.now())
    ready = all(answer == "ok" for answer in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component of the design, for people and for the tests."""
    return render(request, "styleguide.html", examples())


@require_safe
@member_required()
def overview(request: TenantRequest) -> HttpResponse:
    """Managers start at the targets, salespeople at their own goals."""
    return go_to(request, "targets:grid" if has_role(request.member, Role.MANAGER) else "home:goals")


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """What is not there, or not yours."""
    return render(request, "404.html", status=404)
