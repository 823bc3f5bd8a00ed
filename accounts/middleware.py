"""Opens the tenant around view and template for every address under /o/<organization>/."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Member, Organization
from accounts.tenancy import in_tenant, tenant

SITE = re.compile(r"^/o/(?P<slug>[-a-zA-Z0-9_]+)/")


class TenantMiddleware:
    """Admits members alone: the anonymous go to sign-in, everybody else gets the same 404 as for no organization.

    Takes the place of ATOMIC_REQUESTS, which ends before a template or a streamed file is produced. A response that
    reports an error (400 and up) has written nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        site = SITE.match(request.path_info)
        if site is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return sign_in_first(request)
        organization = Organization.objects.filter(slug=site["slug"]).first()
        if organization is None:
            return not_found(request)
        with tenant(organization, read_only=request.method in ("GET", "HEAD")):
            member = Member.objects.filter(user=request.user).first()
            if member is None or not member.is_active(organization.local_date(timezone.now())):
                return not_found(request)
            request.organization, request.member = organization, member  # type: ignore[attr-defined]
            if request.session.get("organization") != organization.slug:
                request.session["organization"] = organization.slug
            response: HttpResponseBase = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        if response.streaming:
            response.streaming_content = in_tenant(organization, response.streaming_content)  # type: ignore[attr-defined]
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> None:
        """Views read `request.organization`, never the slug."""
        kwargs.pop("organization", None)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back here afterwards."""
    response = redirect_to_login(request.get_full_path(), resolve_url("account_login"))
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(response.url)
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """The page for what is not there, or not yours: nobody learns which."""
    return render(request, "404.html", status=404)
