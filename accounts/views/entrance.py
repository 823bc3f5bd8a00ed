"""From sign-in to an organization's site."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts import readers, services
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
    memberships = _memberships(request)
    return render_page(
        request,
        "accounts/organization_list.html",
        {"memberships": memberships, "current": request.session.get("organization")},
    )


@require_POST
@login_required
def theme_set(request: HttpRequest) -> HttpResponse:
    """Keep the viewer's choice of light, dark or automatic, and go back to the page they were on."""
    theme = request.POST.get("theme", "")
    if theme in User.Theme.values:
        services.choose_theme(cast(User, request.user), theme=User.Theme(theme))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect("home")
    return HttpResponseRedirect(back)  # `redirect` would look for a view of that name


def _enter(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect into the organization used last, or the only one; otherwise let the viewer choose."""
    slugs = [each.slug for each in _memberships(request)]
    current = request.session.get("organization")
    if current in slugs:
        return redirect(name, organization=current)
    if len(slugs) == 1:
        return redirect(name, organization=slugs[0])
    return redirect("organizations")


def _memberships(request: HttpRequest) -> list[readers.Membership]:
    """The viewer's organizations; how many they are is remembered for the frame of every page."""
    memberships = readers.memberships(cast(User, request.user), at=timezone.now())
    if request.session.get("organizations") != len(memberships):
        request.session["organizations"] = len(memberships)
    return memberships
