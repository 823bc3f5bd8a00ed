"""How the web process runs in production: `gunicorn -c python:config.gunicorn config.wsgi`.

Threads, since a page waits for the database most of the time; and their heartbeat goes on during a long upload.
"""

import os
from pathlib import Path
from typing import Any

bind = f"{os.environ.get('LISTEN', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"  # noqa: S104 - a container's own address
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSES", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
graceful_timeout = 30
keepalive = 75  # longer than the proxy keeps a connection
max_requests, max_requests_jitter = 10_000, 1_000  # memory that a library loses comes back
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn's advice
proc_name = "headway"
# The site's own line tells of each request (config.logs), so gunicorn writes none.
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["console"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True}},
}
