"""Sums of deals by month, kept by `ledger.ingest` in the transaction that writes the deals (DESIGN section 3)."""

from decimal import Decimal
from typing import Any

from django.db import models

from accounts.database import TenantForeignKey, tenant_rules
from accounts.models import Company, Member, TenantModel
from ledger.models.lists import Channel, Customer, DealState, SalesLedger


def _sum() -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=20, decimal_places=2, default=Decimal(0))


class _Month(TenantModel):
    """What deals of one kind and state add up to in one month, by further dimensions."""

    month = models.DateField(help_text="Its first day")
    kind = models.CharField(max_length=5)
    state = TenantForeignKey(DealState, on_delete=models.PROTECT, related_name="+")
    count = models.IntegerField()
    quantity = _sum()
    net = _sum()
    gross = _sum()
    margin = _sum()

    class Meta:
        abstract = True


def _once(*dimensions: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["organization", "month", "kind", "state", *dimensions],
        name="%(app_label)s_%(class)s_once",
        nulls_distinct=False,
    )


class MemberMonth(_Month):
    """By member and channel; either may be absent on a deal."""

    member = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    channel = TenantForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [*tenant_rules("state", "member", "channel", referenced=False), _once("member", "channel")]
        indexes = [models.Index(fields=["organization", "member", "month"], name="ledger_membermonth_member")]


class CompanyMonth(_Month):
    """By operating company; every deal is in it, so it answers for the whole organization too."""

    company = TenantForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [*tenant_rules("state", "company", referenced=False), _once("company")]


class CustomerMonth(_Month):
    """By customer and sales ledger; deals without a customer are not in it."""

    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    sales_ledger = TenantForeignKey(SalesLedger, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            *tenant_rules("state", "customer", "sales_ledger", referenced=False),
            _once("customer", "sales_ledger"),
        ]
        indexes = [models.Index(fields=["organization", "customer", "month"], name="ledger_customermonth_customer")]
