"""The leaderboard."""

from tests.architecture.urls.declare import Site

QUERY = "per=quarter&month={month}&rank=count&show=revenue&team={team.pk}&channel={channels.0.pk}"
RULES: dict[str, Site] = {
    "leaderboard:leaderboard": Site(get=200, query=QUERY, fragments=("leaderboard",)),
    "leaderboard:leaderboard-csv": Site(get=200, query=QUERY),
}
