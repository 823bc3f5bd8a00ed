"""The tables that operators see, and the few things they may do. Importing this registers them."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter, action, display, register
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import models as accounts
from accounts import services
from accounts.services import logins, outbox
from config.operators.site import operated, site
from config.operators.tables import ReadOnlyAdmin, ReadOnlyInline
from ledger import models as ledger
from targets import models as targets


@register(accounts.Organization, site=site)
class OrganizationAdmin(ReadOnlyAdmin):
    """Every organization. The chosen one's settings can be changed."""

    # The button second, so that a phone shows it without scrolling.
    list_display = ("name", "look", "slug", "currency", "time_zone", "created_at")
    search_fields = ("name", "slug")
    list_filter = ("currency", "admins_need_second_factor")
    ordering = ("name", "id")
    date_hierarchy = "created_at"
    changeable = ("name", "time_zone", "language", "holiday_country", "holiday_region", "admins_need_second_factor")

    @display(description="Enter")
    def look(self, organization: accounts.Organization) -> SafeString:
        """A button of the list's form, which posts elsewhere."""
        return format_html(
            '<button class="button" name="enter" value="{}" formmethod="post" formaction="{}">Look into it</button>',
            organization.pk,
            reverse("organization-enter"),
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The chosen one alone, as row-level security has it."""
        return obj is not None and self.has_view_permission(request) and operated(request) == obj

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What an operator doesn't change."""
        return [name for name in self.get_fields(request, obj) if name not in self.changeable]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the service, which writes the audit rows."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        services.change_organization(obj, by=None, **changes)


@register(accounts.User, site=site)
class UserAdmin(ReadOnlyAdmin):
    """Every login. Which organizations it belongs to stands with the members of each."""

    list_display = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    search_fields = ("email", "name")
    list_filter = ("is_active", "is_staff")
    ordering = ("email",)
    date_hierarchy = "date_joined"
    actions = ("lock", "unlock")

    @action(description="Lock: may not sign in any more")
    def lock(self, request: HttpRequest, queryset: "QuerySet[accounts.User]") -> None:
        """Whoever is signed in is out at the next request."""
        self._let(request, queryset, active=False)

    @action(description="Unlock: may sign in again")
    def unlock(self, request: HttpRequest, queryset: "QuerySet[accounts.User]") -> None:
        """Back to normal."""
        self._let(request, queryset, active=True)

    def _let(self, request: HttpRequest, queryset: "QuerySet[accounts.User]", *, active: bool) -> None:
        found = [user for user in queryset if user.pk != request.user.pk]
        for user in found:
            logins.let_sign_in(user, active=active)
            self.log_change(request, user, "")
        self.message_user(request, f"{len(found)} changed.", messages.SUCCESS)


class JobState(SimpleListFilter):
    """Waiting, failing or given up."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("failing", "Failing"), ("given-up", "Given up")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """By what the last attempt left."""
        match self.value():
            case "waiting":
                return queryset.filter(problem="", attempts__lt=outbox.MOST_ATTEMPTS)
            case "failing":
                return queryset.exclude(problem="").filter(attempts__lt=outbox.MOST_ATTEMPTS)
            case "given-up":
                return queryset.filter(attempts__gte=outbox.MOST_ATTEMPTS)
        return queryset


@register(accounts.OutboxJob, site=site)
class OutboxJobAdmin(ReadOnlyAdmin):
    """Work that waits, and work that failed."""

    list_display = ("task", "arguments", "created_at", "due_at", "attempts", "problem")
    list_filter = (JobState, "task")
    ordering = ("due_at", "id")
    actions = ("try_again",)

    @action(description="Try again now")
    def try_again(self, request: HttpRequest, queryset: "QuerySet[accounts.OutboxJob]") -> None:
        """Also what was given up."""
        for job in queryset:
            outbox.retry_job(job)
        self.message_user(request, f"{len(queryset)} will be tried again.", messages.SUCCESS)


@register(accounts.Member, site=site)
class MemberAdmin(ReadOnlyAdmin):
    """The people of the organization."""

    list_display = ("name", "email", "role", "user", "active_from", "active_to")
    list_select_related = ("user",)
    search_fields = ("name", "email")
    list_filter = ("role",)
    ordering = ("name", "id")


@register(accounts.Invitation, site=site)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited."""

    list_display = ("email", "role", "team", "created_by", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_select_related = ("team", "created_by")
    search_fields = ("email",)
    list_filter = ("role",)
    ordering = ("-created_at", "-id")


@register(accounts.AuditEntry, site=site)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who changed what."""

    list_display = ("at", "by", "subject", "subject_id", "field", "old", "new", "why")
    list_select_related = ("by",)
    list_filter = ("why",)
    search_fields = ("subject__exact", "field__exact")
    ordering = ("-at", "-id")
    date_hierarchy = "at"


class LineInline(ReadOnlyInline):
    """A deal's lines."""

    model = ledger.DealLine
    fields = readonly_fields = ("position", "brand", "product", "quantity", "net", "gross", "margin")
    ordering = ("position",)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        """With their brands."""
        return super().get_queryset(request).select_related("brand")


@register(ledger.Deal, site=site)
class DealAdmin(ReadOnlyAdmin):
    """Sales and orders, found by their number."""

    list_display = ("number", "kind", "date", "member", "customer", "channel", "state", "quantity", "net")
    list_select_related = ("member", "customer", "channel", "state")
    search_fields = ("number__exact",)
    search_help_text = "The whole number"
    list_filter = ("kind",)
    ordering = ("-date", "-id")
    date_hierarchy = "date"
    inlines = (LineInline,)


@register(ledger.DealChange, site=site)
class DealChangeAdmin(ReadOnlyAdmin):
    """What hands and imports did to deals."""

    list_display = ("at", "kind", "number", "what", "by")
    list_select_related = ("by",)
    search_fields = ("number__exact",)
    ordering = ("-id",)


@register(ledger.Import, site=site)
class ImportAdmin(ReadOnlyAdmin):
    """Files on their way into the ledger."""

    list_display = (
        "filename",
        "kind",
        "status",
        "created_by",
        "created_at",
        "rows_read",
        "rows_stored",
        "rows_refused",
        "problem",
    )
    list_select_related = ("created_by",)
    list_filter = ("status", "kind")
    search_fields = ("filename",)
    ordering = ("-created_at", "-id")
    date_hierarchy = "created_at"


@register(ledger.Activity, site=site)
class ActivityAdmin(ReadOnlyAdmin):
    """Visits and calls."""

    list_display = ("number", "type", "date", "member", "customer", "verified")
    list_select_related = ("type", "member", "customer")
    search_fields = ("number__exact",)
    ordering = ("-id",)


@register(ledger.MemberMonth, site=site)
class MemberMonthAdmin(ReadOnlyAdmin):
    """Monthly totals by person and channel."""

    list_display = ("month", "kind", "state", "member", "channel", "count", "net", "gross", "margin")
    list_select_related = ("state", "member", "channel")
    list_filter = ("kind",)
    ordering = ("-month", "-id")


@register(ledger.CompanyMonth, site=site)
class CompanyMonthAdmin(ReadOnlyAdmin):
    """Monthly totals by operating company."""

    list_display = ("month", "kind", "state", "company", "count", "net", "gross", "margin")
    list_select_related = ("state", "company")
    list_filter = ("kind",)
    ordering = ("-month", "-id")


@register(targets.MonthlyTarget, site=site)
class MonthlyTargetAdmin(ReadOnlyAdmin):
    """Monthly targets."""

    list_display = ("month", "member", "channel", "count", "version")
    list_select_related = ("member", "channel")
    ordering = ("-month", "-id")


class _Named(ReadOnlyAdmin):
    """A list of the organization's own."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name", "id")


NAMED: tuple[Any, ...] = (
    accounts.Company,
    accounts.Team,
    accounts.Zone,
    ledger.Channel,
    ledger.DealState,
    ledger.SalesLedger,
    ledger.Customer,
    ledger.CustomerBranch,
    ledger.WholesalerBranch,
    ledger.BrandFamily,
    ledger.Brand,
)
site.register(NAMED, _Named)

__all__ = ["site"]
