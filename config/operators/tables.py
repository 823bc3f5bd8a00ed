"""How a table is shown: read-only, without counting a million rows, and not without an organization."""

import logging
from typing import Any

from django.contrib.admin import ModelAdmin, TabularInline
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.functional import cached_property

from accounts.models import TenantModel
from config.operators.site import operated, site

log = logging.getLogger("headway.operators")

MOST_COUNTED = 10_000
#: Never shown to anybody.
SECRET = {"password", "token_hash", "claim"}


class CappedPaginator(Paginator[Any]):
    """Counts to 10,000 and offers no page behind: whoever looks for something filters."""

    @cached_property
    def count(self) -> int:
        """At most MOST_COUNTED, whatever the table holds."""
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_COUNTED].count())


class _ReadOnly:
    """Operators look; what they may change stands in `config.operators.pages`, and goes through services."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An organization's tables need an organization."""
        tenants: bool = issubclass(self.model, TenantModel)  # type: ignore[attr-defined]
        return site.has_permission(request) and (not tenants or operated(request) is not None)

    has_module_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(_ReadOnly, ModelAdmin[Any]):
    """One table: its rows, and one row with all its columns."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    view_on_site = False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Every column but secrets."""
        return [field.name for field in self.model._meta.concrete_fields if field.name not in SECRET]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """All of them."""
        return self.get_fields(request, obj)

    # Django's own log would keep names of an organization's rows in a table of all; services write ours.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        log.warning("%s added %s %s", request.user, self.opts.label_lower, obj.pk)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        log.warning("%s changed %s %s", request.user, self.opts.label_lower, obj.pk)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        log.warning("%s deleted rows of %s", request.user, self.opts.label_lower)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """What was changed stands in the audit entries."""
        return redirect("admin:accounts_auditentry_changelist")


class ReadOnlyInline(_ReadOnly, TabularInline[Any, Any]):
    """Rows that belong to the one shown."""

    extra = 0
    can_delete = False
    show_change_link = False
