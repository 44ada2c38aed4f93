"""Health of the service: whether database, Redis, workers, scheduler, storage and a clock are there."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError, SchemaMismatch
from agelens.queueing import PREDICT, JobQueue
from agelens.queueing.heartbeat import SCHEDULER, alive
from agelens.queueing.queue import COHORTS, TRAINING
from agelens.services import model_registry
from agelens.services.queue_depths import oldest_queued_seconds, workers_by_queue
from agelens.services.storage_probe import AWAY, OK, StorageProbe
from agelens.storage import Installation, schema_version

log = structlog.get_logger()


def readiness(session: Session, queue: JobQueue, probe: StorageProbe) -> dict[str, Any]:
    """Whether a prediction that is submitted now would be scored. Trainers are reported, but not needed."""
    workers = none_if_away(lambda: workers_by_queue(queue))
    database = database_state(session)
    model = none_if_away(lambda: model_registry.resolve(session, None)) if database == OK else None
    waited = none_if_away(lambda: oldest_queued_seconds(session)) if model else None
    state = {
        "database": database,
        "redis": OK if workers is not None else AWAY,
        "workers": len(workers[PREDICT.queue]) if workers else 0,
        "scheduler": scheduler_state(queue) if workers is not None else AWAY,
        "storage": storage_state(session, probe) if database == OK else probe.state(None),
        "trainers": len(workers[TRAINING]) if workers else 0,
        "model": f"{model.name} {model.version}" if model else None,
        "oldest_prediction_seconds": waited[PREDICT.queue] if waited else None,
        "oldest_cohort_seconds": waited[COHORTS] if waited else None,
    }
    return {"status": "not ready" if missing_components(state) else "ready"} | state


def missing_components(state: Mapping[str, Any]) -> list[str]:
    """The needed parts that are not there, with what is wrong where that is not clear."""
    component_names = [
        name if state[name] == AWAY else f"{name} ({state[name]})"
        for name in ("database", "redis", "scheduler", "storage")
        if state[name] != OK
    ]
    if not state["workers"]:
        component_names.append("workers")
    if not state["model"] and state["database"] == OK:
        component_names.append("model")
    return component_names


def database_state(session: Session) -> str:
    """Whether the database answers, with the schema of this version."""
    try:
        schema_version.check(session)
    except SchemaMismatch:
        return "of another version"
    except SQLAlchemyError as error:
        log.warning("a part is away", error=type(error).__name__)
        return AWAY
    return OK


def scheduler_state(queue: JobQueue) -> str:
    """Whether a scheduler sends its heartbeat."""
    return OK if none_if_away(lambda: alive(queue.redis, SCHEDULER)) else AWAY


def storage_state(session: Session, probe: StorageProbe) -> str:
    """Compared with the database's identity where that can be read."""
    installation = none_if_away(lambda: session.scalars(select(Installation)).one_or_none())
    if installation is None:
        return probe.state(None)
    return probe.state(installation.id, bound=installation.storage_bound)


def none_if_away(look: Callable[[], Any]) -> Any:
    """What `look` returns, or None when it cannot reach the database or Redis."""
    try:
        return look()
    except (RedisError, SQLAlchemyError, AgeLensError) as error:
        log.warning("a part is away", error=type(error).__name__)
        return None
