"""From sign-in to an organization's site."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts import readers
from accounts.models import User
from config.fragments import render_page


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """To the current organization's overview."""
    return _enter(request, "overview")


@require_safe
@login_required
def current_targets(request: HttpRequest) -> HttpResponse:
    """To the targets page of the current organization."""
    return _enter(request, "targets:grid")


@require_safe
@login_required
def current_goals(request: HttpRequest) -> HttpResponse:
    """To the viewer's own goals in the current organization."""
    return _enter(request, "home:goals")


@require_safe
@login_required
def organization_list(request: HttpRequest) -> HttpResponse:
    """The organizations the viewer may enter."""
    memberships = readers.memberships(cast(User, request.user))
    return render_page(
        request,
        "accounts/organization_list.html",
        {"memberships": memberships, "current": request.session.get("organization")},
    )


def _enter(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect into the organization used last, or the only one; otherwise let the viewer choose."""
    slugs = [membership.slug for membership in readers.memberships(cast(User, request.user))]
    current = request.session.get("organization")
    if current in slugs:
        return redirect(name, organization=current)
    if len(slugs) == 1:
        return redirect(name, organization=slugs[0])
    return redirect("organizations")
