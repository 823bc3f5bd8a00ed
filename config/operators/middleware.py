"""Opens the tenant of the organization that an operator has chosen, around view and template."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from accounts.models import Organization
from accounts.tenancy import tenant
from config.operators.site import SESSION_KEY, site

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
CHOOSING = "/organization/"  # opens no tenant


class OneOrganization:
    """Without a choice no tenant is open: tables of organizations are not listed, and would show nothing.

    Safe methods run read-only, and a response that reports an error has written nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.session.get(SESSION_KEY)
        if chosen is None or request.path_info.startswith(CHOOSING) or not site.has_permission(request):
            return self.get_response(request)
        organization = Organization.objects.filter(pk=chosen).first()
        if organization is None:
            return self.get_response(request)
        request.operated = organization  # type: ignore[attr-defined]
        with tenant(organization, read_only=request.method in SAFE_METHODS):
            response = self.get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response
