"""Opens the tenant around view and template for every address under /o/<organization>/, and notes who was here."""

import re
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django_htmx.http import HttpResponseClientRedirect

from accounts import services
from accounts.models import Organization, Role
from accounts.permissions import members_to_admit
from accounts.readers.account import factors
from accounts.tenancy import TenantError, in_tenant, tenant

SITE = re.compile(r"/o/(?P<slug>[-a-zA-Z0-9_]+)/")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
SEEN_EVERY = 600  # seconds


class LastSeen:
    """Notes where and when a login was last seen, for the list of sessions; every ten minutes, since it writes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session, now = request.session, timezone.now()
        known = session.accessed and session.session_key and request.user.is_authenticated
        if known and now.timestamp() - session.get("seen", 0) >= SEEN_EVERY and response.status_code < 500:
            services.note_session(
                request.user,  # type: ignore[arg-type]
                session_key=str(session.session_key),
                ip=get_adapter().get_client_ip(request),
                user_agent=request.headers.get("User-Agent", ""),
                at=now,
            )
            session["seen"] = int(now.timestamp())
        return response


class TenantMiddleware:
    """Admits members alone: the anonymous go to sign-in, everybody else gets the same 404 as for no organization.

    Takes the place of ATOMIC_REQUESTS, which ends before a template or a streamed file is produced. Safe methods run
    read-only, and a response that reports an error (400 and up) has written nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        site = SITE.match(request.path_info)
        if site is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return sign_in_first(request, fallback=site[0])
        organization = Organization.objects.filter(slug=site["slug"]).first()
        if organization is None:
            return not_found(request)
        with tenant(organization, read_only=request.method in SAFE_METHODS):
            response = self.admit(request, organization)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif connection.needs_rollback:
                # Without this the browser would read of a success that the database is about to take back.
                raise TenantError("The view went on after a database error; wrap what may fail in its own atomic().")
        patch_cache_control(response, private=True)
        if response.streaming:
            response.streaming_content = in_tenant(organization, response.streaming_content)  # type: ignore[attr-defined]
        return response

    def admit(self, request: HttpRequest, organization: Organization) -> HttpResponseBase:
        """Give active members their page, others what is given where there is no organization.

        One query, which also answers whether signing in takes a second factor.
        """
        members = members_to_admit().annotate(has_second_factor=Exists(factors(OuterRef("user"))))
        member = members.filter(user=request.user.pk).first()
        if member is None or not member.is_active(organization.local_date(timezone.now())):
            return not_found(request)
        if organization.admins_need_second_factor and member.role == Role.ADMIN and not member.has_second_factor:
            return second_factor_first(request, organization)
        request.session.pop("second_factor_for", None)
        request.organization, request.member = organization, member  # type: ignore[attr-defined]
        if request.session.get("organization") != organization.slug:
            request.session["organization"] = organization.slug
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: dict[str, Any]
    ) -> None:
        """Views read `request.organization`, never the slug."""
        kwargs.pop("organization", None)


def sign_in_first(request: HttpRequest, *, fallback: str) -> HttpResponse:
    """To the sign-in page, and afterwards to the page the person was on; `fallback` where only a form was sent."""
    if request.headers.get("HX-Request"):
        page = request.htmx.current_url_abs_path  # type: ignore[attr-defined]  # None for a foreign host's page
        return HttpResponseClientRedirect(redirect_to_login(page or fallback, resolve_url("account_login")).url)
    page = request.get_full_path() if request.method in SAFE_METHODS else fallback
    return redirect_to_login(page, resolve_url("account_login"))


def second_factor_first(request: HttpRequest, organization: Organization) -> HttpResponse:
    """To the page where a second factor is set up, which then leads back here."""
    request.session["second_factor_for"] = {"name": organization.name, "slug": organization.slug}
    url = resolve_url("mfa_index")
    return HttpResponseClientRedirect(url) if request.headers.get("HX-Request") else redirect(url)


def not_found(request: HttpRequest) -> HttpResponse:
    """The page for what is not there, or not yours: nobody learns which."""
    return render(request, "404.html", status=404)
