"""The admin site: who gets in, and which organization an operator has chosen."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from accounts.models import Organization

SESSION_KEY = "operated_organization"


class OperatorSite(AdminSite):
    """For staff who have signed in with a second factor. Being staff is set in the shell alone (docs/operators.md)."""

    site_header = site_title = "Headway operators"
    index_title = "Platform"
    site_url = None
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and the second factor was asked for at this sign-in."""
        user = request.user
        return bool(
            user.is_authenticated
            and user.is_active
            and user.is_staff
            and is_mfa_enabled(user)
            and any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
        )

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the product's own sign-in page, whose tries are limited. 403 for those signed in who may not enter."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", resolve_url("admin:index")), resolve_url("account_login"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The chosen organization, for the head of each page."""
        return super().each_context(request) | {"operated": operated(request)}


def operated(request: HttpRequest) -> Organization | None:
    """The organization whose tenant is open for this request, if one is (config.operators.middleware)."""
    return getattr(request, "operated", None)


site = OperatorSite()
