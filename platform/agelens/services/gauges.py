"""Prometheus gauges of the queues, the workers and the parts of the service."""

from functools import partial

from sqlalchemy.orm import Session

from agelens.queueing import PREDICT, JobQueue
from agelens.services.health import none_if_away, scheduler_state, storage_state
from agelens.services.queue_depths import (
    active,
    oldest_queued_seconds,
    parts_handed_back,
    workers_by_queue,
)
from agelens.services.storage_probe import OK, StorageProbe
from agelens.storage import Cohort, Retraining, Task


def gauges(
    session: Session, queue: JobQueue, probe: StorageProbe
) -> dict[tuple[str, str], dict[str, float]]:
    """Numbers to watch: jobs waiting, workers alive, tasks under way. What is away is left out."""
    gauge_values: dict[tuple[str, str], dict[str, float]] = {}
    if (waiting := none_if_away(queue.depths)) is not None:
        waiting.pop(PREDICT.queue)
        if (tasks := none_if_away(partial(active, session, Task))) is not None:
            waiting[PREDICT.queue] = tasks["queued"]
        gauge_values["agelens_queue_waiting", "queue"] = {k: float(v) for k, v in waiting.items()}
    if (workers := none_if_away(lambda: workers_by_queue(queue))) is not None:
        gauge_values["agelens_workers", "queue"] = {k: float(len(v)) for k, v in workers.items()}
    for table in (Task, Cohort, Retraining):
        if (counts := none_if_away(partial(active, session, table))) is not None:
            name = f"agelens_{table.__tablename__}"
            gauge_values[name, "status"] = {k: float(v) for k, v in counts.items()}
    if (seconds := none_if_away(lambda: oldest_queued_seconds(session))) is not None:
        gauge_values["agelens_oldest_queued_seconds", "queue"] = {
            k: v or 0.0 for k, v in seconds.items()
        }
    if (handed_back := none_if_away(lambda: parts_handed_back(session))) is not None:
        gauge_values["agelens_parts_handed_back", "status"] = {
            k: float(v) for k, v in handed_back.items()
        }
    parts = {"scheduler": scheduler_state(queue), "storage": storage_state(session, probe)}
    gauge_values["agelens_part_ok", "part"] = {k: float(v == OK) for k, v in parts.items()}
    return gauge_values
