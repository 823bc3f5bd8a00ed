"""A Redis database for each process of the tests: rate limits, heartbeats and messages of one don't meet another's.

A plugin (`-p` in pyproject.toml), since it must come before Django reads its settings.
"""

import os
import re

NUMBER = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", ""))

if NUMBER and "REDIS_URL" in os.environ:
    os.environ["REDIS_URL"] = re.sub(r"/\d+$", f"/{int(NUMBER) % 14 + 1}", os.environ["REDIS_URL"])


def next_database(url: str, further: int) -> str:
    """The address of another database that no other process of the tests uses."""
    start, _, number = url.rpartition("/")
    return f"{start}/{int(number) + further}"
