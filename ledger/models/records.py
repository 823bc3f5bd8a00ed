"""Deals, their lines, and activities. Written through `ledger.ingest` alone."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.functions import Now

from accounts.database import EvenOrganizations, TenantForeignKey, tenant_rules
from accounts.models import Company, Member, NamedModel, TenantModel, Zone
from ledger.models.lists import (
    Brand,
    Channel,
    Customer,
    CustomerBranch,
    DealState,
    SalesLedger,
    WholesalerBranch,
)


class Kind(models.TextChoices):
    """What a deal is."""

    SALE = "sale", "Sale"
    ORDER = "order", "Order"


def amount() -> "models.DecimalField[Any, Any]":
    """A quantity or an amount of money: two decimals, below 100,000,000,000,000."""
    return models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(0))


class Deal(TenantModel):
    """One sale or one order as its source system knows it; the totals are its lines' sums.

    `date` is local and fixed on entry. `run` is the ingest that wrote it last: rows of one run that name the same
    number add lines, a later run replaces them.
    """

    # The reference to `state` implies the organization; a key of its own would be checked per row for nothing.
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField(max_length=5, choices=Kind.choices)
    number = models.CharField(max_length=120, help_text="The source's own id")
    date = models.DateField()
    member = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    customer_branch = TenantForeignKey(CustomerBranch, on_delete=models.PROTECT, null=True, related_name="+")
    wholesaler_branch = TenantForeignKey(WholesalerBranch, on_delete=models.PROTECT, null=True, related_name="+")
    company = TenantForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="+")
    sales_ledger = TenantForeignKey(SalesLedger, on_delete=models.PROTECT, null=True, related_name="+")
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    zone = TenantForeignKey(Zone, on_delete=models.PROTECT, null=True, related_name="+")
    state = TenantForeignKey(DealState, on_delete=models.PROTECT, related_name="+")
    quantity = amount()
    net = amount()
    gross = amount()
    margin = amount()
    run = models.UUIDField()

    class Meta:
        constraints = [
            *tenant_rules(
                "member",
                "customer",
                "customer_branch",
                "wholesaler_branch",
                "company",
                "sales_ledger",
                "channel",
                "zone",
                "state",
                by_statement=True,
            ),
            EvenOrganizations(),
            models.UniqueConstraint(fields=["organization", "kind", "number"], name="ledger_deal_number"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="ledger_deal_kind"),
            models.CheckConstraint(condition=~models.Q(number=""), name="ledger_deal_numbered"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "member", "date"],
                include=["kind", "state", "channel", "zone", "company", "quantity", "net", "gross", "margin"],
                name="ledger_deal_member_date",
            ),
            models.Index(fields=["organization", "date"], name="ledger_deal_date"),
            models.Index(fields=["organization", "customer", "date"], name="ledger_deal_customer_date"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class DealChange(TenantModel):
    """What a deal was before a change: rows are added and read, never changed.

    `run` is the ingest that changed it: an import's, or one of its own for each change by hand. `before` is the deal as
    `ledger.ingest.history` writes it, with the run that had written it; empty where a deal was entered by hand.
    `deal_id` is no key, since a deal that was taken back is gone. A deal that an import brought in as new has no row.
    """

    class What(models.TextChoices):
        """What happened to the deal."""

        ENTERED = "entered", "Entered"
        CHANGED = "changed", "Changed"
        DELETED = "deleted", "Taken back"
        RESTORED = "restored", "Restored"

    deal_id = models.BigIntegerField()
    kind = models.CharField(max_length=5, choices=Kind.choices)
    number = models.CharField(max_length=120)
    what = models.CharField(max_length=8, choices=What.choices)
    run = models.UUIDField()
    at = models.DateTimeField(db_default=Now())
    by = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    before: "models.JSONField[Any, Any]" = models.JSONField(null=True)

    class Meta:
        constraints = [
            *tenant_rules("by", referenced=False, append_only=True),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="ledger_dealchange_kind"),
        ]
        indexes = [
            models.Index(fields=["organization", "deal_id", "id"], name="ledger_dealchange_deal"),
            models.Index(fields=["organization", "run", "deal_id"], name="ledger_dealchange_run"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class DealLine(TenantModel):
    """One line of a deal."""

    # As on Deal: the reference to `deal` implies the organization.
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )
    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    brand = TenantForeignKey(Brand, on_delete=models.PROTECT, null=True, related_name="+")
    product = models.CharField(max_length=240, blank=True)
    quantity = amount()
    net = amount()
    gross = amount()
    margin = amount()

    class Meta:
        constraints = [
            *tenant_rules("deal", "brand", referenced=False, by_statement=True),
            EvenOrganizations(),
            models.UniqueConstraint(fields=["organization", "deal", "position"], name="ledger_dealline_position"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.product}"


class ActivityType(NamedModel):
    """What kind of activity: a visit, a call."""

    class Meta:
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="ledger_activitytype_name"),
        ]


class Activity(TenantModel):
    """Something a member did with a customer."""

    number = models.CharField(max_length=120, help_text="The source's own id")
    type = TenantForeignKey(ActivityType, on_delete=models.PROTECT, related_name="+")
    date = models.DateField()
    member = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    branch = TenantForeignKey(CustomerBranch, on_delete=models.PROTECT, null=True, related_name="+")
    verified = models.BooleanField(default=False, help_text="GPS check-in")

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            *tenant_rules("type", "member", "customer", "branch", by_statement=True),
            EvenOrganizations(),
            models.UniqueConstraint(fields=["organization", "number"], name="ledger_activity_number"),
        ]
        indexes = [
            models.Index(
                fields=["organization", "member", "date"],
                include=["type", "customer", "verified"],
                name="ledger_activity_member_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} on {self.date}"
