"""Lists and counts for administrators and operators."""

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session

from agelens.domain.errors import AgeLensError, NotFound, SchemaMismatch
from agelens.queueing import PREDICT, JobQueue
from agelens.queueing.heartbeat import SCHEDULER, alive
from agelens.queueing.queue import COHORTS, QUEUES, TRAINING
from agelens.services import accounts, registry
from agelens.services.cohorts import lookups
from agelens.services.pages import Page, paginate
from agelens.services.storage_probe import AWAY, OK, StorageProbe
from agelens.storage import (
    ACTIVE,
    Cohort,
    CohortPart,
    Installation,
    LedgerEntry,
    Retraining,
    Task,
    User,
    Wallet,
    schema_version,
)

log = structlog.get_logger()


def users(session: Session, *, email: str | None, cursor: str | None, limit: int) -> Page:
    """People with their wallets, newest first; `email` narrows to addresses that contain it."""
    query = select(User)
    if email:
        query = query.where(User.email.contains(email.lower(), autoescape=True))
    page = paginate(session, query, (User.created_at, User.id), cursor, limit)
    wallets = _wallets(session, [user.id for user in page.items])
    shown = ("id", "email", "role", "created_at", "erased_at")
    items = [
        {name: getattr(user, name) for name in shown} | {"wallet": wallets[user.id]}
        for user in page.items
    ]
    return Page(items, page.next_cursor)


def cohorts(
    session: Session, *, user: str | None, status: str | None, cursor: str | None, limit: int
) -> Page:
    """Everybody's cohorts, newest first; `user` narrows to one person, by id or e-mail address."""
    try:
        owner = accounts.find_user(session, user) if user else None
    except NotFound:
        return Page([], None)
    return lookups.history(session, owner, cursor, limit, status=status)


def queues(session: Session, queue: JobQueue) -> dict[str, Any]:
    """How much waits, which workers are alive, and how much is under way."""
    workers = workers_by_queue(queue)
    trainers = workers.pop(TRAINING)
    return {
        "queues": [{"name": name, "waiting": n} for name, n in queue.depths().items()],
        "workers": sorted({name for names in workers.values() for name in names}),
        "trainers": trainers,
        "tasks": active(session, Task),
        "cohorts": active(session, Cohort),
        "retrainings": active(session, Retraining),
    }


def workers_by_queue(queue: JobQueue) -> dict[str, list[str]]:
    """The names of the workers that are alive, by the queues that they take jobs from."""
    return {name: alive(queue.redis, name) for name in QUEUES}


def active(session: Session, table: type[Task | Cohort | Retraining]) -> dict[str, int]:
    """How many tasks, cohorts or retrainings are queued and running."""
    counts = session.execute(
        select(table.status, func.count()).where(table.status.in_(ACTIVE)).group_by(table.status)
    )
    return dict.fromkeys(ACTIVE, 0) | {row[0]: row[1] for row in counts}


