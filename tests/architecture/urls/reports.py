"""Reports."""

from tests.architecture.urls.declare import Site

QUERY = "period=this-quarter&by=person&show=revenue&team={team.pk}&channel={channels.0.pk}&sort=-actual&compare=1"
RULES: dict[str, Site] = {
    "reports:report": Site(get=200, query=QUERY),
    "reports:report-csv": Site(get=200, query=QUERY),
    "reports:report-xlsx": Site(get=200, query=QUERY),
}
