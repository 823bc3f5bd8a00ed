"""What happened, the lists it refers to, its monthly totals, and the imports that brought it."""

from ledger.models.imports import Import, ImportRefusal
from ledger.models.lists import (
    Brand,
    BrandFamily,
    Channel,
    Customer,
    CustomerBranch,
    DealState,
    SalesLedger,
    WholesalerBranch,
)
from ledger.models.records import Activity, ActivityType, Deal, DealChange, DealLine, Kind
from ledger.models.totals import CompanyMonth, MemberMonth

__all__ = [
    "Activity",
    "ActivityType",
    "Brand",
    "BrandFamily",
    "Channel",
    "CompanyMonth",
    "Customer",
    "CustomerBranch",
    "Deal",
    "DealChange",
    "DealLine",
    "DealState",
    "Import",
    "ImportRefusal",
    "Kind",
    "MemberMonth",
    "SalesLedger",
    "WholesalerBranch",
]
