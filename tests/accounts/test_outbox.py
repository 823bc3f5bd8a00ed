"""Jobs: written with what they follow from, run at least once, gone once they are done."""

import ast
import time
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import connections, transaction
from django.db.models.functions import Now

from accounts.models import OutboxJob
from accounts.services import outbox
from accounts.tasks import dispatch_jobs
from tests.architecture.sources import sources

TASK = "ledger.tasks.clean_import_files"  # takes no ids and does no harm
LONG_TASK = "ledger.tasks.run_import"
NOWHERE = "redis://127.0.0.1:1/0"
pytestmark = pytest.mark.django_db(transaction=True)


def make_due() -> None:
    OutboxJob.objects.update(due_at=Now())


def remembered(into: list[OutboxJob]) -> Any:
    return into.append


def fail(job: OutboxJob) -> None:
    raise ValueError("no\0t today")


class TestEnqueue:
    def test_a_job_comes_and_goes_with_its_transaction(self) -> None:
        with transaction.atomic():
            outbox.enqueue(TASK)
            transaction.set_rollback(True)
        assert not OutboxJob.objects.exists()

        with transaction.atomic():
            outbox.enqueue(TASK, organization_id=3, thing_id=4)
        job = OutboxJob.objects.get()
        assert (job.task, job.arguments, job.attempts) == (TASK, {"organization_id": 3, "thing_id": 4}, 0)

    def test_a_job_that_nobody_has_begun_serves_for_both(self) -> None:
        outbox.enqueue_once(TASK, import_id=1)
        assert outbox.enqueue_once(TASK, import_id=1) is None
        assert outbox.enqueue_once(TASK, import_id=2) is not None
        outbox.claim_job("short")
        assert outbox.enqueue_once(TASK, import_id=1) is not None, "who began may not see what happened since"

    def test_many_jobs_of_one_transaction_cost_one_message_a_queue(self, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[str] = []
        monkeypatch.setattr(outbox, "nudge", told.append)
        with transaction.atomic():
            for number in range(5):
                outbox.enqueue(TASK, number=number)
                outbox.enqueue(LONG_TASK, number=number)
            assert told == []
        assert told == ["short", "long"]

    def test_without_a_broker_nothing_is_raised_and_it_is_not_asked_again_at_once(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(outbox, "_silent_since", float("-inf"))
        monkeypatch.setattr(current_app.conf, "broker_write_url", NOWHERE)
        outbox.enqueue(TASK)
        outbox.enqueue(TASK)
        assert OutboxJob.objects.count() == 2
        said = [record.message for record in caplog.records if "broker" in record.message]
        assert len(said) == 1
        assert "Connection refused" in said[0]

    def test_every_task_that_is_named_exists(self) -> None:
        current_app.loader.import_default_modules()
        named = {
            call.args[0].value
            for source in sources()
            for _, call in source.calls()
            if ast.unparse(call.func).split(".")[-1] in {"enqueue", "enqueue_once"}
            and isinstance(call.args[0], ast.Constant)
        }
        assert named
        assert (named | set(settings.CELERY_TASK_ROUTES)) - set(current_app.tasks) == set()


class TestRunNextJob:
    def test_the_one_that_waited_longest_is_done_and_gone(self) -> None:
        first, second = outbox.enqueue(TASK, number=1), outbox.enqueue(TASK, number=2)
        done: list[OutboxJob] = []
        assert outbox.run_next_job("short", remembered(done))
        assert [job.pk for job in done] == [first.pk]
        assert OutboxJob.objects.get() == second
        assert outbox.run_next_job("short", remembered(done))
        assert not outbox.run_next_job("short", remembered(done))

    def test_each_queue_does_its_own_and_the_short_one_what_nobody_knows(self) -> None:
        for task in (LONG_TASK, TASK, "accounts.tasks.of_tomorrow"):
            outbox.enqueue(task)
        done: dict[str, list[OutboxJob]] = {"short": [], "long": []}
        for queue, jobs in done.items():
            while outbox.run_next_job(queue, remembered(jobs)):
                pass
        assert {queue: [job.task for job in jobs] for queue, jobs in done.items()} == {
            "short": [TASK, "accounts.tasks.of_tomorrow"],
            "long": [LONG_TASK],
        }

    def test_a_failure_is_kept_and_tried_again_later(self) -> None:
        outbox.enqueue(TASK)
        assert outbox.run_next_job("short", fail)
        job = OutboxJob.objects.get()
        assert (job.attempts, job.problem) == (1, "ValueError: not today")
        assert not outbox.run_next_job("short", fail), "not at once"
        waits = []
        for _ in range(outbox.MOST_ATTEMPTS - 1):
            make_due()
            assert outbox.run_next_job("short", fail)
            waits.append(OutboxJob.objects.annotate(now=Now()).values_list("due_at", "now")[0])
        seconds = [round((due - now).total_seconds(), -1) for due, now in waits]
        assert seconds[:3] == [20, 40, 80]
        assert max(seconds) == 3600
        make_due()
        assert not outbox.run_next_job("short", fail), "given up, but still there"
        outbox.retry_job(OutboxJob.objects.get())
        done: list[OutboxJob] = []
        assert outbox.run_next_job("short", remembered(done))
        assert not OutboxJob.objects.exists()

    def test_a_worker_that_died_with_it_lets_go(self) -> None:
        outbox.enqueue(TASK)
        dead = outbox.claim_job("short")
        assert dead is not None
        assert outbox.claim_job("short") is None
        make_due()  # the lease is over
        taken = outbox.claim_job("short")
        assert taken is not None
        assert (taken.pk, taken.attempts) == (dead.pk, 2)
        outbox.finish_job(dead)
        outbox.postpone_job(dead, problem="late")
        assert OutboxJob.objects.get().problem == "", "whoever was taken over has no say"
        outbox.finish_job(taken)
        assert not OutboxJob.objects.exists()

    def test_signs_of_life_keep_it_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outbox, "LEASE", timedelta(seconds=0.5))
        monkeypatch.setattr(outbox, "SIGN_OF_LIFE", 0.1)
        outbox.enqueue(TASK)
        seen: list[OutboxJob | None] = []

        def work(job: OutboxJob) -> None:
            seen.extend(_after(0.15) for _ in range(8))

        assert outbox.run_next_job("short", work)
        assert seen == [None] * 8
        assert not OutboxJob.objects.exists()

    def test_one_that_somebody_else_is_just_taking_is_passed_over(self) -> None:
        outbox.enqueue(TASK, number=1)
        second = outbox.enqueue(TASK, number=2)
        other = connections.create_connection("default")
        other.set_autocommit(False)
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT id FROM accounts_outboxjob ORDER BY id LIMIT 1 FOR UPDATE")
                taken = outbox.claim_job("short")
        finally:
            other.rollback()
            other.close()
        assert taken == second


def _after(seconds: float) -> OutboxJob | None:
    time.sleep(seconds)
    return outbox.claim_job("short")


class TestDispatchJobs:
    def test_it_runs_what_is_due(self) -> None:
        outbox.enqueue(TASK)
        outbox.enqueue(TASK)
        dispatch_jobs("short")
        assert not OutboxJob.objects.exists()

    def test_a_task_that_is_unknown_waits_for_a_version_that_knows_it(self) -> None:
        outbox.enqueue("accounts.tasks.of_tomorrow")
        dispatch_jobs("short")
        assert "of_tomorrow" in OutboxJob.objects.get().problem

    def test_ids_are_passed_by_name_and_the_attempt_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        called: list[tuple[int, int]] = []

        @current_app.task(name="tests.note", bind=True)
        def note(self: Any, *, thing_id: int) -> None:
            called.append((thing_id, self.request.retries))
            if not self.request.retries:
                raise ValueError

        outbox.enqueue("tests.note", thing_id=7)
        dispatch_jobs("short")
        make_due()
        dispatch_jobs("short")
        current_app.tasks.pop("tests.note")
        assert called == [(7, 0), (7, 1)]
        assert not OutboxJob.objects.exists()
