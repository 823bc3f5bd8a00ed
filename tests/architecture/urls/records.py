"""Deals: the list, one deal, its form."""

from accounts.models import Role
from tests.architecture.urls.declare import Site

TYPED = {
    "date": "2026-03-02",
    "member": "{seller.pk}",
    "channel": "{channels.0.pk}",
    "state": "{confirmed.pk}",
    "lines-TOTAL_FORMS": "1",
    "lines-INITIAL_FORMS": "0",
    "lines-0-product": "Something",
    "lines-0-net": "12.50",
}
IDS = ("member", "channel", "state")
OWN = {"deal_id": "{sold_deal.pk}"}

RULES: dict[str, Site] = {
    "records:deal-list": Site(get=200, query="member={seller.pk}&channel={channels.0.pk}", fragments=("deals",)),
    "records:deal-export": Site(get=200, query="kind=sale"),
    "records:deal-detail": Site(get=200, path=OWN),
    "records:deal-new": Site(
        get=200,
        post=302,
        least=Role.MANAGER,
        data={"action": "save", "kind": "sale", "number": "H-1", **TYPED},
        ids=IDS,
        fragments=("deal-moves",),
    ),
    "records:deal-edit": Site(
        get=200,
        post=(302, 409),
        least=Role.MANAGER,
        path=OWN,
        data={"action": "save", "version": "unknown", **TYPED},
        ids=IDS,
        fragments=("deal-moves",),
    ),
    "records:deal-delete": Site(post=302, least=Role.MANAGER, path=OWN),
    "records:deal-restore": Site(post=302, least=Role.MANAGER, path={"change_id": "{deleted_deal.pk}"}),
    "records:name-options": Site(get=200, least=Role.MANAGER, query="customer={customer.name}"),
}
