"""`migrate` beside a site that is in use."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from config.owner import owner_connection

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@contextmanager
def in_use(seconds: float) -> Iterator[None]:
    """Somebody holds the table that `migrate` reads first."""
    with owner_connection() as other:
        other.autocommit = False
        other.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        release = threading.Timer(seconds, other.rollback)
        release.start()
        yield
        release.cancel()
        release.join()


def limits() -> list[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        row = cursor.fetchone()
    assert row is not None
    return list(row)


def test_gives_way_and_tries_again() -> None:
    said = StringIO()
    with in_use(0.8):
        call_command("migrate", lock_timeout=0.2, stderr=said, verbosity=0)
    assert "Others use a table; the site goes on. Attempt 2 in 1 s." in said.getvalue()
    assert limits() == ["0", "0"], "the limits end with the command"


def test_gives_up_with_a_clear_word() -> None:
    began = time.monotonic()
    with in_use(5), pytest.raises(CommandError, match="Run it again at a quieter time"):
        call_command("migrate", lock_timeout=0.1, attempts=1, verbosity=0)
    assert time.monotonic() - began < 3


def test_a_statement_without_end_is_ended() -> None:
    with in_use(5), pytest.raises(CommandError, match=r"longer than 0\.2 seconds"):
        call_command("migrate", lock_timeout=3, statement_timeout=0.2, verbosity=0)
