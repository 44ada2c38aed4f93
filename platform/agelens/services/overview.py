"""Lists and counts for administrators and operators."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only
from sqlalchemy.orm.attributes import set_committed_value

from agelens.domain.errors import AgeLensError, NotFound, SchemaMismatch
from agelens.queueing import PREDICT, JobQueue
from agelens.queueing.heartbeat import SCHEDULER, alive
from agelens.queueing.queue import COHORTS, QUEUES, TRAINING
from agelens.services import accounts, billing, model_registry
from agelens.services import tasks as task_lists
from agelens.services.cohorts import lookups
from agelens.services.pagination import Page, paginate
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
from agelens.storage.tasks import has_status

log = structlog.get_logger()
# of users; all of it is in the index that the list walks
_SHOWN = (User.id, User.email, User.role, User.created_at, User.erased_at, User.blocked_at)


def users(session: Session, *, email: str | None, cursor: str | None, limit: int) -> Page:
    """People with their wallets, newest first; `email` narrows to addresses that contain it.

    A prepared `like` would put its pattern together again for each address.
    """
    query = select(User).options(load_only(*_SHOWN, raiseload=True))
    if email:
        query = query.where(func.strpos(User.email, email.lower()) > 0)
    page = paginate(session, query, (User.created_at, User.id), cursor, limit)
    wallets = _wallets(session, [user.id for user in page.items])
    items = [_with_wallet(user, wallets[user.id]) for user in page.items]
    return Page(items, page.next_cursor)


def user(session: Session, account: User) -> dict[str, Any]:
    """One person with their wallet."""
    return _with_wallet(account, _wallets(session, [account.id])[account.id])


def _with_wallet(user: User, wallet: Wallet) -> dict[str, Any]:
    return {column.key: getattr(user, column.key) for column in _SHOWN} | {"wallet": wallet}


def tasks(session: Session, *, user: str | None, **filters: Any) -> Page:
    """Everybody's tasks, or one person's, newest first, with their owners."""
    try:
        owner = accounts.find_user(session, user) if user else None
    except NotFound:
        return Page([], None)
    page = task_lists.history(session, owner, **filters)
    _load_owners(session, page.items)
    return page


def transactions(session: Session, *, user: str | None, cursor: str | None, limit: int) -> Page:
    """Everybody's ledger entries, or one person's, newest first, with whose and by whom they are."""
    try:
        owner = accounts.find_user(session, user) if user else None
    except NotFound:
        return Page([], None)
    page = billing.transactions(session, owner, cursor, limit)
    ids = {entry.wallet_id for entry in page.items}
    wallets = {each.id: each for each in session.scalars(select(Wallet).where(Wallet.id.in_(ids)))}
    _load_owners(session, [*wallets.values()])
    actors = _people(session, {entry.actor_id for entry in page.items})
    for entry in page.items:
        set_committed_value(entry, "wallet", wallets[entry.wallet_id])
        set_committed_value(entry, "actor", actors.get(entry.actor_id))
    return page


def cohorts(
    session: Session, *, user: str | None, status: str | None, cursor: str | None, limit: int
) -> Page:
    """Everybody's cohorts, newest first; `user` narrows to one person, by id or e-mail address."""
    try:
        owner = accounts.find_user(session, user) if user else None
    except NotFound:
        return Page([], None)
    page = lookups.history(session, owner, cursor, limit, status=status)
    _load_owners(session, page.items)
    return page


def queues(session: Session, queue: JobQueue) -> dict[str, Any]:
    """How much waits, which workers are alive, and how much is under way."""
    workers = workers_by_queue(queue)
    trainers = workers.pop(TRAINING)
    return {
        "queues": [{"name": name, "waiting": n} for name, n in depths(session, queue).items()],
        "workers": sorted({name for names in workers.values() for name in names}),
        "trainers": trainers,
        "tasks": active(session, Task),
        "cohorts": active(session, Cohort),
        "retrainings": active(session, Retraining),
    }


def depths(session: Session, queue: JobQueue) -> dict[str, int]:
    """How much waits for a worker: predictions by their tasks, of which one job drains many."""
    return queue.depths() | {PREDICT.queue: active(session, Task)["queued"]}


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
    gauge_values: dict[tuple[str, str], dict[str, float]] = {}
    if (waiting := _or_none(queue.depths)) is not None:
        waiting.pop(PREDICT.queue)
        if (tasks := _or_none(partial(active, session, Task))) is not None:
            waiting[PREDICT.queue] = tasks["queued"]
        gauge_values["agelens_queue_waiting", "queue"] = {k: float(v) for k, v in waiting.items()}
    if (workers := _or_none(lambda: workers_by_queue(queue))) is not None:
        gauge_values["agelens_workers", "queue"] = {k: float(len(v)) for k, v in workers.items()}
    for table in (Task, Cohort, Retraining):
        if (counts := _or_none(partial(active, session, table))) is not None:
            name = f"agelens_{table.__tablename__}"
            gauge_values[name, "status"] = {k: float(v) for k, v in counts.items()}
    if (seconds := _or_none(lambda: oldest_queued_seconds(session))) is not None:
        gauge_values["agelens_oldest_queued_seconds", "queue"] = {
            k: v or 0.0 for k, v in seconds.items()
        }
    if (handed_back := _or_none(lambda: parts_handed_back(session))) is not None:
        gauge_values["agelens_parts_handed_back", "status"] = {
            k: float(v) for k, v in handed_back.items()
        }
    parts = {"scheduler": _scheduler(queue), "storage": _storage(session, probe)}
    gauge_values["agelens_part_ok", "part"] = {k: float(v == OK) for k, v in parts.items()}
    return gauge_values


def oldest_queued_seconds(session: Session) -> dict[str, float | None]:
    """How long the oldest prediction and the oldest cohort with a queued part have waited.

    From the hold of their price on: a draft may be much older than its run, and `enqueued_at` is
    renewed by sweeps.
    """
    has_queued_part = exists().where(
        CohortPart.cohort_id == Cohort.id, CohortPart.status == "queued"
    )
    return {
        PREDICT.queue: _waited(session, Task, LedgerEntry.task_id, has_status("queued")),
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
    model = _or_none(lambda: model_registry.resolve(session, None)) if database == OK else None
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
    part_names = [
        name if state[name] == AWAY else f"{name} ({state[name]})"
        for name in ("database", "redis", "scheduler", "storage")
        if state[name] != OK
    ]
    if not state["workers"]:
        part_names.append("workers")
    if not state["model"] and state["database"] == OK:
        part_names.append("model")
    return part_names


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


def with_owner(session: Session, cohort: Cohort) -> Cohort:
    """A cohort with whose it is."""
    _load_owners(session, [cohort])
    return cohort


def _load_owners(session: Session, rows: Sequence[Task | Cohort | Wallet]) -> None:
    """Whose they are, in one query for all."""
    people = _people(session, {row.user_id for row in rows})
    for row in rows:
        set_committed_value(row, "owner", people[row.user_id])


def _people(session: Session, ids: Collection[uuid.UUID | None]) -> dict[uuid.UUID | None, User]:
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(ids)))}


def _wallets(session: Session, user_ids: list[uuid.UUID]) -> dict[uuid.UUID, Wallet]:
    rows = session.scalars(select(Wallet).where(Wallet.user_id.in_(user_ids)))
    return {wallet.user_id: wallet for wallet in rows}
