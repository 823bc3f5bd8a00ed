"""What reads across the other apps: leaderboard and reports."""
