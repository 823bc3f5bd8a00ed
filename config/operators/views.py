"""Choosing the organization to look at."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Organization
from config.operators.site import SESSION_KEY, site

log = logging.getLogger("headway.operators")


@require_POST
def organization_enter(request: HttpRequest) -> HttpResponse:
    """Look at one organization from now on."""
    if not site.has_permission(request):
        return site.login(request)
    number = request.POST.get("enter", "")
    organization = get_object_or_404(Organization, pk=int(number) if number.isdecimal() else 0)
    request.session[SESSION_KEY] = organization.pk
    log.warning("%s entered the organization %s", request.user, organization.slug)
    messages.success(request, f"You are looking at {organization}.")
    return redirect("admin:index")


@require_POST
def organization_leave(request: HttpRequest) -> HttpResponse:
    """Look at no organization any more."""
    if not site.has_permission(request):
        return site.login(request)
    request.session.pop(SESSION_KEY, None)
    return redirect("admin:accounts_organization_changelist")
