"""What the pages about deals show: a list, one deal with its history, and a file."""

from ledger.readers.deals.detail import (
    DealDetail,
    DealLineRow,
    DeletedDeal,
    deal_detail,
    deleted_deal,
    deletion_of,
    free_number,
    namesake_of,
)
from ledger.readers.deals.export import deals_csv
from ledger.readers.deals.filters import SORTS, DealFilter, visible_deals
from ledger.readers.deals.listing import DealPage, DealRow, deal_page
from ledger.readers.deals.sums import Sums, deal_sums

__all__ = [
    "SORTS",
    "DealDetail",
    "DealFilter",
    "DealLineRow",
    "DealPage",
    "DealRow",
    "DeletedDeal",
    "Sums",
    "deal_detail",
    "deal_page",
    "deal_sums",
    "deals_csv",
    "deleted_deal",
    "deletion_of",
    "free_number",
    "namesake_of",
    "visible_deals",
]
