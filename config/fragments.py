"""Page and fragment from one template, decided in one place.

One name stands in four places: the partial, its root element's id, the `hx-target`, and the view's `fragments`.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts.requests import TenantRequest


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragments: Collection[str] = (),
    status: int = 200,
    events: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Render the page, or the one partial of it that htmx asked for and the view allows.

    `events` are past-tense names ({"target-changed": detail}) sent as HX-Trigger.
    """
    htmx = request.htmx  # type: ignore[attr-defined]  # set by django-htmx
    if htmx and not htmx.boosted and not htmx.history_restore_request and htmx.target in fragments:
        template = f"{template}#{htmx.target}"
    response = render(request, template, dict(context or {}), status=status)
    if events:
        response["HX-Trigger"] = json.dumps(dict(events))
    return response


def go_to(request: TenantRequest, name: str, *, query: str = "", **kwargs: Any) -> HttpResponse:
    """Send the browser to one of the current organization's pages: 302, or HX-Redirect for htmx."""
    url = reverse(name, kwargs={"organization": request.organization.slug, **kwargs}) + (f"?{query}" if query else "")
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)


class VaryOnHtmx:
    """Caches must keep page and fragment of one URL apart."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response
