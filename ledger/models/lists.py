"""The lists that records refer to by name."""

from django.db import models

from accounts.database import EvenOrganizations, TenantForeignKey, tenant_rules
from accounts.models import NamedModel


class Channel(NamedModel):
    """How a deal came in. Renaming changes the label only; one in use is archived, not deleted."""

    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="ledger_channel_name"),
        ]


class DealState(NamedModel):
    """A stage of a deal and what it means (docs/glossary.md): both flags set count as confirmed."""

    is_initial = models.BooleanField(default=False, help_text="Proposed")
    triggers_commission = models.BooleanField(default=False, help_text="Confirmed")
    is_ordered = models.BooleanField(default=False, help_text="A real order, not a quote")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="ledger_dealstate_name"),
        ]

    @property
    def meaning(self) -> str:
        """What its deals count as: confirmed, proposed or neither."""
        if self.triggers_commission:
            return "confirmed"
        return "proposed" if self.is_initial else "neither"


class SalesLedger(NamedModel):
    """A stream of orders that a customer buys through."""

    class Meta:
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="ledger_salesledger_name"),
        ]


class Customer(NamedModel):
    """Somebody who buys."""

    class Meta:
        constraints = [
            *tenant_rules(),
            EvenOrganizations(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="ledger_customer_name"),
        ]


class CustomerBranch(NamedModel):
    """A place of a customer."""

    customer = TenantForeignKey(Customer, on_delete=models.PROTECT, related_name="branches")

    class Meta:
        verbose_name_plural = "customer branches"
        constraints = [
            *tenant_rules("customer"),
            EvenOrganizations(),
            models.UniqueConstraint(fields=["organization", "customer", "name_key"], name="ledger_customerbranch_name"),
        ]


class WholesalerBranch(NamedModel):
    """A place of a wholesaler through which a customer was served."""

    class Meta:
        verbose_name_plural = "wholesaler branches"
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="ledger_wholesalerbranch_name"),
        ]


class BrandFamily(NamedModel):
    """A group of brands."""

    class Meta:
        verbose_name_plural = "brand families"
        constraints = [
            *tenant_rules(),
            models.UniqueConstraint(fields=["organization", "name_key"], name="ledger_brandfamily_name"),
        ]


class Brand(NamedModel):
    """What is sold, by maker; may belong to a family."""

    family = TenantForeignKey(BrandFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="brands")

    class Meta:
        constraints = [
            *tenant_rules("family"),
            models.UniqueConstraint(fields=["organization", "name_key"], name="ledger_brand_name"),
        ]
        indexes = [models.Index(fields=["organization", "family"], name="ledger_brand_family")]
