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

from agelens.domain.errors import AgeLensError, SchemaMismatch, StorageMismatch
from agelens.jobs import connections, mail
from agelens.jobs.connections import files, redis_url, sessions, settings
from agelens.queueing import JobQueue, open_redis
from agelens.queueing.heartbeat import SCHEDULER, Heartbeat, process_name
from agelens.services import (
    activity,
    drafts,
    password_changes,
    queue_depths,
    sharing,
    shipped_updates,
    storage_binding,
    sweeps,
)
from agelens.services.cohorts import cleanup
from agelens.services.retraining import schedules
from agelens.storage import Task, schema_version

log = structlog.get_logger()
MAIL_ENDS_WITHIN_SECONDS = 5.0  # what is cut off then is tried again later
HOUR_SECONDS, MINUTE_SECONDS = 3600.0, 60.0
STUCK_AFTER_SECONDS = 90.0  # beside the pause; no statement may take longer than thirty


class Progress:
    """When the scheduler last went on to another step."""

    def __init__(self) -> None:
        self.note_step()

    def note_step(self) -> None:
        """Another step begins."""
        self._at = time.monotonic()

    def is_recent(self) -> bool:
        """Whether it is not stuck, in a storage that never answers for instance."""
        return time.monotonic() - self._at < STUCK_AFTER_SECONDS + settings().sweep_seconds


progress = Progress()


def main() -> None:
    """Sweep until stopped, with a heartbeat for as long as the sweeps go on."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    beats = open_redis(redis_url())
    progress.note_step()
    with Heartbeat(beats, process_name(), [SCHEDULER], is_well=progress.is_recent):
        mails = mail.start(sessions, settings(), stopped)
        _sweep_until(stopped)
        if mails is not None:
            mails.join(MAIL_ENDS_WITHIN_SECONDS)


def _sweep_until(stopped: threading.Event) -> None:
    """A step that fails is retried in the next sweep."""
    queue = connections.queue()
    _attempt("check the schema", schema_version.check, queue)
    _attempt("check the storage", partial(storage_binding.ensure, files=files()), queue)
    _attempt("look for newer clocks", shipped_updates.log_newer_shipped, queue)
    started_at, cleaned_at, counted_at = time.monotonic(), -HOUR_SECONDS, -MINUTE_SECONDS
    while not stopped.is_set():
        sweep(queue)
        _attempt("request due retrainings", schedules.request_due, queue)
        if time.monotonic() - cleaned_at > HOUR_SECONDS:
            cleaned_at = time.monotonic()
            clean(queue, orphans=time.monotonic() - started_at > HOUR_SECONDS)
        if time.monotonic() - counted_at > MINUTE_SECONDS:
            counted_at = time.monotonic()
            count(queue)
        stopped.wait(settings().sweep_seconds)


def sweep(queue: JobQueue) -> None:
    """One sweep: expired leases first, as what they re-queue needs no second look."""
    for swept in sweeps.SWEPT:
        name = swept.table.__tablename__
        expired = partial(sweeps.end_expired_leases, swept=swept)
        _attempt(f"end expired leases of {name}", expired, queue)
        _attempt(f"enqueue forgotten {name}", partial(_enqueue_forgotten, queue, swept), queue)


def clean(queue: JobQueue, *, orphans: bool = False) -> None:
    """Hourly housekeeping: old idempotency records, old drafts, unneeded files.

    Files are deleted only in a storage that carries the database's identity; `orphans`, folders that
    no cohort has, never by a scheduler that has just started.
    """
    _attempt("forget old answers", sweeps.forget_old_answers, queue)
    _attempt("drop old drafts", drafts.drop_old, queue)
    _attempt("forget expired links", sharing.forget_expired, queue)
    _attempt("forget links of forgotten passwords", password_changes.forget_expired, queue)
    steps = {
        "drop old drafts of cohorts": cleanup.drop_old_drafts,
        "clear ended cohorts": cleanup.clear_ended,
    }
    if orphans:
        steps["delete quarantined files of cohorts"] = cleanup.quarantine_orphans
    if not _attempt("check the storage", partial(storage_binding.ensure, files=files()), queue):
        return
    for name, step in steps.items():
        _attempt(name, partial(step, files=files()), queue)


def count(queue: JobQueue) -> None:
    """What administrators see as charts: the hours that are over, and how many predictions wait."""
    _attempt("count the hours", activity.count_hours, queue)
    _attempt("note the queue's depth", _note_depth, queue)


def _note_depth(session: Session) -> None:
    activity.note_depth(session, queue_depths.active(session, Task)["queued"])


def _enqueue_forgotten(queue: JobQueue, swept: sweeps.Swept, session: Session) -> int:
    return sweeps.enqueue_forgotten(session, swept, queue.waiting(swept.kind.queue))


def _attempt(step_name: str, step: Callable[[Session], object], queue: JobQueue) -> bool:
    """Run one step in a transaction; False when it is put off, because something is unreachable.

    Raises
    ------
    StorageMismatch, SchemaMismatch
        If storage or tables are not those of this scheduler: it must not go on.
    """
    progress.note_step()
    try:
        with sessions()() as session:
            count = step(session)
            queue.commit(session)
    except (StorageMismatch, SchemaMismatch):
        raise
    except (SQLAlchemyError, RedisError, AgeLensError, OSError) as error:
        log.warning("sweep postponed", step=step_name, error=type(error).__name__)
        return False
    if count:
        log.info("sweep", step=step_name, rows=count)
    return True
