"""What changed."""

from accounts.models import Role
from tests.architecture.urls.declare import Site

RULES: dict[str, Site] = {
    "audit:entry-list": Site(get=200, least=Role.ADMIN, query="q=a&who={admin.pk}"),
    "audit:entry-export": Site(get=200, least=Role.ADMIN),
}