def gauges(
    session: Session, queue: JobQueue, probe: StorageProbe
) -> dict[tuple[str, str], dict[str, float]]:
    """Numbers to watch: jobs waiting, workers alive, tasks under way. What is away is left out."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    if (depths := _or_none(queue.depths)) is not None:
        found["agelens_queue_waiting", "queue"] = {k: float(v) for k, v in depths.items()}
    if (workers := _or_none(lambda: workers_by_queue(queue))) is not None:
        found["agelens_workers", "queue"] = {k: float(len(v)) for k, v in workers.items()}
    for table in (Task, Cohort, Retraining):
        if (counts := _or_none(partial(active, session, table))) is not None:
            name = f"agelens_{table.__tablename__}"
            found[name, "status"] = {k: float(v) for k, v in counts.items()}
    if (seconds := _or_none(lambda: oldest_queued_seconds(session))) is not None:
        found["agelens_oldest_queued_seconds", "queue"] = {k: v or 0.0 for k, v in seconds.items()}
    if (handed_back := _or_none(lambda: parts_handed_back(session))) is not None:
        found["agelens_parts_handed_back", "status"] = {k: float(v) for k, v in handed_back.items()}
    parts = {"scheduler": _scheduler(queue), "storage": _storage(session, probe)}
    found["agelens_part_ok", "part"] = {k: float(v == OK) for k, v in parts.items()}
    return found


def oldest_queued_seconds(session: Session) -> dict[str, float | None]:
    """How long the oldest prediction and the oldest cohort with a queued part have waited.

    From the hold of their price on: a draft may be much older than its run, and `enqueued_at` is
    renewed by sweeps.
    """
    has_queued_part = exists().where(
        CohortPart.cohort_id == Cohort.id, CohortPart.status == "queued"
    )
    return {
        PREDICT.queue: _waited(session, Task, LedgerEntry.task_id, Task.status == "queued"),
        COHORTS: _waited(session, Cohort, LedgerEntry.cohort_id, has_queued_part),
    }


def _waited(
    session: Session,
    table: type[Task | Cohort],
    billed: InstrumentedAttribute[Any],
    waits: ColumnElement[bool],
) -> float | None:
    since = func.min(func.coalesce(LedgerEntry.created_at, table.created_at))
    holds = (billed == table.id) & (LedgerEntry.kind == "hold")
    seconds = session.scalar(
        select(func.extract("epoch", func.clock_timestamp() - since))
        .select_from(table)
        .outerjoin(LedgerEntry, holds)
        .where(table.status.in_(ACTIVE), waits)
    )
    return None if seconds is None else max(0.0, round(float(seconds), 1))


def parts_handed_back(session: Session) -> dict[str, int]:
    """How many unfinished parts were given back because the storage was away, by status."""
    counts = session.execute(
        select(CohortPart.status, func.count())
        .where(CohortPart.status.in_(ACTIVE), CohortPart.handed_back > 0)
        .group_by(CohortPart.status)
    )
    return dict.fromkeys(ACTIVE, 0) | {row[0]: row[1] for row in counts}


def readiness(session: Session, queue: JobQueue, probe: StorageProbe) -> dict[str, Any]:
    """Whether a prediction that is submitted now would be scored. Trainers are told, not needed."""
    workers = _or_none(lambda: workers_by_queue(queue))
    database = _database(session)
    model = _or_none(lambda: registry.resolve(session, None)) if database == OK else None
    waited = _or_none(lambda: oldest_queued_seconds(session)) if model else None
    state = {
        "database": database,
        "redis": OK if workers is not None else AWAY,
        "workers": len(workers[PREDICT.queue]) if workers else 0,
        "scheduler": _scheduler(queue) if workers is not None else AWAY,
        "storage": _storage(session, probe) if database == OK else probe.state(None),
        "trainers": len(workers[TRAINING]) if workers else 0,
        "model": f"{model.name} {model.version}" if model else None,
        "oldest_prediction_seconds": waited[PREDICT.queue] if waited else None,
        "oldest_cohort_seconds": waited[COHORTS] if waited else None,
    }
    return {"status": "not ready" if missing(state) else "ready"} | state


def missing(state: Mapping[str, Any]) -> list[str]:
    """The needed parts that are not there, with what is wrong where that is not clear."""
    named = [
        name if state[name] == AWAY else f"{name} ({state[name]})"
        for name in ("database", "redis", "scheduler", "storage")
        if state[name] != OK
    ]
    if not state["workers"]:
        named.append("workers")
    if not state["model"] and state["database"] == OK:
        named.append("model")
    return named


def _database(session: Session) -> str:
    try:
        schema_version.check(session)
    except SchemaMismatch:
        return "of another version"
    except SQLAlchemyError as error:
        log.warning("a part is away", error=type(error).__name__)
        return AWAY
    return OK


def _scheduler(queue: JobQueue) -> str:
    return OK if _or_none(lambda: alive(queue.redis, SCHEDULER)) else AWAY


def _storage(session: Session, probe: StorageProbe) -> str:
    """Compared with the database's identity where that can be read."""
    installation = _or_none(lambda: session.scalars(select(Installation)).one_or_none())
    if installation is None:
        return probe.state(None)
    return probe.state(installation.id, bound=installation.storage_bound)


def _or_none(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except (RedisError, SQLAlchemyError, AgeLensError) as error:
        log.warning("a part is away", error=type(error).__name__)
        return None


def _wallets(session: Session, user_ids: list[uuid.UUID]) -> dict[uuid.UUID, Wallet]:
    rows = session.scalars(select(Wallet).where(Wallet.user_id.in_(user_ids)))
    return {wallet.user_id: wallet for wallet in rows}
