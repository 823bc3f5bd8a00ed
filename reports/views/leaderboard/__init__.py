"""The leaderboard."""

from reports.views.leaderboard.page import leaderboard, leaderboard_csv

__all__ = ["leaderboard", "leaderboard_csv"]
