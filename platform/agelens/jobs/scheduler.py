"""Scheduler process: sweep for lost work and enqueue scheduled retrainings every few seconds."""

import signal
import threading
import time
from collections.abc import Callable
from functools import partial

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError
from agelens.jobs.connections import files, redis_url, sessions, settings
from agelens.queueing import JobQueue
from agelens.services import sweeps
from agelens.services.cohorts import cleanup
from agelens.services.retraining import schedules

log = structlog.get_logger()
HOUR_SECONDS = 3600.0


def main() -> None:
    """Sweep until stopped; a step that fails is retried in the next sweep."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    queue = JobQueue(
        redis_url(),
        job_timeout_seconds=settings().lease_seconds,
        training_seconds=settings().training_seconds,
    )
    cleaned_at = -HOUR_SECONDS
    while not stopped.is_set():
        sweep(queue)
        _attempt("request due retrainings", schedules.request_due, queue)
        if time.monotonic() - cleaned_at > HOUR_SECONDS:
            cleaned_at = time.monotonic()
            clean(queue)
        stopped.wait(settings().sweep_seconds)


def sweep(queue: JobQueue) -> None:
    """One sweep: expired leases first, as what they re-queue needs no second look."""
    for swept in sweeps.SWEPT:
        name = swept.table.__tablename__
        expired = partial(sweeps.end_expired_leases, swept=swept)
        _attempt(f"end expired leases of {name}", expired, queue)
        _attempt(f"enqueue forgotten {name}", partial(_enqueue_forgotten, queue, swept), queue)


def clean(queue: JobQueue) -> None:
    """Hourly housekeeping: old idempotency records, old drafts, unneeded files."""
    _attempt("forget old answers", sweeps.forget_old_answers, queue)
    for name, step in {
        "drop old drafts of cohorts": cleanup.drop_old_drafts,
        "clear ended cohorts": cleanup.clear_ended,
        "delete stray files of cohorts": cleanup.delete_strays,
    }.items():
        _attempt(name, partial(step, files=files()), queue)


def _enqueue_forgotten(queue: JobQueue, swept: sweeps.Swept, session: Session) -> int:
    return sweeps.enqueue_forgotten(session, swept, queue.waiting(swept.kind.queue))


def _attempt(what: str, step: Callable[[Session], object], queue: JobQueue) -> None:
    try:
        with sessions()() as session:
            count = step(session)
            queue.commit(session)
    except (SQLAlchemyError, RedisError, AgeLensError) as error:
        log.warning("sweep postponed", step=what, error=type(error).__name__)
        return
    if count:
        log.info("sweep", step=what, rows=count)
