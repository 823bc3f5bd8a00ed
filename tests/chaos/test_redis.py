"""Redis goes away and comes back."""

import time

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import OutboxJob
from tests.architecture.test_urls import ON_SITE, PATTERNS
from tests.chaos.conftest import Processes, Redis, check, deals, eventually, load, start, state, wait_for
from tests.conftest import PASSWORD, Company
from tests.ledger.test_import_pages import GOOD, posted, uploaded

pytestmark = pytest.mark.django_db(transaction=True)
#: Every page that needs nothing but its organization.
PAGES = [name for name in ON_SITE if not set(PATTERNS[name].pattern.converters) - {"organization"}]


def test_every_page_works_without_it_and_an_import_starts_once_it_is_back(
    acme: Company, redis: Redis, processes: Processes
) -> None:
    redis.stop()
    client = Client()
    begun = time.monotonic()
    answer = client.post(reverse("account_login"), {"login": acme.admin.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get(reverse("account_login")).status_code == 302, "already signed in"
    for name in PAGES:
        status = client.get(reverse(name, kwargs={"organization": acme.organization.slug})).status_code
        assert status in (200, 302, 405, 422), name
    assert time.monotonic() - begun < 1 + len(PAGES), "nobody waits for Redis"

    source = uploaded(acme, GOOD)
    url = acme.url(f"imports/{source.pk}/columns/")
    assert client.post(url, posted(client, url)).status_code == 302
    assert "Waiting to start" in client.get(acme.url(f"imports/{source.pk}/")).content.decode()
    assert OutboxJob.objects.count() == 1

    redis.start()
    processes.worker()
    wait_for(acme, source)
    check(acme, 1, lines=1)


def test_guessing_passwords_has_a_limit_without_it(acme: Company, redis: Redis) -> None:
    redis.stop()
    client = Client()
    said = [
        client.post(
            reverse("account_login"), {"login": acme.admin.email, "password": f"guess {number}"}
        ).content.decode()
        for number in range(12)
    ]
    assert "Too many" in said[-1]


def test_it_stops_and_starts_under_load(acme: Company, redis: Redis, processes: Processes) -> None:
    processes.worker(concurrency=2)
    sources = [start(acme, deals(acme, 20_000))]
    eventually(lambda: state(acme, sources[0]).status == "running", "the first import runs")
    client = acme.client(acme.admin)

    def ask() -> int:
        try:
            return client.get(acme.url("targets/")).status_code
        finally:
            connection.close()

    with load(ask) as answers:
        redis.stop()
        sources.append(start(acme, deals(acme, 500, prefix="E")))
        time.sleep(2)
        redis.start()
        sources.append(start(acme, deals(acme, 500, prefix="F")))
        wait_for(acme, *sources)
    assert set(answers) == {200}
    check(acme, 21_000)
