"""Monthly targets."""

from tests.architecture.urls.declare import Site

CELL = {"member": "{seller.pk}", "channel": "{channels.0.pk}", "month": "{month}", "version": "0", "count": "7"}
PLACE = "{seller.pk}-{channels.0.pk}"
RULES: dict[str, Site] = {
    "home:goals": Site(get=200, query="month={month}"),
    "targets:grid": Site(
        get=200,
        post=302,
        post_by={"salesperson": 403},
        query="month={month}&show=deals&team={team.pk}&behind=0",
        data={"loaded": f"{PLACE}:0:", f"t{PLACE}": "7"},
        ids=(("loaded", f"t{PLACE}"),),
    ),
    "targets:cell_save": Site(
        post=(200, 302), post_by={"salesperson": 403}, data=CELL, ids=("member", "channel"), fragments=("cell-saved",)
    ),
    "targets:block_paste": Site(
        get=200,
        get_by={"salesperson": 403},
        query="month={month}&team={team.pk}",
        post=(200, 302),
        post_by={"salesperson": 403},
        data={"month": "{month}", "cells": '[[{seller.pk}, {channels.0.pk}, 0, "7", "A1"]]'},
        ids=("cells",),
        fragments=("cell-saved",),
    ),
    "targets:month_copy": Site(
        post=302,
        post_by={"salesperson": 403},
        data={"month": "{month}", "member": "{seller.pk}", "cells": "1"},
        ids=("member",),
    ),
    "targets:target_apply": Site(
        get=200,
        get_by={"salesperson": 403},
        query="month={month}&team={team.pk}",
        post=302,
        post_by={"salesperson": 403},
        data={
            "month": "{month}",
            "member": "{seller.pk}",
            "channel": "{channels.0.pk}",
            "number": "7",
            "reach": "everyone",
            "members": "{seller.pk}",
            "cells": "1",
        },
        ids=("channel", "members"),
    ),
    "targets:edit_undo": Site(post=422, data={"batch": "{auditentry.batch}"}, ids=("batch",)),
    "targets:member_detail": Site(
        get=200,
        path={"member_id": "{seller.pk}"},
        query="month={month}&channel={channels.0.pk}&per=quarter&back=12",
    ),
    "targets:member_export": Site(
        get=200, path={"member_id": "{seller.pk}", "part": "year"}, query="month={month}&show=revenue"
    ),
    "targets:grid_export": Site(get=200, query="month={month}&show=revenue&team={team.pk}&behind=1"),
}
