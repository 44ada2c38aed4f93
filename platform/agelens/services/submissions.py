"""Submit a prediction in one statement: the task, the hold of its price and the answer kept for a repeat.

It succeeds or changes nothing. Why not is for `tasks.submit` to say, which does the same step by step.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Unpack, cast

from psycopg.errors import LockNotAvailable
from sqlalchemy import Boolean, LargeBinary, String, Table, bindparam, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from agelens import wire
from agelens.services import model_registry, profiles, tasks
from agelens.services.task_scoring import panel_of
from agelens.storage import Task, User

_TASKS = cast(Table, Task.__table__)
_COLUMNS = [c for c in _TASKS.c if c.name not in ("wallet_id", "enqueued_at")]
# The wallet is locked before the key's row is made: of two requests with one key, the second waits for
# the first at the wallet, and then finds the key taken.
_SUBMIT = f"""
    with person as (
        select wallets.id as wallet_id
        from users join wallets on wallets.user_id = users.id
        where users.id = :user_id and users.erased_at is null
        for key share of users
    ), version as (
        select id from model_versions
        where id = :model_version_id and price = :price
            and (:version_pinned or active) and (:any_clock or is_default)
    ), held as (
        update wallets set held = wallets.held + :price
        from person, version
        where wallets.id = person.wallet_id and wallets.balance - wallets.held >= :price
        returning wallets.id, wallets.balance, wallets.held
    ), task as (
        insert into tasks ({", ".join(c.name for c in _COLUMNS)}, wallet_id, enqueued_at)
        select {", ".join(f":{c.name}" for c in _COLUMNS)}, held.id, clock_timestamp() from held
        returning id, wallet_id
    ), entry as (
        insert into ledger_entries
            (id, wallet_id, kind, key, amount, held_change, task_id, balance_after, held_after)
        select :entry_id, held.id, 'hold', 'task\\:' || task.id || '\\:hold', 0, :price, task.id,
            held.balance, held.held
        from held, task
    )
"""  # noqa: S608  made of the names of columns
# Who has the key and goes step by step will want the wallet: nobody waits for the one with the other in hand.
_KEEP = """
    , hasty as materialized (
        select set_config('lock_timeout', '100ms', true) from held
    ), kept as (
        insert into idempotency_records (id, key, user_id, fingerprint, answer)
        select :record_id, :key, :user_id, :fingerprint, :answer from hasty
    )
"""
_TYPES = (
    *(bindparam(c.name, type_=c.type) for c in _COLUMNS),
    bindparam("any_clock", type_=Boolean),
    bindparam("entry_id", type_=_TASKS.c.id.type),
)
_WITHOUT_KEY = text(f"{_SUBMIT} select id from task").bindparams(*_TYPES)  # noqa: S608
_WITH_KEY = text(f"{_SUBMIT} {_KEEP} select id from task").bindparams(  # noqa: S608
    *_TYPES,
    bindparam("record_id", type_=_TASKS.c.id.type),
    bindparam("key", type_=String),
    bindparam("fingerprint", type_=String),
    bindparam("answer", type_=LargeBinary),
)


@dataclass(frozen=True)
class KeptAnswer:
    """What a repeat of the request is answered with; as `IdempotencyRecord` keeps it."""

    key: str
    fingerprint: str
    answer: bytes


def prepare(
    session: Session,
    user: User,
    *,
    task_id: uuid.UUID | None = None,
    answers: Mapping[str, Any],
    **fields: Unpack[wire.PanelFields],
) -> Task:
    """Check a panel with the version of its clock that this process knows; nothing is kept yet.

    Another version may have been activated meanwhile, so neither a task nor an error is the last word.
    """
    model = fields.get("model")
    version = model_registry.cached_version(session, model)
    columns = {key: value for key, value in fields.items() if key != "model"}
    task = tasks.of_version(
        version,
        answers,
        columns,
        id=task_id,
        user_id=user.id,
        version_pinned=model_registry.names_version(model),
        status="queued",
    )
    profiles.fill_age(task, user)
    panel_of(model_registry.clock_by_id(session, version.id), task)
    return task


def keep(session: Session, task: Task, *, is_default: bool, kept_answer: KeptAnswer | None) -> bool:
    """Queue a prepared task, hold its price and keep the answer; False when nothing was done.

    Then the credits are not there, the person is erased, the key was used, or the version is no
    longer the active one, or costs something else.
    """
    values: dict[str, Any] = {c.name: getattr(task, c.name) for c in _COLUMNS}
    values |= {"any_clock": not is_default, "entry_id": uuid.uuid4()}
    statement = _WITHOUT_KEY
    if kept_answer is not None:
        statement = _WITH_KEY
        values |= {"record_id": uuid.uuid4(), **vars(kept_answer)}
    try:
        return session.connection().execute(statement, values).one_or_none() is not None
    except IntegrityError:  # the key's row, or the task's, is there
        return False
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):  # the key's row is being made
            return False
        raise
