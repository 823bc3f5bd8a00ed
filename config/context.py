"""What every page of the product knows."""

from typing import Any

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """The open organization and the viewer, where there is one. No query."""
    return {
        "organization": getattr(request, "organization", None),
        "member": getattr(request, "member", None),
    }
