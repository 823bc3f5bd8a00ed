"""Reports."""

from tests.architecture.urls.declare import Site

QUERY = "period=this-quarter&by=person&show=revenue&team={team.pk}&channel={channels.0.pk}&sort=-actual&compare=1"
ADMIN_ALONE = {"manager": 404, "salesperson": 404}
RULES: dict[str, Site] = {
    "reports:report": Site(get=200, query=QUERY),
    "reports:report-csv": Site(get=200, query=QUERY),
    "reports:report-xlsx": Site(get=200, query=QUERY),
    "reports:view-list": Site(get=200, query="deleted=1"),
    "reports:view-add": Site(get=200, post=302, query=QUERY, data={"name": "A name"}),
    # The row is the admin's own, and not shared.
    "reports:view-edit": Site(
        get=200,
        get_by=ADMIN_ALONE,
        post=302,
        post_by=ADMIN_ALONE,
        path={"view_id": "{savedview.pk}"},
        data={"name": "Another name"},
    ),
    "reports:view-delete": Site(post=302, post_by=ADMIN_ALONE, path={"view_id": "{savedview.pk}"}),
    "reports:view-restore": Site(post=404, path={"view_id": "{savedview.pk}"}),
}
