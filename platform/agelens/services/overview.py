"""Lists and counts for administrators and operators."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from agelens.domain.errors import AgeLensError
from agelens.queueing import PREDICT, JobQueue
from agelens.queueing.heartbeat import alive
from agelens.queueing.queue import QUEUES, TRAINING
from agelens.services import registry
from agelens.services.pages import Page, paginate
from agelens.storage import ACTIVE, Cohort, Retraining, Task, User, Wallet

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


def gauges(session: Session, queue: JobQueue) -> dict[tuple[str, str], dict[str, float]]:
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
    return found


def readiness(session: Session, queue: JobQueue) -> dict[str, Any]:
    """Whether a prediction that is submitted now would be scored. Trainers are told, not needed."""
    workers = _or_none(lambda: workers_by_queue(queue))
    database = _or_none(lambda: session.execute(text("select 1")).scalar())
    model = _or_none(lambda: registry.resolve(session, None)) if database else None
    predicting = len(workers[PREDICT.queue]) if workers else 0
    ready = predicting > 0 and model is not None
    return {
        "status": "ready" if ready else "not ready",
        "database": "ok" if database else "away",
        "redis": "ok" if workers is not None else "away",
        "workers": predicting,
        "trainers": len(workers[TRAINING]) if workers else 0,
        "model": f"{model.name} {model.version}" if model else None,
    }


def _or_none(look: Callable[[], Any]) -> Any:
    try:
        return look()
    except (RedisError, SQLAlchemyError, AgeLensError) as error:
        log.warning("a part is away", error=type(error).__name__)
        return None


def _wallets(session: Session, user_ids: list[uuid.UUID]) -> dict[uuid.UUID, Wallet]:
    rows = session.scalars(select(Wallet).where(Wallet.user_id.in_(user_ids)))
    return {wallet.user_id: wallet for wallet in rows}
