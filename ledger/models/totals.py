"""Sums of deals by month, kept by `ledger.ingest` in the transaction that writes the deals.

Source: docs/algorithms/monthly-totals.md.
"""

from decimal import Decimal
from typing import Any

from django.db import models

from accounts.database import EvenOrganizations, TenantForeignKey, tenant_rules
from accounts.models import Company, Member, TenantModel
from ledger.models.lists import Channel, DealState


def _sum() -> "models.DecimalField[Any, Any]":
    """Wide enough for more deals of the largest amount than `count` can count."""
    return models.DecimalField(max_digits=28, decimal_places=2, default=Decimal(0))


class _Month(TenantModel):
    """What deals of one kind and state add up to in one month, by further dimensions."""

    derived = True  # whoever lists what names a thing names the deals instead

    # The composite key to `state` implies the organization, as on Deal.
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
    )
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
    """One row a cell. Begins with the month: a page shows a month of everybody, or a year of months."""
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
        constraints = [
            *tenant_rules("state", "member", "channel", referenced=False, by_statement=True),
            EvenOrganizations(),
            _once("member", "channel"),
        ]


class CompanyMonth(_Month):
    """By operating company; every deal is in it, so it answers for the whole organization too."""

    company = TenantForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            *tenant_rules("state", "company", referenced=False, by_statement=True),
            EvenOrganizations(),
            _once("company"),
        ]
