"""The Celery application: `celery -A config worker`, `celery -A config beat`."""

import os

from celery import Celery
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun, worker_process_init

from config import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("headway")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

setup_logging.connect(logs.use_our_logging)
before_task_publish.connect(logs.send_request_id)
task_prerun.connect(logs.task_begins)
task_postrun.connect(logs.task_ends)


#: Workers give way to pages where both run on one machine.
NICENESS = 10


@worker_process_init.connect
def give_way(**kwargs: object) -> None:
    """Each process of the pool."""
    os.nice(NICENESS)
