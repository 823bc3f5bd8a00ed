"""The names that the form of a deal offers while somebody types."""

from typing import Any

from accounts.database import name_key
from ledger.models import Brand, Customer, CustomerBranch, WholesalerBranch

MOST_OFFERED = 20
MOST_LISTED = 500


def named_like(field: str, text: str, *, customer: str = "") -> list[str]:
    """Customers, or branches of a customer, whose name begins with a text. One query, none for no text."""
    key = name_key(text)
    if "\0" in text or "\0" in customer or (not key and field == "customer"):
        return []
    rows: Any = Customer.objects.filter(name_key__startswith=key)
    if field == "customer_branch":
        rows = CustomerBranch.objects.filter(customer__name_key=name_key(customer), name_key__startswith=key)
    return list(rows.order_by("name_key").values_list("name", flat=True)[:MOST_OFFERED])


def brand_names() -> list[str]:
    """Brands to choose from. One query."""
    return list(Brand.objects.order_by("name_key").values_list("name", flat=True)[:MOST_LISTED])


def wholesaler_names() -> list[str]:
    """Wholesaler branches to choose from. One query."""
    return list(WholesalerBranch.objects.order_by("name_key").values_list("name", flat=True)[:MOST_LISTED])
